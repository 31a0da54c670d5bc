"""Which accounts stand still, in MongoDB, and what the ledger knows about that."""

from __future__ import annotations

from datetime import UTC, datetime

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from qrev.accounts.models import AccountId
from qrev.campaigns.models import MessageStatus
from qrev.campaigns.store import messages
from qrev.campaigns.store.reaching import NO_PAUSE, WAITING
from qrev.campaigns.watching import Stall, Waiting
from qrev.kit.mongo import Document, Indexes

INDEXES = Indexes("stalls", (IndexModel([("since", ASCENDING)]),))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEPT = ("sequence_id", "since", "kind", "because", "waiting")
GROUPED: Document = {
    "_id": {"a": "$account_id", "m": "$mailbox_id", "s": "$sequence_id"},
    "since": {"$min": "$send_at"},
    "tried": {"$min": "$attempted_at"},
    "n": {"$sum": 1},
    "reason": {"$max": "$reason"},
}


class MongoStillness:
    """Fills Stillness."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._messages = database[messages.INDEXES.collection]

    async def waiting(self, *, before: datetime, tried_until: datetime) -> list[Waiting]:
        overdue: Document = {"send_at": {"$lte": before}}
        put_off: Document = {
            "send_at": {"$gt": before, "$lte": tried_until},
            "attempts": {"$gt": 0},
            "attempted_at": {"$lte": before},
        }
        return [*await self._grouped(overdue, before), *await self._grouped(put_off, before)]

    async def last_left(self, account_id: AccountId) -> datetime | None:
        document = await self._messages.find_one(
            {"account_id": account_id, "status": MessageStatus.SENT.value},
            {"sent_at": 1},
            sort=[("sent_at", DESCENDING), ("_id", DESCENDING)],
        )
        return None if document is None else document["sent_at"]

    async def _grouped(self, when: Document, before: datetime) -> list[Waiting]:
        pipeline: list[Document] = [
            {
                "$match": {
                    "status": {"$in": WAITING},
                    **when,
                    "paused_by": NO_PAUSE,
                    "away_until": {"$not": {"$gt": before}},
                }
            },
            {"$group": GROUPED},
        ]
        is_put_off = "attempts" in when
        return [
            Waiting(
                account_id=AccountId(d["_id"]["a"]),
                mailbox_id=d["_id"]["m"],
                sequence_id=d["_id"]["s"],
                since=d["tried"] if is_put_off else d["since"],
                count=d["n"],
                reason=d["reason"] or "",
            )
            async for d in await self._messages.aggregate(pipeline)
        ]


class MongoStallBook:
    """Fills StallBook: one document an account, its id the account's."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._stalls = database[INDEXES.collection]

    async def open(self, stall: Stall) -> bool:
        new = {name: getattr(stall, name) for name in KEPT}
        try:
            result = await self._stalls.update_one(
                {
                    "_id": stall.account_id,
                    "account_id": stall.account_id,
                    "kind": {"$ne": stall.kind},
                },
                {"$set": new, "$setOnInsert": {"v": 1}},
                upsert=True,
            )
        except DuplicateKeyError:  # it is there, of the same kind
            return False
        return result.upserted_id is not None or result.modified_count == 1

    async def close(self, account_id: AccountId) -> bool:
        return (
            await self._stalls.delete_one({"_id": account_id, "account_id": account_id})
        ).deleted_count == 1

    async def all(self) -> list[Stall]:
        found = self._stalls.find({"since": {"$gt": EPOCH}}).sort("since", ASCENDING)
        return [
            Stall(account_id=AccountId(d["_id"]), **{name: d[name] for name in KEPT})
            async for d in found
        ]
