"""Mailboxes in MongoDB."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Mailbox
from qrev.kit.mongo import Document, Indexes, add_if_new

INDEXES = Indexes(
    "mailboxes",
    (
        IndexModel([("account_id", ASCENDING), ("email", ASCENDING)]),
        IndexModel([("channel", ASCENDING)]),
    ),
)
PLAIN = ("email", "name", "channel", "timezone", "cap", "is_paused", "paused_reason")
ADDED = ("reply_to", "signature", "owner_id", "login_version")  # later than the first mailboxes


class MongoMailboxes:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._mailboxes = database[INDEXES.collection]

    async def add_if_new(self, mailbox: Mailbox) -> bool:
        document: Document = {
            "_id": mailbox.id,
            "v": 1,
            "account_id": mailbox.account_id,
            **{name: getattr(mailbox, name) for name in (*PLAIN, *ADDED)},
            "ramp_started_on": _midnight(mailbox.ramp_started_on),
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

    async def set_sending(self, account_id: AccountId, mailbox: Mailbox) -> None:
        new: Document = {name: getattr(mailbox, name) for name in ("cap", "timezone")}
        new["ramp_started_on"] = _midnight(mailbox.ramp_started_on)
        await self._mailboxes.update_one(
            {"_id": mailbox.id, "account_id": account_id}, {"$set": new}
        )


def _midnight(day: date | None) -> datetime | None:
    """Return what stands for a day: BSON has no dates without a time."""
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


def _mailbox(d: Document) -> Mailbox:
    started = d["ramp_started_on"]
    return Mailbox(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        ramp_started_on=None if started is None else started.date(),
        **{name: d[name] for name in PLAIN},
        **{name: d[name] for name in ADDED if name in d},
    )
