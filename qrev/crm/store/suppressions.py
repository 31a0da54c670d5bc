"""Suppressions in MongoDB."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.crm.models import Suppression
from qrev.kit.mongo import Document, Indexes, add_if_new

SUPPRESSION_INDEXES = Indexes(
    "suppressions", (IndexModel([("account_id", ASCENDING), ("value", ASCENDING)], unique=True),)
)


class MongoSuppressions:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._suppressions = database[SUPPRESSION_INDEXES.collection]

    async def add_if_new(self, suppression: Suppression) -> bool:
        key = f"{suppression.account_id}:{suppression.value}"
        document = {
            "_id": key,
            "v": 1,
            "account_id": suppression.account_id,
            "value": suppression.value,
            "reason": suppression.reason,
            "created_at": suppression.created_at,
        }
        return await add_if_new(self._suppressions, [document]) == 1

    async def find(
        self, account_id: AccountId, values: Collection[str]
    ) -> Mapping[str, Suppression]:
        found = self._suppressions.find(
            {"account_id": account_id, "value": {"$in": list(values)}}, batch_size=1000
        )
        return {d["value"]: _suppression(d) async for d in found}

    async def page(
        self, account_id: AccountId, *, after: str | None, limit: int
    ) -> list[Suppression]:
        asked: Document = {"account_id": account_id}
        if after is not None:
            asked["value"] = {"$gt": after}
        found = self._suppressions.find(asked).sort("value", ASCENDING).limit(limit)
        return [_suppression(d) async for d in found]

    async def count(self, account_id: AccountId) -> int:
        return await self._suppressions.count_documents({"account_id": account_id})

    async def remove(self, account_id: AccountId, value: str) -> Suppression | None:
        removed = await self._suppressions.find_one_and_delete(
            {"account_id": account_id, "value": value}
        )
        return None if removed is None else _suppression(removed)


def _suppression(d: Document) -> Suppression:
    return Suppression(
        account_id=AccountId(d["account_id"]),
        value=d["value"],
        reason=d["reason"],
        created_at=d["created_at"],
    )
