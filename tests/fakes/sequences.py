"""Sequences and their prospects in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Prospect, ProspectStatus, Sequence, SequenceStatus
from qrev.kit.errors import Conflict


class FakeSequenceBook:
    """Fills SequenceBook."""

    def __init__(self) -> None:
        self.by_id: dict[str, Sequence] = {}

    async def add_if_new(self, sequence: Sequence) -> bool:
        if sequence.id in self.by_id:
            return False
        if await self.by_dropbox_id(sequence.dropbox_id) is not None:
            raise Conflict("That sequence belongs to another workspace.")
        self.by_id[sequence.id] = sequence
        return True

    async def get(self, account_id: AccountId, sequence_id: str) -> Sequence | None:
        sequence = self.by_id.get(sequence_id)
        return sequence if sequence is not None and sequence.account_id == account_id else None

    async def by_dropbox_id(self, dropbox_id: str) -> Sequence | None:
        return next((s for s in self.by_id.values() if s.dropbox_id == dropbox_id), None)

    async def active(self) -> list[Sequence]:
        return [s for s in self.by_id.values() if s.status is SequenceStatus.ACTIVE]

    async def drafting(self) -> list[Sequence]:
        return [s for s in self.by_id.values() if s.is_drafting]

    async def page(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Sequence]:
        found = [
            sequence
            for sequence in self.by_id.values()
            if sequence.account_id == account_id
            and (before is None or (sequence.created_at, sequence.id) < before)
        ]
        return sorted(found, key=lambda s: (s.created_at, s.id), reverse=True)[:limit]

    async def change(
        self,
        account_id: AccountId,
        sequence_id: str,
        *,
        was: SequenceStatus | None = None,
        status: SequenceStatus | None = None,
        people: int | None = None,
        is_enrolled: bool | None = None,
        is_drafting: bool | None = None,
    ) -> bool:
        sequence = await self.get(account_id, sequence_id)
        if sequence is None or (was is not None and sequence.status is not was):
            return False
        wanted: dict[str, Any] = {
            "status": status,
            "people": people,
            "is_enrolled": is_enrolled,
            "is_drafting": is_drafting,
        }
        new = {name: value for name, value in wanted.items() if value is not None}
        self.by_id[sequence_id] = replace(sequence, **new)
        return self.by_id[sequence_id] != sequence


class FakeProspectBook:
    """Fills ProspectBook."""

    def __init__(self) -> None:
        self.by_id: dict[str, Prospect] = {}

    async def add_if_new(self, prospects: Collection[Prospect]) -> int:
        before = len(self.by_id)
        for prospect in prospects:
            self.by_id.setdefault(prospect.id, prospect)
        return len(self.by_id) - before

    async def of_sequence(self, account_id: AccountId, sequence_id: str) -> list[Prospect]:
        found = [
            prospect
            for prospect in self.by_id.values()
            if (prospect.account_id, prospect.sequence_id) == (account_id, sequence_id)
        ]
        return sorted(found, key=lambda p: p.position)

    async def get(self, account_id: AccountId, prospect_id: str) -> Prospect | None:
        prospect = self.by_id.get(prospect_id)
        return prospect if prospect is not None and prospect.account_id == account_id else None

    async def beside(
        self,
        account_id: AccountId,
        sequence_id: str,
        *,
        position: int,
        forward: bool,
        among: Collection[str] | None = None,
    ) -> Prospect | None:
        found = [
            prospect
            for prospect in await self.of_sequence(account_id, sequence_id)
            if (prospect.position > position if forward else prospect.position < position)
            and (among is None or prospect.id in among)
        ]
        return found[0 if forward else -1] if found else None

    async def count(self, account_id: AccountId, sequence_id: str) -> int:
        return len(await self.of_sequence(account_id, sequence_id))

    async def place(self, account_id: AccountId, sequence_id: str, position: int) -> int:
        everyone = await self.of_sequence(account_id, sequence_id)
        return sum(prospect.position <= position for prospect in everyone)

    async def set_status(
        self,
        account_id: AccountId,
        prospect_ids: Collection[str],
        status: ProspectStatus,
        *,
        was: ProspectStatus | None = None,
    ) -> None:
        for prospect_id in prospect_ids:
            prospect = await self.get(account_id, prospect_id)
            if prospect is not None and was in (None, prospect.status):
                self.by_id[prospect_id] = replace(prospect, status=status)
