"""Companies in MongoDB, each with what members changed of it in its own document."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.crm.company_edits import BELONGS
from qrev.crm.company_ports import CompanyEdit, CompanyFilter, CompanySort, sort_key
from qrev.crm.edits import CUSTOM, FieldEdit, HistoryEntry
from qrev.crm.models import Company
from qrev.kit.mongo import Document, Forgets, Indexes, add_if_new

SORTED_BY: Mapping[CompanySort, str] = {"name": "name_key", "domain": "domain"}
COMPANY_INDEXES = Indexes(
    "companies",
    (
        *(
            IndexModel(
                [
                    ("account_id", ASCENDING),
                    ("deleted_at", ASCENDING),
                    (key, ASCENDING),
                    ("_id", ASCENDING),
                ]
            )
            for key in SORTED_BY.values()
        ),
        IndexModel([("deleted_at", ASCENDING)]),
    ),
    Forgets("deleted_at", timedelta(days=30)),
)
FACTS = ("industry", "country", "phone_number", "linkedin_url", "source", "made_by")
KEPT = 200  # entries of a company; the document stays small
LONG_AGO = datetime.fromtimestamp(0, UTC)
WITHOUT_HISTORY = {"history": 0}


class MongoCompanyBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._companies = database[COMPANY_INDEXES.collection]

    async def add_if_new(self, companies: Collection[Company]) -> int:
        return await add_if_new(self._companies, map(_to_document, companies))


class MongoListedCompanies:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._companies = database[COMPANY_INDEXES.collection]

    async def known(self, account_id: AccountId, ids: Collection[str]) -> Mapping[str, Company]:
        asked = {"_id": {"$in": list(ids)}, "account_id": account_id}
        found = self._companies.find(asked, WITHOUT_HISTORY)
        return {d["_id"]: _company(d) async for d in found}

    async def unmake(self, account_id: AccountId, ids: Collection[str], *, made_by: str) -> int:
        asked = {
            "_id": {"$in": list(ids)},
            "account_id": account_id,
            "made_by": made_by,
            "history": {"$exists": False},
        }
        return (await self._companies.delete_many(asked)).deleted_count


class MongoCompanyRegister:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._companies = database[COMPANY_INDEXES.collection]

    async def get(self, account_id: AccountId, company_id: str) -> Company | None:
        asked = {"_id": company_id, "account_id": account_id}
        found = await self._companies.find_one(asked, WITHOUT_HISTORY)
        return None if found is None else _company(found)

    async def page(
        self,
        account_id: AccountId,
        which: CompanyFilter,
        *,
        sort: CompanySort,
        is_descending: bool,
        after: tuple[str, str] | None,
        limit: int,
    ) -> list[Company]:
        asked, key = _asked(account_id, which), SORTED_BY[sort]
        if after is not None:
            beyond = "$lt" if is_descending else "$gt"
            value, last_id = after
            behind = [{key: {beyond: value}}, {key: value, "_id": {beyond: last_id}}]
            asked["$and"] = [{"$or": behind}]
        direction = DESCENDING if is_descending else ASCENDING
        found = self._companies.find(asked, WITHOUT_HISTORY).sort(
            [(key, direction), ("_id", direction)]
        )
        return [_company(d) async for d in found.limit(limit)]

    async def count(self, account_id: AccountId, which: CompanyFilter) -> int:
        return await self._companies.count_documents(_asked(account_id, which))

    async def change(self, edit: CompanyEdit) -> bool:
        asked: Document = {
            "_id": edit.company_id,
            "account_id": edit.account_id,
            "deleted_at": None,
        } | {each.field: _is(each.before) for each in edit.edits}
        emptied = {e.field for e in edit.edits if not e.after and e.field.startswith(CUSTOM)}
        written: Document = {
            e.field: (e.after or None) if e.field in BELONGS else e.after
            for e in edit.edits
            if e.field not in emptied
        }
        if "name" in written:
            written["name_key"] = _name_key(written["name"])
        line = _entry(edit.at, edit.by, edit.edits)
        update: Document = {"$push": {"history": {"$each": [line], "$slice": -KEPT}}}
        update |= {"$set": written} if written else {}
        update |= {"$unset": dict.fromkeys(emptied, "")} if emptied else {}
        return (await self._companies.update_one(asked, update)).matched_count == 1

    async def set_deleted(
        self, account_id: AccountId, company_id: str, *, is_wanted: bool, at: datetime, by: UserId
    ) -> bool:
        asked: Document = {"_id": company_id, "account_id": account_id}
        asked["deleted_at"] = None if is_wanted else {"$ne": None}
        before, after = ("", "yes") if is_wanted else ("yes", "")
        line = _entry(at, by, (FieldEdit(field="deleted", before=before, after=after),))
        update = {
            "$set": {"deleted_at": at if is_wanted else None},
            "$push": {"history": {"$each": [line], "$slice": -KEPT}},
        }
        return (await self._companies.update_one(asked, update)).matched_count == 1

    async def history(self, account_id: AccountId, company_id: str) -> list[HistoryEntry]:
        asked = {"_id": company_id, "account_id": account_id}
        found = await self._companies.find_one(asked, {"history": 1})
        entries = [] if found is None else found.get("history", [])
        return [_history(each) for each in reversed(entries)]


def _asked(account_id: AccountId, which: CompanyFilter) -> Document:
    asked: Document = {"account_id": account_id}
    asked["deleted_at"] = {"$gt": LONG_AGO} if which.is_deleted else None
    for field in ("owner_id", "team_id", "country"):
        if (value := getattr(which, field)) is not None:
            asked[field] = value
    if which.search:
        letters = {"$regex": re.escape(which.search)}
        asked["$or"] = [{"name_key": letters}, {"domain": letters}]
    return asked


def _is(value: str) -> Any:
    """Return the condition that a field holds this; an empty one may not be there at all."""
    return value or {"$in": ["", None]}


def _name_key(name: str) -> str:
    return " ".join(name.casefold().split())


def _entry(at: datetime, by: UserId, edits: Collection[FieldEdit]) -> Document:
    return {
        "at": at,
        "by": by,
        "edits": [{"field": e.field, "before": e.before, "after": e.after} for e in edits],
    }


def _history(d: Document) -> HistoryEntry:
    edits = (FieldEdit(field=e["field"], before=e["before"], after=e["after"]) for e in d["edits"])
    return HistoryEntry(at=d["at"], by=UserId(d["by"]), edits=tuple(edits))


def _to_document(company: Company) -> Document:
    return {
        "_id": company.id,
        "v": 2,
        "account_id": company.account_id,
        "name": company.name,
        "name_key": sort_key(company, "name"),
        "url": company.url,
        "domain": company.domain,
        **{name: getattr(company, name) for name in FACTS},
        "fields": company.fields,
        "owner_id": company.owner_id,
        "team_id": company.team_id,
        "created_at": company.created_at,
        "deleted_at": company.deleted_at,
    }


def _company(d: Document) -> Company:
    return Company(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        name=d["name"],
        url=d["url"],
        **{name: d.get(name, "") for name in FACTS},
        fields=d.get("fields", {}),
        owner_id=d.get("owner_id"),
        team_id=d.get("team_id"),
        created_at=d.get("created_at"),
        deleted_at=d.get("deleted_at"),
    )
