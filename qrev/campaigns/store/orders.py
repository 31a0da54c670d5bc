"""Orders and pauses in MongoDB."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.campaigns.life.models import Order, OrderKind, OrderState, Pause, Terms, Touched
from qrev.kit.mongo import Document, Indexes, add_if_new, older

UNFINISHED = [OrderState.CONFIRMED.value, OrderState.UNDOING.value]
INDEXES = Indexes(
    "orders",
    (
        IndexModel([("account_id", ASCENDING), ("planned_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel(
            [
                ("account_id", ASCENDING),
                ("confirmed_by", ASCENDING),
                ("state", ASCENDING),
                ("confirmed_at", DESCENDING),
            ]
        ),
        IndexModel(
            [("state", ASCENDING), ("changed_at", ASCENDING)],
            partialFilterExpression={"state": {"$in": UNFINISHED}},
        ),
    ),
)
PAUSE_INDEXES = Indexes(
    "pauses",
    (
        IndexModel(
            [
                ("account_id", ASCENDING),
                ("is_over", ASCENDING),
                ("at", ASCENDING),
                ("_id", ASCENDING),
            ]
        ),
        IndexModel([("is_over", ASCENDING), ("until", ASCENDING)]),
    ),
)
# A pressed Confirm must survive the machine: majority and journal.
SURELY = WriteConcern(w="majority", j=True)
PLAIN = (
    "conversation_id",
    "created_by",
    "created_by_name",
    "title",
    "touched",
    "people",
    "hash",
    "seed",
    "planned_at",
    "expires_at",
    "confirmed_at",
    "confirmed_by",
    "confirmed_by_name",
    "changed_at",
    "outcome",
    "replaced_by",
)
PLAIN_OF_PAUSE = (
    "sequence_id",
    "mailbox_id",
    "country",
    "company",
    "until",
    "by",
    "by_name",
    "at",
)


class MongoOrderBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._orders = database.get_collection(INDEXES.collection, write_concern=SURELY)

    async def add(self, order: Order) -> None:
        await self._orders.insert_one(_to_document(order))

    async def get(self, account_id: AccountId, order_id: str) -> Order | None:
        document = await self._orders.find_one({"_id": order_id, "account_id": account_id})
        return None if document is None else _from_document(document)

    async def page(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Order]:
        question: Document = {"account_id": account_id, **older("planned_at", before)}
        found = self._orders.find(question)
        ordered = found.sort([("planned_at", DESCENDING), ("_id", DESCENDING)])
        return [_from_document(d) async for d in ordered.limit(limit)]

    async def last_done(self, account_id: AccountId, by: UserId) -> Order | None:
        document = await self._orders.find_one(
            {"account_id": account_id, "confirmed_by": by, "state": OrderState.DONE.value},
            sort=[("confirmed_at", DESCENDING)],
        )
        return None if document is None else _from_document(document)

    async def move(
        self,
        order: Order,
        *,
        before: OrderState,
        after: OrderState,
        at: datetime,
        by: tuple[UserId, str] | None = None,
        outcome: str | None = None,
        replaced_by: str = "",
    ) -> bool:
        new: dict[str, Any] = {"state": after.value, "changed_at": at}
        if by is not None:
            new |= {"confirmed_at": at, "confirmed_by": by[0], "confirmed_by_name": by[1]}
        if outcome is not None:
            new["outcome"] = outcome
        if replaced_by:
            new["replaced_by"] = replaced_by
        result = await self._orders.update_one(
            {"_id": order.id, "account_id": order.account_id, "state": before.value},
            {"$set": new},
        )
        return result.matched_count == 1

    async def unfinished(self, *, before: datetime) -> list[Order]:
        found = self._orders.find({"state": {"$in": UNFINISHED}, "changed_at": {"$lt": before}})
        return [_from_document(d) async for d in found]


class MongoPauseBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._pauses = database.get_collection(PAUSE_INDEXES.collection, write_concern=SURELY)

    async def add_if_new(self, pause: Pause) -> bool:
        document: Document = {
            "_id": pause.id,
            "v": 1,
            "account_id": pause.account_id,
            **{name: getattr(pause, name) for name in PLAIN_OF_PAUSE},
            "is_over": False,
            "ended_by": "",
        }
        return await add_if_new(self._pauses, [document]) == 1

    async def of_account(self, account_id: AccountId) -> list[Pause]:
        found = self._pauses.find({"account_id": account_id, "is_over": False})
        ordered = found.sort([("at", ASCENDING), ("_id", ASCENDING)])
        return [_pause(d) async for d in ordered]

    async def end(self, account_id: AccountId, pause_id: str, *, by: str) -> bool:
        result = await self._pauses.update_one(
            {"_id": pause_id, "account_id": account_id, "is_over": False},
            {"$set": {"is_over": True, "ended_by": by}},
        )
        return result.modified_count == 1

    async def ended_by(self, account_id: AccountId, order_id: str) -> list[Pause]:
        found = self._pauses.find({"account_id": account_id, "is_over": True, "ended_by": order_id})
        return [_pause(d) async for d in found]

    async def over(self, at: datetime) -> list[Pause]:
        question = {"is_over": False, "until": {"$lte": at}}
        return [_pause(d) async for d in self._pauses.find(question)]


def _to_document(order: Order) -> Document:
    return {
        "_id": order.id,
        "v": 1,
        "account_id": order.account_id,
        "kind": order.kind.value,
        "state": order.state.value,
        "terms": {**asdict(order.terms), "variants": [list(v) for v in order.terms.variants]},
        "facts": list(order.facts),
        "rows": [asdict(row) for row in order.rows],
        **{name: getattr(order, name) for name in PLAIN},
    }


def _from_document(d: Document) -> Order:
    terms = d["terms"]
    return Order(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        kind=OrderKind(d["kind"]),
        state=OrderState(d["state"]),
        terms=Terms(
            **{
                **terms,
                "pause_ids": tuple(terms["pause_ids"]),
                "variants": tuple((subject, body) for subject, body in terms["variants"]),
            }
        ),
        facts=tuple(d["facts"]),
        rows=tuple(Touched(**row) for row in d["rows"]),
        **{name: d[name] for name in PLAIN},
    )


def _pause(d: Document) -> Pause:
    return Pause(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        **{name: d[name] for name in PLAIN_OF_PAUSE},
    )
