"""The people of a company, found by what people are found by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from pymongo import ASCENDING
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.crm.finding import APART, sort_key, words_of
from qrev.crm.store.people import PEOPLE
from qrev.kit.mongo import Document


class MongoCompanyPeople:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._people = database[PEOPLE]

    async def page(
        self, account_id: AccountId, company_id: str, *, after: tuple[str, str] | None, limit: int
    ) -> list[tuple[str, str]]:
        asked: Document = {"account_id": account_id, "is_here": True, "company_id": company_id}
        if after is not None:
            asked["by_name"] = {"$gt": after[0]}
        found = self._people.find(asked, {"by_name": 1}).sort("by_name", ASCENDING).limit(limit)
        return [(d["by_name"], d["_id"]) async for d in found]

    async def of(
        self, account_id: AccountId, company_ids: Collection[str]
    ) -> Mapping[str, list[str]]:
        asked = {
            "account_id": account_id,
            "is_here": True,
            "company_id": {"$in": list(company_ids)},
        }
        ids: defaultdict[str, list[str]] = defaultdict(list)
        async for d in self._people.find(asked, {"company_id": 1}, batch_size=1000):
            ids[d["company_id"]].append(d["_id"])
        return ids

    async def rename(
        self, account_id: AccountId, company_id: str, *, before: str, after: str
    ) -> int:
        """Write a company's new name into its people, and all they are found by."""
        asked = {
            "account_id": account_id,
            "is_here": {"$in": [True, False]},
            "company_id": company_id,
            "company_name": before,
        }
        written = {
            "company_name": {"$literal": after},
            "by_company": {"$concat": [{"$literal": sort_key(after, "")}, _END_OF_ID]},
            "words": {"$setUnion": ["$words", {"$literal": words_of("company_name", after)}]},
        }
        result = await self._people.update_many(asked, [{"$set": written}])
        return result.modified_count


_END_OF_ID = {
    "$substrCP": [
        "$_id",
        {"$max": [0, {"$subtract": [{"$strLenCP": "$_id"}, APART]}]},
        APART,
    ]
}
