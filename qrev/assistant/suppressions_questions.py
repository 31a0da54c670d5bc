"""What the card of the suppression list may ask, by name."""

from __future__ import annotations

from qrev.assistant import suppressions_cards as asked
from qrev.assistant.questions import Desks, Question, viewed
from qrev.assistant.suppressions_desk import SuppressionsDesk


def _suppressions(desks: Desks) -> SuppressionsDesk:
    return desks.suppressions


QUESTIONS: dict[str, Question] = {
    "suppressions_page": viewed(asked.SuppressionsAsked, _suppressions, SuppressionsDesk.page),
    "suppression_add": viewed(asked.SuppressionAddAsked, _suppressions, SuppressionsDesk.add),
    "suppression_remove": viewed(
        asked.SuppressionRemoveAsked, _suppressions, SuppressionsDesk.remove
    ),
}
