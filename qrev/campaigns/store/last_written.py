"""When people were last written to, read from the messages that were sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.models import MessageStatus
from qrev.kit.mongo import Document, Indexes

SENT = MessageStatus.SENT.value
INDEXES = Indexes(
    "messages",
    (
        IndexModel(
            [
                ("account_id", ASCENDING),
                ("status", ASCENDING),
                ("person_id", ASCENDING),
                ("sent_at", ASCENDING),
            ],
            partialFilterExpression={"status": SENT},
        ),
    ),
)


class MongoLastWritten:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._messages = database[INDEXES.collection]

    async def last_sent(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, datetime]:
        asked = {
            "account_id": account_id,
            "person_id": {"$in": list(person_ids)},
            "status": SENT,
        }
        pipeline: list[Document] = [
            {"$match": asked},
            {"$group": {"_id": "$person_id", "at": {"$max": "$sent_at"}}},
        ]
        return {d["_id"]: d["at"] async for d in await self._messages.aggregate(pipeline)}
