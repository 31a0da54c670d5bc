"""Drafts in MongoDB: the newest words on the document, the older ones in its `history`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.checks import EDITION, remark_on, says_anything
from qrev.campaigns.models import (
    Draft,
    DraftCounts,
    DraftStatus,
    DraftTally,
    Fact,
    Remark,
    step_in,
)
from qrev.campaigns.versions import DraftVersion
from qrev.kit.mongo import Document, Indexes, add_if_new, batches

INDEXES = Indexes(
    "drafts",
    (
        IndexModel(
            [("account_id", ASCENDING), ("sequence_id", ASCENDING), ("prospect_id", ASCENDING)]
        ),
        IndexModel([("account_id", ASCENDING), ("prospect_id", ASCENDING), ("step", ASCENDING)]),
        IndexModel(
            [("account_id", ASCENDING), ("sequence_id", ASCENDING), ("is_lacking", ASCENDING)],
            partialFilterExpression={"is_lacking": True},
        ),
        IndexModel(
            [("account_id", ASCENDING), ("sequence_id", ASCENDING), ("has_remarks", ASCENDING)],
            partialFilterExpression={"has_remarks": True},
        ),
    ),
)
NEVER_LOCKED = datetime.fromtimestamp(0, tz=UTC)
# Every version carries the first words, so that "reset" needs no reading before the write.
VERSIONED = ("version", "subject", "body", "facts", "missing", "doubts", "is_by_hand", "by", "at")
WORDS = ("subject", "body", "facts", "missing", "doubts", "status", "reason")
# What the checks said of the words when they were written, and which edition of the checks.
JUDGED = ("checked", "has_remarks", "wrong", "repair", "unwise")


class MongoDraftBook:
    """Fills DraftBook, DraftVersions, DraftRemarks and DraftLocks."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._drafts = database[INDEXES.collection]

    async def add_if_new(self, drafts: Collection[Draft]) -> int:
        return await add_if_new(self._drafts, map(_to_document, drafts))

    async def get(self, account_id: AccountId, draft_id: str) -> Draft | None:
        document = await self._drafts.find_one({"_id": draft_id, "account_id": account_id})
        return None if document is None else _from_document(document)

    async def of_sequence(self, account_id: AccountId, sequence_id: str) -> list[Draft]:
        found = self._drafts.find(
            {"account_id": account_id, "sequence_id": sequence_id},
            {"history": 0, "first": 0},
            batch_size=1000,
        )
        return [_from_document(d) async for d in found]

    async def of_prospect(self, account_id: AccountId, prospect_id: str) -> list[Draft]:
        found = self._drafts.find({"account_id": account_id, "prospect_id": prospect_id})
        return [_from_document(d) async for d in found.sort("step", ASCENDING)]

    async def count(self, account_id: AccountId, sequence_id: str) -> DraftCounts:
        pipeline: list[Document] = [
            {"$match": {"account_id": account_id, "sequence_id": sequence_id}},
            {"$group": {"_id": {"status": "$status", "lacks": "$is_lacking"}, "n": {"$sum": 1}}},
        ]
        ready = failed = missing = 0
        async for row in await self._drafts.aggregate(pipeline):
            if row["_id"]["status"] == DraftStatus.FAILED:
                failed += row["n"]
            else:
                ready += row["n"]
                missing += row["n"] if row["_id"]["lacks"] else 0
        return DraftCounts(ready=ready, failed=failed, missing=missing)

    async def lacking(self, account_id: AccountId, sequence_id: str) -> list[str]:
        found = self._drafts.find(
            {"account_id": account_id, "sequence_id": sequence_id, "is_lacking": True},
            {"prospect_id": 1},
        )
        return list(dict.fromkeys([d["prospect_id"] async for d in found]))

    async def tally(self, account_id: AccountId, sequence_id: str) -> DraftTally:
        pipeline: list[Document] = [
            {"$match": {"account_id": account_id, "sequence_id": sequence_id}},
            {"$group": {"_id": "$checked", "n": {"$sum": 1}, "versions": {"$sum": "$version"}}},
        ]
        rows = [row async for row in await self._drafts.aggregate(pipeline)]
        return DraftTally(
            count=sum(row["n"] for row in rows),
            versions=sum(row["versions"] for row in rows),
            is_current=all(row["_id"] == EDITION for row in rows),
        )

    async def remarks(self, account_id: AccountId, sequence_id: str) -> list[Remark]:
        found = self._drafts.find(
            {"account_id": account_id, "sequence_id": sequence_id, "has_remarks": True},
            dict.fromkeys(("prospect_id", "step", "wrong", "repair", "unwise"), 1),
            batch_size=1000,
        )
        return [
            Remark(d["prospect_id"], d["step"], d["wrong"], d["repair"], tuple(d["unwise"]))
            async for d in found
        ]

    async def drafted(self, account_id: AccountId, sequence_id: str) -> Mapping[str, set[int]]:
        found = self._drafts.find(
            {"account_id": account_id, "sequence_id": sequence_id},
            {"_id": 0, "prospect_id": 1, "step": 1},
            batch_size=5000,
        )
        steps: dict[str, set[int]] = defaultdict(set)
        async for d in found:
            steps[d["prospect_id"]].add(d["step"])
        return steps

    async def save(
        self,
        account_id: AccountId,
        draft_id: str,
        *,
        version: int,
        subject: str,
        body: str,
        at: datetime,
        by: str,
        missing: Collection[str] = (),
        doubts: Collection[str] = (),
        facts: Collection[Fact] | None = None,
        is_by_hand: bool = False,
    ) -> Draft | None:
        words: Document = {
            "subject": subject,
            "body": body,
            "missing": list(missing),
            "doubts": list(doubts),
            "status": DraftStatus.READY.value,
            "reason": "",
            "is_lacking": bool(missing or doubts),
            "is_by_hand": is_by_hand,
        }
        if facts is not None:
            words["facts"] = _facts(facts)
        draft = Draft(
            id=draft_id,
            account_id=account_id,
            sequence_id="",
            prospect_id="",
            step=step_in(draft_id),
            subject=subject,
            body=body,
            facts=(),
            missing=tuple(missing),
            doubts=tuple(doubts),
            status=DraftStatus.READY,
            reason="",
            version=version,
        )
        words |= _judged(draft)
        return await self._write(account_id, draft_id, version, words, at, by)

    async def reset(
        self, account_id: AccountId, draft_id: str, *, version: int, at: datetime, by: str
    ) -> Draft | None:
        words: Document = {name: f"$first.{name}" for name in (*WORDS, *JUDGED, "is_lacking")}
        # Of an earlier version there were no doubts, and it is not checked yet.
        words["doubts"] = {"$ifNull": ["$first.doubts", []]}
        words["checked"] = {"$ifNull": ["$first.checked", 0]}
        words["is_by_hand"] = {"$literal": False}
        return await self._write(account_id, draft_id, version, words, at, by, is_copy=True)

    async def _write(
        self,
        account_id: AccountId,
        draft_id: str,
        version: int,
        words: Document,
        at: datetime,
        by: str,
        *,
        is_copy: bool = False,
    ) -> Draft | None:
        """Write the next version and put the current one into the history, in one update."""
        new = words if is_copy else {name: {"$literal": value} for name, value in words.items()}
        current: Document = {name: f"${name}" for name in VERSIONED}
        update: list[Document] = [
            {
                "$set": {
                    **new,
                    "version": version + 1,
                    "by": {"$literal": by},
                    "at": at,
                    "history": {"$concatArrays": ["$history", [current]]},
                }
            }
        ]
        document = await self._drafts.find_one_and_update(
            {
                "_id": draft_id,
                "account_id": account_id,
                "version": version,
                "locked_until": {"$lte": at},
            },
            update,
            return_document=ReturnDocument.AFTER,
        )
        return None if document is None else _from_document(document)

    async def versions(self, account_id: AccountId, draft_id: str) -> list[DraftVersion]:
        found = await self._drafts.find_one(
            {"_id": draft_id, "account_id": account_id}, dict.fromkeys((*VERSIONED, "history"), 1)
        )
        if found is None:
            return []
        return [_version(each) for each in reversed([*found["history"], found])]

    async def lock(self, account_id: AccountId, sequence_id: str, *, until: datetime) -> None:
        await self._drafts.update_many(
            {"account_id": account_id, "sequence_id": sequence_id},
            {"$set": {"locked_until": until}},
        )

    async def unlock(self, account_id: AccountId, prospect_ids: Collection[str]) -> None:
        for batch in batches(prospect_ids):
            await self._drafts.update_many(
                {"account_id": account_id, "prospect_id": {"$in": batch}},
                {"$set": {"locked_until": NEVER_LOCKED}},
            )


