"""Workspaces in MongoDB."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Account, AccountId, Member, Role, User
from qrev.accounts.store.members import member_to_document
from qrev.accounts.store.users import user_to_document
from qrev.kit.mongo import Document, Indexes, add_if_new, batches

INDEXES = Indexes("accounts", (IndexModel([("deletes_at", ASCENDING)]),))


class MongoAccountBook:
    """An account's document also lists its owners: see `store.members`."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._accounts = database[INDEXES.collection]
        self._members = database["members"]
        self._users = database["users"]

    async def add_if_new(self, user: User, account: Account, member: Member) -> bool:
        # The user last: whoever finds them finds the rest as well.
        owners = [member.user_id] if member.role is Role.OWNER else []
        await add_if_new(self._accounts, [_to_document(account) | {"owners": owners}])
        await add_if_new(self._members, [member_to_document(member)])
        return await add_if_new(self._users, [user_to_document(user)]) == 1

    async def get_account(self, account_id: AccountId) -> Account | None:
        document = await self._accounts.find_one({"_id": account_id})
        return None if document is None else _from_document(document)

    async def get_many(self, account_ids: Collection[AccountId]) -> list[Account]:
        found = self._accounts.find({"_id": {"$in": list(account_ids)}})
        return [_from_document(d) async for d in found]

    async def change(
        self,
        account_id: AccountId,
        *,
        name: str | None = None,
        domain: str | None = None,
        postal_address: str | None = None,
        timezone: str | None = None,
    ) -> Account | None:
        wanted = {
            "name": name,
            "domain": domain,
            "postal_address": postal_address,
            "timezone": timezone,
        }
        return await self._update(account_id, {k: v for k, v in wanted.items() if v is not None})

    async def set_deletion(self, account_id: AccountId, at: datetime | None) -> Account | None:
        # A null also finds documents without the field.
        return await self._update(account_id, {"deletes_at": at}, only={"is_erasing": None})

    async def claim_deleted(self, now: datetime) -> Account | None:
        # Also one claimed before: whoever did may have died half-way, and twice is harmless.
        document = await self._accounts.find_one_and_update(
            {"deletes_at": {"$lt": now}}, {"$set": {"is_erasing": True}}
        )
        return None if document is None else _from_document(document)

    async def _update(
        self, account_id: AccountId, new: dict[str, Any], only: dict[str, Any] | None = None
    ) -> Account | None:
        document = await self._accounts.find_one_and_update(
            {"_id": account_id, **(only or {})},
            {"$set": new, "$inc": {"version": 1}},
            return_document=ReturnDocument.AFTER,
        )
        return None if document is None else _from_document(document)


class MongoEraser:
    """Deletes by the account's id in every collection there is, so that none is forgotten."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._database = database

    async def erase(self, account_id: AccountId) -> int:
        # These first, and in this order: from then on nobody can come in and add something.
        count = 0
        for name in ("invitations", "members"):
            result = await self._database[name].delete_many({"account_id": account_id})
            count += result.deleted_count
        count += await self._erase_conversations(account_id)
        for name in sorted(await self._database.list_collection_names()):
            if name.endswith(".files"):
                count += await self._erase_chunks(name, account_id)
            if not name.startswith("system."):
                result = await self._database[name].delete_many({"account_id": account_id})
                count += result.deleted_count
        await self._database[INDEXES.collection].delete_one({"_id": account_id})
        return count + 1

    async def _erase_conversations(self, account_id: AccountId) -> int:
        """Delete what was said and shown: it is kept by thread, and the thread by account."""
        count = 0
        found = self._database["threads"].find({"account_id": account_id}, {"_id": 1})
        for ids in batches([thread["_id"] async for thread in found]):
            for name in ("steps", "elements"):
                result = await self._database[name].delete_many({"thread_id": {"$in": ids}})
                count += result.deleted_count
        return count

    async def _erase_chunks(self, files: str, account_id: AccountId) -> int:
        chunks = self._database[files.removesuffix(".files") + ".chunks"]
        of_account = {"$or": [{"account_id": account_id}, {"metadata.account_id": account_id}]}
        count = 0
        async for file in self._database[files].find(of_account, {"_id": 1}):
            count += (await chunks.delete_many({"files_id": file["_id"]})).deleted_count
            count += (await self._database[files].delete_one({"_id": file["_id"]})).deleted_count
        return count


def _to_document(account: Account) -> Document:
    return {
        "_id": account.id,
        "v": 1,
        "name": account.name,
        "domain": account.domain,
        "timezone": account.timezone,
        "postal_address": account.postal_address,
        "version": account.version,
        "deletes_at": account.deletes_at,
    }


def _from_document(d: Document) -> Account:
    return Account(
        id=AccountId(d["_id"]),
        name=d["name"],
        domain=d.get("domain", ""),
        timezone=d["timezone"],
        postal_address=d["postal_address"],
        version=d["version"],
        deletes_at=d.get("deletes_at"),
    )
