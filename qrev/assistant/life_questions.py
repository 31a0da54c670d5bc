"""What the cards about campaigns that run may ask, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel

from qrev.accounts.models import Actor
from qrev.assistant import life_cards as asked
from qrev.assistant.cards import Card
from qrev.assistant.life_desk import LifeDesk
from qrev.assistant.questions import Answered, Desks, Question, viewed

Asked = TypeVar("Asked", bound=BaseModel)


def _life(desks: Desks) -> LifeDesk:
    return desks.life


def _carded(
    asks: type[Asked], ask: Callable[[LifeDesk, Actor, Asked], Awaitable[Card]]
) -> Question:
    """Return a question whose answer is a card of its own."""

    async def answer(desks: Desks, actor: Actor, asked_for: Asked) -> Answered:
        return Answered(cards=(await ask(desks.life, actor, asked_for),))

    return Question(asks=asks, answer=answer)


async def _open(desk: LifeDesk, actor: Actor, ask: asked.CampaignAsked) -> Card:
    """Show one campaign as a card of its own."""
    view = await desk.campaign(actor, ask)
    return asked.CampaignCard(sequence_id=view.id)


async def _add_people(desks: Desks, actor: Actor, ask: asked.PeopleAddAsked) -> Answered:
    """Bring people in, and show what came of it as cards of their own."""
    return Answered(cards=tuple(await desks.life.add_people(actor, ask)))


QUESTIONS: dict[str, Question] = {
    "order_propose": _carded(asked.OrderProposeAsked, LifeDesk.propose),
    "order_again": _carded(asked.OrderAsked, LifeDesk.order_again),
    "order_get": viewed(asked.OrderAsked, _life, LifeDesk.order_get),
    "order_confirm": viewed(asked.OrderConfirmAsked, _life, LifeDesk.order_confirm),
    "order_cancel": viewed(asked.OrderAsked, _life, LifeDesk.order_cancel),
    "order_undo": viewed(asked.OrderAsked, _life, LifeDesk.order_undo),
    "campaign_open": _carded(asked.CampaignAsked, _open),
    "campaign_get": viewed(asked.CampaignAsked, _life, LifeDesk.campaign),
    "campaign_words": viewed(asked.StepAsked, _life, LifeDesk.step_words),
    "campaign_duplicate": _carded(asked.CampaignAsked, LifeDesk.duplicate),
    "campaign_add_people": Question(asks=asked.PeopleAddAsked, answer=_add_people),
    "campaign_rename": viewed(asked.CampaignNameAsked, _life, LifeDesk.rename),
    "approvals_page": viewed(asked.NothingAsked, _life, LifeDesk.approvals),
    "approval_open": _carded(asked.ApprovalAsked, LifeDesk.approval_open),
    "approval_decline": viewed(asked.ApprovalAsked, _life, LifeDesk.approval_decline),
    "approval_threshold_save": viewed(asked.ThresholdAsked, _life, LifeDesk.threshold_save),
}
