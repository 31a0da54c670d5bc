"""The ledgers of a workspace, read piece by piece."""

from __future__ import annotations

from datetime import UTC, datetime

from pymongo import ASCENDING
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Message
from qrev.campaigns.store.message_documents import from_document
from qrev.campaigns.store.messages import INDEXES
from qrev.kit.mongo import Document

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # ever: this form of it is read from the partial index


class MongoLedgers:
    """Fills Ledgers."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._messages = database[INDEXES.collection]

    async def tried(self, account_id: AccountId, *, after: str, limit: int) -> list[Message]:
        question = {
            "account_id": account_id,
            "attempted_at": {"$gt": EPOCH},
            "_id": {"$gt": after},
        }
        found = self._messages.find(question).sort("_id", ASCENDING).limit(limit)
        return [from_document(d) async for d in found]
