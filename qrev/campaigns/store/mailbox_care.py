"""Mailboxes in MongoDB as members change them, and their mails as a health card counts them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pymongo import ASCENDING
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.mailbox_ports import Attempt
from qrev.campaigns.models import OPEN, Mailbox, MessageStatus
from qrev.campaigns.store import mailboxes, messages
from qrev.campaigns.store.reaching import WAITING
from qrev.kit.mongo import Document


class MongoMailboxRecords:
    """Fills MailboxRecords."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._mailboxes = database[mailboxes.INDEXES.collection]

    async def set(self, account_id: AccountId, mailbox: Mailbox, names: Collection[str]) -> bool:
        result = await self._mailboxes.update_one(
            {"_id": mailbox.id, "account_id": account_id},
            {"$set": {name: getattr(mailbox, name) for name in names}},
        )
        return result.matched_count == 1

    async def remove(self, account_id: AccountId, mailbox_id: str) -> bool:
        mine = {"_id": mailbox_id, "account_id": account_id}
        return (await self._mailboxes.delete_one(mine)).deleted_count == 1


class MongoMailboxMails:
    """Fills MailboxMails."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._messages = database[messages.INDEXES.collection]
        self._mailboxes = database[mailboxes.INDEXES.collection]

    async def attempts(self, account_id: AccountId, *, since: datetime) -> list[Attempt]:
        found = self._messages.find(
            {
                "account_id": account_id,
                "mailbox_id": {"$in": await self._ids(account_id)},
                "attempted_at": {"$gte": since},
            },
            {"mailbox_id": 1, "status": 1, "attempted_at": 1, "reason": 1},
            batch_size=1000,
        )
        tried = [
            Attempt(d["mailbox_id"], MessageStatus(d["status"]), d["attempted_at"], d["reason"])
            async for d in found
        ]
        return sorted(tried, key=lambda each: each.at)

    async def waiting(self, account_id: AccountId) -> dict[str, int]:
        # The index leads to what is open by sequence; a plan of an account is counted in one go.
        pipeline: list[Document] = [
            {
                "$match": {
                    "account_id": account_id,
                    "status": {"$in": [status.value for status in OPEN]},
                }
            },
            {"$group": {"_id": "$mailbox_id", "n": {"$sum": 1}}},
        ]
        return {d["_id"]: d["n"] async for d in await self._messages.aggregate(pipeline)}

    async def release(
        self, account_id: AccountId, mailbox_id: str, *, held_beyond: datetime, until: datetime
    ) -> int:
        result = await self._messages.update_many(
            {
                "account_id": account_id,
                "mailbox_id": mailbox_id,
                "status": {"$in": WAITING},
                "held_until": {"$gt": held_beyond},
            },
            {"$set": {"held_until": until}},
        )
        return result.modified_count

    async def _ids(self, account_id: AccountId) -> list[str]:
        found = self._mailboxes.find({"account_id": account_id}, {"_id": 1})
        return [d["_id"] async for d in found.sort("email", ASCENDING)]
