"""What imports ask about people in sequences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.models import ProspectStatus, SequenceStatus
from qrev.campaigns.store.prospects import INDEXES
from qrev.campaigns.store.sequences import INDEXES as SEQUENCE_INDEXES
from qrev.kit.mongo import Document

WAITING = ProspectStatus.WAITING.value
RUNNING = [SequenceStatus.ACTIVE.value, SequenceStatus.PAUSED.value]


class MongoOutreach:
    """Fills the CRM's Outreach."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._prospects = database[INDEXES.collection]
        self._sequences = database[SEQUENCE_INDEXES.collection]

    async def running(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, str]:
        found = self._prospects.find(
            {**_these(account_id, person_ids), "status": ProspectStatus.ACTIVE.value},
            {"person_id": 1, "sequence_id": 1},
            batch_size=1000,
        )
        people: defaultdict[str, list[str]] = defaultdict(list)
        async for d in found:
            people[d["sequence_id"]].append(d["person_id"])
        if not people:
            return {}
        sequences = self._sequences.find(
            {"_id": {"$in": list(people)}, "account_id": account_id, "status": {"$in": RUNNING}},
            {"name": 1},
        )
        return {id_: s["name"] async for s in sequences for id_ in people[s["_id"]]}

    async def written_to(self, account_id: AccountId, person_ids: Collection[str]) -> set[str]:
        if not person_ids:
            return set()
        found = self._prospects.find(
            {**_these(account_id, person_ids), "status": {"$in": _PLANNED}},
            {"person_id": 1},
            batch_size=1000,
        )
        return {d["person_id"] async for d in found}

    async def withdraw(self, account_id: AccountId, person_ids: Collection[str]) -> int:
        if not person_ids:
            return 0
        done = await self._prospects.update_many(
            {**_these(account_id, person_ids), "status": WAITING},
            {"$set": {"status": ProspectStatus.STOPPED.value}},
        )
        return done.modified_count


_PLANNED = [ProspectStatus.ACTIVE.value, ProspectStatus.FINISHED.value]


def _these(account_id: AccountId, person_ids: Collection[str]) -> Document:
    return {"account_id": account_id, "person_id": {"$in": list(person_ids)}}
