"""Conversations and the drop box in MongoDB."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.assistant.contract import (
    MESSAGES_COLLECTION,
    PROSPECTS_COLLECTION,
    SPENDING_COLLECTION,
    STOPS_COLLECTION,
    UPLOADS_COLLECTION,
)
from qrev.assistant.knowledge.models import Kind, KnowledgeDocument
from qrev.assistant.models import Line
from qrev.assistant.ports import Heard, Spent
from qrev.crm.privacy_ports import Held, Whom
from qrev.kit.mentions import plain
from qrev.kit.mongo import Document, Indexes, add_if_new, batches

LINE_INDEXES = Indexes(
    "lines",
    (
        IndexModel(
            [
                ("account_id", ASCENDING),
                ("conversation_id", ASCENDING),
                ("at", DESCENDING),
                ("role", ASCENDING),
            ]
        ),
    ),
)
KNOWLEDGE_INDEXES = Indexes(
    "knowledge", (IndexModel([("account_id", ASCENDING), ("added_at", ASCENDING)]),)
)
INDEXES = (LINE_INDEXES, KNOWLEDGE_INDEXES)
# In the drop box's own database. `taken` is ours: the AI server never looks at it.
DROPBOX_INDEXES = (
    Indexes(
        PROSPECTS_COLLECTION, (IndexModel([("sequence_id", ASCENDING), ("taken", ASCENDING)]),)
    ),
    Indexes(MESSAGES_COLLECTION, (IndexModel([("sequence_id", ASCENDING), ("taken", ASCENDING)]),)),
    Indexes(SPENDING_COLLECTION, (IndexModel([("account_id", ASCENDING), ("month", ASCENDING)]),)),
    Indexes(UPLOADS_COLLECTION, (IndexModel([("upload_id", ASCENDING), ("_id", ASCENDING)]),)),
)


class MongoConversations:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._lines = database[LINE_INDEXES.collection]
        self._conversations = database["conversations"]

    async def add_if_new(self, line: Line) -> bool:
        document = {
            "_id": line.id,
            "v": 1,
            "account_id": line.account_id,
            "conversation_id": line.conversation_id,
            "role": line.role,
            "content": line.content,
            "at": line.at,
        }
        return await add_if_new(self._lines, [document]) == 1

    async def last(self, account_id: AccountId, conversation_id: str, *, limit: int) -> list[Line]:
        found = self._lines.find({"account_id": account_id, "conversation_id": conversation_id})
        # In the same millisecond the question came before its answer.
        newest = await found.sort([("at", DESCENDING), ("role", ASCENDING)]).limit(limit).to_list()
        return [
            Line(
                id=d["_id"],
                account_id=AccountId(d["account_id"]),
                conversation_id=d["conversation_id"],
                role=d["role"],
                content=d["content"],
                at=d["at"],
            )
            for d in reversed(newest)
        ]

    async def set_upload(
        self, account_id: AccountId, conversation_id: str, upload_id: str | None
    ) -> None:
        await self._conversations.update_one(
            {"_id": f"{account_id}:{conversation_id}"},
            {
                "$set": {"upload_id": upload_id},
                "$setOnInsert": {"v": 1, "account_id": account_id},
            },
            upsert=True,
        )

    async def upload_of(self, account_id: AccountId, conversation_id: str) -> str | None:
        found = await self._conversations.find_one({"_id": f"{account_id}:{conversation_id}"})
        return None if found is None else found["upload_id"]


class MongoDropBox:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._prospects = database[PROSPECTS_COLLECTION]
        self._messages = database[MESSAGES_COLLECTION]
        self._uploads = database[UPLOADS_COLLECTION]
        self._callbacks = database["ai_callbacks"]
        self._stops = database[STOPS_COLLECTION]

    async def new_prospects(self, dropbox_id: str, *, limit: int) -> list[dict[str, Any]]:
        return await _new(self._prospects, dropbox_id, limit)

    async def new_messages(self, dropbox_id: str, *, limit: int) -> list[dict[str, Any]]:
        return await _new(self._messages, dropbox_id, limit)

    async def mark_prospects(self, row_ids: Collection[str], *, is_used: bool) -> None:
        await _mark(self._prospects, row_ids, is_used)

    async def mark_messages(self, row_ids: Collection[str], *, is_used: bool | None) -> None:
        await _mark(self._messages, row_ids, is_used)

    async def hear(self, dropbox_id: str, heard: Heard) -> None:
        news = {"are_people_complete": heard.are_people_complete, "is_last": heard.is_last}
        update: Document = {}
        if true := {name: True for name, is_so in news.items() if is_so}:
            update["$set"] = true
        if heard.at is not None:
            update["$max"] = {"at": heard.at}
        if update:
            await self._callbacks.update_one({"_id": dropbox_id}, update, upsert=True)

    async def heard(self, dropbox_id: str) -> Heard:
        found = await self._callbacks.find_one({"_id": dropbox_id}) or {}
        return Heard(
            are_people_complete=bool(found.get("are_people_complete")),
            is_last=bool(found.get("is_last")),
            at=found.get("at"),
        )

    async def put_prospects(self, rows: Collection[dict[str, Any]]) -> None:
        await add_if_new(self._prospects, rows)

    async def put_messages(self, rows: Collection[dict[str, Any]]) -> None:
        await add_if_new(self._messages, rows)

    async def ask_to_stop(self, dropbox_id: str) -> None:
        await add_if_new(self._stops, [{"_id": dropbox_id, "v": 1}])

    async def is_stopped(self, dropbox_id: str) -> bool:
        return await self._stops.find_one({"_id": dropbox_id}, {"_id": 1}) is not None

    async def put_upload(
        self, upload_id: str, rows: Collection[dict[str, str]], *, first: int
    ) -> None:
        await add_if_new(
            self._uploads,
            (
                {"_id": f"{upload_id}:{number:07d}", "upload_id": upload_id, "row": row}
                for number, row in enumerate(rows, first)
            ),
        )


class MongoSpendingBook:
    """Fills SpendingBook, from beside the drop box: the AI server counts there."""

    def __init__(self, dropbox: AsyncDatabase[Document]) -> None:
        self._spent = dropbox[SPENDING_COLLECTION]

    async def in_month(self, account_id: AccountId, month: str) -> list[Spent]:
        found = self._spent.find({"account_id": account_id, "month": month})
        return [
            Spent(
                user_id=d["user_id"],
                calls=d["calls"],
                tokens=d["read"] + d["written"],
                dollars=float(d["dollars"]),
            )
            async for d in found
        ]


async def _new(
    collection: AsyncCollection[Document], dropbox_id: str, limit: int
) -> list[dict[str, Any]]:
    question = {"sequence_id": dropbox_id, "taken": None}
    return await collection.find(question, batch_size=limit).limit(limit).to_list()


async def _mark(
    collection: AsyncCollection[Document], row_ids: Collection[str], is_used: bool | None
) -> None:
    for batch in batches(row_ids):
        await collection.update_many({"_id": {"$in": batch}}, {"$set": {"taken": is_used}})


class MongoDropBoxRoom:
    """What lies in the drop box about an address: rows of the account's sequences and files."""

    def __init__(self, main: AsyncDatabase[Document], dropbox: AsyncDatabase[Document]) -> None:
        self._main = main
        self._dropbox = dropbox

    async def held(self, whom: Whom) -> Held:
        rows = [{"kept_in": name, **plain(row)} async for name, row in self._rows(whom)]
        return {"waiting_at_the_assistant": rows}

    async def erase(self, whom: Whom) -> None:
        async for name, row in self._rows(whom):
            await self._dropbox[name].delete_one({"_id": row["_id"]})

    async def _rows(self, whom: Whom) -> AsyncIterator[tuple[str, Document]]:
        of_account = {"account_id": whom.account_id}
        sequences = await self._main["sequences"].find(of_account, {"dropbox_id": 1}).to_list()
        uploads = await self._main["uploads"].find(of_account, {"_id": 1}).to_list()
        asked = (
            (PROSPECTS_COLLECTION, "sequence_id", [d["dropbox_id"] for d in sequences]),
            (MESSAGES_COLLECTION, "sequence_id", [d["dropbox_id"] for d in sequences]),
            (UPLOADS_COLLECTION, "upload_id", [d["_id"] for d in uploads]),
        )
        mention = whom.mention
        for name, field, keys in asked:
            for batch in batches(keys):
                async for row in self._dropbox[name].find({field: {"$in": batch}}):
                    if mention.is_in(row):
                        yield name, row


