"""Connections in MongoDB. What opens them is not in the database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.connection import Connection, ConnectionAttempt, Vendor
from qrev.accounts.models import AccountId, SessionId, UserId
from qrev.kit.mongo import Document, Forgets, Indexes

INDEXES = Indexes(
    "connections",
    (
        IndexModel([("vendor", ASCENDING), ("external_id", ASCENDING)]),
        IndexModel([("key_id", ASCENDING)]),
    ),
)
ATTEMPTS = Indexes(
    "connecting", (IndexModel([("ends_at", ASCENDING)]),), Forgets("ends_at", timedelta())
)


class MongoConnectionBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._connections = database[INDEXES.collection]

    async def get(self, account_id: AccountId, connection_id: str) -> Connection | None:
        asked = {"_id": connection_id, "account_id": account_id}
        document = await self._connections.find_one(asked)
        return None if document is None else _from_document(document)

    async def put(self, connection: Connection) -> None:
        change = {"$set": _to_document(connection), "$inc": {"version": 1}}
        asked = {"_id": connection.id, "account_id": connection.account_id}
        await self._connections.update_one(asked, change, upsert=True)

    async def lease(self, connection: Connection, *, now: datetime, until: datetime) -> bool:
        free = {"$or": [{"leased_until": None}, {"leased_until": {"$lte": now}}]}
        asked = _asked(connection, connection.version) | free
        done = await self._connections.update_one(asked, {"$set": {"leased_until": until}})
        return done.modified_count == 1

    async def release(self, connection: Connection) -> None:
        asked = _asked(connection, connection.version)
        await self._connections.update_one(asked, {"$set": {"leased_until": None}})

    async def replace(self, connection: Connection, *, was: int) -> bool:
        change = {"$set": _to_document(connection), "$inc": {"version": 1}}
        done = await self._connections.update_one(_asked(connection, was), change)
        return done.matched_count == 1

    async def remove(self, account_id: AccountId, connection_id: str) -> bool:
        asked = {"_id": connection_id, "account_id": account_id}
        return (await self._connections.delete_one(asked)).deleted_count == 1

    async def of_vendor(self, vendor: Vendor, *, external_id: str = "") -> list[Connection]:
        asked: Document = {"vendor": vendor.value, "is_revoked": False}
        if external_id:
            asked = {"vendor": vendor.value, "external_id": external_id}
        return [_from_document(d) async for d in self._connections.find(asked)]

    async def sealed_with(self, key_ids: Collection[str], limit: int) -> list[Connection]:
        found = self._connections.find({"key_id": {"$in": list(key_ids)}}).limit(limit)
        return [_from_document(d) async for d in found]


class MongoConnectionAttempts:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._attempts = database[ATTEMPTS.collection]

    async def add(self, attempt: ConnectionAttempt) -> None:
        await self._attempts.insert_one(
            {
                "_id": attempt.digest,
                "v": 1,
                "vendor": attempt.vendor.value,
                "account_id": attempt.account_id,
                "user_id": attempt.user_id,
                "session_id": attempt.session_id,
                "verifier": attempt.verifier,
                "wanted": attempt.wanted,
                "ends_at": attempt.ends_at,
            }
        )

    async def take(
        self,
        digest: str,
        *,
        vendor: Vendor,
        account_id: AccountId,
        user_id: UserId,
        session_id: SessionId | None,
        now: datetime,
    ) -> ConnectionAttempt | None:
        found = await self._attempts.find_one_and_delete(
            {
                "_id": digest,
                "vendor": vendor.value,
                "account_id": account_id,
                "user_id": user_id,
                "session_id": session_id,
                "ends_at": {"$gt": now},
            }
        )
        if found is None:
            return None
        return ConnectionAttempt(
            digest=digest,
            vendor=vendor,
            account_id=account_id,
            user_id=user_id,
            session_id=session_id,
            verifier=found["verifier"],
            wanted=found["wanted"],
            ends_at=found["ends_at"],
        )


def _asked(connection: Connection, version: int) -> Document:
    return {"_id": connection.id, "account_id": connection.account_id, "version": version}


def _to_document(connection: Connection) -> Document:
    """Return everything but the version, which only counts up. Nobody refreshes it."""
    return {
        "v": 1,
        "vendor": connection.vendor.value,
        "user_id": connection.user_id,
        "external_id": connection.external_id,
        "label": connection.label,
        "scopes": sorted(connection.scopes),
        "access_sealed": connection.access_sealed,
        "refresh_sealed": connection.refresh_sealed,
        "key_id": connection.key_id,
        "expires_at": connection.expires_at,
        "connected_by": connection.connected_by,
        "connected_at": connection.connected_at,
        "is_revoked": connection.is_revoked,
        "leased_until": None,
    }


def _from_document(d: Document) -> Connection:
    return Connection(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        vendor=Vendor(d["vendor"]),
        user_id=None if d["user_id"] is None else UserId(d["user_id"]),
        external_id=d["external_id"],
        label=d["label"],
        scopes=frozenset(d["scopes"]),
        access_sealed=d["access_sealed"],
        refresh_sealed=d["refresh_sealed"],
        key_id=d["key_id"],
        expires_at=d["expires_at"],
        connected_by=UserId(d["connected_by"]),
        connected_at=d["connected_at"],
        is_revoked=d["is_revoked"],
        version=d["version"],
    )
