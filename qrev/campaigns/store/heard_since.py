"""What was heard, in the order it was heard in: for whoever tells others of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pymongo import ASCENDING
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.hearing.models import Event, EventKind
from qrev.campaigns.store.events import INDEXES, event_from
from qrev.kit.mongo import Document


class MongoHeardSince:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._events = database[INDEXES.collection]

    async def after(
        self,
        account_id: AccountId,
        place: tuple[datetime, str],
        *,
        kinds: Collection[EventKind],
        limit: int,
    ) -> list[Event]:
        at, last_id = place
        found = self._events.find(
            {
                "account_id": account_id,
                "kind": {"$in": [kind.value for kind in kinds]},
                "$or": [{"at": {"$gt": at}}, {"at": at, "_id": {"$gt": last_id}}],
            }
        )
        ordered = found.sort([("at", ASCENDING), ("_id", ASCENDING)]).limit(limit)
        return [event_from(d) async for d in ordered]
