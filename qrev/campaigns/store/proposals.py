"""Proposals and the planning lease in MongoDB."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument, WriteConcern
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from qrev.accounts.models import AccountId, UserId
from qrev.campaigns.models import Proposal, ProposalState
from qrev.kit.mongo import Document, Indexes, older

# Half-way: none of their mails may be claimed.
UNFINISHED = [ProposalState.CONFIRMED.value, ProposalState.UNDOING.value]
INDEXES = Indexes(
    "proposals",
    (
        IndexModel(
            [("account_id", ASCENDING), ("sequence_id", ASCENDING), ("created_at", DESCENDING)]
        ),
        IndexModel([("account_id", ASCENDING), ("planned_at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel(
            [
                ("account_id", ASCENDING),
                ("confirmed_by", ASCENDING),
                ("state", ASCENDING),
                ("confirmed_at", DESCENDING),
            ]
        ),
        IndexModel(
            [("state", ASCENDING), ("confirmed_at", ASCENDING)],
            partialFilterExpression={"state": {"$in": UNFINISHED}},
        ),
    ),
)
# A pressed Confirm must survive the machine: majority and journal.
SURELY = WriteConcern(w="majority", j=True)


class MongoProposalBook:
    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._proposals = database.get_collection(INDEXES.collection, write_concern=SURELY)

    async def add(self, proposal: Proposal) -> None:
        await self._proposals.insert_one(_to_document(proposal))

    async def get(self, account_id: AccountId, proposal_id: str) -> Proposal | None:
        document = await self._proposals.find_one({"_id": proposal_id, "account_id": account_id})
        return None if document is None else _from_document(document)

    async def fill(
        self, account_id: AccountId, proposal_id: str, *, hash: str, people: int, messages: int
    ) -> bool:
        result = await self._proposals.update_one(
            {
                "_id": proposal_id,
                "account_id": account_id,
                "state": ProposalState.OPEN.value,
                "hash": "",
            },
            {"$set": {"hash": hash, "people": people, "messages": messages}},
        )
        return result.matched_count == 1

    async def move(
        self,
        account_id: AccountId,
        proposal_id: str,
        *,
        before: ProposalState,
        after: ProposalState,
        hash: str | None = None,
        at: datetime | None = None,
        by: str | None = None,
        replaced_by: str | None = None,
        outcome: str | None = None,
    ) -> bool:
        question: Document = {
            "_id": proposal_id,
            "account_id": account_id,
            "state": before.value,
        }
        if hash is not None:
            question["hash"] = hash
        new: dict[str, Any] = {"state": after.value}
        if after is ProposalState.CONFIRMED:
            new |= {"confirmed_at": at, "confirmed_by": by}
        if after is ProposalState.UNDOING:
            new["undone_at"] = at
        if replaced_by is not None:
            new["replaced_by"] = replaced_by
        if outcome is not None:
            new["outcome"] = outcome
        result = await self._proposals.update_one(question, {"$set": new})
        return result.matched_count == 1

    async def confirmed_before(self, at: datetime) -> list[Proposal]:
        found = self._proposals.find(
            {"state": ProposalState.CONFIRMED.value, "confirmed_at": {"$lt": at}}
        )
        return [_from_document(d) async for d in found]

    async def undoing_before(self, at: datetime) -> list[Proposal]:
        found = self._proposals.find(
            {"state": ProposalState.UNDOING.value, "undone_at": {"$lt": at}}
        )
        return [_from_document(d) async for d in found]

    async def of_sequence(self, account_id: AccountId, sequence_id: str) -> list[Proposal]:
        found = self._proposals.find({"account_id": account_id, "sequence_id": sequence_id})
        return [_from_document(d) async for d in found.sort("created_at", DESCENDING)]

    async def page(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Proposal]:
        question: Document = {"account_id": account_id, **older("planned_at", before)}
        found = self._proposals.find(question)
        ordered = found.sort([("planned_at", DESCENDING), ("_id", DESCENDING)])
        return [_from_document(d) async for d in ordered.limit(limit)]

    async def last_applied(self, account_id: AccountId, by: UserId) -> Proposal | None:
        document = await self._proposals.find_one(
            {"account_id": account_id, "confirmed_by": by, "state": ProposalState.APPLIED.value},
            sort=[("confirmed_at", DESCENDING)],
        )
        return None if document is None else _from_document(document)


class MongoPlanningLease:
    """One document per account: who plans now is whoever's number is on it."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._leases = database["planning_leases"]

    async def take(self, account_id: AccountId, *, at: datetime, until: datetime) -> int | None:
        try:
            document = await self._leases.find_one_and_update(
                {"_id": account_id, "until": {"$lte": at}},
                {"$set": {"until": until, "account_id": account_id}, "$inc": {"number": 1}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            # The upsert found no free lease and could not make a second one: someone holds it.
            return None
        return None if document is None else int(document["number"])

    async def still_mine(self, account_id: AccountId, number: int) -> bool:
        document = await self._leases.find_one({"_id": account_id, "number": number})
        return document is not None

    async def give_back(self, account_id: AccountId, number: int) -> None:
        await self._leases.update_one(
            {"_id": account_id, "number": number},
            {"$set": {"until": datetime.fromtimestamp(0, tz=UTC)}},
        )


def _to_document(proposal: Proposal) -> Document:
    return {
        "_id": proposal.id,
        "v": 1,
        "account_id": proposal.account_id,
        "sequence_id": proposal.sequence_id,
        "conversation_id": proposal.conversation_id,
        "created_by": proposal.created_by,
        "hash": proposal.hash,
        "seed": proposal.seed,
        "planned_at": proposal.planned_at,
        "expires_at": proposal.expires_at,
        "state": proposal.state.value,
        "people": proposal.people,
        "messages": proposal.messages,
        "confirmed_at": proposal.confirmed_at,
        "confirmed_by": proposal.confirmed_by,
        "undone_at": proposal.undone_at,
        "outcome": proposal.outcome,
        "replaced_by": proposal.replaced_by,
        "created_at": proposal.created_at,
    }


def _from_document(d: Document) -> Proposal:
    return Proposal(
        id=d["_id"],
        account_id=AccountId(d["account_id"]),
        sequence_id=d["sequence_id"],
        conversation_id=d["conversation_id"],
        created_by=UserId(d["created_by"]),
        hash=d["hash"],
        seed=d["seed"],
        planned_at=d["planned_at"],
        expires_at=d["expires_at"],
        state=ProposalState(d["state"]),
        people=d["people"],
        messages=d["messages"],
        confirmed_at=d["confirmed_at"],
        confirmed_by=None if d["confirmed_by"] is None else UserId(d["confirmed_by"]),
        undone_at=d.get("undone_at"),
        outcome=d.get("outcome", ""),
        replaced_by=d["replaced_by"],
        created_at=d["created_at"],
    )
