"""Saved lists and tags in MongoDB."""

from __future__ import annotations

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.crm.finding import folded
from qrev.crm.lists import SavedList, filter_from_facts, filter_to_facts
from qrev.kit.mongo import Document, Indexes, add_if_new

MOST_TAGS = 500
LIST_INDEXES = Indexes(
    "people_lists", (IndexModel([("account_id", ASCENDING), ("by_name", ASCENDING)]),)
)
TAG_INDEXES = Indexes("people_tags", (IndexModel([("account_id", ASCENDING), ("key", ASCENDING)]),))


class MongoTagBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._tags = database[TAG_INDEXES.collection]

    async def add_if_new(self, account_id: AccountId, tag: str) -> str:
        key = folded(tag)
        document = {
            "_id": f"{account_id}:{key}",
            "v": 1,
            "account_id": account_id,
            "key": key,
            "tag": tag,
        }
        if await add_if_new(self._tags, [document]):
            return tag
        found = await self._tags.find_one({"_id": document["_id"], "account_id": account_id})
        return str(found["tag"]) if found else tag

    async def all(self, account_id: AccountId) -> list[str]:
        found = self._tags.find({"account_id": account_id}).sort("key", ASCENDING)
        return [d["tag"] async for d in found.limit(MOST_TAGS)]


class MongoSavedLists:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._lists = database[LIST_INDEXES.collection]

    async def put(self, saved: SavedList) -> None:
        await self._lists.update_one(
            {"_id": saved.id, "account_id": saved.account_id},
            {
                "$set": {
                    "name": saved.name,
                    "by_name": folded(saved.name),
                    "wanted": filter_to_facts(saved.wanted),
                },
                "$setOnInsert": {
                    "v": 1,
                    "created_by": saved.created_by,
                    "created_at": saved.created_at,
                },
            },
            upsert=True,
        )

    async def get(self, account_id: AccountId, list_id: str) -> SavedList | None:
        d = await self._lists.find_one({"_id": list_id, "account_id": account_id})
        return None if d is None else _saved(d)

    async def all(self, account_id: AccountId) -> list[SavedList]:
        found = self._lists.find({"account_id": account_id}).sort("by_name", ASCENDING)
        return [_saved(d) async for d in found]

    async def remove(self, account_id: AccountId, list_id: str) -> bool:
        done = await self._lists.delete_one({"_id": list_id, "account_id": account_id})
        return done.deleted_count == 1


def _saved(d: Document) -> SavedList:
    return SavedList(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        name=d["name"],
        wanted=filter_from_facts(d["wanted"]),
        created_by=UserId(d["created_by"]),
        created_at=d["created_at"],
    )
