"""Logins of mailboxes in MongoDB, sealed. What opens them is not in the database."""

from __future__ import annotations

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.logins import SealedLogin
from qrev.kit.mongo import Document, Indexes

INDEXES = Indexes("mailbox_logins", (IndexModel([("key_id", ASCENDING)]),))
PLAIN = ("account_id", "sealed", "key_id")


class MongoLoginBook:
    """Fills LoginBook. One document per mailbox, by its id."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._logins = database[INDEXES.collection]

    async def get(self, account_id: AccountId, mailbox_id: str) -> SealedLogin | None:
        document = await self._logins.find_one({"_id": mailbox_id, "account_id": account_id})
        return None if document is None else _login(document)

    async def put(self, login: SealedLogin) -> None:
        await self._logins.update_one(
            {"_id": login.mailbox_id, "account_id": login.account_id},
            {"$set": {"v": 1, **_facts(login)}, "$inc": {"version": 1}},
            upsert=True,
        )

    async def replace(self, login: SealedLogin, *, was: int) -> bool:
        result = await self._logins.update_one(
            {"_id": login.mailbox_id, "account_id": login.account_id, "version": was},
            {"$set": _facts(login), "$inc": {"version": 1}},
        )
        return result.matched_count == 1

    async def remove(self, account_id: AccountId, mailbox_id: str) -> bool:
        mine = {"_id": mailbox_id, "account_id": account_id}
        return (await self._logins.delete_one(mine)).deleted_count == 1

    async def sealed_with(self, key_ids: tuple[str, ...], limit: int) -> list[SealedLogin]:
        found = self._logins.find({"key_id": {"$in": list(key_ids)}}).limit(limit)
        return [_login(d) async for d in found]


def _facts(login: SealedLogin) -> Document:
    return {name: getattr(login, name) for name in PLAIN}


def _login(d: Document) -> SealedLogin:
    return SealedLogin(
        mailbox_id=d["_id"],
        account_id=AccountId(d["account_id"]),
        sealed=d["sealed"],
        key_id=d["key_id"],
        version=d["version"],
    )
