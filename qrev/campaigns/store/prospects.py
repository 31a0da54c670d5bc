"""Prospects in MongoDB."""

from __future__ import annotations

from collections.abc import Collection

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Prospect, ProspectStatus
from qrev.campaigns.store.steps import steps_from_documents, steps_to_documents
from qrev.kit.mongo import Document, Indexes, add_if_new, batches

INDEXES = Indexes(
    "prospects",
    (IndexModel([("account_id", ASCENDING), ("sequence_id", ASCENDING), ("position", ASCENDING)]),),
)


class MongoProspectBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._prospects = database[INDEXES.collection]

    async def add_if_new(self, prospects: Collection[Prospect]) -> int:
        return await add_if_new(self._prospects, map(_to_document, prospects))

    async def of_sequence(self, account_id: AccountId, sequence_id: str) -> list[Prospect]:
        found = self._prospects.find(
            {"account_id": account_id, "sequence_id": sequence_id}, batch_size=1000
        ).sort("position", ASCENDING)
        return [_from_document(d) async for d in found]

    async def get(self, account_id: AccountId, prospect_id: str) -> Prospect | None:
        document = await self._prospects.find_one({"_id": prospect_id, "account_id": account_id})
        return None if document is None else _from_document(document)

    async def beside(
        self,
        account_id: AccountId,
        sequence_id: str,
        *,
        position: int,
        forward: bool,
        among: Collection[str] | None = None,
    ) -> Prospect | None:
        question: Document = {
            "account_id": account_id,
            "sequence_id": sequence_id,
            "position": {"$gt" if forward else "$lt": position},
        }
        if among is not None:
            question["_id"] = {"$in": list(among)}
        direction = ASCENDING if forward else DESCENDING
        document = await self._prospects.find_one(question, sort=[("position", direction)])
        return None if document is None else _from_document(document)

    async def count(self, account_id: AccountId, sequence_id: str) -> int:
        return await self._prospects.count_documents(
            {"account_id": account_id, "sequence_id": sequence_id}
        )

    async def place(self, account_id: AccountId, sequence_id: str, position: int) -> int:
        return await self._prospects.count_documents(
            {
                "account_id": account_id,
                "sequence_id": sequence_id,
                "position": {"$lte": position},
            }
        )

    async def set_status(
        self,
        account_id: AccountId,
        prospect_ids: Collection[str],
        status: ProspectStatus,
        *,
        was: ProspectStatus | None = None,
    ) -> None:
        before = {} if was is None else {"status": was.value}
        for batch in batches(prospect_ids):
            await self._prospects.update_many(
                {"_id": {"$in": batch}, "account_id": account_id, **before},
                {"$set": {"status": status.value}},
            )


def _to_document(prospect: Prospect) -> Document:
    return {
        "_id": prospect.id,
        "v": 1,
        "account_id": prospect.account_id,
        "sequence_id": prospect.sequence_id,
        "person_id": prospect.person_id,
        "email": prospect.email,
        "name": prospect.name,
        "company_name": prospect.company_name,
        "job_title": prospect.job_title,
        "timezone": prospect.timezone,
        "country": prospect.country,
        "steps": steps_to_documents(prospect.steps),
        "position": prospect.position,
        "status": prospect.status.value,
    }


def _from_document(d: Document) -> Prospect:
    return Prospect(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        sequence_id=d["sequence_id"],
        person_id=d["person_id"],
        email=d["email"],
        name=d["name"],
        company_name=d["company_name"],
        job_title=d["job_title"],
        timezone=d["timezone"],
        country=d["country"],
        steps=steps_from_documents(d["steps"]),
        position=d["position"],
        status=ProspectStatus(d["status"]),
    )
