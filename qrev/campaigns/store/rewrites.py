"""Rewrites and their mails in MongoDB."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.campaigns.models import Fact
from qrev.campaigns.rewriting.models import (
    Chosen,
    Rewrite,
    RewriteState,
    Rewritten,
    RowState,
    Which,
    Words,
)
from qrev.campaigns.rewriting.ports import Tally
from qrev.kit.mongo import Document, Forgets, Indexes, add_if_new, batches

KEPT = timedelta(days=90)  # so long can be undone
NOBODYS = datetime.fromtimestamp(0, tz=UTC)
WRITING = RewriteState.WRITING.value
CHANGED = RowState.CHANGED.value
INDEXES = Indexes(
    "rewrites",
    (
        IndexModel(
            [("state", ASCENDING), ("lease_until", ASCENDING)],
            partialFilterExpression={"state": WRITING},
        ),
        IndexModel([("created_at", ASCENDING)]),
    ),
    forgets=Forgets("created_at", KEPT),
)
ROW_INDEXES = Indexes(
    "rewritten",
    (
        IndexModel(
            [
                ("account_id", ASCENDING),
                ("rewrite_id", ASCENDING),
                ("state", ASCENDING),
                ("place", ASCENDING),
            ]
        ),
        IndexModel([("account_id", ASCENDING), ("prospect_id", ASCENDING)]),
        IndexModel([("at", ASCENDING)]),
    ),
    forgets=Forgets("at", KEPT),
)
PLAIN = ("sequence_id", "conversation_id", "instruction", "created_by", "created_at", "total")
PLAIN_OF_ROW = (
    *("rewrite_id", "draft_id", "prospect_id", "name", "email", "step", "place"),
    *("is_planned", "is_by_hand", "version", "why", "parts"),
)


class MongoRewriteBook:
    """Fills RewriteBook."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._rewrites = database[INDEXES.collection]

    async def add(self, rewrite: Rewrite) -> None:
        await self._rewrites.insert_one(
            {
                "_id": rewrite.id,
                "v": 1,
                "account_id": rewrite.account_id,
                **{name: getattr(rewrite, name) for name in PLAIN},
                "which": rewrite.which.value,
                "chosen": {
                    name: list(value) if isinstance(value, tuple) else value
                    for name, value in asdict(rewrite.chosen).items()
                },
                "state": rewrite.state.value,
                "done": rewrite.done,
                "reason": rewrite.reason,
                "order_id": rewrite.order_id,
                "token": "",
                "lease_until": NOBODYS,
            }
        )

    async def get(self, account_id: AccountId, rewrite_id: str) -> Rewrite | None:
        found = await self._rewrites.find_one({"_id": rewrite_id, "account_id": account_id})
        return None if found is None else _rewrite(found)

    async def claim(
        self, account_id: AccountId, rewrite_id: str, *, token: str, now: datetime, until: datetime
    ) -> Rewrite | None:
        found = await self._rewrites.find_one_and_update(
            {
                "_id": rewrite_id,
                "account_id": account_id,
                "state": WRITING,
                "lease_until": {"$lte": now},
            },
            {"$set": {"token": token, "lease_until": until}},
        )
        return None if found is None else _rewrite(found)

    async def beat(
        self, account_id: AccountId, rewrite_id: str, *, token: str, done: int, until: datetime
    ) -> bool:
        result = await self._rewrites.update_one(
            {"_id": rewrite_id, "account_id": account_id, "state": WRITING, "token": token},
            {"$set": {"done": done, "lease_until": until}},
        )
        return result.matched_count == 1

    async def end(
        self, account_id: AccountId, rewrite_id: str, state: RewriteState, *, reason: str = ""
    ) -> bool:
        result = await self._rewrites.update_one(
            {"_id": rewrite_id, "account_id": account_id, "state": WRITING},
            {"$set": {"state": state.value, "reason": reason}},
        )
        return result.matched_count == 1

    async def set_order(self, account_id: AccountId, rewrite_id: str, order_id: str) -> bool:
        result = await self._rewrites.update_one(
            {"_id": rewrite_id, "account_id": account_id, "order_id": ""},
            {"$set": {"order_id": order_id}},
        )
        return result.matched_count == 1

    async def orphans(self, *, now: datetime) -> list[Rewrite]:
        found = self._rewrites.find({"state": WRITING, "lease_until": {"$lte": now}})
        return [_rewrite(d) async for d in found]


