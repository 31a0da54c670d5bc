"""The one place that opens MongoDB, and the few habits every store shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from pymongo import AsyncMongoClient, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

Document = dict[str, Any]
T = TypeVar("T")

# A bulk write of this many documents stays well under 48 MB and answers in well under a second.
BATCH = 1000


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
