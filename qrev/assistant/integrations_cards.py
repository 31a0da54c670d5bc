"""Other services on the screen: their card, what it asks for and what it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from qrev.accounts.connection import Vendor
from qrev.assistant.cards import Card
from qrev.assistant.requests import Cursor


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IntegrationsCard(Card):
    """The services one can connect, and what was said to them; about `about`, if it is set."""

    about: str = ""

    @property
    def key(self) -> str:
        return "integrations"


class IntegrationsAsked(_Asked):
    """Nothing but the list."""


class IntegrationAsked(_Asked):
    vendor: Vendor


class HubSpotPullAsked(_Asked):
    """Everything, or one list of HubSpot's."""

    list_number: Annotated[str, Field(max_length=40)] = ""


class CallsAsked(_Asked):
    about: Annotated[str, Field(max_length=320)] = ""
    after: Cursor | None = None


class SyncShown(_Shown):
    """`words` say how far it is; `problem` what is in the way, "" if nothing is."""

    state: Literal["idle", "pulling", "proposed", "companies", "pushing"]
    words: str
    problem: str
    import_id: str
    is_pushing: bool
    runs_by_itself: bool
    last_at: datetime | None


class IntegrationRow(_Shown):
    """`connect_path` is where a browser begins. `sync` only where something is kept in step."""

    vendor: str
    name: str
    words: str
    state: Literal["off", "missing", "good", "reconnect"]
    label: str
    connected_at: datetime | None
    connect_path: str
    may_connect: bool
    sync: SyncShown | None


class IntegrationsView(_Shown):
    rows: list[IntegrationRow]


class CallRow(_Shown):
    at: datetime
    name: str
    what: str
    about: list[str]
    more: int
    fields: str
    outcome: str


class CallsView(_Shown):
    rows: list[CallRow]
    next: str | None
