from __future__ import annotations

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.kit.mongo import Document
from qrev.kit.pulse import Pulse, Tally
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio


async def test_every_worker_is_known_with_what_it_did_the_one_seen_last_first(
    mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    pulse, tally = Pulse(mongo, clock), Tally()
    await pulse.beat("first", Tally())
    clock.advance(minutes=1)
    for deed in (tally.ran, tally.ran, tally.failed):
        deed("send_due")

    await pulse.beat("second", tally)

    assert [(w.id, dict(w.jobs)) for w in await pulse.workers()] == [
        ("second", {"send_due": (2, 1)}),
        ("first", {}),
    ]
    assert await pulse.seen_at() == clock()


async def test_beating_again_is_the_same_worker_later(
    mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    pulse = Pulse(mongo, clock)
    await pulse.beat("first", Tally())
    clock.advance(minutes=1)

    await pulse.beat("first", Tally())

    [worker] = await pulse.workers()
    assert worker.at == clock()


async def test_where_nobody_works_nobody_was_seen(
    mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    assert await Pulse(mongo, clock).seen_at() is None
