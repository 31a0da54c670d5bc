"""What the card of drafts may ask about all of them, by name."""

from __future__ import annotations

from qrev.accounts.models import Actor
from qrev.assistant import requests as asked
from qrev.assistant.drafting_desk import DraftingDesk
from qrev.assistant.questions import Answered, Desks, Question, viewed
from qrev.assistant.repair_cards import DoubtAsked, MendAsked, ProblemsAsked


def _drafting(desks: Desks) -> DraftingDesk:
    return desks.drafting


async def _sequence_repairs(desks: Desks, actor: Actor, ask: ProblemsAsked) -> Answered:
    """Show what keeps drafts from leaving, as a card of its own."""
    return Answered(cards=(await desks.drafting.repairs(actor, ask),))


QUESTIONS: dict[str, Question] = {
    "drafting_stop": viewed(asked.SequenceAsked, _drafting, DraftingDesk.drafting_stop),
    "sequence_repairs": Question(asks=ProblemsAsked, answer=_sequence_repairs),
    "problems_get": viewed(ProblemsAsked, _drafting, DraftingDesk.problems_get),
    "problems_mend": viewed(MendAsked, _drafting, DraftingDesk.problems_mend),
    "doubt_settle": viewed(DoubtAsked, _drafting, DraftingDesk.doubt_settle),
}
