"""Users, accounts and members in MongoDB."""

from __future__ import annotations

import asyncio

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Account, AccountId, Member, Role, User, UserId
from qrev.kit.mongo import Document, Indexes, add_if_new

# The id of a member is their account and user, so nobody can be there twice.
INDEXES = Indexes("members", (IndexModel([("user_id", ASCENDING)]),))


class MongoAccountBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._users = database["users"]
        self._accounts = database["accounts"]
        self._members = database[INDEXES.collection]

    async def add_if_new(self, user: User, account: Account, member: Member) -> bool:
        # The user last: whoever finds them finds the rest as well.
        await add_if_new(self._accounts, [_account_to_document(account)])
        await add_if_new(
            self._members,
            [
                {
                    "_id": f"{member.account_id}:{member.user_id}",
                    "v": 1,
                    "account_id": member.account_id,
                    "user_id": member.user_id,
                    "role": member.role.value,
                }
            ],
        )
        new = {"v": 1, "email": user.email, "name": user.name, "created_at": user.created_at}
        return await add_if_new(self._users, [{"_id": user.id, **new}]) == 1

    async def member_of(self, user_id: UserId) -> tuple[User, Member] | None:
        # At once: every turn and every press begins with this.
        user, member = await asyncio.gather(
            self._users.find_one({"_id": user_id}), self._members.find_one({"user_id": user_id})
        )
        if user is None or member is None:
            return None
        return (
            User(
                id=UserId(user["_id"]),
                email=user["email"],
                name=user["name"],
                created_at=user["created_at"],
            ),
            Member(
                account_id=AccountId(member["account_id"]),
                user_id=UserId(member["user_id"]),
                role=Role(member["role"]),
            ),
        )

    async def get_account(self, account_id: AccountId) -> Account | None:
        document = await self._accounts.find_one({"_id": account_id})
        return None if document is None else _account(document)

    async def change(
        self,
        account_id: AccountId,
        *,
        postal_address: str | None = None,
        timezone: str | None = None,
    ) -> Account | None:
        wanted = {"postal_address": postal_address, "timezone": timezone}
        document = await self._accounts.find_one_and_update(
            {"_id": account_id},
            {
                "$set": {name: value for name, value in wanted.items() if value is not None},
                "$inc": {"version": 1},
            },
            return_document=ReturnDocument.AFTER,
        )
        return None if document is None else _account(document)


def _account_to_document(account: Account) -> Document:
    return {
        "_id": account.id,
        "v": 1,
        "name": account.name,
        "timezone": account.timezone,
        "postal_address": account.postal_address,
        "version": account.version,
    }


def _account(d: Document) -> Account:
    return Account(
        id=AccountId(d["_id"]),
        name=d["name"],
        timezone=d["timezone"],
        postal_address=d["postal_address"],
        version=d["version"],
    )
