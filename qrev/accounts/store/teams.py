"""Teams in MongoDB, each with its members in one document."""

from __future__ import annotations

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from qrev.accounts.models import AccountId, Team, TeamMember, TeamRole, UserId
from qrev.kit.mongo import Document, Indexes

INDEXES = Indexes(
    "teams", (IndexModel([("account_id", ASCENDING), ("key", ASCENDING)], unique=True),)
)


class MongoTeamBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._teams = database[INDEXES.collection]

    async def add(self, team: Team) -> bool:
        try:
            await self._teams.insert_one(_to_document(team))
        except DuplicateKeyError:
            return False
        return True

    async def get(self, account_id: AccountId, team_id: str) -> Team | None:
        document = await self._teams.find_one({"_id": team_id, "account_id": account_id})
        return None if document is None else _from_document(document)

    async def of_account(self, account_id: AccountId) -> list[Team]:
        found = self._teams.find({"account_id": account_id}).sort("key", ASCENDING)
        return [_from_document(d) async for d in found]

    async def rename(self, account_id: AccountId, team_id: str, name: str) -> bool | None:
        try:
            result = await self._teams.update_one(
                {"_id": team_id, "account_id": account_id},
                {"$set": {"name": name, "key": name.casefold()}, "$inc": {"version": 1}},
            )
        except DuplicateKeyError:
            return False
        return True if result.matched_count else None

    async def remove(self, account_id: AccountId, team_id: str) -> bool:
        result = await self._teams.delete_one({"_id": team_id, "account_id": account_id})
        return result.deleted_count == 1

    async def put_member(self, account_id: AccountId, team_id: str, member: TeamMember) -> bool:
        team = {"_id": team_id, "account_id": account_id}
        for _ in range(2):  # twice: they may be taken out between the two questions
            changed = await self._teams.update_one(
                team | {"members.user_id": member.user_id},
                {"$set": {"members.$": _member_to_document(member)}, "$inc": {"version": 1}},
            )
            if changed.matched_count:
                return True
            added = await self._teams.update_one(
                team | {"members.user_id": {"$ne": member.user_id}},
                {"$push": {"members": _member_to_document(member)}, "$inc": {"version": 1}},
            )
            if added.matched_count:
                return True
        return False

    async def remove_member(self, account_id: AccountId, team_id: str, user_id: UserId) -> bool:
        result = await self._teams.update_one(
            {"_id": team_id, "account_id": account_id, "members.user_id": user_id},
            {"$pull": {"members": {"user_id": user_id}}, "$inc": {"version": 1}},
        )
        return result.matched_count == 1

    async def forget(self, account_id: AccountId, user_id: UserId) -> int:
        result = await self._teams.update_many(
            {"account_id": account_id, "members.user_id": user_id},
            {"$pull": {"members": {"user_id": user_id}}, "$inc": {"version": 1}},
        )
        return result.matched_count


def _to_document(team: Team) -> Document:
    return {
        "_id": team.id,
        "v": 1,
        "account_id": team.account_id,
        "name": team.name,
        "key": team.name.casefold(),  # one name once, however it is written
        "members": [_member_to_document(member) for member in team.members],
        "created_at": team.created_at,
        "version": team.version,
    }


def _from_document(d: Document) -> Team:
    return Team(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        name=d["name"],
        members=tuple(
            TeamMember(
                user_id=UserId(m["user_id"]),
                role=TeamRole(m["role"]),
                is_observer=m["is_observer"],
            )
            for m in d["members"]
        ),
        created_at=d["created_at"],
        version=d["version"],
    )


def _member_to_document(member: TeamMember) -> Document:
    return {
        "user_id": member.user_id,
        "role": member.role.value,
        "is_observer": member.is_observer,
    }
