"""The small world every test lives in.

Alice owns Acme and may send. Victor is at Acme and may only look.
Mallory owns another account and should never see anything of Acme's.
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import settings
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, Actor, Role, UserId
from qrev.kit.log import CHATTY, SILENT
from qrev.kit.mongo import Document, open_client
from tests.fakes import FakeClock
from tests.secrets_kept import found_in, logged
from tests.servers import a_database_name, a_database_server

# The same examples every time, so that a red run is red again; EXPLORE=1 looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("exploring", deadline=None)
settings.load_profile("exploring" if os.environ.get("EXPLORE") else "steady")

ACME = AccountId("acme")
OTHER = AccountId("other")
TUESDAY_10AM = datetime(2026, 3, 3, 10, tzinfo=UTC)


def an_actor(name: str, account_id: AccountId, role: Role) -> Actor:
    email = f"{name.lower()}@{account_id}.test"
    return Actor(
        account_id=account_id, user_id=UserId(name.lower()), role=role, email=email, name=name
    )


@pytest.fixture(scope="session", autouse=True)
def _our_whole_log() -> None:
    """Have the product write all it can write, and others what they write in production."""
    logging.getLogger("qrev").setLevel(logging.DEBUG)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)


@pytest.fixture(autouse=True)
def _no_secret_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Look through the log of every test: whatever it was about, no secret may be in it."""
    yield
    phases: tuple[Literal["setup", "call"], ...] = ("setup", "call")
    lines = [logged(record) for phase in phases for record in caplog.get_records(phase)]
    secrets = found_in("\n".join(lines))
    assert not secrets, f"The log has secrets in it: {secrets}"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def alice() -> Actor:
    return an_actor("Alice", ACME, Role.OWNER)


@pytest.fixture
def victor() -> Actor:
    return an_actor("Victor", ACME, Role.VIEWER)


@pytest.fixture
def mallory() -> Actor:
    return an_actor("Mallory", OTHER, Role.OWNER)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(TUESDAY_10AM)


@pytest.fixture(scope="session")
def embedded_url() -> Iterator[str]:
    """The address of this test process's own embedded database server."""
    with a_database_server() as url:
        yield url


@pytest.fixture(params=["embedded", *(["given"] if "TEST_MONGO_URL" in os.environ else [])])
async def mongo(
    request: pytest.FixtureRequest, embedded_url: str
) -> AsyncIterator[AsyncDatabase[Document]]:
    """A fresh, empty database: on the embedded server, and on TEST_MONGO_URL where one is given."""
    is_given = request.param == "given"
    client = open_client(os.environ["TEST_MONGO_URL"] if is_given else embedded_url)
    name = a_database_name()
    try:
        yield client[name]
    finally:
        await client.drop_database(name)
        await client.close()
