"""Orders, in two presses: one reads what would change, and confirms exactly that."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from qrev.accounts.audit import Audit
from qrev.accounts.models import AccountId, Actor
from qrev.campaigns.life.approving import Approving, Subject
from qrev.campaigns.life.models import Order, OrderKind, OrderState, Terms, Touched
from qrev.campaigns.life.ports import OrderBook
from qrev.campaigns.models import Notice
from qrev.campaigns.ports import Notices, PlanningLease
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, NotFound
from qrev.kit.ids import new_id

VALID_FOR = timedelta(minutes=15)
# One whose process died is taken up by the sweep after this long.
INTERRUPTED = timedelta(minutes=1)
LEASE = timedelta(minutes=2)
ROWS = 10
# What only keeps mails back never waits for a second member: it may be urgent.
KEEPS_BACK = frozenset({OrderKind.PAUSE, OrderKind.STOP, OrderKind.STOP_PERSON, OrderKind.ARCHIVE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What an order would do, read just now. `data` is all that was read, for the hash.

    `was` goes into the terms, for Undo.
    """

    title: str
    facts: tuple[str, ...]
    touched: int
    people: int
    data: tuple[object, ...]
    rows: tuple[Touched, ...] = ()
    conversation_id: str = ""
    was: str = ""


class Kind(Protocol):
    """One kind of order. Everything it does twice is harmless: a process may die half-way."""

    async def look(
        self, account_id: AccountId, terms: Terms, *, planned_at: datetime, seed: int
    ) -> Look:
        """Return what it would do. Raises Conflict when there is nothing to do, NotFound."""

    async def carry_out(self, order: Order) -> str:
        """Do it, and return what came of it as sentences: how many mails had left already."""

    async def undo(self, order: Order) -> str:
        """Take it back as far as that goes, and return what came of it. Raises Conflict."""


class OrderChanged(Conflict):
    """Things have changed since this was shown. Look at it again, then confirm that."""

    def __init__(self, message: str, fresh: Order) -> None:
        super().__init__(message)
        self.fresh = fresh


