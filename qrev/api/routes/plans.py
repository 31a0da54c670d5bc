"""Questions about a plan, for programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.plan_views import PlanAnswerView
from qrev.assistant.plan_answers import Asked
from qrev.campaigns.inquiring import Inquiry

router = APIRouter(prefix="/campaign/plan", tags=["plan"], responses=USUAL | problems(404))


class PlanAsked(Asked):
    """What is asked, and of which sequence: its open plan, else what is planned of it already."""

    sequence_id: Annotated[str, Field(min_length=1, max_length=300)]


@router.post("/ask")
async def ask(behind: Behind, actor: Asking, asked: PlanAsked) -> PlanAnswerView:
    """Answer a question about a plan. Days are words: “Friday”, “6 March” or 2026-03-06.

    `who_on` and `done_by` take a day, `why` a person, `without` a mailbox, `with_cap` a cap.
    """
    said = asked.model_dump(exclude={"question"})
    answer = await behind.inquiring.answer(actor, Inquiry(kind=asked.question, **said))
    return PlanAnswerView.model_validate(answer)
