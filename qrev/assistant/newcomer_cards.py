"""What someone who is in no workspace is shown, and what they may ask for from there."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qrev.assistant.cards import Card
from qrev.assistant.requests import Id


class WelcomeCard(Card):
    """The way into a workspace. It is never kept: someone in none has no thread to keep it in."""


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class WaitingInvitation(_Shown):
    """An invitation to whoever looks: by whom, to where, as what, until when."""

    id: str
    workspace: str
    role: str
    invited_by: str
    until: datetime


class OwnWorkspace(_Shown):
    id: str
    name: str
    role: str


class WelcomeView(_Shown):
    """Where somebody stands. `workspace` is the one they are in, None while they are in none.

    `has_lost_one`: they had chosen one, and are not in it any more. `others`: more of their own.
    `domain` is what their company's may be, empty if the address says nothing about it.
    """

    email: str
    workspace: OwnWorkspace | None
    has_lost_one: bool
    domain: str
    invitations: list[WaitingInvitation]
    others: list[OwnWorkspace]


class WelcomeAsked(_Asked):
    pass


class WorkspaceCreateAsked(_Asked):
    name: Annotated[str, Field(max_length=500)]
    domain: Annotated[str, Field(max_length=500)] = ""
    timezone: Annotated[str, Field(max_length=100)] = ""


class InvitationAsked(_Asked):
    invitation_id: Id


class WelcomeChooseAsked(_Asked):
    account_id: Id
