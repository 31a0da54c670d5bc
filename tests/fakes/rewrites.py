"""Rewrites and their mails in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from qrev.accounts.models import AccountId
from qrev.campaigns.rewriting.models import Rewrite, RewriteState, Rewritten, RowState
from qrev.campaigns.rewriting.ports import Tally

LONG_AGO = datetime.fromtimestamp(0, tz=UTC)


class FakeRewriteBook:
    """Fills RewriteBook."""

    def __init__(self) -> None:
        self._by_id: dict[str, Rewrite] = {}
        self._held: dict[str, tuple[str, datetime]] = {}

    async def add(self, rewrite: Rewrite) -> None:
        self._by_id[rewrite.id] = rewrite
        self._held[rewrite.id] = "", LONG_AGO

    async def get(self, account_id: AccountId, rewrite_id: str) -> Rewrite | None:
        found = self._by_id.get(rewrite_id)
        return found if found is not None and found.account_id == account_id else None

    async def claim(
        self, account_id: AccountId, rewrite_id: str, *, token: str, now: datetime, until: datetime
    ) -> Rewrite | None:
        found = await self._writing(account_id, rewrite_id)
        if found is None or self._held[rewrite_id][1] > now:
            return None
        self._held[rewrite_id] = token, until
        return found

    async def beat(
        self, account_id: AccountId, rewrite_id: str, *, token: str, done: int, until: datetime
    ) -> bool:
        found = await self._writing(account_id, rewrite_id)
        if found is None or self._held[rewrite_id][0] != token:
            return False
        self._by_id[rewrite_id] = replace(found, done=done)
        self._held[rewrite_id] = token, until
        return True

    async def end(
        self, account_id: AccountId, rewrite_id: str, state: RewriteState, *, reason: str = ""
    ) -> bool:
        found = await self._writing(account_id, rewrite_id)
        if found is not None:
            self._by_id[rewrite_id] = replace(found, state=state, reason=reason)
        return found is not None

    async def set_order(self, account_id: AccountId, rewrite_id: str, order_id: str) -> bool:
        found = await self.get(account_id, rewrite_id)
        if found is None or found.order_id:
            return False
        self._by_id[rewrite_id] = replace(found, order_id=order_id)
        return True

    async def orphans(self, *, now: datetime) -> list[Rewrite]:
        return [
            each
            for each in self._by_id.values()
            if each.state is RewriteState.WRITING and self._held[each.id][1] <= now
        ]

    async def _writing(self, account_id: AccountId, rewrite_id: str) -> Rewrite | None:
        found = await self.get(account_id, rewrite_id)
        return found if found is not None and found.state is RewriteState.WRITING else None


class FakeRewrittenRows:
    """Fills RewrittenRows."""

    def __init__(self) -> None:
        self._by_id: dict[str, Rewritten] = {}

    async def add(self, rows: Collection[Rewritten], *, at: datetime) -> None:
        for row in rows:
            self._by_id.setdefault(row.id, row)

    async def waiting(
        self, account_id: AccountId, rewrite_id: str, *, limit: int
    ) -> list[Rewritten]:
        return self._of(account_id, rewrite_id, RowState.WAITING)[:limit]

    async def write(self, rows: Collection[Rewritten]) -> None:
        for row in rows:
            there = self._by_id.get(row.id)
            is_theirs = there is not None and there.account_id == row.account_id
            if there is not None and is_theirs and there.state is RowState.WAITING:
                self._by_id[row.id] = replace(
                    there, new=row.new, state=row.state, why=row.why, parts=row.parts
                )

    async def changed(self, account_id: AccountId, rewrite_id: str) -> list[Rewritten]:
        return self._of(account_id, rewrite_id, RowState.CHANGED)

    async def page(
        self, account_id: AccountId, rewrite_id: str, *, parts: str, after: int, limit: int
    ) -> list[Rewritten]:
        found = [row for row in await self.changed(account_id, rewrite_id) if row.place > after]
        return [row for row in found if parts in ("", row.parts)][:limit]

    async def tally(self, account_id: AccountId, rewrite_id: str) -> Tally:
        rows = [r for state in RowState for r in self._of(account_id, rewrite_id, state)]
        changed = [row for row in rows if row.state is RowState.CHANGED]
        return Tally(
            parts=dict(Counter(row.parts for row in changed)),
            whys=dict(Counter(row.why for row in rows if row.why)),
            same=sum(row.state is RowState.SAME for row in rows),
            waiting=sum(row.state is RowState.WAITING for row in rows),
            by_hand=sum(row.is_by_hand for row in changed),
            doubtful=sum(bool(row.new.doubts) for row in changed),
        )

    def _of(self, account_id: AccountId, rewrite_id: str, state: RowState) -> list[Rewritten]:
        found = [
            row
            for row in self._by_id.values()
            if (row.account_id, row.rewrite_id, row.state) == (account_id, rewrite_id, state)
        ]
        return sorted(found, key=lambda row: row.place)
