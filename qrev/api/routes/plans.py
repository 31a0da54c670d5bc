"""Questions about a plan, for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from qrev.api.asked import IdAsked
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.plan_views import PlanAnswerView
from qrev.assistant.plan_answers import Asked
from qrev.assistant.plan_cards import (
    PlanAsked,
    PlanPeopleAsked,
    PlanPeopleView,
    PlanPersonAsked,
    PlanPersonView,
    PlanView,
)
from qrev.campaigns.inquiring import Inquiry

router = APIRouter(prefix="/campaign/plan", tags=["plan"], responses=USUAL | problems(404))


class QuestionAsked(Asked):
    """What is asked, and of which sequence: its open plan, else what is planned of it already."""

    sequence_id: Annotated[str, Field(min_length=1, max_length=300)]


@router.get("/map")
async def day_map(behind: Behind, actor: Asking, sequence_id: IdAsked) -> PlanView:
    """Tell how many mails each mailbox sends on each day."""
    return await behind.desks.plans.plan_get(actor, PlanAsked(sequence_id=sequence_id))


@router.get("/people")
async def people(
    behind: Behind,
    actor: Asking,
    sequence_id: IdAsked,
    after: Annotated[str | None, Query(max_length=2000)] = None,
) -> PlanPeopleView:
    """List people with all their mails, whoever is written to first first."""
    asked = PlanPeopleAsked(sequence_id=sequence_id, after=after)
    return await behind.desks.plans.plan_people(actor, asked)


@router.get("/timeline")
async def timeline(
    behind: Behind, actor: Asking, sequence_id: IdAsked, prospect_id: IdAsked
) -> PlanPersonView:
    """Tell what happens to one person, in sentences."""
    asked = PlanPersonAsked(sequence_id=sequence_id, prospect_id=prospect_id)
    return await behind.desks.plans.plan_person(actor, asked)


@router.post("/ask")
async def ask(behind: Behind, actor: Asking, asked: QuestionAsked) -> PlanAnswerView:
    """Answer a question about a plan. Days are words: “Friday”, “6 March” or 2026-03-06.

    `who_on` and `done_by` take a day, `why` a person, `without` a mailbox, `with_cap` a cap.
    """
    said = asked.model_dump(exclude={"question"})
    answer = await behind.inquiring.answer(actor, Inquiry(kind=asked.question, **said))
    return PlanAnswerView.model_validate(answer)
