"""Invitations in MongoDB."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, Invitation, InvitationState, Role, UserId
from qrev.kit.mongo import Document, Forgets, Indexes

INDEXES = Indexes(
    "invitations",
    (
        IndexModel([("account_id", ASCENDING), ("created_at", DESCENDING)]),
        IndexModel([("email", ASCENDING), ("created_at", DESCENDING)]),
        IndexModel([("expires_at", ASCENDING)]),
    ),
    Forgets("expires_at", timedelta(days=30)),
)


class MongoInvitationBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._invitations = database[INDEXES.collection]

    async def put(self, invitation: Invitation) -> None:
        document = _to_document(invitation)
        key = {"_id": document.pop("_id"), "account_id": invitation.account_id}
        await self._invitations.update_one(key, {"$set": document}, upsert=True)

    async def get(self, account_id: AccountId, invitation_id: str) -> Invitation | None:
        return await self._one({"_id": invitation_id, "account_id": account_id})

    async def find(self, invitation_id: str, email: str) -> Invitation | None:
        return await self._one({"_id": invitation_id, "email": email})

    async def of_account(self, account_id: AccountId, now: datetime) -> list[Invitation]:
        return await self._waiting({"account_id": account_id}, now)

    async def of_address(self, email: str, now: datetime) -> list[Invitation]:
        return await self._waiting({"email": email}, now)

    async def move(
        self,
        invitation: Invitation,
        *,
        before: Collection[InvitationState],
        after: InvitationState,
        now: datetime | None = None,
    ) -> bool:
        question: dict[str, Any] = {
            "_id": invitation.id,
            "account_id": invitation.account_id,
            "serial": invitation.serial,
            "state": {"$in": [state.value for state in before]},
        }
        if now is not None:
            question["expires_at"] = {"$gt": now}
        result = await self._invitations.update_one(question, {"$set": {"state": after.value}})
        return result.matched_count == 1

    async def close(self, account_id: AccountId, email: str) -> None:
        await self._invitations.update_many(
            {"account_id": account_id, "email": email},
            {"$set": {"state": InvitationState.REVOKED.value}},
        )

    async def _one(self, question: dict[str, Any]) -> Invitation | None:
        document = await self._invitations.find_one(question)
        return None if document is None else _from_document(document)

    async def _waiting(self, question: dict[str, Any], now: datetime) -> list[Invitation]:
        waiting = [InvitationState.OPEN.value, InvitationState.ACCEPTING.value]
        found = self._invitations.find(
            question | {"state": {"$in": waiting}, "expires_at": {"$gt": now}}
        )
        return [_from_document(d) async for d in found.sort("created_at", DESCENDING)]


def _to_document(invitation: Invitation) -> Document:
    return {
        "_id": invitation.id,
        "v": 1,
        "account_id": invitation.account_id,
        "account_name": invitation.account_name,
        "email": invitation.email,
        "role": invitation.role.value,
        "invited_by": invitation.invited_by,
        "invited_by_name": invitation.invited_by_name,
        "state": invitation.state.value,
        "serial": invitation.serial,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
    }


def _from_document(d: Document) -> Invitation:
    return Invitation(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        account_name=d["account_name"],
        email=d["email"],
        role=Role(d["role"]),
        invited_by=UserId(d["invited_by"]),
        invited_by_name=d["invited_by_name"],
        state=InvitationState(d["state"]),
        serial=d["serial"],
        created_at=d["created_at"],
        expires_at=d["expires_at"],
    )
