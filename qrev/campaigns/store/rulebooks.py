"""Sending rules in MongoDB: one document for a workspace, one for each sequence with its own."""

from __future__ import annotations

from datetime import time

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from qrev.accounts.models import AccountId
from qrev.campaigns.policies import Policy, PolicyKind
from qrev.campaigns.rulebook import Rulebook
from qrev.kit.mongo import Document, Indexes

INDEXES = Indexes(
    "rulebooks", (IndexModel([("account_id", ASCENDING), ("sequence_id", ASCENDING)]),)
)
PLAIN = ("id", "count", "days", "is_on", "said", "created_by", "created_at")


class MongoRulebooks:
    """Fills Rulebooks."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._rulebooks = database[INDEXES.collection]

    async def get(self, account_id: AccountId, sequence_id: str = "") -> Rulebook:
        found = await self._rulebooks.find_one(
            {"account_id": account_id, "sequence_id": sequence_id}
        )
        if found is None:
            return Rulebook()
        return Rulebook(
            version=found["version"],
            values=found["values"],
            policies=tuple(_policy(each) for each in found["policies"]),
        )

    async def put(self, account_id: AccountId, rulebook: Rulebook, sequence_id: str = "") -> bool:
        key = f"{account_id}:{sequence_id}"
        new: Document = {
            "account_id": account_id,
            "sequence_id": sequence_id,
            "version": rulebook.version + 1,
            "values": dict(rulebook.values),
            "policies": [_document(each) for each in rulebook.policies],
        }
        if rulebook.version:
            asked = {"_id": key, "account_id": account_id, "version": rulebook.version}
            result = await self._rulebooks.update_one(asked, {"$set": new})
            return result.matched_count == 1
        try:
            await self._rulebooks.insert_one({"_id": key, "v": 1, **new})
        except DuplicateKeyError:
            return False
        return True


def _document(policy: Policy) -> Document:
    return {
        **{name: getattr(policy, name) for name in PLAIN},
        "kind": policy.kind.value,
        "weekdays": list(policy.weekdays),
        "domains": list(policy.domains),
        "begins": policy.begins.isoformat(),
        "ends": policy.ends.isoformat(),
    }


def _policy(d: Document) -> Policy:
    return Policy(
        **{name: d[name] for name in PLAIN},
        kind=PolicyKind(d["kind"]),
        weekdays=tuple(d["weekdays"]),
        domains=tuple(d["domains"]),
        begins=time.fromisoformat(d["begins"]),
        ends=time.fromisoformat(d["ends"]),
    )
