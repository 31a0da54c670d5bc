"""Stop a campaign, stop a person, put a campaign away: what has not left never does."""

from __future__ import annotations

import json

from qrev.accounts.models import AccountId
from qrev.campaigns.life.desk import OVER, Around, people_of, rows
from qrev.campaigns.life.models import Order, Scope, Terms
from qrev.campaigns.life.orders import ROWS, Look
from qrev.campaigns.life.ports import Reach
from qrev.campaigns.life.words import had_left, mails, moment, persons
from qrev.campaigns.models import Prospect, ProspectStatus, SequenceStatus
from qrev.campaigns.ports import Messages, ProspectBook, SequenceBook
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict

STOPPABLE = (ProspectStatus.WAITING, ProspectStatus.ACTIVE)


class StopKind:
    """Ends a campaign; with `puts_away` it also leaves the list of campaigns."""

    def __init__(
        self,
        *,
        sequences: SequenceBook,
        messages: Messages,
        reach: Reach,
        around: Around,
        clock: Clock,
        puts_away: bool = False,
    ) -> None:
        self._sequences = sequences
        self._messages = messages
        self._reach = reach
        self._around = around
        self._clock = clock
        self._ends_as = SequenceStatus.ARCHIVED if puts_away else SequenceStatus.FINISHED

    @property
    def _puts_away(self) -> bool:
        return self._ends_as is SequenceStatus.ARCHIVED

    async def look(self, account_id: AccountId, terms: Terms, **_: object) -> Look:
        """Return what would be cancelled. Raises Conflict when there is nothing to stop."""
        zone = await self._around.zone(account_id)
        sequence = await self._around.sequence(account_id, terms.sequence_id)
        if self._puts_away and sequence.status is SequenceStatus.ARCHIVED:
            raise Conflict(f"“{sequence.name}” is archived already.")
        if not self._puts_away:
            sequence = await self._around.begun(account_id, terms.sequence_id)
        scope = Scope(sequence_id=sequence.id)
        opened = await self._around.opened(account_id, scope)
        counts = await self._around.tally(account_id, scope)
        facts = ["Nothing of it is waiting to leave."]
        if opened:
            facts = [
                f"{mails(len(opened))} to {persons(people_of(opened))} never leave.",
                f"The next would leave on {moment(opened[0].send_at, zone)}.",
            ]
        if self._puts_away:
            facts.append(
                "It leaves the list; its numbers and mails stay, and you can bring it back."
            )
        return Look(
            title=f"{'Archive' if self._puts_away else 'Stop'} “{sequence.name}”",
            facts=(*facts, had_left(counts)),
            rows=rows(opened[:ROWS], zone, "never leaves"),
            touched=len(opened),
            people=people_of(opened),
            data=(sequence.name, sum(counts.values())),
            conversation_id=sequence.conversation_id,
            was=sequence.status.value,
        )

    async def carry_out(self, order: Order) -> str:
        """Cancel what has not left, and say how many had."""
        account_id, sequence_id = order.account_id, order.terms.sequence_id
        # The status first: nothing new may be planned while the open messages are cancelled.
        await self._sequences.change(account_id, sequence_id, status=self._ends_as)
        cancelled = await self._messages.cancel(
            account_id,
            reason=f"stopped by {order.confirmed_by_name}",
            at=self._clock(),
            sequence_id=sequence_id,
            by=order.id,
        )
        counts = await self._around.tally(account_id, Scope(sequence_id=sequence_id))
        return f"{mails(cancelled)} cancelled. {had_left(counts)}"

    async def undo(self, order: Order) -> str:
        """Plan again what was cancelled."""
        account_id, sequence_id = order.account_id, order.terms.sequence_id
        restored = await self._reach.restore(account_id, order.id, at=self._clock())
        await self._sequences.change(
            account_id,
            sequence_id,
            was=self._ends_as,
            status=SequenceStatus(order.terms.was or SequenceStatus.ACTIVE),
        )
        return f"{mails(restored)} may leave again, none in a burst."


class StopPersonKind:
    """Ends what one person is in. It is no suppression: a later campaign may write to them."""

    def __init__(
        self,
        *,
        prospects: ProspectBook,
        sequences: SequenceBook,
        messages: Messages,
        reach: Reach,
        around: Around,
        clock: Clock,
    ) -> None:
        self._prospects = prospects
        self._sequences = sequences
        self._messages = messages
        self._reach = reach
        self._around = around
        self._clock = clock

    async def look(self, account_id: AccountId, terms: Terms, **_: object) -> Look:
        """Return what they would not get any more. Raises Conflict if they get nothing now."""
        zone = await self._around.zone(account_id)
        found = await self._in(account_id, terms)
        scope = Scope(sequence_id=terms.sequence_id, email=terms.person)
        opened = await self._around.opened(account_id, scope)
        counts = await self._around.tally(account_id, scope)
        names = [(await self._around.sequence(account_id, p.sequence_id)).name for p in found]
        if not found:
            raise Conflict(f"{terms.person} is in no campaign that could be stopped.")
        who = found[0].name or terms.person
        facts = [
            f"{who} ({terms.person}) gets nothing more in {', '.join(f'“{n}”' for n in names)}.",
            f"{mails(len(opened))} to them never {'leaves' if len(opened) == 1 else 'leave'}.",
            had_left(counts),
            "This is no suppression: a later campaign may write to them again.",
        ]
        return Look(
            title=f"Stop {who}",
            facts=tuple(facts),
            rows=rows(opened[:ROWS], zone, "never leaves"),
            touched=len(opened),
            people=1,
            data=(tuple(sorted(p.id for p in found)), sum(counts.values())),
            conversation_id="",
            was=json.dumps({p.id: p.status.value for p in found}),
        )

    async def carry_out(self, order: Order) -> str:
        """Stop them, and say how many mails they had got."""
        account_id, terms = order.account_id, order.terms
        # The status first: a Confirm that is writing their mails looks at it when it is done.
        await self._prospects.set_status(account_id, list(_was(order)), ProspectStatus.STOPPED)
        cancelled = await self._messages.cancel(
            account_id,
            reason=f"stopped by {order.confirmed_by_name}",
            at=self._clock(),
            sequence_id=terms.sequence_id or None,
            email=terms.person,
            by=order.id,
        )
        scope = Scope(sequence_id=terms.sequence_id, email=terms.person)
        counts = await self._around.tally(account_id, scope)
        return f"{mails(cancelled)} cancelled. {had_left(counts)}"

    async def undo(self, order: Order) -> str:
        """Plan again what was cancelled."""
        restored = await self._reach.restore(order.account_id, order.id, at=self._clock())
        for prospect_id, status in _was(order).items():
            await self._prospects.set_status(
                order.account_id, [prospect_id], status, was=ProspectStatus.STOPPED
            )
        return f"{mails(restored)} may leave again, none in a burst."

    async def _in(self, account_id: AccountId, terms: Terms) -> list[Prospect]:
        """Return what they are in and could be stopped in."""
        found = []
        for prospect in await self._prospects.of_address(account_id, terms.person):
            sequence = await self._sequences.get(account_id, prospect.sequence_id)
            is_meant = terms.sequence_id in ("", prospect.sequence_id)
            is_running = sequence is not None and sequence.status not in OVER
            if is_meant and is_running and prospect.status in STOPPABLE:
                found.append(prospect)
        return found


def _was(order: Order) -> dict[str, ProspectStatus]:
    return {key: ProspectStatus(value) for key, value in json.loads(order.terms.was).items()}
