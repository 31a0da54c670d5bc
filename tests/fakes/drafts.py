"""Drafts in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from qrev.accounts.models import AccountId
from qrev.campaigns.checks import remark_on, says_anything
from qrev.campaigns.models import (
    Draft,
    DraftCounts,
    DraftStatus,
    DraftTally,
    Fact,
    Remark,
)
from qrev.campaigns.versions import DraftVersion

LONG_AGO = datetime.fromtimestamp(0, tz=UTC)


class FakeDraftBook:
    """Fills DraftBook, DraftVersions, DraftRemarks and DraftLocks."""

    def __init__(self) -> None:
        self.by_id: dict[str, Draft] = {}
        self._first: dict[str, Draft] = {}
        self._locked_until: dict[str, datetime] = {}
        self._said: dict[str, list[DraftVersion]] = defaultdict(list)

    async def add_if_new(self, drafts: Collection[Draft]) -> int:
        before = len(self.by_id)
        for draft in drafts:
            self._first.setdefault(draft.id, draft)
            if draft.id not in self.by_id:
                self.by_id[draft.id] = draft
                self._note(draft, None, "")
        return len(self.by_id) - before

    async def of_sequence(self, account_id: AccountId, sequence_id: str) -> list[Draft]:
        return [
            draft
            for draft in self.by_id.values()
            if (draft.account_id, draft.sequence_id) == (account_id, sequence_id)
        ]

    async def get(self, account_id: AccountId, draft_id: str) -> Draft | None:
        draft = self.by_id.get(draft_id)
        return draft if draft is not None and draft.account_id == account_id else None

    async def of_prospect(self, account_id: AccountId, prospect_id: str) -> list[Draft]:
        found = [
            draft
            for draft in self.by_id.values()
            if (draft.account_id, draft.prospect_id) == (account_id, prospect_id)
        ]
        return sorted(found, key=lambda d: d.step)

    async def count(self, account_id: AccountId, sequence_id: str) -> DraftCounts:
        drafts = await self.of_sequence(account_id, sequence_id)
        ready = [d for d in drafts if d.status is DraftStatus.READY]
        return DraftCounts(
            ready=len(ready),
            failed=len(drafts) - len(ready),
            missing=sum(d.is_lacking for d in ready),
        )

    async def lacking(self, account_id: AccountId, sequence_id: str) -> list[str]:
        drafts = await self.of_sequence(account_id, sequence_id)
        lacking = [d.prospect_id for d in drafts if d.is_lacking]
        return list(dict.fromkeys(lacking))

    async def tally(self, account_id: AccountId, sequence_id: str) -> DraftTally:
        drafts = await self.of_sequence(account_id, sequence_id)
        return DraftTally(count=len(drafts), versions=sum(d.version for d in drafts))

    async def remarks(self, account_id: AccountId, sequence_id: str) -> list[Remark]:
        remarks = map(remark_on, await self.of_sequence(account_id, sequence_id))
        return [remark for remark in remarks if says_anything(remark)]

    async def drafted(self, account_id: AccountId, sequence_id: str) -> Mapping[str, set[int]]:
        steps: dict[str, set[int]] = defaultdict(set)
        for draft in await self.of_sequence(account_id, sequence_id):
            steps[draft.prospect_id].add(draft.step)
        return steps

    async def save(
        self,
        account_id: AccountId,
        draft_id: str,
        *,
        version: int,
        subject: str,
        body: str,
        at: datetime,
        by: str,
        missing: Collection[str] = (),
        doubts: Collection[str] = (),
        facts: Collection[Fact] | None = None,
        is_by_hand: bool = False,
    ) -> Draft | None:
        draft = await self._writable(account_id, draft_id, version, at)
        if draft is None:
            return None
        self.by_id[draft_id] = replace(
            draft,
            subject=subject,
            body=body,
            missing=tuple(missing),
            doubts=tuple(doubts),
            status=DraftStatus.READY,
            facts=draft.facts if facts is None else tuple(facts),
            reason="",
            version=version + 1,
            is_by_hand=is_by_hand,
        )
        return self._note(self.by_id[draft_id], at, by)

    async def reset(
        self, account_id: AccountId, draft_id: str, *, version: int, at: datetime, by: str
    ) -> Draft | None:
        if await self._writable(account_id, draft_id, version, at) is None:
            return None
        self.by_id[draft_id] = replace(self._first[draft_id], version=version + 1)
        return self._note(self.by_id[draft_id], at, by)

    async def versions(self, account_id: AccountId, draft_id: str) -> list[DraftVersion]:
        is_there = await self.get(account_id, draft_id) is not None
        return self._said[draft_id][::-1] if is_there else []

    def _note(self, draft: Draft, at: datetime | None, by: str) -> Draft:
        said = DraftVersion(
            version=draft.version,
            subject=draft.subject,
            body=draft.body,
            facts=draft.facts,
            missing=draft.missing,
            doubts=draft.doubts,
            is_by_hand=draft.is_by_hand,
            at=at,
            by=by,
        )
        self._said[draft.id].append(said)
        return draft

    async def _writable(
        self, account_id: AccountId, draft_id: str, version: int, at: datetime
    ) -> Draft | None:
        draft = await self.get(account_id, draft_id)
        if draft is None or draft.version != version:
            return None
        return None if self._locked_until.get(draft_id, LONG_AGO) > at else draft

    async def lock(self, account_id: AccountId, sequence_id: str, *, until: datetime) -> None:
        for draft in await self.of_sequence(account_id, sequence_id):
            self._locked_until[draft.id] = until

    async def unlock(self, account_id: AccountId, prospect_ids: Collection[str]) -> None:
        for prospect_id in prospect_ids:
            for draft in await self.of_prospect(account_id, prospect_id):
                self._locked_until.pop(draft.id, None)
