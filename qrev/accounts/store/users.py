"""Users and their pictures in MongoDB."""

from __future__ import annotations

from bson import Binary
from pymongo import ReturnDocument
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, Member, Picture, User, UserId
from qrev.kit.mongo import Document, add_if_new


class MongoUserBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._users = database["users"]

    async def add_if_new(self, user: User) -> bool:
        return await add_if_new(self._users, [user_to_document(user)]) == 1

    async def get(self, user_id: UserId) -> User | None:
        document = await self._users.find_one({"_id": user_id})
        return None if document is None else user_from_document(document)

    async def change(
        self,
        user_id: UserId,
        *,
        name: str | None = None,
        phone: str | None = None,
        timezone: str | None = None,
        is_disabled: bool | None = None,
    ) -> User | None:
        wanted = {"name": name, "phone": phone, "timezone": timezone, "is_disabled": is_disabled}
        new = {key: value for key, value in wanted.items() if value is not None}
        if not new:
            return await self.get(user_id)
        document = await self._users.find_one_and_update(
            {"_id": user_id}, {"$set": new}, return_document=ReturnDocument.AFTER
        )
        return None if document is None else user_from_document(document)

    async def chose(self, member: Member) -> None:
        await self._users.update_one(
            {"_id": member.user_id}, {"$set": {"chosen_id": member.account_id}}
        )

    async def bind(self, user_id: UserId, subject: str) -> bool:
        unbound_or_same = {"_id": user_id, "subject": {"$in": [None, "", subject]}}
        result = await self._users.update_one(unbound_or_same, {"$set": {"subject": subject}})
        return result.matched_count == 1

    async def unbind(self, user_id: UserId) -> None:
        await self._users.update_one({"_id": user_id}, {"$set": {"subject": ""}})


class MongoPictures:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._pictures = database["pictures"]

    async def get(self, user_id: UserId) -> Picture | None:
        document = await self._pictures.find_one({"_id": user_id})
        if document is None:
            return None
        return Picture(media_type=document["media_type"], data=bytes(document["data"]))

    async def put(self, user_id: UserId, picture: Picture) -> None:
        new = {"v": 1, "media_type": picture.media_type, "data": Binary(picture.data)}
        await self._pictures.update_one({"_id": user_id}, {"$set": new}, upsert=True)

    async def remove(self, user_id: UserId) -> None:
        await self._pictures.delete_one({"_id": user_id})


def user_to_document(user: User) -> Document:
    return {
        "_id": user.id,
        "v": 1,
        "email": user.email,
        "name": user.name,
        "created_at": user.created_at,
        "phone": user.phone,
        "timezone": user.timezone,
        "subject": user.subject,
        "is_disabled": user.is_disabled,
        # Not "account_id": a user is nobody's, and stays when an account is erased.
        "chosen_id": user.account_id,
    }


def user_from_document(d: Document) -> User:
    chosen = d.get("chosen_id")
    return User(
        id=UserId(d["_id"]),
        email=d["email"],
        name=d["name"],
        created_at=d["created_at"],
        phone=d.get("phone", ""),
        timezone=d.get("timezone", ""),
        subject=d.get("subject", ""),
        is_disabled=d.get("is_disabled", False),
        account_id=None if chosen is None else AccountId(chosen),
    )
