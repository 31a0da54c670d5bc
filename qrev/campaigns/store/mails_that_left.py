"""Mails that left, in the order they left in: for whoever tells others of them."""

from __future__ import annotations

from datetime import datetime

from pymongo import ASCENDING
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Message, MessageStatus
from qrev.campaigns.store import messages
from qrev.campaigns.store.message_documents import from_document
from qrev.kit.mongo import Document


class MongoMailsThatLeft:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._messages = database[messages.INDEXES.collection]

    async def after(
        self, account_id: AccountId, place: tuple[datetime, str], limit: int
    ) -> list[Message]:
        at, last_id = place
        found = self._messages.find(
            {
                "account_id": account_id,
                "status": MessageStatus.SENT.value,
                "$or": [{"sent_at": {"$gt": at}}, {"sent_at": at, "_id": {"$gt": last_id}}],
            }
        )
        ordered = found.sort([("sent_at", ASCENDING), ("_id", ASCENDING)]).limit(limit)
        return [from_document(d) async for d in ordered]
