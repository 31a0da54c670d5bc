"""API keys in MongoDB: a fingerprint of each secret, never the secret."""

from __future__ import annotations

from datetime import datetime, timedelta

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, ApiKey, Member, Scope, UserId
from qrev.accounts.store.members import member_from_document, member_id
from qrev.accounts.store.sessions import MEMBER_OF_IT
from qrev.kit.mongo import Document, Forgets, Indexes

INDEXES = Indexes(
    "api_keys",
    (
        IndexModel([("account_id", ASCENDING), ("created_at", DESCENDING)]),
        IndexModel([("revoked_at", ASCENDING)]),
    ),
    Forgets("revoked_at", timedelta(days=30)),
)


class MongoApiKeyBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._keys = database[INDEXES.collection]

    async def add(self, key: ApiKey, fingerprint: str) -> None:
        await self._keys.insert_one(_to_document(key) | {"fingerprint": fingerprint})

    async def get(self, account_id: AccountId, key_id: str) -> ApiKey | None:
        document = await self._keys.find_one({"_id": key_id, "account_id": account_id})
        return None if document is None else _from_document(document)

    async def of_account(self, account_id: AccountId) -> list[ApiKey]:
        found = self._keys.find({"account_id": account_id, "revoked_at": None})
        return [_from_document(d) async for d in found.sort("created_at", DESCENDING)]

    async def check(
        self, key_id: str, fingerprint: str, now: datetime
    ) -> tuple[ApiKey, Member | None] | None:
        works = {
            "_id": key_id,
            "fingerprint": fingerprint,
            "revoked_at": None,
            "$or": [{"expires_at": None}, {"expires_at": {"$gt": now}}],
        }
        found = await self._keys.aggregate([{"$match": works}, MEMBER_OF_IT])
        document = next(iter(await found.to_list()), None)
        if document is None:
            return None
        members = [member_from_document(d) for d in document["members"]]
        return _from_document(document), next(iter(members), None)

    async def used(self, account_id: AccountId, key_id: str, at: datetime) -> None:
        await self._keys.update_one(
            {"_id": key_id, "account_id": account_id}, {"$set": {"last_used_at": at}}
        )

    async def revoke(self, account_id: AccountId, key_id: str, at: datetime) -> bool:
        result = await self._keys.update_one(
            {"_id": key_id, "account_id": account_id, "revoked_at": None},
            {"$set": {"revoked_at": at}},
        )
        return result.matched_count == 1

    async def revoke_of(self, account_id: AccountId, user_id: UserId, at: datetime) -> int:
        result = await self._keys.update_many(
            {"account_id": account_id, "user_id": user_id, "revoked_at": None},
            {"$set": {"revoked_at": at}},
        )
        return result.matched_count


def _to_document(key: ApiKey) -> Document:
    return {
        "_id": key.id,
        "v": 1,
        "account_id": key.account_id,
        "user_id": key.user_id,
        "member_id": member_id(key.account_id, key.user_id),
        "email": key.email,
        "user_name": key.user_name,
        "name": key.name,
        "scopes": sorted(scope.value for scope in key.scopes),
        "hint": key.hint,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }


def _from_document(d: Document) -> ApiKey:
    return ApiKey(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        user_id=UserId(d["user_id"]),
        email=d["email"],
        user_name=d["user_name"],
        name=d["name"],
        scopes=frozenset(Scope(scope) for scope in d["scopes"]),
        hint=d["hint"],
        created_at=d["created_at"],
        expires_at=d["expires_at"],
        last_used_at=d["last_used_at"],
        revoked_at=d["revoked_at"],
    )
