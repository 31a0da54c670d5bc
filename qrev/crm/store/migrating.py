"""People as earlier versions kept them, brought to today's form."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pymongo import UpdateOne
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure

from qrev.crm.finding import keys_of
from qrev.crm.store.people import PEOPLE, person_from
from qrev.kit.mongo import BATCH, Document

# What earlier versions did not write.
BLANK: dict[str, Any] = {"owner_id": None, "team_id": None, "tags": []}
EARLIER_INDEXES = {
    f"account_id_1_{of}{sort}_1__id_1"
    for of in ("", "uploads_1_")
    for sort in ("name", "email", "company_name", "job_title")
}


async def give_keys_to_people(db: AsyncDatabase[Document]) -> int:
    """Write the fields people are found by where there are none. Return to how many.

    The indexes of then are dropped last: without them there is nobody left to look for, which
    would cost every start a look at everybody.
    """
    people, count = db[PEOPLE], 0
    earlier = (await people.index_information()).keys() & EARLIER_INDEXES
    if not earlier:
        return 0
    without = {"is_here": {"$exists": False}}
    while found := await people.find(without).limit(BATCH).to_list():
        await people.bulk_write([_update(d) for d in found], ordered=False)
        count += len(found)
    for name in earlier:
        with suppress(OperationFailure):  # another instance that starts has dropped it just now
            await people.drop_index(name)
    return count


def _update(d: Document) -> UpdateOne:
    keys = keys_of(person_from(BLANK | d), d.get("uploads", []))
    written = {name: value for name, value in BLANK.items() if name not in d}
    return UpdateOne(
        {"_id": d["_id"], "is_here": {"$exists": False}},
        {"$set": written | keys, "$unset": {"uploads": ""}},
    )
