"""What the cards of one's workspaces and of oneself may ask, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import BaseModel

from qrev.accounts.models import Actor
from qrev.assistant import workspace_cards as asked
from qrev.assistant.cards import ChangeCard
from qrev.assistant.profile_desk import ProfileDesk
from qrev.assistant.questions import Answered, Desks, Question, viewed
from qrev.assistant.workspace_desk import WorkspaceDesk

Asked = TypeVar("Asked", bound=BaseModel)


def _workspace(desks: Desks) -> WorkspaceDesk:
    return desks.workspace


def _profile(desks: Desks) -> ProfileDesk:
    return desks.profile


def _proposed(
    asks: type[Asked], propose: Callable[[WorkspaceDesk, Actor, Asked], Awaitable[ChangeCard]]
) -> Question:
    """Return a question whose answer is a card for a dangerous change."""

    async def answer(desks: Desks, actor: Actor, ask: Asked) -> Answered:
        return Answered(cards=(await propose(desks.workspace, actor, ask),))

    return Question(asks=asks, answer=answer)


QUESTIONS: dict[str, Question] = {
    "workspace_get": viewed(asked.NothingAsked, _workspace, WorkspaceDesk.get),
    "workspace_save": viewed(asked.WorkspaceSaveAsked, _workspace, WorkspaceDesk.save),
    "workspace_choose": viewed(asked.PlaceAsked, _workspace, WorkspaceDesk.choose),
    "workspace_add": viewed(asked.WorkspaceAddAsked, _workspace, WorkspaceDesk.add),
    "workspace_leave": viewed(asked.NothingAsked, _workspace, WorkspaceDesk.leave),
    "workspace_restore": viewed(asked.NothingAsked, _workspace, WorkspaceDesk.restore),
    "workspace_hand_over": _proposed(asked.HeirAsked, WorkspaceDesk.hand_over),
    "workspace_delete": _proposed(asked.NothingAsked, WorkspaceDesk.delete),
    "profile_get": viewed(asked.NothingAsked, _profile, ProfileDesk.get),
    "profile_save": viewed(asked.ProfileSaveAsked, _profile, ProfileDesk.save),
    "working_hours_save": viewed(asked.HoursSaveAsked, _profile, ProfileDesk.save_hours),
    "device_end": viewed(asked.DeviceAsked, _profile, ProfileDesk.end_device),
    "mailbox_forget": viewed(asked.NothingAsked, _profile, ProfileDesk.forget_mailbox),
}
