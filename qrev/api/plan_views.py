"""What programs are told of plans."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class PlannedMailView(_View):
    """One planned mail. `local` is the minute on the reader's wall."""

    prospect_id: str
    name: str
    email: str
    step: int
    mailbox: str
    send_at: datetime
    local: str
    because: str


class PlanAnswerView(_View):
    """An answer in words, and the mails it is about."""

    text: str
    timezone: str
    rows: list[PlannedMailView]
