"""Imports in MongoDB, and who works on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.crm.doctor import Diagnosis, FieldChange, Line
from qrev.crm.import_ports import ImportChange
from qrev.crm.imports import AT_WORK, Import, ImportState, Tally, Wish
from qrev.crm.repairs import FILL_ALL, RULED, Plan, Repair, Rule, Rules
from qrev.kit.mongo import Document, Indexes, older

WORKING = {"$in": [state.value for state in AT_WORK]}
IMPORT_INDEXES = Indexes(
    "imports",
    (
        IndexModel([("account_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel(
            [("account_id", ASCENDING), ("upload_id", ASCENDING), ("created_at", DESCENDING)]
        ),
        IndexModel([("lease_until", ASCENDING)], partialFilterExpression={"is_at_work": True}),
    ),
)


class MongoImports:
    """Fills ImportBook and ImportLeases: a lease is in the import's own document."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._imports = database[IMPORT_INDEXES.collection]

    async def add(self, import_: Import) -> None:
        await self._imports.insert_one(_to_document(import_))

    async def get(self, account_id: AccountId, import_id: str) -> Import | None:
        found = await self._imports.find_one({"_id": import_id, "account_id": account_id})
        return None if found is None else _import(found)

    async def page(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Import]:
        asked: Document = {"account_id": account_id, **older("created_at", before)}
        found = self._imports.find(asked).sort([("created_at", DESCENDING), ("_id", DESCENDING)])
        return [_import(d) async for d in found.limit(limit)]

    async def of_upload(self, account_id: AccountId, upload_id: str) -> list[Import]:
        found = self._imports.find({"account_id": account_id, "upload_id": upload_id})
        return [_import(d) async for d in found.sort("created_at", DESCENDING)]

    async def change(
        self,
        account_id: AccountId,
        import_id: str,
        change: ImportChange,
        *,
        among: Collection[ImportState],
        version: int | None = None,
    ) -> bool:
        asked: Document = {
            "_id": import_id,
            "account_id": account_id,
            "state": {"$in": [state.value for state in among]},
        }
        if version is not None:
            asked["version"] = version
        update: Document = {"$set": _changed(change)}
        if change.plan is not None:
            update["$inc"] = {"version": 1}
        done = await self._imports.update_one(asked, update)
        return done.matched_count == 1

    async def claim(
        self, account_id: AccountId, import_id: str, *, token: str, now: datetime, until: datetime
    ) -> Import | None:
        asked = {
            "_id": import_id,
            "account_id": account_id,
            "state": WORKING,
            "lease_until": {"$lte": now},
        }
        update = {"$set": {"lease_token": token, "lease_until": until}}
        found = await self._imports.find_one_and_update(asked, update, return_document=True)
        return None if found is None else _import(found)

    async def beat(
        self, account_id: AccountId, import_id: str, tally: Tally, *, token: str, until: datetime
    ) -> bool | None:
        found = await self._imports.find_one_and_update(
            {
                "_id": import_id,
                "account_id": account_id,
                "state": WORKING,
                "lease_token": token,
            },
            {"$set": {"lease_until": until, "tally": asdict(tally)}},
            projection={"is_stopping": 1},
        )
        return None if found is None else bool(found["is_stopping"])

    async def orphans(self, *, now: datetime) -> list[Import]:
        found = self._imports.find({"is_at_work": True, "lease_until": {"$lte": now}})
        return [_import(d) async for d in found]


