"""What was merged, in MongoDB, as long as it can be undone."""

from __future__ import annotations

from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.crm.edits import FieldEdit
from qrev.crm.marks import GRACE
from qrev.crm.merges import Merge
from qrev.kit.mongo import Document, Forgets, Indexes, add_if_new

PAIR = [(name, ASCENDING) for name in ("account_id", "kept_id", "other_id", "at")]
MERGE_INDEXES = Indexes(
    "people_merges",
    (IndexModel([("at", ASCENDING)]), IndexModel(PAIR)),
    Forgets("at", GRACE),
)


class MongoMergeBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._merges = database[MERGE_INDEXES.collection]

    async def add(self, merge: Merge) -> None:
        edits = [{"field": e.field, "before": e.before, "after": e.after} for e in merge.edits]
        document = {
            "_id": merge.id,
            "v": 1,
            "account_id": merge.account_id,
            "kept_id": merge.kept_id,
            "other_id": merge.other_id,
            "by": merge.by,
            "at": merge.at,
            "edits": edits,
            "tags": list(merge.tags),
            "lists": list(merge.lists),
            "undone_at": merge.undone_at,
        }
        await add_if_new(self._merges, [document])

    async def get(self, account_id: AccountId, merge_id: str) -> Merge | None:
        d = await self._merges.find_one({"_id": merge_id, "account_id": account_id})
        return None if d is None else _merge(d)

    async def latest(self, account_id: AccountId, kept_id: str, other_id: str) -> Merge | None:
        pair = {"account_id": account_id, "kept_id": kept_id, "other_id": other_id}
        d = await self._merges.find_one(pair, sort=[("at", DESCENDING)])
        return None if d is None else _merge(d)

    async def undo(self, merge: Merge, at: datetime) -> bool:
        done = await self._merges.update_one(
            {"_id": merge.id, "account_id": merge.account_id, "undone_at": None},
            {"$set": {"undone_at": at}},
        )
        return done.modified_count == 1


def _merge(d: Document) -> Merge:
    edits = (FieldEdit(field=e["field"], before=e["before"], after=e["after"]) for e in d["edits"])
    return Merge(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        kept_id=d["kept_id"],
        other_id=d["other_id"],
        by=UserId(d["by"]),
        at=d["at"],
        edits=tuple(edits),
        tags=tuple(d["tags"]),
        lists=tuple(d["lists"]),
        undone_at=d["undone_at"],
    )
