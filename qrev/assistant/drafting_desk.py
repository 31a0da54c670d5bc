"""What the card of drafts can ask about all of them at once."""

from __future__ import annotations

from qrev.accounts.models import Actor
from qrev.assistant import requests as asked
from qrev.assistant.cards import DraftView, SequenceView
from qrev.assistant.draft_stops import DraftStops
from qrev.assistant.repair_cards import (
    DoubtAsked,
    MendAsked,
    MendedView,
    ProblemsAsked,
    ProblemsView,
    ProblemView,
    RepairsCard,
)
from qrev.assistant.viewing import draft_view, sequence_view
from qrev.campaigns.repairs import Problem, Repairs
from qrev.campaigns.sequences import Sequences
from qrev.kit.clock import Clock


class DraftingDesk:
    def __init__(
        self, *, stops: DraftStops, repairs: Repairs, sequences: Sequences, clock: Clock
    ) -> None:
        self._stops = stops
        self._repairs = repairs
        self._sequences = sequences
        self._clock = clock

    async def drafting_stop(self, actor: Actor, ask: asked.SequenceAsked) -> SequenceView:
        """Write no more drafts than there are."""
        await self._stops.stop_and_tell(actor, ask.sequence_id)
        sequence = await self._sequences.get(actor, ask.sequence_id)
        counts = await self._sequences.progress(sequence)
        return sequence_view(sequence, counts, self._clock())

    async def problems_get(self, actor: Actor, ask: ProblemsAsked) -> ProblemsView:
        """Return what keeps drafts from leaving, and what would mend all of a kind at once."""
        found = await self._repairs.problems(actor, ask.sequence_id)
        sequence = await self._sequences.get(actor, ask.sequence_id)
        problems = [_problem(each, actor) for each in found]
        return ProblemsView(sequence_name=sequence.name, problems=problems)

    async def repairs(self, actor: Actor, ask: ProblemsAsked) -> RepairsCard:
        """Return the card that mends drafts, for a sequence that is there."""
        sequence = await self._sequences.get(actor, ask.sequence_id)
        return RepairsCard(sequence_id=sequence.id)

    async def problems_mend(self, actor: Actor, ask: MendAsked) -> MendedView:
        """Mend every draft of a kind."""
        people = await self._repairs.mend(
            actor, ask.sequence_id, ask.kind, ask.repair, drafts=ask.drafts
        )
        return MendedView(people=people)

    async def doubt_settle(self, actor: Actor, ask: DoubtAsked) -> DraftView:
        """Confirm a sentence, or take it out."""
        draft = await self._repairs.settle_doubt(
            actor, ask.draft_id, ask.sentence, version=ask.version, is_true=ask.is_true
        )
        return draft_view(draft, may_change=True)


def _problem(problem: Problem, actor: Actor) -> ProblemView:
    return ProblemView(
        kind=problem.kind,
        words=problem.words,
        people=problem.people,
        drafts=problem.drafts,
        repairs=list(problem.repairs) if actor.may_change else [],
        examples=list(problem.examples),
    )
