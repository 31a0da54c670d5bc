"""What is done to people, written with its entry in one update."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pymongo import UpdateOne
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.crm.finding import GAPS, list_shelf
from qrev.crm.marks import Mark
from qrev.crm.models import Person, person_id
from qrev.crm.store.edits import KEPT, entry_of
from qrev.crm.store.people import PEOPLE, WITHOUT_HISTORY, person_from
from qrev.kit.mongo import Document, batches

LIST = list_shelf("")
OWNED = GAPS["owner_id"]


class MongoPeopleMarks:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._people = database[PEOPLE]

    async def mark(self, account_id: AccountId, marks: Collection[Mark]) -> int:
        count = 0
        for batch in batches(marks):
            writes = [_update(account_id, mark) for mark in batch]
            done = await self._people.bulk_write(writes, ordered=False)
            count += done.matched_count
        return count

    async def get_any(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, Person]:
        found: dict[str, Person] = {}
        for batch in batches(person_ids):
            asked = {"_id": {"$in": batch}, "account_id": account_id}
            async for d in self._people.find(asked, WITHOUT_HISTORY, batch_size=1000):
                found[d["_id"]] = person_from(d)
        return found

    async def lists_of(self, account_id: AccountId, person_id: str) -> list[str]:
        d = await self._people.find_one(
            {"_id": person_id, "account_id": account_id}, {"shelves": 1}
        )
        shelves = d["shelves"] if d else []
        return sorted(each.removeprefix(LIST) for each in shelves if each.startswith(LIST))

    async def deleted_among(self, account_id: AccountId, emails: Collection[str]) -> set[str]:
        gone: set[str] = set()
        for batch in batches(emails):
            ids = [person_id(account_id, email) for email in batch]
            asked = {"_id": {"$in": ids}, "account_id": account_id, "is_here": False}
            gone |= {d["email"] async for d in self._people.find(asked, {"email": 1})}
        return gone


def _update(account_id: AccountId, mark: Mark) -> UpdateOne:
    """Return one conditional update. A pipeline: an array is added to and taken from at once."""
    asked = {
        "_id": mark.person_id,
        "account_id": account_id,
        "is_here": mark.is_here,
        **mark.was,
    }
    written: Document = {
        name: {"$literal": value} for name, value in mark.sets.items() if value is not None
    }
    written |= {name: None for name in ("owner_id", "team_id") if mark.sets.get(name, "") is None}
    written |= _array("shelves", mark.adds, mark.removes)
    written |= _array("tags", mark.tags, mark.tags_off)
    if "owner_id" in mark.sets:
        written |= _gap(had=bool(mark.was["owner_id"]), has=bool(mark.sets["owner_id"]))
    if mark.edits:
        entries = {
            "$concatArrays": [{"$ifNull": ["$history", []]}, [_literal(entry_of(mark.entry))]]
        }
        written["history"] = {"$slice": [entries, -KEPT]}
    stages: list[Document] = [{"$set": written}] if written else []
    if "deleted_at" in mark.sets and mark.sets["deleted_at"] is None:
        stages.append({"$unset": "deleted_at"})
    return UpdateOne(asked, stages)


def _array(name: str, added: Collection[str], taken: Collection[str]) -> Document:
    if not added and not taken:
        return {}
    left = {"$setDifference": [f"${name}", _literal(list(taken))]}
    return {name: {"$setUnion": [left, _literal(list(added))]}}


def _gap(*, had: bool, has: bool) -> Document:
    if had == has:
        return {}
    return {"gaps": {"$add": ["$gaps", -OWNED if has else OWNED]}}


def _literal(value: Any) -> Document:
    return {"$literal": value}
