"""Messages in doubt in MongoDB. Each is settled by the filter of one update."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from pymongo import ASCENDING, DESCENDING
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.doubt import Settlement
from qrev.campaigns.models import Message, MessageStatus
from qrev.campaigns.store.message_documents import entry, from_document
from qrev.campaigns.store.messages import INDEXES, SURELY
from qrev.kit.mongo import Document, older

UNKNOWN = MessageStatus.UNKNOWN


class MongoDoubts:
    """Fills Doubts."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._messages = database.get_collection(INDEXES.collection, write_concern=SURELY)

    async def to_look_at(self, *, now: datetime, limit: int) -> list[Message]:
        found = self._messages.find({"status": UNKNOWN.value, "look_at": {"$lte": now}})
        return [from_document(d) async for d in found.sort("look_at", ASCENDING).limit(limit)]

    async def note_look(
        self, message: Message, *, note: str, at: datetime, look_at: datetime, is_absent: bool
    ) -> bool:
        new: Document = {"look_at": look_at}
        if is_absent and message.absent_at is None:
            new["absent_at"] = at
        line = entry("looked", at, UNKNOWN, note=note)
        result = await self._messages.update_one(
            _doubted(message), {"$set": new, "$push": {"ledger": line}}
        )
        return result.modified_count == 1

    async def settle(self, message: Message, settlement: Settlement) -> bool:
        if settlement.status is not MessageStatus.PLANNED:
            return await self._settle(_doubted(message), settlement)
        if await self._settle({**_doubted(message), "stopped": None}, settlement):
            return True
        stopped = replace(settlement, status=MessageStatus.CANCELLED, send_at=None)
        return await self._settle(_doubted(message), stopped)

    async def _settle(self, question: Document, settlement: Settlement) -> bool:
        is_sent = settlement.status is MessageStatus.SENT
        maybe: Document = {
            name: getattr(settlement, name)
            for name in ("provider_id", "header_id", "thread_id", "sent_at", "send_at")
        }
        line = entry(
            "settled",
            settlement.at,
            settlement.status,
            note=settlement.note,
            provider_id=settlement.provider_id,
        )
        result = await self._messages.update_one(
            question,
            {
                "$set": {
                    "status": settlement.status.value,
                    "reason": "" if is_sent else settlement.note,
                    "token": "",
                    **{name: value for name, value in maybe.items() if value},
                },
                "$unset": {"look_at": "", "absent_at": ""},
                "$push": {"ledger": line},
            },
        )
        return result.modified_count == 1

    async def in_doubt(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Message]:
        question = {
            "account_id": account_id,
            "status": UNKNOWN.value,
            **older("attempted_at", before),
        }
        order = [("attempted_at", DESCENDING), ("_id", DESCENDING)]
        return [
            from_document(d) async for d in self._messages.find(question).sort(order).limit(limit)
        ]

    async def of_ids(self, account_id: AccountId, message_ids: Collection[str]) -> list[Message]:
        found = self._messages.find(
            {"_id": {"$in": list(message_ids)}, "account_id": account_id, "status": UNKNOWN.value}
        )
        return sorted([from_document(d) async for d in found], key=lambda m: m.id)


def _doubted(message: Message) -> Document:
    """Return what finds the message while it is in the doubt in which it was read."""
    return {
        "_id": message.id,
        "account_id": message.account_id,
        "status": UNKNOWN.value,
        "attempts": message.attempts,
    }
