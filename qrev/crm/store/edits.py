"""What members changed of people, in the person's own document."""

from __future__ import annotations

from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.crm.edits import CUSTOM, FieldEdit, HistoryEntry, PersonEdit
from qrev.crm.store.people import PEOPLE_INDEXES
from qrev.kit.mongo import Document

KEPT = 200  # entries of a person; the document stays small


class MongoPersonEdits:
    """The change and its entry are one update: neither is ever there without the other."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._people = database[PEOPLE_INDEXES.collection]

    async def change(self, edit: PersonEdit) -> bool:
        asked: Document = {"_id": edit.person_id, "account_id": edit.account_id}
        asked |= {field: is_value(value) for field, value in edit.unchanged}
        asked |= {each.field: is_value(each.before) for each in edit.edits}
        emptied = {e.field for e in edit.edits if not e.after and e.field.startswith(CUSTOM)}
        written: Document = {e.field: e.after for e in edit.edits if e.field not in emptied}
        if edit.moves_company:
            written["company_id"] = edit.company_id
        update: Document = {"$push": {"history": {"$each": [_entry(edit)], "$slice": -KEPT}}}
        if written:
            update["$set"] = written
        if emptied:
            update["$unset"] = dict.fromkeys(emptied, "")
        done = await self._people.update_one(asked, update)
        return done.matched_count == 1

    async def history(self, account_id: AccountId, person_id: str) -> list[HistoryEntry]:
        found = await self._people.find_one(
            {"_id": person_id, "account_id": account_id}, {"history": 1}
        )
        entries = [] if found is None else found.get("history", [])
        return [_history(each) for each in reversed(entries)]


def is_value(value: str) -> Any:
    """Return the condition that a field holds this; an empty one may not be there at all."""
    return value or {"$in": ["", None]}


def _entry(edit: PersonEdit) -> Document:
    return {
        "at": edit.at,
        "by": edit.by,
        "edits": [{"field": e.field, "before": e.before, "after": e.after} for e in edit.edits],
    }


def _history(d: Document) -> HistoryEntry:
    edits = (FieldEdit(field=e["field"], before=e["before"], after=e["after"]) for e in d["edits"])
    return HistoryEntry(at=d["at"], by=UserId(d["by"]), edits=tuple(edits))
