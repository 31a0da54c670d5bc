"""The log of changes on the screen: its card, what it asks for and what it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qrev.assistant.audit_sentences import Kind
from qrev.assistant.cards import Card
from qrev.assistant.requests import Cursor, Id


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AuditCard(Card):
    """Who changed what in the workspace, the newest first."""

    @property
    def key(self) -> str:
        return "audit"


class AuditPageAsked(_Asked):
    """`user_id` narrows it to what one person did, `kind` to one kind of change."""

    user_id: Id | None = None
    kind: Kind | None = None
    after: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 15


class FactRow(_Shown):
    """A field before and after; empty is nothing."""

    name: str
    before: str
    after: str


class AuditRow(_Shown):
    """`sentence` says who did what; `through` whether a person or a program did it."""

    id: str
    at: datetime
    sentence: str
    who: str
    email: str
    kind: str
    address: str
    through: str
    facts: list[FactRow]


class Choice(_Shown):
    value: str
    title: str


class AuditView(_Shown):
    """`people` and `kinds` are what the log can be narrowed to."""

    rows: list[AuditRow]
    next: str | None
    people: list[Choice]
    kinds: list[Choice]
