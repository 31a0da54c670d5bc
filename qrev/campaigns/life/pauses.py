"""Pause and resume: of a campaign or all, whole, of one mailbox, of one country or company."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from qrev.accounts.models import AccountId
from qrev.campaigns.life.desk import Around, people_of, rows
from qrev.campaigns.life.models import Order, Pause, Scope, Terms, Touched
from qrev.campaigns.life.orders import ROWS, VALID_FOR, Look
from qrev.campaigns.life.pausing import Pausing
from qrev.campaigns.life.words import had_left, mails, moment, narrowed, persons, until
from qrev.campaigns.models import Message
from qrev.campaigns.planning import PlannedMessage
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict

LONGEST = timedelta(days=366)


class PauseKind:
    def __init__(self, *, pausing: Pausing, around: Around, clock: Clock) -> None:
        self._pausing = pausing
        self._around = around
        self._clock = clock

    async def look(self, account_id: AccountId, terms: Terms, **_: object) -> Look:
        """Return whose mails would wait. Raises Conflict when there are none, or it is no day."""
        zone = await self._around.zone(account_id)
        which = await self._around.which(account_id, terms.sequence_id)
        self._must_be_a_day(terms, zone)
        scope = await self._pausing.scope(account_id, terms)
        opened = await self._around.opened(account_id, scope)
        of_whom = narrowed(terms, await self._around.addresses(account_id))
        if not opened:
            raise Conflict(f"No mail{of_whom} is waiting to leave in {which}.")
        counts = await self._around.tally(account_id, scope)
        how_long = until(terms.until, zone)
        return Look(
            title=f"Pause {which}{of_whom}",
            facts=(
                f"{mails(len(opened))} to {persons(people_of(opened))} wait {how_long}.",
                f"The next would leave on {moment(opened[0].send_at, zone)}.",
                had_left(counts),
                "What has waited past its minute gets a new one then; nothing leaves in a burst.",
            ),
            rows=rows(opened[:ROWS], zone, f"waits {how_long}"),
            touched=len(opened),
            people=people_of(opened),
            # What leaves meanwhile makes it smaller, and is told; what is planned makes it other.
            data=(which, sum(counts.values()), scope.places),
        )

    async def carry_out(self, order: Order) -> str:
        """Put the pause in force, and say how many mails wait and how many had left."""
        waiting = await self._pausing.begin(_pause(order))
        scope = await self._pausing.scope(order.account_id, order.terms)
        zone = await self._around.zone(order.account_id)
        counts = await self._around.tally(order.account_id, scope)
        wait = "waits" if waiting == 1 else "wait"
        how_long = until(order.terms.until, zone)
        return f"{mails(waiting)} {wait} {how_long}. {had_left(counts)}"

    async def undo(self, order: Order) -> str:
        """End the pause. Raises Conflict when it has ended already."""
        in_force = {p.id: p for p in await self._pausing.all(order.account_id)}
        released = await self._pausing.end(order.account_id, in_force.get(order.id, _pause(order)))
        if order.id not in in_force and not released:
            raise Conflict("That pause has ended already.")
        return f"The pause is over: {mails(released)} may leave again, none in a burst."

    def _must_be_a_day(self, terms: Terms, zone: ZoneInfo) -> None:
        if terms.until is None:
            return
        now = self._clock()
        if not now < terms.until <= now + LONGEST:
            raise Conflict(
                f"{moment(terms.until, zone)} is not ahead. Say a day within a year from now."
            )


class Replanning(Protocol):
    """Gives late mails the next free minutes (see `sweeps`)."""

    async def planned_anew(
        self, account_id: AccountId, prospect_ids: Collection[str], *, now: datetime, seed: int
    ) -> list[tuple[Message, PlannedMessage]]: ...

    async def move(self, message: Message, planned: PlannedMessage) -> bool: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class _Freed:
    """What leaves again once these pauses are over, and what of it gets another minute."""

    pauses: tuple[Pause, ...]
    messages: tuple[Message, ...]
    anew: tuple[tuple[Message, PlannedMessage], ...]
    held: int  # by other pauses

    @property
    def minutes(self) -> list[tuple[datetime, Message]]:
        """Return when each leaves, the first first."""
        new = {message.id: planned.send_at for message, planned in self.anew}
        return sorted(
            ((new.get(m.id, m.send_at), m) for m in self.messages), key=lambda e: (e[0], e[1].id)
        )


class ResumeKind:
    """Ends pauses. What is past its minute by then gets the next free one, as was shown."""

    def __init__(self, *, pausing: Pausing, around: Around, replanning: Replanning) -> None:
        self._pausing = pausing
        self._around = around
        self._replanning = replanning

    async def look(
        self, account_id: AccountId, terms: Terms, *, planned_at: datetime, seed: int
    ) -> Look:
        """Return who is written to again, and when. Raises Conflict when nothing is paused."""
        zone = await self._around.zone(account_id)
        which = await self._around.which(account_id, terms.sequence_id)
        freed = await self._freed(account_id, terms, planned_at, seed)
        minutes = freed.minutes
        facts = [
            f"{mails(len(minutes))} to {persons(people_of(freed.messages))} may leave again.",
            had_left(await self._around.tally(account_id, Scope(sequence_id=terms.sequence_id))),
        ]
        if minutes:
            first, last = minutes[0][0], minutes[-1][0]
            facts[1:1] = [f"From {moment(first, zone)} to {moment(last, zone)}."]
        if freed.anew:
            get = "gets" if len(freed.anew) == 1 else "get"
            facts.append(f"{mails(len(freed.anew))} {get} a new minute, a gap apart; no burst.")
        if freed.held:
            facts.append(f"{mails(freed.held)} stay paused: another pause holds them.")
        return Look(
            title=f"Resume {which}",
            facts=tuple(facts),
            rows=tuple(
                Touched(
                    name=m.to_name,
                    email=m.to,
                    step=m.step,
                    before=f"paused, was {moment(m.send_at, zone)}",
                    after=moment(at, zone),
                )
                for at, m in minutes[:ROWS]
            ),
            touched=len(minutes),
            people=people_of(freed.messages),
            data=(
                *(pause.id for pause in freed.pauses),
                *((m.id, m.send_at.isoformat(), at.isoformat()) for at, m in minutes),
            ),
        )

    async def carry_out(self, order: Order) -> str:
        """Give out the new minutes, then end the pauses."""
        account_id, zone = order.account_id, await self._around.zone(order.account_id)
        freed = await self._freed(account_id, order.terms, order.planned_at, order.seed, order.id)
        for message, planned in freed.anew:
            await self._replanning.move(message, planned)
        released = sum(
            [await self._pausing.end(account_id, pause, by=order.id) for pause in freed.pauses]
        )
        counts = await self._around.tally(account_id, Scope(sequence_id=order.terms.sequence_id))
        first = freed.minutes[0][0] if freed.minutes else None
        more = f" The next leaves on {moment(first, zone)}." if first else ""
        return f"{mails(released - freed.held)} may leave again.{more} {had_left(counts)}"

    async def undo(self, order: Order) -> str:
        """Pause again what was paused."""
        ended = await self._pausing.ended_by(order.account_id, order.id)
        begun = [replace(pause, id=f"{order.id}:{pause.id}") for pause in ended]
        waiting = sum([await self._pausing.begin(pause) for pause in begun])
        scope = Scope(sequence_id=order.terms.sequence_id)
        counts = await self._around.tally(order.account_id, scope)
        return f"Paused again: {mails(waiting)}. {had_left(counts)}"

    async def _freed(
        self,
        account_id: AccountId,
        terms: Terms,
        planned_at: datetime,
        seed: int,
        order_id: str = "",
    ) -> _Freed:
        pauses = await self._meant(account_id, terms, order_id)
        ending = {pause.id for pause in pauses}
        opened = await self._around.opened(account_id, Scope(sequence_id=terms.sequence_id))
        paused = [m for m in opened if ending.intersection(m.paused_by)]
        free = [m for m in paused if ending.issuperset(m.paused_by)]
        # Nothing gets a minute that could pass while one still reads.
        begins_at = planned_at + VALID_FOR
        late = dict.fromkeys(m.prospect_id for m in free if m.send_at <= begins_at)
        anew = await self._replanning.planned_anew(account_id, list(late), now=begins_at, seed=seed)
        return _Freed(
            pauses=tuple(pauses),
            messages=tuple(free),
            anew=tuple(anew),
            held=len(paused) - len(free),
        )

    async def _meant(self, account_id: AccountId, terms: Terms, order_id: str) -> list[Pause]:
        pauses = [
            pause
            for pause in await self._pausing.all(account_id)
            if (pause.id in terms.pause_ids if terms.pause_ids else _is_of(pause, terms))
        ]
        if order_id:  # taken up half-way: some may be ended already
            pauses += await self._pausing.ended_by(account_id, order_id)
        if not pauses:
            raise Conflict("Nothing of that is paused.")
        return pauses


def _is_of(pause: Pause, terms: Terms) -> bool:
    return not terms.sequence_id or pause.sequence_id == terms.sequence_id


def _pause(order: Order) -> Pause:
    terms, at = order.terms, order.confirmed_at or order.planned_at
    return Pause(
        id=order.id,
        account_id=order.account_id,
        sequence_id=terms.sequence_id,
        mailbox_id=terms.mailbox_id,
        country=terms.country,
        company=terms.company,
        until=terms.until,
        by=order.confirmed_by or order.created_by,
        by_name=order.confirmed_by_name or order.created_by_name,
        at=at,
    )
