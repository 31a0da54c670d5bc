"""What waits for a second member, in MongoDB, and from how many people on it does."""

from __future__ import annotations

from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from qrev.accounts.models import AccountId
from qrev.campaigns.life.models import Approval
from qrev.kit.mongo import Document, Forgets, Indexes

INDEXES = Indexes(
    "approvals",
    (
        IndexModel([("account_id", ASCENDING), ("asked_at", ASCENDING), ("_id", ASCENDING)]),
        IndexModel([("asked_at", ASCENDING)]),
    ),
    Forgets("asked_at", timedelta(days=30)),
)
PLAIN = (
    "subject_id",
    "is_send",
    "title",
    "people",
    "asked_by",
    "asked_by_name",
    "asked_at",
    "expires_at",
    "conversation_id",
)


class MongoApprovalBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._approvals = database[INDEXES.collection]
        self._rules = database["approval_rules"]

    async def ask(self, approval: Approval) -> Approval:
        mine = {"account_id": approval.account_id, **_plain(approval)}
        question = {"_id": approval.id, "expires_at": {"$lte": approval.asked_at}}
        try:
            document = await self._approvals.find_one_and_update(
                question,
                {"$set": mine | {"v": 1}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            # One that still holds is there: the upsert found none that does not.
            document = await self._approvals.find_one(
                {"_id": approval.id, "account_id": approval.account_id}
            )
        return approval if document is None else _approval(document)

    async def open(self, account_id: AccountId, *, at: datetime) -> list[Approval]:
        found = self._approvals.find({"account_id": account_id, "expires_at": {"$gt": at}})
        ordered = found.sort([("asked_at", ASCENDING), ("_id", ASCENDING)])
        return [_approval(d) async for d in ordered]

    async def close(self, account_id: AccountId, approval_id: str) -> bool:
        result = await self._approvals.delete_one({"_id": approval_id, "account_id": account_id})
        return result.deleted_count == 1

    async def threshold(self, account_id: AccountId) -> int | None:
        document = await self._rules.find_one({"_id": account_id})
        return None if document is None else int(document["people"])

    async def set_threshold(self, account_id: AccountId, people: int) -> None:
        await self._rules.update_one(
            {"_id": account_id},
            {"$set": {"account_id": account_id, "people": people, "v": 1}},
            upsert=True,
        )


def _plain(approval: Approval) -> Document:
    return {name: getattr(approval, name) for name in PLAIN}


def _approval(d: Document) -> Approval:
    return Approval(
        id=d["_id"], account_id=AccountId(d["account_id"]), **{name: d[name] for name in PLAIN}
    )
