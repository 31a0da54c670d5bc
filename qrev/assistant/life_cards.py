"""The cards about campaigns that run, what they ask, and the views they load."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from qrev.assistant.cards import Card, StepView
from qrev.assistant.requests import Cursor, Id

Words = Annotated[str, Field(max_length=300)]


class OrderCard(Card):
    """A change to what runs, shown before it is made."""

    order_id: str

    @property
    def key(self) -> str:
        return self.order_id


class CampaignCard(Card):
    """One campaign: how far it is, what is paused, and all that can be done to it."""

    sequence_id: str

    @property
    def key(self) -> str:
        return "campaigns"


class ApprovalsCard(Card):
    """What waits for a second member's word."""

    @property
    def key(self) -> str:
        return "approvals"


# --- what they ask


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class StepWords(BaseModel):
    """The words of one variant, with fields like {{first_name}} in them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    subject: Annotated[str, Field(max_length=2000)]
    body: Annotated[str, Field(max_length=100_000)]


class NothingAsked(_Asked):
    pass


class OrderAsked(_Asked):
    order_id: Id


class OrderConfirmAsked(_Asked):
    order_id: Id
    hash: Annotated[str, Field(min_length=1, max_length=100)]


class OrderProposeAsked(_Asked):
    """`country` is a name or a code, `person` an address, `until` the first day it goes on."""

    order: Literal["pause", "resume", "stop", "stop_person", "archive", "edit_step"]
    sequence_id: Annotated[str, Field(max_length=300)] = ""
    mailbox_id: Annotated[str, Field(max_length=300)] = ""
    country: Words = ""
    company: Words = ""
    person: Words = ""
    until: date | None = None
    pause_id: Annotated[str, Field(max_length=300)] = ""
    step: Annotated[int, Field(ge=0, le=100)] = 0
    variants: Annotated[list[StepWords], Field(max_length=4)] = []  # the first is A


class StepAsked(_Asked):
    sequence_id: Id
    step: Annotated[int, Field(ge=1, le=100)]


class PeopleAddAsked(_Asked):
    """`emails` are addresses of people who are known, in any order, however divided."""

    sequence_id: Id
    emails: Annotated[str, Field(max_length=1_000_000)]


class CampaignAsked(_Asked):
    sequence_id: Id


class CampaignNameAsked(_Asked):
    sequence_id: Id
    name: Words


class ApprovalAsked(_Asked):
    approval_id: Id


class ThresholdAsked(_Asked):
    people: Annotated[int, Field(ge=0, le=1_000_000)]


class ProposalsAsked(_Asked):
    after: Cursor | None = None


# --- what they are answered


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TouchedRow(_Shown):
    name: str
    email: str
    step: int
    before: str
    after: str


class OrderView(_Shown):
    """What one agrees to, in sentences and first rows, and what came of it.

    `state`: open, expired, confirmed, done, undoing, undone, cancelled or void. `waits_for` says
    whose word it still needs, after one was given.
    """

    id: str
    hash: str
    state: str
    kind: str
    title: str
    verb: str
    facts: list[str]
    rows: list[TouchedRow]
    touched: int
    outcome: str
    waits_for: str
    expires_at: datetime
    can_decide: bool
    can_undo: bool


class PauseRow(_Shown):
    id: str
    what: str
    until: datetime | None
    by: str
    is_here: bool  # of this campaign alone, not of all


class ChoiceRow(_Shown):
    id: str
    name: str


class CampaignView(_Shown):
    """`left` cannot be called back; `waiting` have not left. What can be paused alone is listed."""

    id: str
    name: str
    status: str
    people: int
    steps: list[StepView]
    left: int
    sending: int
    waiting: int
    failed: int
    cancelled: int
    next_at: datetime | None
    last_at: datetime | None
    pauses: list[PauseRow]
    mailboxes: list[ChoiceRow]
    countries: list[ChoiceRow]
    can_change: bool
    can_pause: bool
    can_resume: bool
    can_stop: bool
    can_archive: bool
    can_edit: bool  # add people, change a mail


class StepWordsView(_Shown):
    """What a mail says now, with fields in the place of each person's facts."""

    step: int
    variants: list[StepWords]
    fields: list[str]


class ApprovalRow(_Shown):
    id: str
    subject_id: str
    is_send: bool
    title: str
    people: int
    asked_by: str
    asked_at: datetime
    is_mine: bool


class ApprovalsView(_Shown):
    rows: list[ApprovalRow]
    threshold: int
    is_alone: bool  # nobody else may confirm, so nothing waits
    can_manage: bool
    can_change: bool
