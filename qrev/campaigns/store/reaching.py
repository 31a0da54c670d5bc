"""Many messages at once in MongoDB: paused, released, cancelled, taken back.

Each message is decided by the filter of one update, as the worker's intent is: of the two, one
comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo import ASCENDING
from pymongo.asynchronous.collection import AsyncCollection

from qrev.accounts.models import AccountId
from qrev.campaigns.life.models import Scope
from qrev.campaigns.life.ports import TakenBack
from qrev.campaigns.models import LATE, OPEN, Message, MessageStatus
from qrev.campaigns.store.message_documents import entry, from_document
from qrev.kit.mongo import Document, batches

WAITING = [MessageStatus.PLANNED.value, MessageStatus.HELD.value]
OPENED = [status.value for status in OPEN]
STOPPABLE = [*OPENED, MessageStatus.SENDING.value]
# An unknown one may be found not to have left: then it goes by what was said meanwhile.
MARKED = [*STOPPABLE, MessageStatus.UNKNOWN.value]
NO_PAUSE: Document = {"$in": [None, []]}
PLANNED = MessageStatus.PLANNED
CANCELLED = MessageStatus.CANCELLED


class Reaching:
    """Fills Reach. Who inherits has the collections."""

    _messages: AsyncCollection[Document]
    _surely: AsyncCollection[Document]

    async def tally(self, account_id: AccountId, scope: Scope) -> Mapping[MessageStatus, int]:
        pipeline: list[Document] = [
            {"$match": _meant(account_id, scope)},
            {"$group": {"_id": "$status", "n": {"$sum": 1}}},
        ]
        found = await self._messages.aggregate(pipeline)
        return {MessageStatus(row["_id"]): row["n"] async for row in found}

    async def opened(self, account_id: AccountId, scope: Scope) -> list[Message]:
        question = {**_meant(account_id, scope), "status": {"$in": OPENED}}
        found = self._messages.find(question, batch_size=1000)
        ordered = found.sort([("send_at", ASCENDING), ("_id", ASCENDING)])
        return [from_document(d) async for d in ordered]

    async def places(self, account_id: AccountId, sequence_id: str) -> list[tuple[str, str]]:
        question = _meant(account_id, Scope(sequence_id=sequence_id))
        pipeline: list[Document] = [
            {"$match": {**question, "status": {"$in": STOPPABLE}}},
            {"$group": {"_id": {"c": "$country", "z": "$timezone"}}},
        ]
        rows = await self._messages.aggregate(pipeline)
        return sorted([(d["_id"]["c"], d["_id"]["z"]) async for d in rows])

    async def pause(
        self, account_id: AccountId, scope: Scope, pause_id: str, *, at: datetime
    ) -> int:
        meant = _meant(account_id, scope)
        # This update is the decision: the intent asks for messages that no pause is in.
        await self._surely.update_many(
            {**meant, "status": {"$in": MARKED}}, {"$addToSet": {"paused_by": pause_id}}
        )
        mine: Document = {**meant, "paused_by": pause_id, "status": {"$in": OPENED}}
        await self._surely.update_many(
            {**mine, "ledger.note": {"$ne": pause_id}},
            {
                "$set": {"status": PLANNED.value, "token": ""},
                "$push": {"ledger": entry("paused", at, PLANNED, note=pause_id)},
            },
        )
        return await self._messages.count_documents(mine)

    async def release(self, account_id: AccountId, pause_id: str, *, at: datetime) -> int:
        mine: Document = {"account_id": account_id, "paused_by": pause_id}
        await self._let_be_late(mine, at)
        result = await self._surely.update_many(
            {**mine, "status": PLANNED.value},
            {
                "$pull": {"paused_by": pause_id},
                "$push": {"ledger": entry("resumed", at, PLANNED, note=pause_id)},
            },
        )
        await self._surely.update_many(mine, {"$pull": {"paused_by": pause_id}})
        return result.modified_count

    async def restore(self, account_id: AccountId, order_id: str, *, at: datetime) -> int:
        mine: Document = {
            "account_id": account_id,
            "cancelled_by": order_id,
            "status": CANCELLED.value,
        }
        await self._let_be_late(mine, at)
        result = await self._surely.update_many(
            mine,
            {
                "$set": {"status": PLANNED.value, "reason": "", "cancelled_by": ""},
                "$unset": {"stopped": ""},
                "$push": {"ledger": entry("restored", at, PLANNED, note=order_id)},
            },
        )
        return result.modified_count

    async def reword(
        self, message: Message, *, subject: str, body: str, note: str, at: datetime
    ) -> bool:
        result = await self._surely.update_one(
            {
                "_id": message.id,
                "account_id": message.account_id,
                "status": {"$in": OPENED},
                "subject": message.subject,
                "body": message.body,
            },
            {
                # A worker that has it in hand holds the old words: it must claim it again.
                "$set": {"subject": subject, "body": body, "status": PLANNED.value, "token": ""},
                "$push": {
                    "ledger": entry("reworded", at, PLANNED, note=note),
                    "earlier_words": {
                        "by": note,
                        "subject": message.subject,
                        "body": message.body,
                    },
                },
            },
        )
        return result.modified_count == 1

    async def give_words_back(
        self, account_id: AccountId, sequence_id: str, order_id: str, *, at: datetime
    ) -> int:
        mine: Document = {
            "account_id": account_id,
            "sequence_id": sequence_id,
            "earlier_words.by": order_id,
            "status": {"$in": OPENED},
        }
        count = 0
        async for d in self._messages.find(mine):
            earlier = d["earlier_words"][-1]
            if earlier["by"] == order_id:  # else somebody has changed them again since
                words = {"subject": earlier["subject"], "body": earlier["body"]}
                result = await self._surely.update_one(
                    {**mine, "_id": d["_id"], "subject": d["subject"], "body": d["body"]},
                    {
                        "$set": {**words, "status": PLANNED.value, "token": ""},
                        "$pop": {"earlier_words": 1},
                        "$push": {"ledger": entry("reworded", at, PLANNED, note="undone")},
                    },
                )
                count += result.modified_count
        return count

    async def take_back(
        self, account_id: AccountId, proposal_id: str, *, reason: str, at: datetime
    ) -> TakenBack:
        mine: Document = {"account_id": account_id, "proposal_id": proposal_id}
        people = await self._prospects_of(mine)
        back = await self._cancelled(mine, reason=reason, at=at, by=proposal_id)
        beyond: Document = {
            **mine,
            "$or": [{"status": {"$nin": [*OPENED, CANCELLED.value]}}, {"attempts": {"$gt": 0}}],
        }
        touched = await self._prospects_of(beyond)
        for some in batches(sorted(people - touched)):
            await self._surely.delete_many(
                {**mine, "prospect_id": {"$in": some}, "status": CANCELLED.value}
            )
        left = await self._messages.count_documents(
            {**mine, "status": {"$nin": [*OPENED, CANCELLED.value]}}
        )
        return TakenBack(back=back, left=left)

    async def written_to(self, account_id: AccountId, sequence_id: str) -> set[str]:
        return await self._prospects_of({"account_id": account_id, "sequence_id": sequence_id})

    async def _prospects_of(self, question: Document) -> set[str]:
        found = self._messages.find(question, {"prospect_id": 1}, batch_size=1000)
        return {d["prospect_id"] async for d in found}

    async def _cancelled(
        self, question: Document, *, reason: str, at: datetime, by: str = ""
    ) -> int:
        # Marked before it is cancelled, so that what is on the wire just now is not tried again.
        await self._surely.update_many(
            {**question, "status": {"$in": MARKED}}, {"$set": {"stopped": reason}}
        )
        new: dict[str, Any] = {"status": CANCELLED.value, "reason": reason, "token": ""}
        if by:
            new["cancelled_by"] = by
        result = await self._surely.update_many(
            {**question, "status": {"$in": OPENED}},
            {"$set": new, "$push": {"ledger": entry("stop", at, CANCELLED, note=reason)}},
        )
        return result.modified_count

    async def _let_be_late(self, question: Document, at: datetime) -> None:
        """Move what was due in the last minutes before those: the sweep spreads it out again."""
        late = at - LATE
        await self._surely.update_many(
            {**question, "send_at": {"$gt": late, "$lte": at}}, {"$set": {"send_at": late}}
        )


def _meant(account_id: AccountId, scope: Scope) -> Document:
    wanted: Document = {
        "sequence_id": scope.sequence_id,
        "proposal_id": scope.proposal_id,
        "mailbox_id": scope.mailbox_id,
        "company": scope.company,
        "to": scope.email,
        "step": scope.step,
    }
    question = {"account_id": account_id, **{name: v for name, v in wanted.items() if v}}
    if scope.places is not None:
        pairs: list[Document] = [{"country": c, "timezone": z} for c, z in scope.places]
        # Nowhere means nobody; an empty $or is not a question.
        question["$or"] = pairs or [{"country": None}]
    return question
