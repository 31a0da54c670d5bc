"""Every test here speaks to a real server over the wire, mostly through the real driver."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from pymongo.collection import Collection
from pymongo.database import Database

from tests.pocketmongo.driver_tests import OutcomeOf, run_selected
from tests.pocketmongo.running import Client, Document, Server, a_client, a_server

NewClient = Callable[..., Client]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for every test of this process that does not need its own."""
    with a_server() as server:
        yield server
        assert server.is_alive, server.log


@pytest.fixture(scope="session")
def client(server: Server) -> Iterator[Client]:
    with a_client(server) as client:
        yield client


@pytest.fixture
def database(client: Client) -> Iterator[Database[Document]]:
    """A database nobody else uses, gone afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    yield client[name]
    client.drop_database(name)


@pytest.fixture
def collection(database: Database[Document]) -> Collection[Document]:
    """A collection that does not exist yet."""
    return database["things"]


@pytest.fixture
def new_client(server: Server) -> Iterator[NewClient]:
    """Open further clients of the shared server; all are closed afterwards."""
    with ExitStack() as stack:

        def open_one(**options: Any) -> Client:
            return stack.enter_context(a_client(server, **options))

        yield open_one


@pytest.fixture(scope="module")
def outcome_of(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OutcomeOf]:
    """What the modules of the driver's tests say that the tests of this file ask for."""
    with run_selected(request, tmp_path_factory.mktemp("results")) as outcome_of:
        yield outcome_of
