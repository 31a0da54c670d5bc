"""Everything one confirms, in one list: the plans of Sends, and orders about what runs."""

from __future__ import annotations

from datetime import datetime

from qrev.accounts.models import Actor
from qrev.campaigns.life.models import Order
from qrev.campaigns.life.orders import Orders
from qrev.campaigns.models import Proposal
from qrev.campaigns.proposing import Proposing
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict

ORDER = "ord_"
NOTHING = "There is nothing of yours to undo: what you confirmed last was undone, or never was."
Either = Proposal | Order


class Proposals:
    def __init__(self, *, proposing: Proposing, orders: Orders, clock: Clock) -> None:
        self._proposing = proposing
        self._orders = orders
        self._clock = clock

    async def page(
        self, actor: Actor, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Either]:
        """Return the newest first, behind the (planned_at, id) of `before`."""
        sends: list[Either] = [
            *await self._proposing.page(actor, before=before, limit=limit),
            *await self._orders.page(actor, before=before, limit=limit),
        ]
        return sorted(sends, key=lambda each: (each.planned_at, each.id), reverse=True)[:limit]

    async def get(self, actor: Actor, proposal_id: str) -> Either:
        """Return the newest in the chain that one began. Raises NotFound."""
        if proposal_id.startswith(ORDER):
            return await self._orders.get(actor, proposal_id)
        return await self._proposing.get(actor, proposal_id)

    async def confirm(self, actor: Actor, proposal_id: str, hash: str) -> Either:
        """Carry out what was shown, once. Raises Conflict and does nothing otherwise."""
        if proposal_id.startswith(ORDER):
            return await self._orders.confirm(actor, proposal_id, hash)
        return await self._proposing.confirm(actor, proposal_id, hash)

    async def cancel(self, actor: Actor, proposal_id: str) -> Either:
        """Drop it. One that is decided already stays as it is."""
        if proposal_id.startswith(ORDER):
            return await self._orders.cancel(actor, proposal_id)
        return await self._proposing.cancel(actor, proposal_id)

    async def undo(self, actor: Actor, proposal_id: str) -> Either:
        """Take back what was done, as far as that goes: its outcome says how far."""
        if proposal_id.startswith(ORDER):
            return await self._orders.undo(actor, proposal_id)
        return await self._proposing.undo(actor, proposal_id)

    async def undo_last(self, actor: Actor) -> Either:
        """Undo what the actor confirmed last. Raises Conflict when there is nothing."""
        actor.must_be_able_to_change()
        send = await self._proposing.last_applied(actor)
        order = await self._orders.last_done(actor)
        done: list[Either] = [each for each in (send, order) if each is not None]
        if not done:
            raise Conflict(NOTHING)
        last = max(done, key=lambda each: each.confirmed_at or each.planned_at)
        return await self.undo(actor, last.id)

    async def held(self, actor: Actor) -> Proposal | None:
        """Return the actor's last Send while all of it can still be taken back."""
        send = await self._proposing.last_applied(actor)
        if send is None:
            return None
        until = await self._proposing.held_until(actor, send)
        return send if until is not None and self._clock() < until else None
