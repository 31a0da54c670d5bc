from __future__ import annotations

import asyncio
from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError

from qrev.kit.mongo import BATCH, Document, Indexes, add_if_new, batches, ensure_indexes

pytestmark = pytest.mark.anyio


@given(st.lists(st.integers()), st.integers(1, 50))
def test_batches_are_the_items_in_order_and_none_is_too_long_or_empty(
    items: list[int], size: int
) -> None:
    cut = list(batches(items, size))

    assert [item for batch in cut for item in batch] == items
    assert all(1 <= len(batch) <= size for batch in cut)
    assert all(len(batch) == size for batch in cut[:-1])


def test_batches_take_no_more_than_is_asked_for() -> None:
    numbers = count()

    list(islice(batches(numbers, 10), 2))

    assert next(numbers) == 20


async def test_what_is_new_is_added_and_what_is_there_stays_as_it_is(
    mongo: AsyncDatabase[Document],
) -> None:
    await mongo.people.insert_one({"_id": "1", "name": "as a member wrote it"})

    added = await add_if_new(
        mongo.people, [{"_id": "1", "name": "as imported"}, {"_id": "2", "name": "Bob"}]
    )

    assert added == 1
    assert await mongo.people.find().sort("_id").to_list() == [
        {"_id": "1", "name": "as a member wrote it"},
        {"_id": "2", "name": "Bob"},
    ]


async def test_adding_nothing_adds_nothing(mongo: AsyncDatabase[Document]) -> None:
    assert await add_if_new(mongo.people, []) == 0


async def test_a_list_with_the_same_one_twice_adds_one(mongo: AsyncDatabase[Document]) -> None:
    assert await add_if_new(mongo.people, [{"_id": "1", "n": 1}, {"_id": "1", "n": 2}]) == 1
    assert await mongo.people.find_one() == {"_id": "1", "n": 1}


async def test_more_than_a_batch_is_added_whole(mongo: AsyncDatabase[Document]) -> None:
    many = [{"_id": str(number)} for number in range(BATCH * 2 + 1)]

    assert await add_if_new(mongo.people, many) == len(many)
    assert await add_if_new(mongo.people, many) == 0


async def test_of_many_who_add_the_same_at_once_each_document_is_new_to_one(
    mongo: AsyncDatabase[Document],
) -> None:
    many = [{"_id": str(number)} for number in range(200)]

    counts = await asyncio.gather(*(add_if_new(mongo.people, many) for _ in range(8)))

    assert sum(counts) == 200
    assert await mongo.people.count_documents({}) == 200


async def test_a_document_that_cannot_be_written_is_not_taken_for_one_that_is_there(
    mongo: AsyncDatabase[Document],
) -> None:
    with pytest.raises(BulkWriteError):
        await add_if_new(mongo.people, [{"_id": "1", "name": {"$bad": 1}}, {"_id": ["array"]}])


async def test_indexes_are_made_once_however_often_they_are_asked_for(
    mongo: AsyncDatabase[Document],
) -> None:
    declared = [
        Indexes("people", (IndexModel([("account_id", ASCENDING)]),)),
        Indexes("things"),
    ]

    first = await ensure_indexes(mongo, declared)
    again = await ensure_indexes(mongo, declared)

    assert first == again == 1
    assert set(await mongo.people.index_information()) == {"_id_", "account_id_1"}
