"""What is over is deleted when its time has come by our clock, and nothing else is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.kit.forgetting import Forgetting
from qrev.kit.mongo import BATCH, Document, Forgets, Indexes, ensure_indexes
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)
THINGS = Indexes("things", (IndexModel([("ends_at", ASCENDING)]),), Forgets("ends_at", DAY))
KEPT = Indexes("kept", (IndexModel([("ends_at", ASCENDING)]),))


async def ids(mongo: AsyncDatabase[Document]) -> set[str]:
    return {d["_id"] async for d in mongo.things.find()}


async def test_what_is_over_for_long_enough_is_forgotten(
    mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    await mongo.things.insert_many(
        [
            {"_id": "long over", "ends_at": clock() - DAY - timedelta(seconds=1)},
            {"_id": "just over", "ends_at": clock() - DAY},
            {"_id": "to come", "ends_at": clock() + DAY},
            {"_id": "without end", "ends_at": None},
            {"_id": "of an older form"},
        ]
    )
    await mongo.kept.insert_one({"_id": "nobody's rule", "ends_at": clock() - 99 * DAY})
    forgetting = Forgetting(mongo, (THINGS, KEPT), clock=clock)

    assert await forgetting.sweep() == 1
    assert await ids(mongo) == {"just over", "to come", "without end", "of an older form"}
    clock.advance(days=3)
    assert await forgetting.sweep() == 2
    assert await forgetting.sweep() == 0
    assert await ids(mongo) == {"without end", "of an older form"}
    assert await mongo.kept.count_documents({}) == 1


async def test_a_long_absence_is_caught_up_with(
    mongo: AsyncDatabase[Document], clock: FakeClock
) -> None:
    old = clock() - 2 * DAY
    await mongo.things.insert_many([{"ends_at": old} for _ in range(BATCH + 5)])

    assert await Forgetting(mongo, (THINGS,), clock=clock).sweep() == BATCH + 5


async def test_a_database_that_forgot_by_its_own_clock_does_so_no_more(
    mongo: AsyncDatabase[Document],
) -> None:
    earlier = IndexModel([("ends_at", ASCENDING)], expireAfterSeconds=60)
    await ensure_indexes(mongo, (Indexes("things", (earlier,)),))

    for _ in range(2):
        assert await ensure_indexes(mongo, (THINGS,)) == 1

    [made] = [i for i in (await mongo.things.index_information()).values() if "ends" in str(i)]
    assert "expireAfterSeconds" not in made
