"""What members changed of people, in the person's own document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.crm.edits import CUSTOM, FieldEdit, HistoryEntry, PersonEdit
from qrev.crm.finding import GAPS, fact_keys, words_of
from qrev.crm.store.people import PEOPLE
from qrev.kit.mongo import Document

KEPT = 200  # entries of a person; the document stays small


class MongoPersonEdits:
    """The change and its entry are one update: neither is ever there without the other."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._people = database[PEOPLE]

    async def change(self, edit: PersonEdit) -> bool:
        asked: Document = {"_id": edit.person_id, "account_id": edit.account_id, "is_here": True}
        asked |= {field: is_value(value) for field, value in edit.unchanged}
        asked |= {each.field: is_value(each.before) for each in edit.edits}
        emptied = {e.field for e in edit.edits if not e.after and e.field.startswith(CUSTOM)}
        written: Document = {e.field: e.after for e in edit.edits if e.field not in emptied}
        if edit.moves_company:
            written["company_id"] = edit.company_id
        update: Document = {
            "$push": {
                "history": {
                    "$each": [entry_of(HistoryEntry(at=edit.at, by=edit.by, edits=edit.edits))],
                    "$slice": -KEPT,
                }
            }
        }
        if written:
            update["$set"] = written
        if emptied:
            update["$unset"] = dict.fromkeys(emptied, "")
        done = await self._people.update_one(asked, with_keys(update, edit.edits, edit.person_id))
        return done.matched_count == 1

    async def history(self, account_id: AccountId, person_id: str) -> list[HistoryEntry]:
        found = await self._people.find_one(
            {"_id": person_id, "account_id": account_id}, {"history": 1}
        )
        entries = [] if found is None else found.get("history", [])
        return [_history(each) for each in reversed(entries)]


def with_keys(update: Document, edits: Iterable[FieldEdit], person_id: str) -> Document:
    """Return the update with what people are found by.

    Words are only ever added: another fact may have the same one, and whoever searches looks at
    the facts themselves.
    """
    written: Document = {}
    words: list[str] = []
    mended = opened = 0
    for each in edits:
        written |= fact_keys(each.field, each.after, person_id)
        words += words_of(each.field, each.after)
        bit = GAPS.get(each.field, 0)
        mended, opened = mended | (bit if each.after else 0), opened | (0 if each.after else bit)
    if written:
        update["$set"] = update.get("$set", {}) | written
    if words:
        update["$addToSet"] = {"words": {"$each": words}}
    if mended or opened:
        update["$bit"] = {"gaps": {"and": ~mended, "or": opened}}
    return update


def is_value(value: str) -> Any:
    """Return the condition that a field holds this; an empty one may not be there at all."""
    return value or {"$in": ["", None]}


def entry_of(entry: HistoryEntry) -> Document:
    """Return an entry as it is kept."""
    edits = [{"field": e.field, "before": e.before, "after": e.after} for e in entry.edits]
    return {"at": entry.at, "by": entry.by, "edits": edits}


def _history(d: Document) -> HistoryEntry:
    edits = (FieldEdit(field=e["field"], before=e["before"], after=e["after"]) for e in d["edits"])
    return HistoryEntry(at=d["at"], by=UserId(d["by"]), edits=tuple(edits))
