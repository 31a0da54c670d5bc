"""One world for a whole file: each call is undone after it was looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from qrev.kit.clock import utc_now
from tests.fakes import FakeClock
from tests.isolation.world import World, a_world


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, embedded_url: str
) -> AsyncIterator[World]:
    clock = FakeClock(utc_now())  # or the database forgets what its own clock takes for old
    folder = tmp_path_factory.mktemp("isolation")
    async with a_world(folder, clock, embedded_url) as filled:
        yield filled
