"""The one place that opens MongoDB, and the few habits every store shares."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from pymongo import AsyncMongoClient, IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError, OperationFailure

Document = dict[str, Any]
T = TypeVar("T")

# A bulk write of this many documents stays well under 48 MB and answers in well under a second.
BATCH = 1000
DUPLICATE_KEY = 11000
OTHER_OPTIONS = (85, 86)  # IndexOptionsConflict, IndexKeySpecsConflict


@dataclass(frozen=True, slots=True)
class Forgets:
    """A document whose `field` is `after` ago is of no use any more (`kit.forgetting`)."""

    field: str
    after: timedelta


@dataclass(frozen=True)
class Indexes:
    """What a store needs to be fast, declared beside its queries (`python -m qrev indexes`)."""

    collection: str
    models: Sequence[IndexModel] = field(default_factory=tuple)
    forgets: Forgets | None = None


def open_client(url: str) -> AsyncMongoClient[Document]:
    """Return a client. Call inside the running loop: the client belongs to it."""
    return AsyncMongoClient(url, tz_aware=True, serverSelectionTimeoutMS=5000, appname="qrev")


async def ensure_indexes(database: AsyncDatabase[Document], declared: Iterable[Indexes]) -> int:
    """Create every declared index that is not there yet. Return how many are declared.

    One that an earlier version made with other options is made anew.
    """
    count = 0
    for each in declared:
        for model in each.models:
            await _ensure_index(database[each.collection], model)
            count += 1
    return count


async def _ensure_index(collection: AsyncCollection[Document], model: IndexModel) -> None:
    try:
        await collection.create_indexes([model])
    except OperationFailure as error:
        if error.code not in OTHER_OPTIONS:
            raise
        with suppress(OperationFailure):  # another instance that starts has dropped it just now
            await collection.drop_index(model.document["name"])
        await collection.create_indexes([model])


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Cut `items` into lists of at most `size`, in order."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


async def add_new(collection: AsyncCollection[Document], documents: Iterable[Document]) -> set[str]:
    """Insert the documents whose `_id` is not there yet. Return the ids of those.

    One unordered insert per thousand, four times as fast as upserts are. Two who add the same
    one at once make one: the loser meets the winner's key, which is what "already there" means.
    """
    added: set[str] = set()
    waiting = batches(documents)

    async def insert() -> None:
        for batch in waiting:
            added.update(await _insert(collection, batch))

    # Two at once: one thousand is made ready while the server writes the other.
    for failure in await asyncio.gather(insert(), insert(), return_exceptions=True):
        if failure is not None:
            raise failure
    return added


async def _insert(collection: AsyncCollection[Document], batch: list[Document]) -> list[str]:
    there: set[int] = set()
    try:
        await collection.insert_many(batch, ordered=False)
    except BulkWriteError as error:
        refused = (error.details or {}).get("writeErrors", [])
        if any(each.get("code") != DUPLICATE_KEY for each in refused):
            raise
        there = {each["index"] for each in refused}
    return [d["_id"] for place, d in enumerate(batch) if place not in there]


async def add_if_new(collection: AsyncCollection[Document], documents: Iterable[Document]) -> int:
    """As `add_new`; return how many those were."""
    return len(await add_new(collection, documents))


def older(field: str, before: tuple[datetime, str] | None) -> Document:
    """Return what asks for those behind a place, the newest first and by id within a moment."""
    if before is None:
        return {}
    at, last_id = before
    return {"$or": [{field: {"$lt": at}}, {field: at, "_id": {"$lt": last_id}}]}
