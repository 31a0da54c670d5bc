"""Grants in MongoDB. What opens them is not in the database."""

from __future__ import annotations

from collections.abc import Collection

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.grant import Grant
from qrev.accounts.models import UserId
from qrev.kit.mongo import Document, Indexes

INDEXES = Indexes("grants", (IndexModel([("key_id", ASCENDING)]),))


class MongoGrantBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._grants = database[INDEXES.collection]

    async def get(self, user_id: UserId) -> Grant | None:
        document = await self._grants.find_one({"_id": user_id})
        return None if document is None else _from_document(document)

    async def put(self, grant: Grant) -> None:
        await self._grants.update_one(
            {"_id": grant.user_id},
            {"$set": _to_document(grant), "$inc": {"version": 1}},
            upsert=True,
        )

    async def replace(self, grant: Grant, *, was: int) -> bool:
        result = await self._grants.update_one(
            {"_id": grant.user_id, "version": was},
            {"$set": _to_document(grant), "$inc": {"version": 1}},
        )
        return result.matched_count == 1

    async def remove(self, user_id: UserId) -> bool:
        return (await self._grants.delete_one({"_id": user_id})).deleted_count == 1

    async def sealed_with(self, key_ids: Collection[str], limit: int) -> list[Grant]:
        found = self._grants.find({"key_id": {"$in": list(key_ids)}}).limit(limit)
        return [_from_document(d) async for d in found]


def _to_document(grant: Grant) -> Document:
    """Return everything but the version, which only counts up."""
    return {
        "v": 1,
        "subject": grant.subject,
        "email": grant.email,
        "scopes": sorted(grant.scopes),
        "access_sealed": grant.access_sealed,
        "refresh_sealed": grant.refresh_sealed,
        "key_id": grant.key_id,
        "expires_at": grant.expires_at,
        "is_revoked": grant.is_revoked,
    }


def _from_document(d: Document) -> Grant:
    return Grant(
        user_id=UserId(d["_id"]),
        subject=d["subject"],
        email=d["email"],
        scopes=frozenset(d["scopes"]),
        access_sealed=d["access_sealed"],
        refresh_sealed=d["refresh_sealed"],
        key_id=d["key_id"],
        expires_at=d["expires_at"],
        is_revoked=d["is_revoked"],
        version=d["version"],
    )
