"""A plan on the screen, to look at: its card, what it asks for and what it is shown."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from qrev.assistant.cards import Card
from qrev.assistant.requests import Cursor, Id


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlanCard(Card):
    """What leaves when, of a Send that is shown or of a running sequence."""

    sequence_id: str

    @property
    def key(self) -> str:
        return self.sequence_id


class PlanAsked(_Asked):
    sequence_id: Id


class PlanPeopleAsked(PlanAsked):
    after: Cursor | None = None


class PlanPersonAsked(PlanAsked):
    prospect_id: Id


class MapRow(_Shown):
    """`counts` are mails on each of the days; the mailbox may send `cap` a day."""

    mailbox: str
    cap: int
    counts: list[int]


class PlanView(_Shown):
    """`days` are ISO dates in the time zone; `more` mails leave after the last of them."""

    name: str
    timezone: str
    is_running: bool
    people: int
    steps: int
    days: list[str]
    rows: list[MapRow]
    more: int


class StopView(_Shown):
    """One mail of a person; `state` says what became of it, "" while it is ahead."""

    step: int
    mailbox: str
    at: datetime
    local: str
    because: str
    state: str


class PlanPersonRow(_Shown):
    prospect_id: str
    name: str
    email: str
    stops: list[StopView]


class PlanPeopleView(_Shown):
    rows: list[PlanPersonRow]
    next: str | None
    total: int


class PlanPersonView(_Shown):
    """What happens to one person, in sentences."""

    name: str
    email: str
    sentences: list[str]