class MongoRewrittenRows:
    """Fills RewrittenRows."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._rows = database[ROW_INDEXES.collection]

    async def add(self, rows: Collection[Rewritten], *, at: datetime) -> None:
        await add_if_new(self._rows, ({**_row_document(row), "at": at} for row in rows))

    async def waiting(
        self, account_id: AccountId, rewrite_id: str, *, limit: int
    ) -> list[Rewritten]:
        return await self._found(account_id, rewrite_id, RowState.WAITING.value, -1, limit)

    async def write(self, rows: Collection[Rewritten]) -> None:
        for batch in batches(rows):
            await self._rows.bulk_write(
                [
                    UpdateOne(
                        {
                            "_id": row.id,
                            "account_id": row.account_id,
                            "state": RowState.WAITING.value,
                        },
                        {
                            "$set": {
                                "new": _words(row.new),
                                "is_doubtful": bool(row.new.doubts),
                                "state": row.state.value,
                                "why": row.why,
                                "parts": row.parts,
                            }
                        },
                    )
                    for row in batch
                ],
                ordered=False,
            )

    async def changed(self, account_id: AccountId, rewrite_id: str) -> list[Rewritten]:
        return await self._found(account_id, rewrite_id, CHANGED, -1, 0)

    async def page(
        self, account_id: AccountId, rewrite_id: str, *, parts: str, after: int, limit: int
    ) -> list[Rewritten]:
        more = {"parts": parts} if parts else {}
        return await self._found(account_id, rewrite_id, CHANGED, after, limit, **more)

    async def tally(self, account_id: AccountId, rewrite_id: str) -> Tally:
        pipeline: list[Document] = [
            {"$match": {"account_id": account_id, "rewrite_id": rewrite_id}},
            {
                "$group": {
                    "_id": {
                        "state": "$state",
                        "parts": "$parts",
                        "why": "$why",
                        "by_hand": "$is_by_hand",
                        "doubtful": "$is_doubtful",
                    },
                    "n": {"$sum": 1},
                }
            },
        ]
        kinds = [row async for row in await self._rows.aggregate(pipeline)]
        parts: dict[str, int] = {}
        whys: dict[str, int] = {}
        by_state = dict.fromkeys(RowState, 0)
        for kind in kinds:
            of, n = kind["_id"], kind["n"]
            by_state[RowState(of["state"])] += n
            if of["state"] == CHANGED:
                parts[of["parts"]] = parts.get(of["parts"], 0) + n
            if of["why"]:
                whys[of["why"]] = whys.get(of["why"], 0) + n
        changed = [kind for kind in kinds if kind["_id"]["state"] == CHANGED]
        return Tally(
            parts=parts,
            whys=whys,
            same=by_state[RowState.SAME],
            waiting=by_state[RowState.WAITING],
            by_hand=sum(kind["n"] for kind in changed if kind["_id"]["by_hand"]),
            doubtful=sum(kind["n"] for kind in changed if kind["_id"]["doubtful"]),
        )

    async def _found(
        self,
        account_id: AccountId,
        rewrite_id: str,
        state: str,
        after: int,
        limit: int,
        **more: str,
    ) -> list[Rewritten]:
        found = self._rows.find(
            {
                "account_id": account_id,
                "rewrite_id": rewrite_id,
                "state": state,
                "place": {"$gt": after},
                **more,
            },
            batch_size=1000,
        )
        return [_row(d) async for d in found.sort("place", ASCENDING).limit(limit)]


def _rewrite(d: Document) -> Rewrite:
    chosen: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in d["chosen"].items()
    }
    return Rewrite(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        which=Which(d["which"]),
        chosen=Chosen(**chosen),
        state=RewriteState(d["state"]),
        done=d["done"],
        reason=d["reason"],
        order_id=d["order_id"],
        **{name: d[name] for name in PLAIN if name != "created_by"},
        created_by=UserId(d["created_by"]),
    )


def _row_document(row: Rewritten) -> Document:
    return {
        "_id": row.id,
        "v": 1,
        "account_id": row.account_id,
        **{name: getattr(row, name) for name in PLAIN_OF_ROW},
        "state": row.state.value,
        "old": _words(row.old),
        "new": _words(row.new),
        "is_doubtful": bool(row.new.doubts),
    }


def _row(d: Document) -> Rewritten:
    return Rewritten(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        **{name: d[name] for name in PLAIN_OF_ROW},
        state=RowState(d["state"]),
        old=_words_of(d["old"]),
        new=_words_of(d["new"]),
    )


def _words(words: Words) -> Document:
    return {
        "subject": words.subject,
        "body": words.body,
        "facts": [{"text": fact.text, "source": fact.source} for fact in words.facts],
        "missing": list(words.missing),
        "doubts": list(words.doubts),
    }


def _words_of(d: Document) -> Words:
    return Words(
        subject=d["subject"],
        body=d["body"],
        facts=tuple(Fact(**fact) for fact in d["facts"]),
        missing=tuple(d["missing"]),
        doubts=tuple(d["doubts"]),
    )
