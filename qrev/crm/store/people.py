"""People in MongoDB."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pymongo import UpdateOne
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.crm.finding import GAPS, fact_keys, folded, keys_of, list_shelf, words_of
from qrev.crm.models import Person
from qrev.kit.mongo import Document, add_new, batches

PEOPLE = "people"
# Filled from a list only where nothing was known before: a member's own words stay.
FACTS = (
    "name",
    "company_id",
    "company_name",
    "company_url",
    "job_title",
    "linkedin_url",
    "timezone",
    "phone_number",
    "country",
)
# What members changed is read by itself: it would make pages heavy.
WITHOUT_HISTORY = {"history": 0}


class MongoPeopleBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._people = database[PEOPLE]

    async def upsert(self, people: Collection[Person], *, upload_id: str | None) -> int:
        # New ones by plain inserts: working out what to fill costs the database four times that.
        new = await add_new(self._people, (to_document(person, upload_id) for person in people))
        for batch in batches(person for person in people if person.id not in new):
            writes = [_fill(person, upload_id) for person in batch]
            await self._people.bulk_write(writes, ordered=False)
        return len(new)

    async def get_many(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, Person]:
        found = self._people.find(
            {"_id": {"$in": list(person_ids)}, "account_id": account_id, "is_here": True},
            WITHOUT_HISTORY,
            batch_size=1000,
        )
        return {d["_id"]: person_from(d) async for d in found}


def to_document(person: Person, upload_id: str | None) -> Document:
    return {
        "_id": person.id,
        "v": 1,
        "account_id": person.account_id,
        "email": person.email,
        **{name: getattr(person, name) for name in FACTS},
        "fields": person.fields,
        "source": person.source,
        "created_at": person.created_at,
        "owner_id": person.owner_id,
        "team_id": person.team_id,
        "tags": list(person.tags),
        **({"deleted_at": person.deleted_at} if person.deleted_at else {}),
        **keys_of(person, [upload_id] if upload_id else []),
    }


def _fill(person: Person, upload_id: str | None) -> UpdateOne:
    """Return one update that fills what was empty of a person who is known.

    Whoever was deleted is back with a list. A pipeline, because "only where empty" depends on
    what is there; every value is a literal, because a cell may begin with a dollar sign.
    """
    known = {name: value for name in FACTS if (value := getattr(person, name))}
    filled: Document = {}
    words: list[Any] = ["$words"]
    gaps: list[Any] = []
    for name, value in known.items():
        filled[name] = _if_empty(name, value, f"${name}")
        for key, what in fact_keys(name, value, person.id).items():
            filled[key] = _if_empty(name, what, f"${key}")
        if more := words_of(name, value):
            words.append(_if_empty(name, more, []))
        if bit := GAPS.get(name):
            gaps.append(_if_empty(name, bit, 0))
    if person.fields:
        filled["fields"] = {"$mergeObjects": [{"$literal": person.fields}, "$fields"]}
    if len(words) > 1:
        filled["words"] = {"$setUnion": words}
    if gaps:
        filled["gaps"] = {"$subtract": ["$gaps", {"$add": gaps}]}
    # Written even when there is nothing to fill: an update must set something.
    stages: list[Document] = [{"$set": filled | {"v": {"$literal": 1}}}]
    if upload_id:
        filled = {"shelves": {"$setUnion": ["$shelves", [list_shelf(upload_id)]]}, "is_here": True}
        stages += [{"$set": filled}, {"$unset": "deleted_at"}]
    return UpdateOne({"_id": person.id, "account_id": person.account_id}, stages)


def _if_empty(name: str, value: Any, otherwise: Any) -> Document:
    is_empty: Document = {"$in": [{"$ifNull": [f"${name}", ""]}, ["", None]]}
    return {"$cond": [is_empty, {"$literal": value}, otherwise]}


def person_from(d: Document) -> Person:
    """Return the person of a document."""
    return Person(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        email=d["email"],
        **{name: d[name] for name in FACTS},
        fields=d["fields"],
        source=d["source"],
        created_at=d["created_at"],
        owner_id=UserId(d["owner_id"]) if d["owner_id"] else None,
        team_id=d["team_id"],
        tags=tuple(sorted(d["tags"], key=folded)),
        deleted_at=d.get("deleted_at"),
    )
