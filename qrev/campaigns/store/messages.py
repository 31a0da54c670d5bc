"""Messages in MongoDB: each with its own append-only ledger, written in the same update."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.campaigns.models import FIRST_LOOK, OPEN, Message, MessageCounts, MessageStatus
from qrev.campaigns.planning import Taken
from qrev.campaigns.ports import Attempts, Outcome
from qrev.campaigns.store import proposals
from qrev.campaigns.store.message_documents import (
    entry,
    from_document,
    to_document,
    told,
    what_is_new,
)
from qrev.campaigns.store.reaching import NO_PAUSE, WAITING, Reaching
from qrev.campaigns.store.together import Together, Write
from qrev.kit.ids import new_id
from qrev.kit.mongo import Document, Indexes, add_if_new, batches, older

CLAIMED, SENDING = MessageStatus.CLAIMED, MessageStatus.SENDING
UNKNOWN = MessageStatus.UNKNOWN
IN_HAND = [CLAIMED.value, SENDING.value]
# A plan is written without an entry in the partial ones: it was neither tried nor sent.
INDEXES = Indexes(
    "messages",
    (
        IndexModel([("account_id", ASCENDING), ("sequence_id", ASCENDING), ("status", ASCENDING)]),
        IndexModel([("account_id", ASCENDING), ("proposal_id", ASCENDING)]),
        IndexModel([("account_id", ASCENDING), ("prospect_id", ASCENDING)]),
        IndexModel([("account_id", ASCENDING), ("to", ASCENDING)]),
        IndexModel([("account_id", ASCENDING), ("send_at", ASCENDING)]),
        IndexModel(
            [
                ("account_id", ASCENDING),
                ("status", ASCENDING),
                ("sent_at", DESCENDING),
                ("_id", DESCENDING),
            ],
            partialFilterExpression={"status": MessageStatus.SENT.value},
        ),
        IndexModel(
            [("account_id", ASCENDING), ("mailbox_id", ASCENDING), ("attempted_at", ASCENDING)],
            partialFilterExpression={"attempted_at": {"$exists": True}},
        ),
        IndexModel(
            [
                ("account_id", ASCENDING),
                ("status", ASCENDING),
                ("attempted_at", DESCENDING),
                ("_id", DESCENDING),
            ],
            partialFilterExpression={"status": UNKNOWN.value},
        ),
        IndexModel(
            [("status", ASCENDING), ("look_at", ASCENDING)],
            partialFilterExpression={"status": UNKNOWN.value},
        ),
        IndexModel(
            [("account_id", ASCENDING), ("_id", ASCENDING)],
            partialFilterExpression={"attempted_at": {"$exists": True}},
        ),
        IndexModel([("status", ASCENDING), ("send_at", ASCENDING)]),
        IndexModel(
            [("status", ASCENDING), ("lease_until", ASCENDING)],
            partialFilterExpression={"status": {"$in": IN_HAND}},
        ),
    ),
)
# An intent that a crash could lose would be a mail sent twice: majority and journal.
SURELY = WriteConcern(w="majority", j=True)
NEVER_SENT = [MessageStatus.FAILED.value, MessageStatus.CANCELLED.value]
TAKEN = ("mailbox_id", "send_at", "company", "prospect_id", "step", "timezone", "country")


class MongoMessages(Reaching):
    """Fills Messages, Outbox, Lateness and Reach."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._messages = database[INDEXES.collection]
        self._surely = database.get_collection(INDEXES.collection, write_concern=SURELY)
        self._proposals = database[proposals.INDEXES.collection]
        self._together = Together(self._surely)

    # --- planning and the numbers

    async def add_planned(self, messages: Collection[Message]) -> int:
        return await add_if_new(self._messages, map(to_document, messages))

    async def written(self, account_id: AccountId, proposal_id: str) -> tuple[int, list[str]]:
        found = self._messages.find(
            {"account_id": account_id, "proposal_id": proposal_id},
            {"prospect_id": 1},
            batch_size=1000,
        )
        prospects = [d["prospect_id"] async for d in found]
        return len(prospects), list(dict.fromkeys(prospects))

    async def taken(self, account_id: AccountId, *, since: datetime) -> list[Taken]:
        found = self._messages.find(
            {"account_id": account_id, "send_at": {"$gte": since}, "status": {"$nin": NEVER_SENT}},
            dict.fromkeys(TAKEN, 1),
            batch_size=1000,
        )
        return [Taken(**{name: d[name] for name in TAKEN}) async for d in found]

    async def counts(
        self, account_id: AccountId, sequence_ids: Collection[str]
    ) -> Mapping[str, MessageCounts]:
        pipeline: list[Document] = [
            {"$match": {"account_id": account_id, "sequence_id": {"$in": list(sequence_ids)}}},
            {
                "$group": {
                    "_id": {"sequence": "$sequence_id", "status": "$status"},
                    "n": {"$sum": 1},
                    "first": {"$min": "$send_at"},
                    "last": {"$max": "$send_at"},
                }
            },
        ]
        rows: dict[str, list[Document]] = defaultdict(list)
        async for row in await self._messages.aggregate(pipeline):
            rows[row["_id"]["sequence"]].append(row)
        return {sequence: _counts(found) for sequence, found in rows.items()}

    async def cancel(
        self,
        account_id: AccountId,
        *,
        reason: str,
        at: datetime,
        sequence_id: str | None = None,
        email: str | None = None,
        by: str = "",
    ) -> int:
        question: Document = {"account_id": account_id}
        if sequence_id is not None:
            question["sequence_id"] = sequence_id
        if email is not None:
            question["to"] = email
        return await self._cancelled(question, reason=reason, at=at, by=by)

    async def page(
        self,
        account_id: AccountId,
        *,
        status: MessageStatus,
        sequence_id: str | None,
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[Message]:
        question: Document = {"account_id": account_id, "status": status.value}
        if sequence_id is not None:
            question["sequence_id"] = sequence_id
        question |= older("sent_at", before)
        found = self._messages.find(question).sort([("sent_at", DESCENDING), ("_id", DESCENDING)])
        return [from_document(d) async for d in found.limit(limit)]

    async def get(self, account_id: AccountId, message_id: str) -> Message | None:
        document = await self._messages.find_one({"_id": message_id, "account_id": account_id})
        return None if document is None else from_document(document)

    async def _unwritten(self) -> list[str]:
        """Return the plans that are being written or taken back, or were when a process died.

        Asked before the messages are: the mails of one that is confirmed after this answer are
        not due before its hold is over.
        """
        found = self._proposals.find({"state": {"$in": proposals.UNFINISHED}}, {"_id": 1})
        return [d["_id"] async for d in found]

    # --- the worker

    async def claim_due(
        self, *, since: datetime, now: datetime, lease: datetime, limit: int
    ) -> list[Message]:
        due: Document = {
            "status": {"$in": WAITING},
            "send_at": {"$gt": since, "$lte": now},
            "held_until": {"$lte": now},
            "paused_by": NO_PAUSE,
            "proposal_id": {"$nin": await self._unwritten()},
        }
        found = self._messages.find(due, {"_id": 1}).sort("send_at", ASCENDING).limit(limit)
        ids = [d["_id"] async for d in found]
        if not ids:
            return []
        token = new_id()
        status = MessageStatus.CLAIMED
        await self._surely.update_many(
            {**due, "_id": {"$in": ids}},
            {
                "$set": {"status": status.value, "token": token, "lease_until": lease},
                "$push": {"ledger": entry("claimed", now, status, token=token)},
            },
        )
        mine: Document = {"_id": {"$in": ids}, "token": token}
        claimed = self._messages.find(mine).sort("send_at", ASCENDING)
        return [from_document(d) async for d in claimed]

    async def intend(
        self, message: Message, *, digest: str, now: datetime, lease: datetime
    ) -> bool:
        line = entry(
            "intent",
            now,
            SENDING,
            token=message.token,
            digest=digest,
            mailbox_id=message.mailbox_id,
        )
        question = {**_held(message, CLAIMED), "stopped": None, "paused_by": NO_PAUSE}
        mine = new_id()  # of intents at once, this tells which one came to be
        update: Document = {
            "$set": {
                "status": SENDING.value,
                "lease_until": lease,
                "attempted_at": now,
                "intent": mine,
            },
            "$inc": {"attempts": 1},
            "$push": {"ledger": line},
        }

        def holds(d: Document) -> bool:
            return bool(d["status"] == SENDING.value and d.get("intent") == mine)

        return await self._together.write(Write(question=question, update=update, holds=holds))

    async def record(self, message: Message, outcome: Outcome) -> bool:
        new = what_is_new(outcome)
        # Whose lease ran out on the wire may still say what became of it: nobody knows better.
        late = (UNKNOWN,) if outcome.is_attempt and outcome.status is not UNKNOWN else ()
        mine = _held(message, CLAIMED, SENDING, *late)
        if outcome.status is not MessageStatus.PLANNED:
            return await self._record(mine, message, outcome, new)
        if await self._record({**mine, "stopped": None}, message, outcome, new):
            return True
        # Stopped while it was on the wire: as it did not leave, it never will.
        cancelled = replace(outcome, status=MessageStatus.CANCELLED)
        words = {"status": cancelled.status.value, "reason": "stopped", "token": ""}
        return await self._record(mine, message, cancelled, words)

    async def _record(
        self, question: Document, message: Message, outcome: Outcome, new: Document
    ) -> bool:
        lines = told(message, outcome)

        def holds(d: Document) -> bool:
            return lines[-1] in d["ledger"]

        update = {"$set": new, "$push": {"ledger": {"$each": lines}}}
        return await self._together.write(Write(question=question, update=update, holds=holds))

    async def release_expired(self, *, now: datetime) -> tuple[int, int]:
        back = await self._expire(now, CLAIMED, MessageStatus.PLANNED, {"token": ""})
        lost = await self._expire(now, SENDING, UNKNOWN, {"look_at": now + FIRST_LOOK})
        return back, lost

    async def _expire(
        self, now: datetime, was: MessageStatus, then: MessageStatus, more: Document
    ) -> int:
        note = "the worker that held it did not come back"
        result = await self._surely.update_many(
            {"status": was.value, "lease_until": {"$lte": now}},
            {
                "$set": {"status": then.value, "reason": note, **more},
                "$push": {"ledger": entry("lease over", now, then, note=note)},
            },
        )
        return result.modified_count

    async def attempted(
        self, since: Mapping[tuple[AccountId, str], datetime]
    ) -> Mapping[str, Attempts]:
        by_moment: dict[datetime, set[tuple[str, str]]] = defaultdict(set)
        for mailbox, at in since.items():
            by_moment[at].add(mailbox)
        found: dict[str, Attempts] = {}
        # One question per midnight: an $or of all mailboxes is not read from an index everywhere.
        for at, mailboxes in by_moment.items():
            pipeline: list[Document] = [
                {
                    "$match": {
                        "account_id": {"$in": sorted({account_id for account_id, _ in mailboxes})},
                        "mailbox_id": {"$in": sorted({mailbox_id for _, mailbox_id in mailboxes})},
                        "attempted_at": {"$gte": at},
                    }
                },
                {
                    "$group": {
                        "_id": {"a": "$account_id", "m": "$mailbox_id"},
                        "n": {"$sum": 1},
                        "last": {"$max": "$attempted_at"},
                    }
                },
            ]
            async for d in await self._messages.aggregate(pipeline):
                if (d["_id"]["a"], d["_id"]["m"]) in mailboxes:
                    found[d["_id"]["m"]] = Attempts(count=d["n"], last_at=d["last"])
        return found

    async def hold_mailbox(
        self, account_id: AccountId, mailbox_id: str, *, until: datetime
    ) -> None:
        await self._messages.update_many(
            {"account_id": account_id, "mailbox_id": mailbox_id, "status": {"$in": WAITING}},
            {"$set": {"held_until": until}},
        )

    # --- the sweeps

    async def late(self, *, before: datetime, now: datetime, limit: int) -> list[Message]:
        found = self._messages.find(
            {
                "status": {"$in": WAITING},
                "send_at": {"$lte": before},
                "held_until": {"$lte": now},
                "paused_by": NO_PAUSE,
                "proposal_id": {"$nin": await self._unwritten()},
            }
        )
        return [from_document(d) async for d in found.sort("send_at", ASCENDING).limit(limit)]

    async def open_of(self, account_id: AccountId, prospect_ids: Collection[str]) -> list[Message]:
        messages: list[Message] = []
        for batch in batches(prospect_ids):
            found = self._messages.find(
                {
                    "account_id": account_id,
                    "prospect_id": {"$in": batch},
                    "status": {"$in": WAITING},
                }
            )
            messages += [from_document(d) async for d in found]
        return sorted(messages, key=lambda m: (m.prospect_id, m.step))

    async def move(
        self, message: Message, *, send_at: datetime, because: str, at: datetime
    ) -> bool:
        line = entry("moved", at, MessageStatus.PLANNED, note=because)
        result = await self._messages.update_one(
            {"_id": message.id, "status": {"$in": WAITING}, "send_at": message.send_at},
            {
                "$set": {
                    "send_at": send_at,
                    "because": because,
                    "status": MessageStatus.PLANNED.value,
                },
                "$push": {"ledger": line},
            },
        )
        return result.modified_count == 1

    async def with_open(self, account_id: AccountId, sequence_ids: Collection[str]) -> set[str]:
        live = [*(s.value for s in OPEN), MessageStatus.SENDING.value]
        return set(
            await self._messages.distinct(
                "sequence_id",
                {
                    "account_id": account_id,
                    "sequence_id": {"$in": list(sequence_ids)},
                    "status": {"$in": live},
                },
            )
        )


def _held(message: Message, *statuses: MessageStatus) -> Document:
    """Return what finds the message while the caller's claim on it is good."""
    return {
        "_id": message.id,
        "status": {"$in": [status.value for status in statuses]},
        "token": message.token,
    }


def _counts(rows: list[Document]) -> MessageCounts:
    by_status = {MessageStatus(row["_id"]["status"]): int(row["n"]) for row in rows}
    ahead = [row["first"] for row in rows if MessageStatus(row["_id"]["status"]) in OPEN]
    meant = [row["last"] for row in rows if row["_id"]["status"] not in NEVER_SENT]
    return MessageCounts(
        by_status=by_status,
        next_at=min(ahead, default=None),
        last_at=max(meant, default=None),
    )
