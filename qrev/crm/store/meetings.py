"""Calls with people, in MongoDB."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId, UserId
from qrev.crm.meetings import Meeting, MeetingState
from qrev.crm.privacy_ports import Held, Whom
from qrev.kit.mentions import plain
from qrev.kit.mongo import Document, Indexes, batches

MOST = 50
MEETING_INDEXES = Indexes(
    "meetings",
    (
        IndexModel(
            [("account_id", ASCENDING), ("person_id", ASCENDING), ("starts_at", DESCENDING)]
        ),
        IndexModel([("account_id", ASCENDING), ("sequence_id", ASCENDING)]),
        IndexModel([("account_id", ASCENDING), ("by", ASCENDING)]),
        IndexModel([("external_id", ASCENDING)]),
    ),
)


class MongoMeetings:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._meetings = database[MEETING_INDEXES.collection]

    async def add(self, meeting: Meeting) -> None:
        await self._meetings.insert_one(_to_document(meeting))

    async def of_person(self, account_id: AccountId, person_id: str) -> list[Meeting]:
        asked = {"account_id": account_id, "person_id": person_id}
        found = self._meetings.find(asked).sort("starts_at", DESCENDING).limit(MOST)
        return [_from_document(d) async for d in found]

    async def move(
        self, external_id: str, state: MeetingState, *, among: Collection[MeetingState]
    ) -> Meeting | None:
        found = await self._meetings.find_one_and_update(
            {"external_id": external_id, "state": {"$in": [each.value for each in among]}},
            {"$set": {"state": state.value}},
            return_document=True,
        )
        return None if found is None else _from_document(found)

    async def booked(
        self, account_id: AccountId, sequence_ids: Collection[str]
    ) -> Mapping[str, int]:
        whom: dict[str, set[str]] = {}
        for ids in batches(sequence_ids):
            asked = {"account_id": account_id, "sequence_id": {"$in": ids}}
            shown = {"sequence_id": 1, "person_id": 1, "state": 1}
            async for d in self._meetings.find(asked, shown):
                if d["state"] != MeetingState.CANCELLED.value:
                    whom.setdefault(d["sequence_id"], set()).add(d["person_id"])
        return {sequence_id: len(people) for sequence_id, people in whom.items()}

    async def to_invite(
        self, account_id: AccountId, person_ids: Collection[str], *, now: datetime
    ) -> list[Meeting]:
        found: list[Meeting] = []
        for ids in batches(person_ids):
            asked = {
                "account_id": account_id,
                "person_id": {"$in": ids},
                "starts_at": {"$gt": now},
                "state": MeetingState.PLANNED.value,
            }
            found += [_from_document(d) async for d in self._meetings.find(asked)]
        return found

    async def invite_in(self, account_id: AccountId, meeting_id: str, message_id: str) -> bool:
        asked = {
            "_id": meeting_id,
            "account_id": account_id,
            "invited_in": {"$in": ["", message_id]},
        }
        done = await self._meetings.update_one(asked, {"$set": {"invited_in": message_id}})
        return done.matched_count == 1

    async def forget(self, account_id: AccountId, user_id: UserId | None) -> None:
        await self._meetings.delete_many({"account_id": account_id, "by": user_id})


class MongoMeetingsRoom:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._meetings = database[MEETING_INDEXES.collection]

    async def held(self, whom: Whom) -> Held:
        theirs = {"account_id": whom.account_id, "person_id": whom.person_id}
        return {"calls": [plain(d) async for d in self._meetings.find(theirs)]}

    async def erase(self, whom: Whom) -> None:
        theirs = {"account_id": whom.account_id, "person_id": whom.person_id}
        await self._meetings.delete_many(theirs)


def _to_document(meeting: Meeting) -> Document:
    return {
        "_id": meeting.id,
        "v": 1,
        "account_id": meeting.account_id,
        "person_id": meeting.person_id,
        "email": meeting.email,
        "name": meeting.name,
        "by": meeting.by,
        "host": meeting.host,
        "topic": meeting.topic,
        "starts_at": meeting.starts_at,
        "minutes": meeting.minutes,
        "link": meeting.link,
        "external_id": meeting.external_id,
        "created_at": meeting.created_at,
        "state": meeting.state.value,
        "sequence_id": meeting.sequence_id,
        "invited_in": meeting.invited_in,
    }


def _from_document(d: Document) -> Meeting:
    return Meeting(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        person_id=d["person_id"],
        email=d["email"],
        name=d["name"],
        by=UserId(d["by"]),
        host=d["host"],
        topic=d["topic"],
        starts_at=d["starts_at"],
        minutes=d["minutes"],
        link=d["link"],
        external_id=d["external_id"],
        created_at=d["created_at"],
        state=MeetingState(d["state"]),
        sequence_id=d["sequence_id"],
        invited_in=d["invited_in"],
    )
