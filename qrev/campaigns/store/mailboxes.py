"""Mailboxes in MongoDB."""

from __future__ import annotations

from datetime import UTC, datetime

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Mailbox
from qrev.kit.mongo import Document, Indexes, add_if_new

INDEXES = Indexes("mailboxes", (IndexModel([("account_id", ASCENDING), ("email", ASCENDING)]),))
PLAIN = ("email", "name", "channel", "timezone", "cap", "is_paused", "paused_reason")


class MongoMailboxes:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._mailboxes = database[INDEXES.collection]

    async def add_if_new(self, mailbox: Mailbox) -> bool:
        started = mailbox.ramp_started_on
        document: Document = {
            "_id": mailbox.id,
            "v": 1,
            "account_id": mailbox.account_id,
            **{name: getattr(mailbox, name) for name in PLAIN},
            # BSON has no dates without a time; midnight stands for the day.
            "ramp_started_on": started
            and datetime(started.year, started.month, started.day, tzinfo=UTC),
        }
        return await add_if_new(self._mailboxes, [document]) == 1

    async def of_account(self, account_id: AccountId) -> list[Mailbox]:
        found = self._mailboxes.find({"account_id": account_id}).sort("email", ASCENDING)
        return [_mailbox(d) async for d in found]

    async def pause(self, account_id: AccountId, mailbox_id: str, reason: str) -> None:
        await self._mailboxes.update_one(
            {"_id": mailbox_id, "account_id": account_id},
            {"$set": {"is_paused": True, "paused_reason": reason}},
        )


def _mailbox(d: Document) -> Mailbox:
    started = d["ramp_started_on"]
    return Mailbox(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        ramp_started_on=None if started is None else started.date(),
        **{name: d[name] for name in PLAIN},
    )
