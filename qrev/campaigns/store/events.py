"""What was heard, in MongoDB: events, what they are matched with, and how far we listened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from qrev.accounts.models import AccountId
from qrev.campaigns.hearing.models import Event, EventKind
from qrev.campaigns.hearing.ports import Place
from qrev.campaigns.models import Message
from qrev.campaigns.store import mailboxes, messages
from qrev.campaigns.store.message_documents import entry, from_document
from qrev.campaigns.store.reaching import OPENED, PLANNED
from qrev.kit.mongo import Document, Indexes, add_if_new

INDEXES = Indexes(
    "events",
    (
        IndexModel([("account_id", ASCENDING), ("person_id", ASCENDING), ("at", DESCENDING)]),
        IndexModel([("account_id", ASCENDING), ("email", ASCENDING), ("kind", ASCENDING)]),
        IndexModel([("account_id", ASCENDING), ("sequence_id", ASCENDING), ("kind", ASCENDING)]),
        IndexModel([("account_id", ASCENDING), ("mailbox_id", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("account_id", ASCENDING), ("at", ASCENDING), ("_id", ASCENDING)]),
    ),
)
PLACE_INDEXES = Indexes("listening")
KEPT = (
    *("at", "message_id", "sequence_id", "prospect_id", "person_id", "mailbox_id", "email"),
    *("note", "heard_id"),
)
SURELY = WriteConcern(w="majority", j=True)
PLACE = ("mark", "heard_at", "trouble", "judged_from", "tries")


class MongoEventBook:
    """Fills EventBook."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._events = database[INDEXES.collection]

    async def add_if_new(self, event: Event) -> bool:
        document = {
            "_id": event.id,
            "v": 1,
            "account_id": event.account_id,
            "kind": event.kind.value,
            **{name: getattr(event, name) for name in KEPT},
        }
        return await add_if_new(self._events, [document]) == 1

    async def of_person(self, account_id: AccountId, person_id: str) -> list[Event]:
        question = {"account_id": account_id, "person_id": person_id}
        return [event_from(d) async for d in self._events.find(question).sort("at", DESCENDING)]

    async def of_address(self, account_id: AccountId, email: str, kind: EventKind) -> list[Event]:
        found = self._events.find({"account_id": account_id, "email": email, "kind": kind.value})
        return sorted([event_from(d) async for d in found], key=lambda e: e.at, reverse=True)

    async def counts(
        self, account_id: AccountId, sequence_ids: Collection[str]
    ) -> Mapping[str, Mapping[EventKind, int]]:
        pipeline: list[Document] = [
            {"$match": {"account_id": account_id, "sequence_id": {"$in": list(sequence_ids)}}},
            {"$group": {"_id": {"s": "$sequence_id", "k": "$kind", "p": "$prospect_id"}}},
            {"$group": {"_id": {"s": "$_id.s", "k": "$_id.k"}, "n": {"$sum": 1}}},
        ]
        found: dict[str, dict[EventKind, int]] = defaultdict(dict)
        async for d in await self._events.aggregate(pipeline):
            found[d["_id"]["s"]][EventKind(d["_id"]["k"])] = d["n"]
        return found

    async def of_mailbox(
        self, account_id: AccountId, mailbox_id: str, *, since: datetime
    ) -> Mapping[EventKind, int]:
        question = {"account_id": account_id, "mailbox_id": mailbox_id, "at": {"$gte": since}}
        pipeline: list[Document] = [
            {"$match": question},
            {"$group": {"_id": "$kind", "n": {"$sum": 1}}},
        ]
        return {EventKind(d["_id"]): d["n"] async for d in await self._events.aggregate(pipeline)}


class MongoSent:
    """Fills Sent."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._messages = database[messages.INDEXES.collection]
        self._surely = database.get_collection(messages.INDEXES.collection, write_concern=SURELY)

    async def to_address(self, account_id: AccountId, email: str) -> list[Message]:
        found = self._messages.find({"account_id": account_id, "to": email, "attempts": {"$gt": 0}})
        handed_over = [from_document(d) async for d in found]
        return sorted(handed_over, key=lambda m: (m.sent_at or m.send_at, m.id), reverse=True)

    async def recent(
        self, account_id: AccountId, mailbox_id: str, *, since: datetime
    ) -> list[tuple[str, str]]:
        found = self._messages.find(
            {
                "account_id": account_id,
                "mailbox_id": mailbox_id,
                "attempted_at": {"$gte": since},
            },
            {"header_id": 1},
            batch_size=1000,
        )
        return [(d["_id"], d.get("header_id") or "") async for d in found]

    async def keep_back(
        self, account_id: AccountId, email: str, *, until: datetime, at: datetime
    ) -> int:
        line = entry("kept back", at, PLANNED, note=f"they are away until {until:%d %B}")
        result = await self._surely.update_many(
            {
                "account_id": account_id,
                "to": email,
                "status": {"$in": OPENED},
                "held_until": {"$lt": until},
            },
            {
                # A worker that has one in hand must claim it again, when it is time.
                "$set": {
                    "held_until": until,
                    "away_until": until,
                    "status": PLANNED.value,
                    "token": "",
                },
                "$push": {"ledger": line},
            },
        )
        return result.modified_count


class MongoPlaces:
    """Fills Places: one document a mailbox."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._places = database[PLACE_INDEXES.collection]
        self._mailboxes = database[mailboxes.INDEXES.collection]

    async def get(self, account_id: AccountId, mailbox_id: str) -> Place:
        found = await self._places.find_one(_place(account_id, mailbox_id))
        return Place(**{name: value for name in PLACE if (value := (found or {}).get(name))})

    async def put(
        self,
        account_id: AccountId,
        mailbox_id: str,
        place: Place,
        *,
        free_at: datetime | None = None,
    ) -> None:
        new: Document = {name: getattr(place, name) for name in PLACE}
        if free_at is not None:
            new["busy_until"] = free_at
        await self._places.update_one(_place(account_id, mailbox_id), {"$set": new}, upsert=True)

    async def listened(self, channels: Collection[str]) -> list[tuple[AccountId, str]]:
        found = self._mailboxes.find(
            {"channel": {"$in": sorted(channels)}}, {"account_id": 1}, batch_size=1000
        )
        return [(AccountId(d["account_id"]), d["_id"]) async for d in found]

    async def claim(
        self, account_id: AccountId, mailbox_id: str, *, at: datetime, until: datetime
    ) -> bool:
        free = {**_place(account_id, mailbox_id), "busy_until": {"$not": {"$gt": at}}}
        try:
            await self._places.update_one(
                free, {"$set": {"busy_until": until}, "$setOnInsert": {"v": 1}}, upsert=True
            )
        except DuplicateKeyError:  # somebody listens
            return False
        return True


def _place(account_id: AccountId, mailbox_id: str) -> Document:
    return {"_id": f"{account_id}:{mailbox_id}", "account_id": account_id}


def event_from(d: Document) -> Event:
    return Event(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        kind=EventKind(d["kind"]),
        **{name: d[name] for name in KEPT},
    )
