from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rabbit_server import RabbitServer, a_rabbit_server


@pytest.fixture(scope="session")
def rabbit() -> Iterator[RabbitServer]:
    """A broker for every test of this process; who stops it starts it again."""
    with a_rabbit_server() as server:
        yield server
