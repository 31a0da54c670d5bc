"""What the card of drafts may ask about all of them, by name."""

from __future__ import annotations

from qrev.assistant import requests as asked
from qrev.assistant.drafting_desk import DraftingDesk
from qrev.assistant.questions import Desks, Question, viewed


def _drafting(desks: Desks) -> DraftingDesk:
    return desks.drafting


QUESTIONS: dict[str, Question] = {
    "drafting_stop": viewed(asked.SequenceAsked, _drafting, DraftingDesk.drafting_stop),
}
