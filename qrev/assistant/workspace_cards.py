"""What the cards of one's workspaces and of oneself show, and what they may ask for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qrev.assistant.cards import Card
from qrev.assistant.requests import Id

Words = Annotated[str, Field(max_length=2000)]


class WorkspaceCard(Card):
    """The workspaces one belongs to, and what is set in the one one works in."""


class ProfileCard(Card):
    """Oneself: name, hours, picture, devices and mailbox."""


# --- views ---------------------------------------------------------------------------------------


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlaceRow(_Shown):
    """A workspace one belongs to, and as what."""

    account_id: str
    name: str
    role: str
    is_here: bool
    deletes_at: datetime | None


class HeirRow(_Shown):
    """Someone the workspace may be handed over to."""

    user_id: str
    name: str
    email: str
    role: str


class WorkspaceView(_Shown):
    """`leaving` says what leaving costs, one sentence each. `heirs` are for owners only."""

    name: str
    domain: str
    timezone: str
    postal_address: str
    role: str
    deletes_at: datetime | None
    may_manage: bool
    is_owner: bool
    can_leave: bool
    leaving: list[str]
    places: list[PlaceRow]
    heirs: list[HeirRow]


class MovedView(_Shown):
    """Where one works now: the name of the workspace, or nothing where there is none left."""

    name: str


class DeviceRow(_Shown):
    """A browser that is signed in. `name` is in words, `title` what it calls itself."""

    session_id: str
    name: str
    title: str
    address: str
    seen_at: datetime
    is_this: bool


class MailboxView(_Shown):
    """`state`: missing, partial, good or revoked. `words` says so, and what to do."""

    state: str
    email: str
    words: str


class ProfileView(_Shown):
    """`picture` changes with the picture, and is empty without one.

    `mailbox` is None where Google is not set up; `sign_in` then says how one signs in.
    """

    name: str
    email: str
    phone: str
    timezone: str
    workspace: str
    weekdays: list[int]  # Monday is 0
    opens: str
    closes: str
    picture: str
    devices: list[DeviceRow]
    mailbox: MailboxView | None
    sign_in: str


# --- requests ------------------------------------------------------------------------------------


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class NothingAsked(_Asked):
    """Who asks says it all."""


class PlaceAsked(_Asked):
    account_id: Id


class WorkspaceSaveAsked(_Asked):
    """What is None stays as it is."""

    name: Words | None = None
    domain: Words | None = None
    timezone: Words | None = None
    postal_address: Words | None = None


class WorkspaceAddAsked(_Asked):
    name: Words
    timezone: Words = ""


class HeirAsked(_Asked):
    user_id: Id


class ProfileSaveAsked(_Asked):
    """What is None stays as it is."""

    name: Words | None = None
    phone: Words | None = None
    timezone: Words | None = None


class HoursSaveAsked(_Asked):
    weekdays: Annotated[list[int], Field(max_length=7)]
    opens: Annotated[str, Field(max_length=10)]
    closes: Annotated[str, Field(max_length=10)]


class DeviceAsked(_Asked):
    session_id: Id
