"""The driver's asynchronous client, which the product itself uses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from gridfs.asynchronous import AsyncGridFSBucket
from pymongo import AsyncMongoClient, InsertOne, UpdateOne
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from tests.pocketmongo.running import Document, Server

pytestmark = pytest.mark.anyio


@pytest.fixture
async def theirs(
    server: Server, database: Database[Document]
) -> AsyncIterator[AsyncDatabase[Document]]:
    """The test's database, seen by an asynchronous client."""
    client: AsyncMongoClient[Document] = AsyncMongoClient(
        server.uri, serverSelectionTimeoutMS=5000, tz_aware=True
    )
    async with client:
        yield client[database.name]


async def test_it_reads_and_writes(theirs: AsyncDatabase[Document]) -> None:
    await theirs.c.create_index("k", unique=True)
    await theirs.c.insert_many({"_id": n, "k": n} for n in range(250))

    seen = [document["_id"] async for document in theirs.c.find().batch_size(50)]
    few = await theirs.c.find({"k": {"$lt": 10}}).to_list()
    total = await theirs.c.aggregate([{"$group": {"_id": None, "s": {"$sum": "$k"}}}])
    written = await theirs.c.bulk_write(
        [UpdateOne({"_id": 1}, {"$set": {"z": 1}}), InsertOne({"_id": 999, "k": 999})]
    )

    assert (len(seen), len(few)) == (250, 10)
    assert await total.to_list() == [{"_id": None, "s": 31125}]
    assert (written.inserted_count, written.modified_count) == (1, 1)
    with pytest.raises(DuplicateKeyError):
        await theirs.c.insert_one({"k": 1})


async def test_three_hundred_operations_go_on_at_once(theirs: AsyncDatabase[Document]) -> None:
    updates = (
        theirs.c.update_one({"_id": n % 50}, {"$inc": {"n": 1}}, upsert=True) for n in range(300)
    )

    await asyncio.gather(*updates)

    assert [document["n"] async for document in theirs.c.find()] == [6] * 50


async def test_it_commits_and_aborts(theirs: AsyncDatabase[Document]) -> None:
    async with theirs.client.start_session() as session:
        async with await session.start_transaction():
            await theirs.a.insert_one({"_id": 1}, session=session)
        await session.start_transaction()
        await theirs.a.insert_one({"_id": 2}, session=session)
        await session.abort_transaction()

    assert await theirs.a.distinct("_id") == [1]


async def test_it_watches(theirs: AsyncDatabase[Document]) -> None:
    await theirs.c.insert_one({"_id": 0})

    async with await theirs.c.watch() as stream:
        await theirs.c.insert_one({"_id": 1})
        event = await asyncio.wait_for(anext(stream), 10)

    assert event["documentKey"] == {"_id": 1}


async def test_it_stores_files(theirs: AsyncDatabase[Document]) -> None:
    bucket = AsyncGridFSBucket(theirs)

    key = await bucket.upload_from_stream("x", b"hello")

    assert await (await bucket.open_download_stream(key)).read() == b"hello"
