from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.kit.clock import utc_now
from qrev.kit.mongo import Document

pytestmark = pytest.mark.anyio


def test_now_is_now_in_utc() -> None:
    assert utc_now().tzinfo is UTC
    assert abs(datetime.now(UTC) - utc_now()) < timedelta(seconds=5)


async def test_a_moment_comes_back_from_the_database_as_it_was(
    mongo: AsyncDatabase[Document],
) -> None:
    now = utc_now()

    await mongo.moments.insert_one({"at": now})

    document = await mongo.moments.find_one()
    assert document is not None
    assert document["at"] == now
