"""What conversations are to be told, in MongoDB: any instance may tell, each shows its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Notice
from qrev.kit.mongo import Document, Forgets, Indexes, add_if_new

INDEXES = Indexes(
    "notices",
    (
        IndexModel([("conversation_id", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("written_at", ASCENDING)]),
    ),
    Forgets("written_at", timedelta(days=30)),
)


class MongoNotices:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._notices = database[INDEXES.collection]

    async def tell(self, notice: Notice) -> None:
        document = {
            "_id": notice.id,
            "v": 1,
            "account_id": notice.account_id,
            "conversation_id": notice.conversation_id,
            "at": notice.at,
            "card_id": notice.card_id,
            "text": notice.text,
            "is_posted": not notice.text,
            "written_at": notice.at,
        }
        await add_if_new(self._notices, [document])

    async def since(self, conversation_ids: Collection[str], at: datetime) -> list[Notice]:
        question = {"conversation_id": {"$in": list(conversation_ids)}, "at": {"$gte": at}}
        return [_notice(d) async for d in self._notices.find(question).sort("at", ASCENDING)]

    async def unposted(self, conversation_id: str) -> list[Notice]:
        question = {"conversation_id": conversation_id, "is_posted": False}
        return [_notice(d) async for d in self._notices.find(question).sort("at", ASCENDING)]

    async def claim_posting(self, notice_id: str) -> bool:
        result = await self._notices.update_one(
            {"_id": notice_id, "is_posted": False}, {"$set": {"is_posted": True}}
        )
        return result.modified_count == 1


def _notice(d: Document) -> Notice:
    return Notice(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        conversation_id=d["conversation_id"],
        at=d["at"],
        card_id=d["card_id"],
        text=d["text"],
    )
