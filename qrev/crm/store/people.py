"""People in MongoDB."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.crm.models import Person
from qrev.crm.ports import PeopleSort
from qrev.kit.mongo import Document, Indexes, add_new, batches

SORTS: tuple[PeopleSort, ...] = ("name", "email", "company_name", "job_title")
PEOPLE_INDEXES = Indexes(
    "people",
    (
        *(
            IndexModel([("account_id", ASCENDING), (s, ASCENDING), ("_id", ASCENDING)])
            for s in SORTS
        ),
        *(
            IndexModel(
                [
                    ("account_id", ASCENDING),
                    ("uploads", ASCENDING),
                    (s, ASCENDING),
                    ("_id", ASCENDING),
                ]
            )
            for s in SORTS
        ),
    ),
)
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
        self._people = database[PEOPLE_INDEXES.collection]

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
            {"_id": {"$in": list(person_ids)}, "account_id": account_id},
            WITHOUT_HISTORY,
            batch_size=1000,
        )
        return {d["_id"]: to_person(d) async for d in found}

    async def page(
        self,
        account_id: AccountId,
        *,
        upload_id: str | None,
        sort: PeopleSort,
        is_descending: bool,
        after: tuple[str, str] | None,
        limit: int,
    ) -> list[Person]:
        question = _question(account_id, upload_id)
        if after is not None:
            beyond = "$lt" if is_descending else "$gt"
            value, last_id = after
            question["$or"] = [
                {sort: {beyond: value}},
                {sort: value, "_id": {beyond: last_id}},
            ]
        direction = DESCENDING if is_descending else ASCENDING
        found = self._people.find(question, WITHOUT_HISTORY).sort(
            [(sort, direction), ("_id", direction)]
        )
        return [to_person(d) async for d in found.limit(limit)]

    async def count(self, account_id: AccountId, *, upload_id: str | None) -> int:
        return await self._people.count_documents(_question(account_id, upload_id))


def _question(account_id: AccountId, upload_id: str | None) -> dict[str, Any]:
    if upload_id is None:
        return {"account_id": account_id}
    return {"account_id": account_id, "uploads": upload_id}


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
        "uploads": [upload_id] if upload_id else [],
    }


def _fill(person: Person, upload_id: str | None) -> UpdateOne:
    """Return one update that fills what was empty of a person who is known.

    A pipeline, because "only where empty" depends on what is there; every value is a literal,
    because a cell may begin with a dollar sign.
    """
    filled: Document = {
        name: _if_empty(name, getattr(person, name)) for name in FACTS if getattr(person, name)
    }
    if person.fields:
        filled["fields"] = {"$mergeObjects": [{"$literal": person.fields}, "$fields"]}
    if upload_id:
        filled["uploads"] = {"$setUnion": ["$uploads", [upload_id]]}
    # Written even when there is nothing to fill: an update must set something.
    filled["v"] = {"$literal": 1}
    return UpdateOne({"_id": person.id, "account_id": person.account_id}, [{"$set": filled}])


def _if_empty(name: str, value: str) -> Document:
    is_empty: Document = {"$in": [{"$ifNull": [f"${name}", ""]}, ["", None]]}
    return {"$cond": [is_empty, {"$literal": value}, f"${name}"]}


def to_person(d: Document) -> Person:
    return Person(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        email=d["email"],
        **{name: d[name] for name in FACTS},
        fields=d["fields"],
        source=d["source"],
        created_at=d["created_at"],
    )
