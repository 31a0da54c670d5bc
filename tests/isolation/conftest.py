"""One world for a whole file: each call is undone after it was looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.conftest import TUESDAY_10AM
from tests.fakes import FakeClock
from tests.isolation.world import World, a_world


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, embedded_url: str
) -> AsyncIterator[World]:
    clock = FakeClock(TUESDAY_10AM)
    folder = tmp_path_factory.mktemp("isolation")
    async with a_world(folder, clock, embedded_url) as filled:
        yield filled
