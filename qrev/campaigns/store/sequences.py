"""Sequences in MongoDB."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from qrev.accounts.models import AccountId, UserId
from qrev.campaigns.models import Sequence, SequenceStatus, StepWords
from qrev.campaigns.store.steps import (
    steps_from_documents,
    steps_to_documents,
    words_from_documents,
    words_to_documents,
)
from qrev.kit.errors import Conflict
from qrev.kit.mongo import Document, Indexes, older

INDEXES = Indexes(
    "sequences",
    (
        IndexModel([("dropbox_id", ASCENDING)], unique=True),
        IndexModel([("account_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("account_id", ASCENDING), ("owner_id", ASCENDING)]),
        IndexModel([("status", ASCENDING)]),
        IndexModel([("is_drafting", ASCENDING)], partialFilterExpression={"is_drafting": True}),
    ),
)
RUNNING = [SequenceStatus.ACTIVE.value, SequenceStatus.PAUSED.value]


class MongoSequenceBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._sequences = database[INDEXES.collection]

    async def add_if_new(self, sequence: Sequence) -> bool:
        document = _to_document(sequence)
        try:
            result = await self._sequences.update_one(
                {"_id": document.pop("_id")}, {"$setOnInsert": document}, upsert=True
            )
        except DuplicateKeyError as error:
            raise Conflict("That sequence belongs to another workspace.") from error
        return result.upserted_id is not None

    async def get(self, account_id: AccountId, sequence_id: str) -> Sequence | None:
        document = await self._sequences.find_one({"_id": sequence_id, "account_id": account_id})
        return None if document is None else _from_document(document)

    async def by_dropbox_id(self, dropbox_id: str) -> Sequence | None:
        document = await self._sequences.find_one({"dropbox_id": dropbox_id})
        return None if document is None else _from_document(document)

    async def active(self) -> list[Sequence]:
        found = self._sequences.find({"status": SequenceStatus.ACTIVE.value})
        return [_from_document(d) async for d in found]

    async def running(self, account_id: AccountId) -> list[Sequence]:
        found = self._sequences.find({"account_id": account_id, "status": {"$in": RUNNING}})
        return [_from_document(d) async for d in found]

    async def drafting(self) -> list[Sequence]:
        return [_from_document(d) async for d in self._sequences.find({"is_drafting": True})]

    async def page(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Sequence]:
        question: Document = {"account_id": account_id, **older("created_at", before)}
        found = self._sequences.find(question)
        ordered = found.sort([("created_at", DESCENDING), ("_id", DESCENDING)]).limit(limit)
        return [_from_document(d) async for d in ordered]

    async def change(
        self,
        account_id: AccountId,
        sequence_id: str,
        *,
        was: SequenceStatus | None = None,
        status: SequenceStatus | None = None,
        people: int | None = None,
        is_enrolled: bool | None = None,
        is_drafting: bool | None = None,
        name: str | None = None,
        words: Collection[StepWords] | None = None,
    ) -> bool:
        wanted: dict[str, Any] = {
            "status": status,
            "people": people,
            "is_enrolled": is_enrolled,
            "is_drafting": is_drafting,
            "name": name,
            "words": None if words is None else words_to_documents(words),
        }
        new = {name: value for name, value in wanted.items() if value is not None}
        question: Document = {"_id": sequence_id, "account_id": account_id}
        if was is not None:
            question["status"] = was.value
        result = await self._sequences.update_one(question, {"$set": new})
        return result.modified_count > 0


class MongoBelongings:
    """The sequences a member owns."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._sequences = database[INDEXES.collection]

    async def count(self, account_id: AccountId, user_id: UserId) -> int:
        return await self._sequences.count_documents(
            {"account_id": account_id, "owner_id": user_id}
        )

    async def hand_over(self, account_id: AccountId, user_id: UserId, to: UserId) -> int:
        result = await self._sequences.update_many(
            {"account_id": account_id, "owner_id": user_id}, {"$set": {"owner_id": to}}
        )
        return result.matched_count


def _to_document(sequence: Sequence) -> Document:
    return {
        "_id": sequence.id,
        "v": 1,
        "account_id": sequence.account_id,
        "owner_id": sequence.owner_id,
        "dropbox_id": sequence.dropbox_id,
        "conversation_id": sequence.conversation_id,
        "name": sequence.name,
        "steps": steps_to_documents(sequence.steps),
        "status": sequence.status.value,
        "upload_id": sequence.upload_id,
        "people": sequence.people,
        "is_enrolled": sequence.is_enrolled,
        "is_drafting": sequence.is_drafting,
        "created_at": sequence.created_at,
        "step_ids": list(sequence.step_ids),
        "words": words_to_documents(sequence.words),
    }


def _from_document(d: Document) -> Sequence:
    return Sequence(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        owner_id=UserId(d["owner_id"]),
        dropbox_id=d["dropbox_id"],
        conversation_id=d["conversation_id"],
        name=d["name"],
        steps=steps_from_documents(d["steps"]),
        status=SequenceStatus(d["status"]),
        upload_id=d["upload_id"],
        people=d["people"],
        is_enrolled=d["is_enrolled"],
        is_drafting=d["is_drafting"],
        created_at=d["created_at"],
        step_ids=tuple(d.get("step_ids", ())),
        words=words_from_documents(d.get("words", ())),
    )
