from __future__ import annotations

import asyncio

import pytest

from qrev.worker.looking import Looking
from tests.waiting import eventually
from tests.worker.test_crew import Told, is_true

pytestmark = pytest.mark.anyio


async def test_a_look_that_fails_is_told_of_and_the_next_one_comes() -> None:
    looks: list[int] = []
    told = Told()

    async def look() -> None:
        looks.append(1)
        if len(looks) == 1:
            raise RuntimeError("the database is away")

    looking = Looking(look, told, every=0.01)
    await looking.start()
    await eventually(lambda: is_true(len(looks) >= 3))
    await looking.stop()
    seen = len(looks)
    await asyncio.sleep(0.03)

    assert told.faults == [("watchdog", "the database is away")]
    assert len(looks) == seen
