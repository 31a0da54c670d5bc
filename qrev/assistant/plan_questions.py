"""What the card of a plan may ask, by name."""

from __future__ import annotations

from qrev.accounts.models import Actor
from qrev.assistant import plan_cards as asked
from qrev.assistant.plan_desk import PlanDesk
from qrev.assistant.questions import Answered, Desks, Question, viewed


def _plans(desks: Desks) -> PlanDesk:
    return desks.plans


async def _card(desks: Desks, actor: Actor, ask: asked.PlanAsked) -> Answered:
    return Answered(cards=(await desks.plans.plan_card(actor, ask),))


QUESTIONS: dict[str, Question] = {
    "plan_card": Question(asks=asked.PlanAsked, answer=_card),
    "plan_get": viewed(asked.PlanAsked, _plans, PlanDesk.plan_get),
    "plan_people": viewed(asked.PlanPeopleAsked, _plans, PlanDesk.plan_people),
    "plan_person": viewed(asked.PlanPersonAsked, _plans, PlanDesk.plan_person),
}
