"""What a refused write does to those who read meanwhile: nothing."""

from __future__ import annotations

import asyncio

import pytest
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from qrev.kit.mongo import Document

pytestmark = pytest.mark.anyio


async def test_a_document_is_there_while_other_writes_are_refused(
    mongo: AsyncDatabase[Document],
) -> None:
    # As many collections as a product has, so that looking them all up again takes a moment.
    for n in range(100):
        await mongo[f"shelf{n}"].create_index("a")
    await mongo.things.insert_one({"_id": 1})

    async def be_refused() -> None:
        for _ in range(50):
            with pytest.raises(DuplicateKeyError):
                await mongo.things.find_one_and_update(
                    {"_id": 1, "owner": "me"}, {"$set": {"owner": "me"}}, upsert=True
                )

    async def look() -> list[Document | None]:
        return [await mongo.things.find_one({"_id": 1}) for _ in range(150)]

    *seen, _, _ = await asyncio.gather(*(look() for _ in range(4)), be_refused(), be_refused())

    assert [found for each in seen for found in each or []] == [{"_id": 1}] * 600
