"""Members in MongoDB, and the list of owners that never gets empty.

The list is in the account's own document, where one update both asks whether another owner stays
and strikes one off. It names only members whose role is owner: someone is put on it after their
role was written, and only if nobody demoted or removed them since (`promoting` is how that shows).
An owner whose promotion was cut short is not on it yet, which errs on the safe side.
"""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import (
    AccountId,
    Colleague,
    Member,
    Role,
    UserId,
    WorkingHours,
)
from qrev.accounts.store.users import user_from_document
from qrev.kit.ids import new_id
from qrev.kit.mongo import Document, Indexes, add_if_new

# The id of a member is their account and user, so nobody can be there twice.
INDEXES = Indexes(
    "members",
    (
        IndexModel([("account_id", ASCENDING)]),
        IndexModel([("user_id", ASCENDING), ("joined_at", ASCENDING)]),
    ),
)


class MongoMemberBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._members = database[INDEXES.collection]
        self._accounts = database["accounts"]
        self._users = database["users"]

    async def get(self, account_id: AccountId, user_id: UserId) -> Member | None:
        document = await self._members.find_one({"_id": member_id(account_id, user_id)})
        return None if document is None else member_from_document(document)

    async def of_account(self, account_id: AccountId) -> list[Colleague]:
        found = self._members.find({"account_id": account_id})
        members = [member_from_document(d) async for d in found]
        ids = [member.user_id for member in members]
        users = {
            d["_id"]: user_from_document(d) async for d in self._users.find({"_id": {"$in": ids}})
        }
        return [
            Colleague(user=users[member.user_id], member=member)
            for member in members
            if member.user_id in users
        ]

    async def of_user(self, user_id: UserId) -> list[Member]:
        found = self._members.find({"user_id": user_id}).sort("joined_at", ASCENDING)
        return [member_from_document(d) async for d in found]

    async def add_if_new(self, member: Member) -> bool:
        return await add_if_new(self._members, [member_to_document(member)]) == 1

    async def make_owner(self, member: Member) -> bool:
        account, user_id = {"_id": member.account_id}, member.user_id
        await self._accounts.update_one(account, {"$addToSet": {"promoting": user_id}})
        if not await self._set(member, Role.OWNER):
            await self._accounts.update_one(account, {"$pull": {"promoting": user_id}})
            return False
        result = await self._accounts.update_one(
            account | {"promoting": user_id},
            {"$pull": {"promoting": user_id}, "$addToSet": {"owners": user_id}},
        )
        return result.matched_count == 1

    async def give_up_ownership(self, account_id: AccountId, user_id: UserId) -> bool:
        is_not_on_it = {"owners": {"$ne": user_id}, "owners.0": {"$exists": True}}
        another_stays = {"owners.1": {"$exists": True}}
        result = await self._accounts.update_one(
            {"_id": account_id, "$or": [is_not_on_it, another_stays]},
            {"$pull": {"owners": user_id, "promoting": user_id}},
        )
        return result.matched_count == 1

    async def set_role(self, member: Member, role: Role) -> bool:
        return await self._set(member, role)

    async def remove(self, member: Member) -> bool:
        return (await self._members.delete_one(_as_read(member))).deleted_count == 1

    async def working_hours(self, account_id: AccountId, user_id: UserId) -> WorkingHours | None:
        document = await self._members.find_one({"_id": member_id(account_id, user_id)})
        kept = None if document is None else document.get("working_hours")
        if kept is None:
            return None
        return WorkingHours(
            weekdays=tuple(kept["weekdays"]), opens=kept["opens"], closes=kept["closes"]
        )

    async def save_working_hours(
        self, account_id: AccountId, user_id: UserId, hours: WorkingHours
    ) -> bool:
        kept = {"weekdays": list(hours.weekdays), "opens": hours.opens, "closes": hours.closes}
        result = await self._members.update_one(
            {"_id": member_id(account_id, user_id)}, {"$set": {"working_hours": kept}}
        )
        return result.matched_count == 1

    async def _set(self, member: Member, role: Role) -> bool:
        result = await self._members.update_one(
            _as_read(member), {"$set": {"role": role.value, "mark": new_id()}}
        )
        return result.matched_count == 1


def member_id(account_id: AccountId, user_id: UserId) -> str:
    return f"{account_id}:{user_id}"


def _as_read(member: Member) -> dict[str, Any]:
    """Return the filter for a member nobody has changed since."""
    # A null also finds documents without the field, as they were before there were marks.
    return {
        "_id": member_id(member.account_id, member.user_id),
        "role": member.role.value,
        "mark": member.mark or None,
    }


def member_to_document(member: Member) -> Document:
    return {
        "_id": member_id(member.account_id, member.user_id),
        "v": 1,
        "account_id": member.account_id,
        "user_id": member.user_id,
        "role": member.role.value,
        "joined_at": member.joined_at,
        "mark": member.mark or new_id(),
    }


def member_from_document(d: Document) -> Member:
    return Member(
        account_id=AccountId(d["account_id"]),
        user_id=UserId(d["user_id"]),
        role=Role(d["role"]),
        joined_at=d.get("joined_at"),
        mark=d.get("mark", ""),
    )
