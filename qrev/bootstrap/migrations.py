"""What earlier versions kept in another form, brought to today's: harmless to run again."""

from __future__ import annotations

from pymongo.asynchronous.database import AsyncDatabase

from qrev.crm.models import domain_of
from qrev.crm.store.migrating import give_keys_to_people
from qrev.kit.mongo import Document


async def migrate(db: AsyncDatabase[Document]) -> int:
    """Bring the database to today's form. Return how many documents were changed."""
    return sum(
        [
            await _name_owners_of_sequences(db),
            await _list_owners_of_accounts(db),
            await _place_threads_in_accounts(db),
            await give_keys_to_people(db),
            await _sort_companies(db),
        ]
    )


async def _name_owners_of_sequences(db: AsyncDatabase[Document]) -> int:
    """A sequence's `owner_id` was called `created_by`."""
    earlier = {"owner_id": {"$exists": False}, "created_by": {"$exists": True}}
    result = await db.sequences.update_many(earlier, {"$rename": {"created_by": "owner_id"}})
    return result.modified_count


async def _list_owners_of_accounts(db: AsyncDatabase[Document]) -> int:
    """An account did not list its owners, so nobody could tell the last one from the others."""
    count = 0
    async for account in db.accounts.find({"owners": {"$exists": False}}, {"_id": 1}):
        found = db.members.find({"account_id": account["_id"], "role": "owner"})
        owners = [member["user_id"] async for member in found]
        result = await db.accounts.update_one(
            {"_id": account["_id"], "owners": {"$exists": False}}, {"$set": {"owners": owners}}
        )
        count += result.modified_count
    return count


async def _place_threads_in_accounts(db: AsyncDatabase[Document]) -> int:
    """A conversation belonged to a user alone: from now on also to where they worked first."""
    count = 0
    nowhere: Document = {"account_id": {"$exists": False}}
    for user_id in await db.threads.distinct("user_id", nowhere):
        first = await db.members.find_one({"user_id": user_id}, sort=[("joined_at", 1)])
        place = {"account_id": first["account_id"] if first else ""}
        result = await db.threads.update_many({"user_id": user_id, **nowhere}, {"$set": place})
        count += result.modified_count
    return count


async def _sort_companies(db: AsyncDatabase[Document]) -> int:
    """A company was kept as a name and an address, in no order.

    Their index is made after this. Where it is, nobody is left: no start looks at all of them.
    """
    indexes = (await db.companies.index_information()).values()
    if any(field == "name_key" for index in indexes for field, _ in index["key"]):
        return 0
    count = 0
    earlier = {"name_key": {"$exists": False}, "name": {"$exists": True}}
    async for company in db.companies.find(earlier, {"name": 1, "url": 1}):
        keys = {
            "name_key": " ".join(company["name"].casefold().split()),
            "domain": domain_of(company["url"]),
        }
        new = {**keys, "deleted_at": None, "v": 2}
        result = await db.companies.update_one({"_id": company["_id"]}, {"$set": new})
        count += result.modified_count
    return count
