"""Suppressions in MongoDB."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.crm.models import Origin, Suppression
from qrev.crm.veiling import Veil, is_veiled
from qrev.kit.mongo import Document, Indexes, add_new

SUPPRESSION_INDEXES = Indexes(
    "suppressions", (IndexModel([("account_id", ASCENDING), ("value", ASCENDING)], unique=True),)
)


class MongoSuppressions:
    def __init__(self, database: AsyncDatabase[Document], veil: Veil) -> None:
        self._suppressions = database[SUPPRESSION_INDEXES.collection]
        self._veil = veil

    async def add_if_new(self, suppression: Suppression) -> bool:
        return suppression.value in await self.add_new([suppression])

    async def add_new(self, suppressions: Collection[Suppression]) -> set[str]:
        by_account: dict[AccountId, list[Suppression]] = {}
        for each in suppressions:
            by_account.setdefault(each.account_id, []).append(each)
        added: set[str] = set()
        for account_id, asked in by_account.items():
            # Asked first: an erased address must not come back in the clear.
            known = await self.find(account_id, [each.value for each in asked])
            new = {_key(each): each for each in asked if each.value not in known}
            ids = await add_new(self._suppressions, map(_to_document, new.values()))
            added |= {new[id_].value for id_ in ids}
        return added

    async def find(
        self, account_id: AccountId, values: Collection[str]
    ) -> Mapping[str, Suppression]:
        veiled = {self._veil.over(account_id, v): v for v in values if "@" in v}
        found = self._suppressions.find(
            {"account_id": account_id, "value": {"$in": [*values, *veiled]}}, batch_size=1000
        )
        hits = [_suppression(d) async for d in found]
        return {veiled.get(each.value, each.value): each for each in hits}

    async def page(
        self, account_id: AccountId, *, search: str = "", after: str | None, limit: int
    ) -> list[Suppression]:
        asked = self._asked(account_id, search)
        if after is not None:
            asked["value"] = {**asked.get("value", {}), "$gt": after}
        found = self._suppressions.find(asked).sort("value", ASCENDING).limit(limit)
        return [_suppression(d) async for d in found]

    async def count(self, account_id: AccountId, *, search: str = "") -> int:
        return await self._suppressions.count_documents(self._asked(account_id, search))

    async def remove(self, account_id: AccountId, value: str) -> Suppression | None:
        values = [value]
        if "@" in value:
            values.append(self._veil.over(account_id, value))
        removed = await self._suppressions.find_one_and_delete(
            {"account_id": account_id, "value": {"$in": values}}
        )
        return None if removed is None else _suppression(removed)

    def _asked(self, account_id: AccountId, search: str) -> Document:
        """Return the question for what holds these letters; a whole address finds an erased one."""
        if not search:
            return {"account_id": account_id}
        text = re.escape(search)
        if "@" in search and not is_veiled(search):
            text = f"{text}|^{re.escape(self._veil.over(account_id, search))}$"
        return {"account_id": account_id, "value": {"$regex": text}}


def _key(suppression: Suppression) -> str:
    return f"{suppression.account_id}:{suppression.value}"


def _to_document(suppression: Suppression) -> Document:
    return {
        "_id": _key(suppression),
        "v": 2,
        "account_id": suppression.account_id,
        "value": suppression.value,
        "reason": suppression.reason,
        "created_at": suppression.created_at,
        "origin": suppression.origin.value,
        "by": suppression.by,
    }


def _suppression(d: Document) -> Suppression:
    by = d.get("by")
    return Suppression(
        account_id=AccountId(d["account_id"]),
        value=d["value"],
        reason=d["reason"],
        created_at=d["created_at"],
        origin=Origin(d["origin"]) if "origin" in d else _origin_of(d["reason"]),
        by=None if by is None else UserId(by),
    )


def _origin_of(reason: str) -> Origin:
    """Return how one came onto the list that an earlier version kept without saying so."""
    return Origin.OPT_OUT if reason == "unsubscribed by link" else Origin.MEMBER
