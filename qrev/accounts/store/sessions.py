"""Sessions in MongoDB."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, Member, Session, SessionId, UserId
from qrev.accounts.store.members import member_from_document, member_id
from qrev.kit.mongo import Document, Forgets, Indexes

INDEXES = Indexes(
    "sessions",
    (
        IndexModel([("user_id", ASCENDING), ("last_seen_at", DESCENDING)]),
        IndexModel([("expires_at", ASCENDING)]),
    ),
    Forgets("expires_at", timedelta(days=30)),
)


class MongoSessionBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._sessions = database[INDEXES.collection]

    async def add(self, session: Session, fingerprint: str) -> None:
        await self._sessions.insert_one(_to_document(session) | {"fingerprint": fingerprint})

    async def get(self, session_id: SessionId) -> Session | None:
        document = await self._sessions.find_one({"_id": session_id})
        return None if document is None else _from_document(document)

    async def who(
        self, session_id: SessionId, now: datetime
    ) -> tuple[Session, Member | None] | None:
        # One round trip, and the member as they are now: nothing that could be out of date.
        found = await self._sessions.aggregate(
            [{"$match": {"_id": session_id, **_living(now)}}, MEMBER_OF_IT]
        )
        document = next(iter(await found.to_list()), None)
        if document is None:
            return None
        members = [member_from_document(d) for d in document["members"]]
        return _from_document(document), next(iter(members), None)

    async def rotate(
        self,
        session_id: SessionId,
        *,
        was: str | None,
        fingerprint: str,
        now: datetime,
        until: datetime,
    ) -> bool:
        question = {"_id": session_id, **_living(now)}
        if was is not None:
            question["fingerprint"] = was
        new = {"fingerprint": fingerprint, "last_seen_at": now, "expires_at": until}
        return (await self._sessions.update_one(question, {"$set": new})).matched_count == 1

    async def end(self, session_id: SessionId, *, at: datetime, because: str) -> bool:
        result = await self._sessions.update_one(
            {"_id": session_id, "ended_at": None}, _ended(at, because)
        )
        return result.matched_count == 1

    async def end_all(self, user_id: UserId, *, at: datetime, because: str) -> int:
        result = await self._sessions.update_many(
            {"user_id": user_id, **_living(at)}, _ended(at, because)
        )
        return result.modified_count

    async def of_user(self, user_id: UserId, now: datetime) -> list[Session]:
        found = self._sessions.find({"user_id": user_id, **_living(now)})
        return [_from_document(d) async for d in found.sort("last_seen_at", DESCENDING)]

    async def choose(self, session_id: SessionId, member: Member) -> bool:
        chosen = {
            "chosen_id": member.account_id,
            "member_id": member_id(member.account_id, member.user_id),
        }
        result = await self._sessions.update_one(
            {"_id": session_id, "user_id": member.user_id, "ended_at": None}, {"$set": chosen}
        )
        return result.matched_count == 1

    async def seen(
        self, session_id: SessionId, *, at: datetime, until: datetime, address: str
    ) -> None:
        new = {"last_seen_at": at, "expires_at": until} | ({"address": address} if address else {})
        await self._sessions.update_one({"_id": session_id, **_living(at)}, {"$set": new})

    async def rename(self, user_id: UserId, name: str) -> None:
        await self._sessions.update_many({"user_id": user_id}, {"$set": {"name": name}})


MEMBER_OF_IT = {
    "$lookup": {
        "from": "members",
        "localField": "member_id",
        "foreignField": "_id",
        "as": "members",
    }
}


def _living(now: datetime) -> dict[str, Any]:
    return {"ended_at": None, "expires_at": {"$gt": now}}


def _ended(at: datetime, because: str) -> dict[str, Any]:
    # Run out as well, so that it is forgotten a month from now and not in half a year.
    return {"$set": {"ended_at": at, "ended_because": because}, "$min": {"expires_at": at}}


def _to_document(session: Session) -> Document:
    account_id = session.account_id
    return {
        "_id": session.id,
        "v": 1,
        "user_id": session.user_id,
        "email": session.email,
        "name": session.name,
        "chosen_id": account_id,
        # Never null: a null would be looked up, and nobody is a member by that name.
        "member_id": "" if account_id is None else member_id(account_id, session.user_id),
        "device": session.device,
        "address": session.address,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "expires_at": session.expires_at,
        "ended_at": session.ended_at,
        "ended_because": session.ended_because,
    }


def _from_document(d: Document) -> Session:
    return Session(
        id=SessionId(d["_id"]),
        user_id=UserId(d["user_id"]),
        email=d["email"],
        name=d["name"],
        account_id=None if d["chosen_id"] is None else AccountId(d["chosen_id"]),
        device=d["device"],
        address=d["address"],
        created_at=d["created_at"],
        last_seen_at=d["last_seen_at"],
        expires_at=d["expires_at"],
        ended_at=d["ended_at"],
        ended_because=d["ended_because"],
    )
