"""What the card about what is held on somebody may ask, by name."""

from __future__ import annotations

from qrev.accounts.models import Actor
from qrev.assistant.privacy_cards import PrivacyAsked
from qrev.assistant.privacy_desk import PrivacyDesk
from qrev.assistant.questions import Answered, Desks, Question, viewed


def _privacy(desks: Desks) -> PrivacyDesk:
    return desks.privacy


async def _erase(desks: Desks, actor: Actor, ask: PrivacyAsked) -> Answered:
    """Show what erasing would do, as a card of its own."""
    return Answered(cards=(await desks.privacy.erase(actor, ask),))


QUESTIONS: dict[str, Question] = {
    "privacy_look": viewed(PrivacyAsked, _privacy, PrivacyDesk.look),
    "privacy_erase": Question(asks=PrivacyAsked, answer=_erase),
}
