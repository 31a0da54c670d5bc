"""Proposals and the planning lease in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from qrev.accounts.models import AccountId, UserId
from qrev.campaigns.models import Proposal, ProposalState

LONG_AGO = datetime.fromtimestamp(0, tz=UTC)


class FakeProposalBook:
    """Fills ProposalBook."""

    def __init__(self) -> None:
        self.by_id: dict[str, Proposal] = {}

    async def add(self, proposal: Proposal) -> None:
        if proposal.id in self.by_id:
            raise KeyError(f"{proposal.id} is there already")
        self.by_id[proposal.id] = proposal

    async def get(self, account_id: AccountId, proposal_id: str) -> Proposal | None:
        proposal = self.by_id.get(proposal_id)
        return proposal if proposal is not None and proposal.account_id == account_id else None

    async def fill(
        self, account_id: AccountId, proposal_id: str, *, hash: str, people: int, messages: int
    ) -> bool:
        proposal = await self.get(account_id, proposal_id)
        if proposal is None or proposal.state is not ProposalState.OPEN or proposal.hash:
            return False
        self.by_id[proposal_id] = replace(proposal, hash=hash, people=people, messages=messages)
        return True

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
        proposal = await self.get(account_id, proposal_id)
        if proposal is None or proposal.state is not before:
            return False
        if hash is not None and proposal.hash != hash:
            return False
        if after is ProposalState.CONFIRMED:
            who = None if by is None else UserId(by)
            proposal = replace(proposal, confirmed_at=at, confirmed_by=who)
        if after is ProposalState.UNDOING:
            proposal = replace(proposal, undone_at=at)
        if outcome is not None:
            proposal = replace(proposal, outcome=outcome)
        if replaced_by is not None:
            proposal = replace(proposal, replaced_by=replaced_by)
        self.by_id[proposal_id] = replace(proposal, state=after)
        return True

    async def confirmed_before(self, at: datetime) -> list[Proposal]:
        return [
            proposal
            for proposal in self.by_id.values()
            if proposal.state is ProposalState.CONFIRMED
            and proposal.confirmed_at is not None
            and proposal.confirmed_at < at
        ]

    async def undoing_before(self, at: datetime) -> list[Proposal]:
        return [
            proposal
            for proposal in self.by_id.values()
            if proposal.state is ProposalState.UNDOING
            and proposal.undone_at is not None
            and proposal.undone_at < at
        ]

    async def page(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Proposal]:
        found = [
            proposal
            for proposal in self.by_id.values()
            if proposal.account_id == account_id
            and (before is None or (proposal.planned_at, proposal.id) < before)
        ]
        return sorted(found, key=lambda p: (p.planned_at, p.id), reverse=True)[:limit]

    async def last_applied(self, account_id: AccountId, by: UserId) -> Proposal | None:
        found = [
            proposal
            for proposal in self.by_id.values()
            if (proposal.account_id, proposal.confirmed_by) == (account_id, by)
            and proposal.state is ProposalState.APPLIED
        ]
        return max(found, key=lambda p: p.confirmed_at or LONG_AGO, default=None)

    async def of_sequence(self, account_id: AccountId, sequence_id: str) -> list[Proposal]:
        found = [
            proposal
            for proposal in self.by_id.values()
            if (proposal.account_id, proposal.sequence_id) == (account_id, sequence_id)
        ]
        return sorted(found, key=lambda p: p.created_at or LONG_AGO, reverse=True)


class FakePlanningLease:
    """Fills PlanningLease."""

    def __init__(self) -> None:
        self._numbers: dict[AccountId, int] = {}
        self._until: dict[AccountId, datetime] = {}

    async def take(self, account_id: AccountId, *, at: datetime, until: datetime) -> int | None:
        if self._until.get(account_id, LONG_AGO) > at:
            return None
        self._until[account_id] = until
        self._numbers[account_id] = self._numbers.get(account_id, 0) + 1
        return self._numbers[account_id]

    async def still_mine(self, account_id: AccountId, number: int) -> bool:
        return self._numbers.get(account_id) == number

    async def give_back(self, account_id: AccountId, number: int) -> None:
        if await self.still_mine(account_id, number):
            self._until[account_id] = LONG_AGO