class MongoKnowledgeBook:
    """Fills KnowledgeBook."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._documents = database[KNOWLEDGE_INDEXES.collection]

    async def put(self, document: KnowledgeDocument) -> None:
        kept = {
            "v": 1,
            "kind": document.kind.value,
            "title": document.title,
            "pages": list(document.pages),
            "added_by": document.added_by,
            "added_by_name": document.added_by_name,
            "added_at": document.added_at,
        }
        await self._documents.update_one(
            {"_id": document.id, "account_id": document.account_id}, {"$set": kept}, upsert=True
        )

    async def get(self, account_id: AccountId, document_id: str) -> KnowledgeDocument | None:
        found = await self._documents.find_one({"_id": document_id, "account_id": account_id})
        return None if found is None else _knowledge(found)

    async def of_account(self, account_id: AccountId) -> list[KnowledgeDocument]:
        found = self._documents.find({"account_id": account_id}).sort("added_at", ASCENDING)
        return [_knowledge(d) async for d in found]

    async def remove(self, account_id: AccountId, document_id: str) -> bool:
        result = await self._documents.delete_one({"_id": document_id, "account_id": account_id})
        return result.deleted_count == 1


def _knowledge(d: Document) -> KnowledgeDocument:
    return KnowledgeDocument(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        kind=Kind(d["kind"]),
        title=d["title"],
        pages=tuple(d["pages"]),
        added_by=UserId(d["added_by"]),
        added_by_name=d["added_by_name"],
        added_at=d["added_at"],
    )
