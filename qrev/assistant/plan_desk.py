"""What the card of a plan can ask."""

from __future__ import annotations

import asyncio

from qrev.accounts.models import Actor
from qrev.assistant import plan_cards as asked
from qrev.assistant.plan_cards import (
    MapRow,
    PlanCard,
    PlanPeopleView,
    PlanPersonRow,
    PlanPersonView,
    PlanView,
    StopView,
)
from qrev.assistant.viewing import from_cursor, to_cursor
from qrev.campaigns.inquiring import Inquiring
from qrev.campaigns.looking import PersonRow, day_map, people_page, sentences, zone_of
from qrev.campaigns.questions import Subject
from qrev.campaigns.sequences import Sequences
from qrev.kit.errors import InvalidInput

PEOPLE = 15  # of a plan, at once


class PlanDesk:
    def __init__(self, *, inquiring: Inquiring, sequences: Sequences) -> None:
        self._inquiring = inquiring
        self._sequences = sequences

    async def plan_card(self, actor: Actor, ask: asked.PlanAsked) -> PlanCard:
        """Return the card of a plan. Raises NotFound if there is none."""
        await self._inquiring.subject(actor, ask.sequence_id)
        return PlanCard(sequence_id=ask.sequence_id)

    async def plan_get(self, actor: Actor, ask: asked.PlanAsked) -> PlanView:
        """Return how many mails each mailbox sends on each day."""
        sequence = await self._sequences.get(actor, ask.sequence_id)
        subject = await self._inquiring.subject(actor, ask.sequence_id)
        return await asyncio.to_thread(_plan, sequence.name, subject)

    async def plan_people(self, actor: Actor, ask: asked.PlanPeopleAsked) -> PlanPeopleView:
        """Return people with all their mails, whoever is written to first first."""
        place = from_cursor(ask.after, 1)
        if place is not None and not place[0].isdigit():
            raise InvalidInput("That page does not exist. Open the plan again.")
        start = int(place[0]) if place else 0
        subject = await self._inquiring.subject(actor, ask.sequence_id)
        rows, total = await asyncio.to_thread(people_page, subject, start, PEOPLE)
        end = start + PEOPLE
        return PlanPeopleView(
            rows=[_person(row) for row in rows],
            next=to_cursor(str(end)) if end < total else None,
            total=total,
        )

    async def plan_person(self, actor: Actor, ask: asked.PlanPersonAsked) -> PlanPersonView:
        """Return what happens to one person, in sentences."""
        row = await self._inquiring.person(actor, ask.sequence_id, ask.prospect_id)
        return PlanPersonView(
            name=row.someone.name, email=row.someone.email, sentences=sentences(row)
        )


def _plan(name: str, subject: Subject) -> PlanView:
    shown = day_map(subject)
    everyone = [*subject.gone, *subject.messages]
    return PlanView(
        name=name,
        timezone=zone_of(subject).key,
        is_running=subject.is_running,
        people=len({m.prospect_id for m in everyone}),
        steps=max((m.step for m in everyone), default=0),
        days=list(shown.days),
        rows=[
            MapRow(mailbox=row.mailbox, cap=row.cap, counts=list(row.counts)) for row in shown.rows
        ],
        more=shown.more,
    )


def _person(row: PersonRow) -> PlanPersonRow:
    return PlanPersonRow(
        prospect_id=row.prospect_id,
        name=row.someone.name,
        email=row.someone.email,
        stops=[
            StopView(
                step=stop.step,
                mailbox=stop.mailbox,
                at=stop.at,
                local=stop.local,
                because=stop.because,
                state=stop.state,
            )
            for stop in row.stops
        ],
    )
