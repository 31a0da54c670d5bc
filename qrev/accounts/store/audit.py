"""The audit log and proposed changes in MongoDB."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import (
    AccountId,
    AuditEntry,
    Change,
    ChangeKind,
    ChangeState,
    UserId,
)
from qrev.kit.mongo import Document, Forgets, Indexes, older

INDEXES = Indexes(
    "audit",
    (
        IndexModel([("account_id", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel(
            [("account_id", ASCENDING), ("by", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)]
        ),
    ),
)
CHANGES = Indexes(
    "changes",
    (
        IndexModel([("expires_at", ASCENDING)]),
        IndexModel(
            [("kind", ASCENDING), ("state", ASCENDING)],
            partialFilterExpression={"state": ChangeState.CONFIRMED.value},
        ),
    ),
    Forgets("expires_at", timedelta(days=30)),
)
# A pressed Confirm must survive the machine: majority and journal.
SURELY = WriteConcern(w="majority", j=True)


class MongoAuditBook:
    """Only adds and reads: an entry is never written twice."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._entries = database[INDEXES.collection]

    async def add(self, entry: AuditEntry) -> None:
        await self._entries.insert_one(
            {
                "_id": entry.id,
                "v": 1,
                "account_id": entry.account_id,
                "at": entry.at,
                "by": entry.by,
                "by_email": entry.by_email,
                "action": entry.action,
                "subject": entry.subject,
                "before": dict(entry.before),
                "after": dict(entry.after),
                "address": entry.address,
                "through": entry.through,
            }
        )

    async def page(
        self,
        account_id: AccountId,
        *,
        before: tuple[datetime, str] | None,
        limit: int,
        by: UserId | None = None,
        actions: Collection[str] | None = None,
    ) -> list[AuditEntry]:
        question: Document = {"account_id": account_id}
        if by is not None:
            question["by"] = by
        if actions is not None:
            # Looked for among the entries in their order: a kind is common, and a page is short.
            question["action"] = {"$in": sorted(actions)}
        question |= older("at", before)
        found = self._entries.find(question)
        ordered = found.sort([("at", DESCENDING), ("_id", DESCENDING)]).limit(limit)
        return [_entry(d) async for d in ordered]


class MongoChangeBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._changes = database.get_collection(CHANGES.collection, write_concern=SURELY)

    async def add(self, change: Change) -> None:
        await self._changes.insert_one(
            {
                "_id": change.id,
                "v": 1,
                "account_id": change.account_id,
                "kind": change.kind.value,
                "subject": change.subject,
                "created_by": change.created_by,
                "hash": change.hash,
                "facts": list(change.facts),
                "state": change.state.value,
                "created_at": change.created_at,
                "expires_at": change.expires_at,
            }
        )

    async def get(self, account_id: AccountId, change_id: str) -> Change | None:
        document = await self._changes.find_one({"_id": change_id, "account_id": account_id})
        return None if document is None else _change(document)

    async def move(
        self,
        change: Change,
        *,
        before: ChangeState,
        after: ChangeState,
        now: datetime | None = None,
    ) -> bool:
        question: dict[str, Any] = {
            "_id": change.id,
            "account_id": change.account_id,
            "state": before.value,
            "hash": change.hash,
        }
        if now is not None:
            question["expires_at"] = {"$gt": now}
        result = await self._changes.update_one(question, {"$set": {"state": after.value}})
        return result.matched_count == 1

    async def unmade_erasures(self, now: datetime) -> list[Change]:
        asked = {
            "kind": ChangeKind.ERASE_PERSON.value,
            "state": ChangeState.CONFIRMED.value,
            "expires_at": {"$lte": now},
        }
        return [_change(d) async for d in self._changes.find(asked)]

    async def forget(self, change: Change, facts: tuple[str, ...]) -> bool:
        result = await self._changes.update_one(
            {
                "_id": change.id,
                "account_id": change.account_id,
                "state": ChangeState.CONFIRMED.value,
            },
            {
                "$set": {
                    "state": ChangeState.DONE.value,
                    "subject": "",
                    "facts": list(facts),
                    "hash": "",
                }
            },
        )
        return result.matched_count == 1


def _entry(d: Document) -> AuditEntry:
    return AuditEntry(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        at=d["at"],
        by=UserId(d["by"]),
        by_email=d["by_email"],
        action=d["action"],
        subject=d["subject"],
        before=d["before"],
        after=d["after"],
        address=d["address"],
        through=d["through"],
    )


def _change(d: Document) -> Change:
    return Change(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        kind=ChangeKind(d["kind"]),
        subject=d["subject"],
        created_by=UserId(d["created_by"]),
        hash=d["hash"],
        facts=tuple(d["facts"]),
        state=ChangeState(d["state"]),
        created_at=d["created_at"],
        expires_at=d["expires_at"],
    )
