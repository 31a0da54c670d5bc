"""The suppression list on the screen: its card, what it asks for and what it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qrev.assistant.cards import Card
from qrev.assistant.requests import Cursor

Value = Annotated[str, Field(max_length=320)]
Reason = Annotated[str, Field(max_length=200)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SuppressionsCard(Card):
    """Whom this workspace never writes to. With `value` the form to add it is open, filled in."""

    value: str = ""

    @property
    def key(self) -> str:
        return "suppressions"


class SuppressionsAsked(_Asked):
    """`search` is letters of an address or domain."""

    search: Annotated[str, Field(max_length=300)] = ""
    after: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 15


class SuppressionAddAsked(_Asked):
    value: Value
    reason: Reason


class SuppressionRemoveAsked(_Asked):
    """`is_meaning_known` says that the warning of its row was read."""

    value: Value
    reason: Reason
    is_meaning_known: bool = False


class SuppressionRow(_Shown):
    """`title` is the value in words, `who` a member or how it came; `warning` may be empty."""

    value: str
    title: str
    reason: str
    who: str
    created_at: datetime
    warning: str


class SuppressionsView(_Shown):
    """`said` is what a change came to, empty for none."""

    rows: list[SuppressionRow]
    next: str | None
    total: int
    may_add: bool
    may_remove: bool
    said: str = ""