class MongoImportSettings:
    """What an account decided once: a document for its rules, and one for each kind of header."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._settings = database["import_settings"]

    async def rules(self, account_id: AccountId) -> Rules:
        found = await self._settings.find_one({"_id": f"{account_id}:rules"})
        return FILL_ALL if found is None else _rules(found["rules"])

    async def set_rules(self, account_id: AccountId, rules: Rules) -> None:
        said = {field: rule.value for field, rule in rules.items()}
        await self._put(account_id, "rules", {"rules": said})

    async def columns(self, account_id: AccountId, key: str) -> Mapping[str, str] | None:
        found = await self._settings.find_one({"_id": f"{account_id}:columns:{key}"})
        return None if found is None else {c["title"]: c["is"] for c in found["columns"]}

    async def set_columns(
        self, account_id: AccountId, key: str, columns: Mapping[str, str]
    ) -> None:
        # As a list: a title may hold a dot or a dollar sign, which a name must not.
        said = [{"title": title, "is": choice} for title, choice in columns.items()]
        await self._put(account_id, f"columns:{key}", {"columns": said})

    async def _put(self, account_id: AccountId, key: str, said: Document) -> None:
        await self._settings.update_one(
            {"_id": f"{account_id}:{key}"},
            {"$set": said, "$setOnInsert": {"v": 1, "account_id": account_id}},
            upsert=True,
        )


def _changed(change: ImportChange) -> Document:
    said: Document = {}
    if change.state is not None:
        said["state"] = change.state.value
        said["is_at_work"] = change.state in AT_WORK
        # Whoever comes next may work on it at once.
        said |= {"lease_until": EVER_SINCE, "lease_token": ""}
    if change.plan is not None:
        said["plan"] = _plan_to_document(change.plan)
    if change.diagnosis is not None:
        said["diagnosis"] = _diagnosis_to_document(change.diagnosis)
    if change.tally is not None:
        said["tally"] = asdict(change.tally)
    plain = {
        "problem": change.problem,
        "is_stopping": change.is_stopping,
        "ended_at": change.ended_at,
    }
    return said | {name: value for name, value in plain.items() if value is not None}


EVER_SINCE = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def _to_document(import_: Import) -> Document:
    return {
        "_id": import_.id,
        "v": 1,
        "account_id": import_.account_id,
        "upload_id": import_.upload_id,
        "filename": import_.filename,
        "created_by": import_.created_by,
        "created_at": import_.created_at,
        "state": import_.state.value,
        "is_at_work": import_.is_at_work,
        "version": import_.version,
        "plan": _plan_to_document(import_.plan),
        "diagnosis": _diagnosis_to_document(import_.diagnosis) if import_.diagnosis else None,
        "tally": asdict(import_.tally),
        "wish": asdict(import_.wish),
        "problem": import_.problem,
        "is_stopping": import_.is_stopping,
        "ended_at": import_.ended_at,
        "lease_token": "",
        "lease_until": EVER_SINCE,
    }


def _import(d: Document) -> Import:
    return Import(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        upload_id=d["upload_id"],
        filename=d["filename"],
        created_by=UserId(d["created_by"]),
        created_at=d["created_at"],
        state=ImportState(d["state"]),
        version=d["version"],
        plan=_plan(d["plan"]),
        diagnosis=None if d["diagnosis"] is None else _diagnosis(d["diagnosis"]),
        tally=Tally(**d["tally"]),
        wish=Wish(**d["wish"]),
        problem=d["problem"],
        is_stopping=d["is_stopping"],
        ended_at=d["ended_at"],
    )


def _plan_to_document(plan: Plan) -> Document:
    return {
        "titles": list(plan.titles),
        "choices": list(plan.choices),
        "has_header": plan.has_header,
        "repairs": sorted(repair.value for repair in plan.repairs),
        "rules": {field: rule.value for field, rule in plan.rules.items()},
    }


def _plan(d: Document) -> Plan:
    return Plan(
        titles=tuple(d["titles"]),
        choices=tuple(d["choices"]),
        has_header=d["has_header"],
        repairs=frozenset(Repair(each) for each in d["repairs"]),
        rules=_rules(d["rules"]),
    )


def _rules(said: Mapping[str, str]) -> Rules:
    return {field: Rule(said.get(field, Rule.FILL)) for field in RULED}


def _diagnosis_to_document(diagnosis: Diagnosis) -> Document:
    """Return it with its counts of fields as pairs: a field's title may hold any sign."""
    said = asdict(diagnosis)
    meant = {
        kind: [{"was": was, "meant": better, "count": count} for was, better, count in slips]
        for kind, slips in diagnosis.meant.items()
    }
    fields = [{"field": name, "count": count} for name, count in diagnosis.fields.items()]
    sample = [{"says": cells} for cells in diagnosis.sample]
    return {**said, "meant": meant, "fields": fields, "sample": sample}


def _diagnosis(d: Document) -> Diagnosis:
    plain = {name: d[name] for name in ("rows", "new", "known", "changed", "refused")}
    return Diagnosis(
        **plain,
        found=d["found"],
        mendable=d["mendable"],
        lines={kind: [Line(**line) for line in lines] for kind, lines in d["lines"].items()},
        meant={
            kind: [(each["was"], each["meant"], each["count"]) for each in slips]
            for kind, slips in d["meant"].items()
        },
        fields={each["field"]: each["count"] for each in d["fields"]},
        changes=[FieldChange(**each) for each in d["changes"]],
        sample=[each["says"] for each in d["sample"]],
        are_columns_unsure=d["are_columns_unsure"],
    )
