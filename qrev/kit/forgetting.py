"""Forgetting what is of no use any more: swept by our clock, not by the database's."""

from __future__ import annotations

from collections.abc import Iterable

from pymongo.asynchronous.database import AsyncDatabase

from qrev.kit.clock import Clock
from qrev.kit.mongo import BATCH, Document, Forgets, Indexes


class Forgetting:
    def __init__(
        self, database: AsyncDatabase[Document], declared: Iterable[Indexes], *, clock: Clock
    ) -> None:
        self._database = database
        self._rules = [(each.collection, each.forgets) for each in declared if each.forgets]
        self._clock = clock

    async def sweep(self) -> int:
        """Delete what its store has declared to be over. Return how many documents."""
        return sum([await self._forget(name, rule) for name, rule in self._rules])

    async def _forget(self, name: str, rule: Forgets) -> int:
        collection, count = self._database[name], 0
        # A moment before it, so a document without one (null) is never over.
        over = {rule.field: {"$lt": self._clock() - rule.after}}
        while found := await collection.find(over, {"_id": 1}).limit(BATCH).to_list():
            # Asked again: one that was renewed meanwhile stays.
            ids = {"_id": {"$in": [document["_id"] for document in found]}}
            count += (await collection.delete_many(ids | over)).deleted_count
        return count