def _to_document(draft: Draft) -> Document:
    words: dict[str, Any] = {
        "subject": draft.subject,
        "body": draft.body,
        "facts": _facts(draft.facts),
        "missing": list(draft.missing),
        "doubts": list(draft.doubts),
        "status": draft.status.value,
        "reason": draft.reason,
        "is_lacking": draft.is_lacking,
        **_judged(draft),
    }
    return {
        "_id": draft.id,
        "v": 1,
        "account_id": draft.account_id,
        "sequence_id": draft.sequence_id,
        "prospect_id": draft.prospect_id,
        "step": draft.step,
        "version": draft.version,
        "written_by": {
            "model": draft.model,
            "prompt": draft.prompt,
            "dollars": draft.dollars,
        },
        **words,
        "first": words,
        "history": [],
        "locked_until": NEVER_LOCKED,
    }


def _facts(facts: Collection[Fact]) -> list[Document]:
    return [{"text": fact.text, "source": fact.source} for fact in facts]


def _version(d: Document) -> DraftVersion:
    return DraftVersion(
        version=d["version"],
        subject=d["subject"],
        body=d["body"],
        facts=tuple(Fact(**fact) for fact in d.get("facts", ())),
        missing=tuple(d.get("missing", ())),
        doubts=tuple(d.get("doubts", ())),
        is_by_hand=d.get("is_by_hand", d["version"] > 1),
        at=d.get("at"),
        by=d.get("by", ""),
    )


def _judged(draft: Draft) -> Document:
    remark = remark_on(draft)
    return {
        "checked": EDITION,
        "has_remarks": says_anything(remark),
        "wrong": remark.reason,
        "repair": remark.repair,
        "unwise": list(remark.unwise),
    }


def _from_document(d: Document) -> Draft:
    return Draft(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        sequence_id=d["sequence_id"],
        prospect_id=d["prospect_id"],
        step=d["step"],
        subject=d["subject"],
        body=d["body"],
        facts=tuple(Fact(text=f["text"], source=f["source"]) for f in d["facts"]),
        missing=tuple(d["missing"]),
        status=DraftStatus(d["status"]),
        reason=d["reason"],
        version=d["version"],
        doubts=tuple(d.get("doubts", ())),
        **d.get("written_by", {}),
        # Before it was kept, only members wrote later versions.
        is_by_hand=d.get("is_by_hand", d["version"] > 1),
    )