class Orders:
    def __init__(
        self,
        *,
        orders: OrderBook,
        kinds: Mapping[OrderKind, Kind],
        approving: Approving,
        lease: PlanningLease,
        notices: Notices,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._orders = orders
        self._kinds = kinds
        self._approving = approving
        self._lease = lease
        self._notices = notices
        self._audit = audit
        self._clock = clock

    async def propose(
        self, actor: Actor, kind: OrderKind, terms: Terms, *, conversation_id: str = ""
    ) -> Order:
        """Return an order to look at. Nothing changes by it. Raises Conflict, NotFound."""
        actor.must_be_able_to_change()
        now, seed = self._clock(), int(new_id()[:8], 16)
        look = await self._kinds[kind].look(actor.account_id, terms, planned_at=now, seed=seed)
        order = Order(
            id=f"ord_{new_id()}",
            account_id=actor.account_id,
            kind=kind,
            terms=replace(terms, was=look.was),
            conversation_id=conversation_id or look.conversation_id,
            created_by=actor.user_id,
            created_by_name=actor.name,
            title=look.title,
            facts=look.facts,
            rows=look.rows[:ROWS],
            touched=look.touched,
            people=look.people,
            hash=_hash(kind, terms, look),
            seed=seed,
            planned_at=now,
            expires_at=now + VALID_FOR,
            state=OrderState.OPEN,
            changed_at=now,
        )
        await self._orders.add(order)
        return order

    async def get(self, actor: Actor, order_id: str) -> Order:
        """Return the newest order in the chain that one began. Raises NotFound."""
        order = await self._one(actor.account_id, order_id)
        while order.replaced_by:
            order = await self._one(actor.account_id, order.replaced_by)
        return order

    async def page(
        self, actor: Actor, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Order]:
        """Return the workspace's orders, the newest first."""
        return await self._orders.page(actor.account_id, before=before, limit=limit)

    async def confirm(self, actor: Actor, order_id: str, hash: str) -> Order:
        """Carry out what was shown, once. Return it, done.

        Raises OrderChanged, with the order as it would be now, if anything it was read from is
        different or it is too old; Conflict if it was decided before, or a second member's word
        is needed first.
        """
        actor.must_be_able_to_change()
        order = await self._one(actor.account_id, order_id)
        if order.state is not OrderState.OPEN or order.hash != hash:
            newest = await self.get(actor, order_id)
            raise OrderChanged(_already(newest), newest)
        if order.kind in KEEPS_BACK:  # whatever is being planned, it must not wait for that
            return await self._confirm_alone(actor, order)
        now = self._clock()
        number = await self._lease.take(actor.account_id, at=now, until=now + LEASE)
        if number is None:
            raise Conflict("Something else of this workspace is being planned. Press again soon.")
        try:
            return await self._confirm_alone(actor, order)
        finally:
            await self._lease.give_back(actor.account_id, number)

    async def cancel(self, actor: Actor, order_id: str) -> Order:
        """Drop an order. One that is over already stays as it is."""
        actor.must_be_able_to_change()
        order = await self.get(actor, order_id)
        await self._orders.move(
            order, before=OrderState.OPEN, after=OrderState.CANCELLED, at=self._clock()
        )
        await self._approving.drop(actor, order.id)
        return await self.get(actor, order_id)

    async def again(self, actor: Actor, order_id: str) -> Order:
        """Propose the same as things are now."""
        order = await self.get(actor, order_id)
        return await self.propose(
            actor, order.kind, order.terms, conversation_id=order.conversation_id
        )

    async def undo(self, actor: Actor, order_id: str) -> Order:
        """Take back what was done, as far as that goes; the outcome says how far.

        Raises Conflict when it cannot be undone.
        """
        actor.must_be_able_to_change()
        order = await self.get(actor, order_id)
        moved = await self._orders.move(
            order, before=OrderState.DONE, after=OrderState.UNDOING, at=self._clock()
        )
        if not moved:
            raise Conflict(_already(await self.get(actor, order_id)))
        try:
            await self._end_undo(order)
        except Conflict:
            await self._orders.move(
                order, before=OrderState.UNDOING, after=OrderState.DONE, at=self._clock()
            )
            raise
        undone = await self.get(actor, order_id)
        after = {"what": undone.title, "outcome": undone.outcome.rstrip(".")}
        await self._audit.record(actor, "campaign.undone", undone.id, after=after)
        return undone

    async def last_done(self, actor: Actor) -> Order | None:
        """Return what the actor confirmed last that is not undone."""
        return await self._orders.last_done(actor.account_id, actor.user_id)

    async def resume(self) -> int:
        """Take up orders whose process died, for the sweep. Return how many."""
        left = await self._orders.unfinished(before=self._clock() - INTERRUPTED)
        for order in left:
            if order.state is OrderState.CONFIRMED:
                await self._carry_out(order)
            else:
                await self._end_undo(order)
        return len(left)

    async def _confirm_alone(self, actor: Actor, order: Order) -> Order:
        """Confirm one that takes nobody else's minutes, or while nobody else plans."""
        now, kind = self._clock(), self._kinds[order.kind]
        look = await kind.look(
            actor.account_id, order.terms, planned_at=order.planned_at, seed=order.seed
        )
        if now >= order.expires_at or _hash(order.kind, order.terms, look) != order.hash:
            raise OrderChanged(_CHANGED, await self._renewed(actor, order))
        if order.kind not in KEEPS_BACK:
            await self._approving.must_be_agreed(actor, _subject(order))
        moved = await self._orders.move(
            order,
            before=OrderState.OPEN,
            after=OrderState.CONFIRMED,
            at=now,
            by=(actor.user_id, actor.name),
        )
        if not moved:
            newest = await self.get(actor, order.id)
            raise OrderChanged(_already(newest), newest)
        await self._carry_out(await self._one(actor.account_id, order.id))
        done = await self.get(actor, order.id)
        after = {"what": done.title, "outcome": done.outcome.rstrip(".")}
        await self._audit.record(actor, "campaign.changed", done.id, after=after)
        return done

    async def _carry_out(self, order: Order) -> None:
        outcome = await self._kinds[order.kind].carry_out(order)
        await self._orders.move(
            order,
            before=OrderState.CONFIRMED,
            after=OrderState.DONE,
            at=self._clock(),
            outcome=outcome,
        )
        await self._refresh(order)

    async def _end_undo(self, order: Order) -> None:
        outcome = await self._kinds[order.kind].undo(order)
        await self._orders.move(
            order,
            before=OrderState.UNDOING,
            after=OrderState.UNDONE,
            at=self._clock(),
            outcome=outcome,
        )
        await self._refresh(order)

    async def _renewed(self, actor: Actor, old: Order) -> Order:
        fresh = await self.again(actor, old.id)
        replaced = await self._orders.move(
            old,
            before=OrderState.OPEN,
            after=OrderState.VOID,
            at=self._clock(),
            replaced_by=fresh.id,
        )
        # Someone else decided the old one in between: theirs counts, ours is never shown.
        return fresh if replaced else await self.get(actor, old.id)

    async def _refresh(self, order: Order) -> None:
        """Ask open cards to look again."""
        if not order.conversation_id:
            return
        now = self._clock()
        terms = order.terms
        for card in filter(None, (order.id, "campaigns", terms.sequence_id, terms.rewrite_id)):
            notice = Notice(
                id=f"{order.id}:{card}:{now.isoformat()}",
                account_id=order.account_id,
                conversation_id=order.conversation_id,
                at=now,
                card_id=card,
            )
            await self._notices.tell(notice)

    async def _one(self, account_id: AccountId, order_id: str) -> Order:
        order = await self._orders.get(account_id, order_id)
        if order is None:
            raise NotFound("We could not find that proposal.")
        return order


_CHANGED = (
    "Things have changed since this was shown, and nothing was done. Here it is as things are "
    "now: look at it once more, then confirm again."
)


def _subject(order: Order) -> Subject:
    return Subject(
        id=order.id,
        hash=order.hash,
        is_send=False,
        title=order.title,
        people=order.people,
        conversation_id=order.conversation_id,
    )


def _hash(kind: OrderKind, terms: Terms, look: Look) -> str:
    until = terms.until and terms.until.isoformat()
    said = replace(terms, was=look.was, until=None)
    whole = repr((kind.value, said, until, look.data))
    return hashlib.sha256(whole.encode()).hexdigest()


def _already(order: Order) -> str:
    return {
        OrderState.OPEN: "This was shown anew. Look at it, then confirm that.",
        OrderState.CONFIRMED: "This was confirmed a moment ago and is being carried out.",
        OrderState.DONE: f"This was done already. {order.outcome}",
        OrderState.UNDOING: "This is being undone just now.",
        OrderState.UNDONE: "This was undone.",
        OrderState.CANCELLED: "This was cancelled. Nothing was changed.",
        OrderState.VOID: "This is out of date. Ask for it again.",
    }[order.state]
