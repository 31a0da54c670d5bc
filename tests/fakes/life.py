"""Orders, pauses and approvals in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from qrev.accounts.models import AccountId, UserId
from qrev.campaigns.life.models import Approval, Order, OrderState, Pause

LONG_AGO = datetime.fromtimestamp(0, tz=UTC)
UNFINISHED = (OrderState.CONFIRMED, OrderState.UNDOING)


class FakeOrderBook:
    """Fills OrderBook."""

    def __init__(self) -> None:
        self.by_id: dict[str, Order] = {}

    async def add(self, order: Order) -> None:
        if order.id in self.by_id:
            raise KeyError(f"{order.id} is there already")
        self.by_id[order.id] = order

    async def get(self, account_id: AccountId, order_id: str) -> Order | None:
        order = self.by_id.get(order_id)
        return order if order is not None and order.account_id == account_id else None

    async def page(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Order]:
        found = [
            order
            for order in self.by_id.values()
            if order.account_id == account_id
            and (before is None or (order.planned_at, order.id) < before)
        ]
        return sorted(found, key=lambda o: (o.planned_at, o.id), reverse=True)[:limit]

    async def last_done(self, account_id: AccountId, by: UserId) -> Order | None:
        found = [
            order
            for order in self.by_id.values()
            if (order.account_id, order.confirmed_by) == (account_id, by)
            and order.state is OrderState.DONE
        ]
        return max(found, key=lambda o: o.confirmed_at or LONG_AGO, default=None)

    async def move(
        self,
        order: Order,
        *,
        before: OrderState,
        after: OrderState,
        at: datetime,
        by: tuple[UserId, str] | None = None,
        outcome: str | None = None,
        replaced_by: str = "",
    ) -> bool:
        now = await self.get(order.account_id, order.id)
        if now is None or now.state is not before:
            return False
        now = replace(now, state=after, changed_at=at)
        if by is not None:
            now = replace(now, confirmed_at=at, confirmed_by=by[0], confirmed_by_name=by[1])
        if outcome is not None:
            now = replace(now, outcome=outcome)
        self.by_id[order.id] = replace(now, replaced_by=replaced_by or now.replaced_by)
        return True

    async def unfinished(self, *, before: datetime) -> list[Order]:
        return [
            order
            for order in self.by_id.values()
            if order.state in UNFINISHED and (order.changed_at or LONG_AGO) < before
        ]


class FakePauseBook:
    """Fills PauseBook."""

    def __init__(self) -> None:
        self._in_force: dict[str, Pause] = {}
        self._over: dict[str, tuple[Pause, str]] = {}

    async def add_if_new(self, pause: Pause) -> bool:
        if pause.id in self._in_force or pause.id in self._over:
            return False
        self._in_force[pause.id] = pause
        return True

    async def of_account(self, account_id: AccountId) -> list[Pause]:
        found = [p for p in self._in_force.values() if p.account_id == account_id]
        return sorted(found, key=lambda p: (p.at, p.id))

    async def end(self, account_id: AccountId, pause_id: str, *, by: str) -> bool:
        if not any(p.id == pause_id for p in await self.of_account(account_id)):
            return False
        self._over[pause_id] = self._in_force.pop(pause_id), by
        return True

    async def ended_by(self, account_id: AccountId, order_id: str) -> list[Pause]:
        return [
            pause
            for pause, by in self._over.values()
            if (pause.account_id, by) == (account_id, order_id)
        ]

    async def over(self, at: datetime) -> list[Pause]:
        return [p for p in self._in_force.values() if p.until is not None and p.until <= at]


class FakeApprovalBook:
    """Fills ApprovalBook."""

    def __init__(self) -> None:
        self._by_id: dict[str, Approval] = {}
        self._thresholds: dict[AccountId, int] = {}

    async def ask(self, approval: Approval) -> Approval:
        there = self._by_id.get(approval.id)
        if there is not None and there.expires_at > approval.asked_at:
            return there
        self._by_id[approval.id] = approval
        return approval

    async def open(self, account_id: AccountId, *, at: datetime) -> list[Approval]:
        found = [
            approval
            for approval in self._by_id.values()
            if approval.account_id == account_id and approval.expires_at > at
        ]
        return sorted(found, key=lambda a: (a.asked_at, a.id))

    async def close(self, account_id: AccountId, approval_id: str) -> bool:
        there = self._by_id.get(approval_id)
        if there is None or there.account_id != account_id:
            return False
        del self._by_id[approval_id]
        return True

    async def threshold(self, account_id: AccountId) -> int | None:
        return self._thresholds.get(account_id)

    async def set_threshold(self, account_id: AccountId, people: int) -> None:
        self._thresholds[account_id] = people
