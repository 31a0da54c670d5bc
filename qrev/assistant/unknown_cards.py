"""Mails of which nobody knows whether they left, on the screen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qrev.assistant.cards import Card


class UnknownCard(Card):
    """Shows what is known of each, and takes a member's word for it."""

    @property
    def key(self) -> str:
        return "unknown"


class UnknownAsked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    after: Annotated[str, Field(max_length=1000)] | None = None


class LeftAsked(BaseModel):
    """`has_left` is what the member says."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    message_id: Annotated[str, Field(max_length=300)]
    has_left: bool


class EvidenceLine(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    at: datetime
    text: str


class UnknownRow(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    message_id: str
    to: str
    subject: str
    step: int
    mailbox: str
    tried_at: datetime
    evidence: list[EvidenceLine]


class UnknownView(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: list[UnknownRow]
    next: str | None
    can_change: bool
