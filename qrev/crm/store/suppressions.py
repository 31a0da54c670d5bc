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
        return {
            d["value"]: Suppression(
                account_id=AccountId(d["account_id"]),
                value=d["value"],
                reason=d["reason"],
                created_at=d["created_at"],
            )
            async for d in found
        }
