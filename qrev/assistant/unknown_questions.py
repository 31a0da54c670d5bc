"""What the card about mails in doubt may ask, by name."""

from __future__ import annotations

from qrev.accounts.models import Actor
from qrev.assistant.questions import Answered, Desks, Question, viewed
from qrev.assistant.unknown_cards import LeftAsked, UnknownAsked
from qrev.assistant.unknown_desk import UnknownDesk


def _doubts(desks: Desks) -> UnknownDesk:
    return desks.unknown


async def _settle(desks: Desks, actor: Actor, ask: LeftAsked) -> Answered:
    """Show what the member's word comes to, as a card of its own."""
    return Answered(cards=(await desks.unknown.settle(actor, ask),))


QUESTIONS: dict[str, Question] = {
    "unknown_page": viewed(UnknownAsked, _doubts, UnknownDesk.page),
    "unknown_settle": Question(asks=LeftAsked, answer=_settle),
}
