"""People in MongoDB, as imports see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pymongo import UpdateOne
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.crm.edits import COMPANY, CUSTOM, FieldEdit
from qrev.crm.finding import ALL, list_shelf
from qrev.crm.imports import Known, Mark, PersonChange
from qrev.crm.models import Person, company_id
from qrev.crm.store.edits import KEPT, is_value, with_keys
from qrev.crm.store.people import PEOPLE, WITHOUT_HISTORY, person_from, to_document
from qrev.kit.mongo import Document, add_new

TRIES = 3  # somebody may change the same person between our reading and our writing


class MongoImportedPeople:
    """What an import adds or changes carries its id: undoing it touches nothing else."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._people = database[PEOPLE]

    async def known(
        self, account_id: AccountId, person_ids: Collection[str], *, upload_id: str
    ) -> Mapping[str, Known]:
        found = self._people.find(
            {"_id": {"$in": list(person_ids)}, "account_id": account_id},
            WITHOUT_HISTORY,
            batch_size=1000,
        )
        return {
            d["_id"]: Known(
                person=person_from(d),
                made_by=d.get("import_id", ""),
                is_in_list=d["is_here"] and list_shelf(upload_id) in d["shelves"],
            )
            async for d in found
        }

    async def add_new(self, people: Collection[Person], mark: Mark) -> set[str]:
        made = {"import_id": mark.import_id}
        return await add_new(
            self._people, ({**to_document(each, mark.upload_id), **made} for each in people)
        )

    async def change(self, changes: Collection[PersonChange], mark: Mark) -> int:
        writes = [_change(each, mark) for each in changes]
        done = await self._people.bulk_write(writes, ordered=False)
        return done.matched_count

    async def join(self, person_ids: Collection[str], mark: Mark) -> None:
        await self._people.update_many(
            {"_id": {"$in": list(person_ids)}, "account_id": mark.account_id},
            # Whoever was deleted is back with a list.
            {
                "$addToSet": {"shelves": list_shelf(mark.upload_id)},
                "$set": {"is_here": True},
                "$unset": {"deleted_at": ""},
            },
        )

    async def remove(self, person_ids: Collection[str], mark: Mark) -> int:
        if not person_ids:
            return 0
        done = await self._people.delete_many(
            {
                "_id": {"$in": list(person_ids)},
                "account_id": mark.account_id,
                "import_id": mark.import_id,
                "is_here": True,
                "shelves": [ALL, list_shelf(mark.upload_id)],
                "history.0": {"$exists": False},
            }
        )
        return done.deleted_count

    async def take_back(
        self, person_ids: Collection[str], mark: Mark, *, is_listed_elsewhere: bool
    ) -> int:
        if not person_ids:
            return 0
        asked: Document = {
            "_id": {"$in": list(person_ids)},
            "account_id": mark.account_id,
        }
        touched: set[str] = set()
        for _ in range(TRIES):
            found = self._people.find(
                {**asked, "history.import_id": mark.import_id}, batch_size=1000
            )
            writes = {d["_id"]: _taken_back(d, mark) async for d in found}
            if not writes:
                break
            await self._people.bulk_write(list(writes.values()), ordered=False)
            touched |= writes.keys()
        if not is_listed_elsewhere:
            await self._people.update_many(
                asked, {"$pull": {"shelves": list_shelf(mark.upload_id)}}
            )
        return len(touched)


def _change(change: PersonChange, mark: Mark) -> UpdateOne:
    asked: Document = {"_id": change.person_id, "account_id": mark.account_id}
    asked |= {edit.field: is_value(edit.before) for edit in change.edits}
    written: Document = {edit.field: edit.after for edit in change.edits}
    if change.moves_company:
        written["company_id"] = change.company_id
    entry = {
        "at": mark.at,
        "by": mark.by,
        "import_id": mark.import_id,
        "edits": [{"field": e.field, "before": e.before, "after": e.after} for e in change.edits],
    }
    update = {"$set": written, "$push": {"history": {"$each": [entry], "$slice": -KEPT}}}
    return UpdateOne(asked, with_keys(update, change.edits, change.person_id))


def _taken_back(d: Document, mark: Mark) -> UpdateOne:
    """Return the write that gives back what the import filled and nobody has changed since.

    What it gives back is in its filter, so that whoever changes it just now keeps their words.
    """
    entries = [entry for entry in d["history"] if entry.get("import_id") == mark.import_id]
    before = {e["field"]: e["before"] for entry in reversed(entries) for e in entry["edits"]}
    after = {e["field"]: e["after"] for entry in entries for e in entry["edits"]}
    back = {field: was for field, was in before.items() if _value(d, field) == after[field]}
    emptied = {field for field, was in back.items() if not was and field.startswith(CUSTOM)}
    written: Document = {field: was for field, was in back.items() if field not in emptied}
    if written.keys() & set(COMPANY):
        name, url = (str(written.get(field, d[field])) for field in COMPANY)
        written["company_id"] = company_id(mark.account_id, name, url)
    update: Document = {"$pull": {"history": {"import_id": mark.import_id}}}
    if written:
        update["$set"] = written
    if emptied:
        update["$unset"] = dict.fromkeys(emptied, "")
    asked: Document = {"_id": d["_id"], "account_id": mark.account_id}
    edits = [FieldEdit(field=f, before=after[f], after=was) for f, was in back.items()]
    asked |= {field: after[field] for field in back}
    return UpdateOne(asked, with_keys(update, edits, d["_id"]))


def _value(d: Document, field: str) -> str:
    if field.startswith(CUSTOM):
        return str(d["fields"].get(field.removeprefix(CUSTOM), ""))
    return str(d[field])
