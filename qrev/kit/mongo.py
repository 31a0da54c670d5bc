"""The one place that opens MongoDB, and the few habits every store shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from pymongo import AsyncMongoClient, IndexModel, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError

Document = dict[str, Any]
T = TypeVar("T")

# A bulk write of this many documents stays well under 48 MB and answers in well under a second.
BATCH = 1000
DUPLICATE_KEY = 11000


@dataclass(frozen=True)
class Indexes:
    """What a store needs to be fast, declared beside its queries (`python -m qrev indexes`)."""

    collection: str
    models: Sequence[IndexModel] = field(default_factory=tuple)


def open_client(url: str) -> AsyncMongoClient[Document]:
    """Return a client. Call inside the running loop: the client belongs to it."""
    return AsyncMongoClient(url, tz_aware=True, serverSelectionTimeoutMS=5000, appname="qrev")


async def ensure_indexes(database: AsyncDatabase[Document], declared: Iterable[Indexes]) -> int:
    """Create every declared index that is not there yet. Return how many are declared."""
    count = 0
    for each in declared:
        if each.models:
            await database[each.collection].create_indexes(list(each.models))
            count += len(each.models)
    return count


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Cut `items` into lists of at most `size`, in order."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


async def add_if_new(collection: AsyncCollection[Document], documents: Iterable[Document]) -> int:
    """Insert the documents whose `_id` is not there yet. Return how many that were.

    One unordered bulk per thousand. Two who add the same one at once make one: the loser's
    upsert meets the winner's key, which is what "already there" means.
    """
    added = 0
    for batch in batches(documents):
        writes = []
        for document in batch:
            rest = {name: value for name, value in document.items() if name != "_id"}
            writes.append(UpdateOne({"_id": document["_id"]}, {"$setOnInsert": rest}, upsert=True))
        try:
            added += (await collection.bulk_write(writes, ordered=False)).upserted_count
        except BulkWriteError as error:
            details = error.details or {}
            if any(e.get("code") != DUPLICATE_KEY for e in details.get("writeErrors", [])):
                raise
            added += int(details.get("nUpserted", 0))
    return added
