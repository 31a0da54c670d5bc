"""The questions that someone who is in no workspace may ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel

from qrev.accounts.models import Who
from qrev.assistant import newcomer_cards as cards
from qrev.assistant.newcomer_desk import NewcomerDesk
from qrev.assistant.questions import Answered, Desks, Question

Asked = TypeVar("Asked", bound=BaseModel)


def _open(
    asks: type[Asked],
    ask: Callable[[NewcomerDesk, Who, Asked], Awaitable[cards.WelcomeView]],
) -> Question:
    """Return a question for everybody who is signed in."""

    async def answer(desks: Desks, who: Who, asked: Asked) -> Answered:
        return Answered(view=await ask(desks.newcomers, who, asked))

    return Question(asks=asks, answer=answer, is_for_newcomers=True)


QUESTIONS: dict[str, Question] = {
    "welcome_get": _open(cards.WelcomeAsked, NewcomerDesk.welcome_get),
    "welcome_choose": _open(cards.WelcomeChooseAsked, NewcomerDesk.welcome_choose),
    "workspace_create": _open(cards.WorkspaceCreateAsked, NewcomerDesk.workspace_create),
    "invitation_accept": _open(cards.InvitationAsked, NewcomerDesk.invitation_accept),
    "invitation_decline": _open(cards.InvitationAsked, NewcomerDesk.invitation_decline),
}
