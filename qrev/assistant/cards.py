"""What the screen shows, as data. A Card carries ids and a revision; a View is loaded by the card.

Each Card has a drawing of the same name in public/elements/. Nothing here knows who draws it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# --- cards ---------------------------------------------------------------------------------------


class Card(_Shown):
    """One thing in the conversation. `rev` grows when what is behind it changes."""

    rev: int = 0

    @property
    def key(self) -> str:
        """What the card is about: told to `Notices`, every card of that key looks again."""
        return ""


class TextCard(Card):
    """Plain words (markdown)."""

    text: str


class TableCard(Card):
    """A list the AI server answered with. Rows are shown as text only."""

    title: str
    columns: list[str]
    rows: list[list[str]]


class ImportCard(Card):
    """A list that was dropped: what it is, what to decide about it, and what became of it."""

    import_id: str
    upload_id: str
    filename: str

    @property
    def key(self) -> str:
        return self.import_id


class PeopleCard(Card):
    """A table of people to search, narrow and sort: of one upload, or of everyone."""

    title: str
    upload_id: str | None = None
    search: str = ""


class DraftCard(Card):
    """The drafts of a sequence, one person and step at a time, and Send."""

    sequence_id: str

    @property
    def key(self) -> str:
        return self.sequence_id


class ProposalCard(Card):
    """A Send shown before it happens. What it is about is shown while it is being planned."""

    proposal_id: str
    name: str = ""
    people: int = 0
    mails: int = 0

    @property
    def key(self) -> str:
        return self.proposal_id


class ChangeCard(Card):
    """A dangerous change to the workspace, shown before it is made."""

    change_id: str

    @property
    def key(self) -> str:
        return self.change_id


class CampaignsCard(Card):
    """All sequences and how far they got."""

    @property
    def key(self) -> str:
        return "campaigns"


class OutboxCard(Card):
    """The mails that left, readable."""

    sequence_id: str | None = None


class QuestionCard(Card):
    """A question of the assistant with answers to press; the answer is the next turn."""

    text: str
    choices: list[str]


# --- views, each loaded by an action of the card ------------------------------------------------


class PersonRow(_Shown):
    id: str
    name: str
    email: str
    company_name: str
    job_title: str
    timezone: str
    tags: list[str] = []
    owner: str = ""


class PeopleView(_Shown):
    """`next` continues behind the last row; None at the end. `total` comes with the first page."""

    rows: list[PersonRow]
    next: str | None
    total: int | None
    is_total_exact: bool


class StepView(_Shown):
    number: int
    day: int


class SequenceView(_Shown):
    """`ready`, `failed` and `missing` count drafts; `total` is people times steps.

    While drafts are written: how many a minute, and when they are all there.
    """

    id: str
    name: str
    status: str
    steps: list[StepView]
    people: int
    total: int
    ready: int
    failed: int
    missing: int
    is_drafting: bool
    per_minute: int | None = None
    done_at: datetime | None = None


class ProspectView(_Shown):
    id: str
    name: str
    email: str
    company_name: str
    job_title: str
    position: int
    previous_id: str | None
    next_id: str | None


class FactView(_Shown):
    text: str
    source: str


class DraftView(_Shown):
    id: str
    step: int
    subject: str
    body: str
    version: int
    status: str  # ready or failed
    reason: str
    missing: list[str]
    doubts: list[str]  # sentences about the person that no fact backs
    facts: list[FactView]
    model: str  # which language model wrote the first version; "" for none
    prompt: str
    dollars: float
    is_edited: bool
    is_by_hand: bool  # the newest words are a member's own
    can_edit: bool


class DraftPage(_Shown):
    """`drafts` are those of this prospect that have arrived, in the order of the steps."""

    sequence: SequenceView
    prospect: ProspectView | None
    drafts: list[DraftView]
    can_change: bool


class DayCount(_Shown):
    day: str  # ISO date in the account's zone
    count: int


class MailboxCount(_Shown):
    mailbox: str
    count: int
    busiest_day: int


class PlannedRow(_Shown):
    """`local` is the minute on the recipient's wall, with its zone."""

    id: str
    name: str
    email: str
    step: int
    mailbox: str
    send_at: datetime
    local: str
    because: str


class BlockedRow(_Shown):
    name: str
    email: str
    step: int
    reason: str
    repair: str
    prospect_id: str


class ProposalView(_Shown):
    """The whole schedule in figures and its first rows.

    `state`: open, confirmed, applied, undone, void or expired. `needs` names what blocks
    everybody: postal_address, mailbox, drafts. Undo is possible until `undo_until`.
    """

    id: str
    hash: str
    state: str
    sequence_id: str
    sequence_name: str
    timezone: str
    people: int
    messages: int
    first_at: datetime | None
    last_at: datetime | None
    per_day: list[DayCount]
    per_mailbox: list[MailboxCount]
    rows: list[PlannedRow]
    next: str | None
    blocked_count: int
    blocked: list[BlockedRow]
    warnings: list[str]
    needs: list[str]
    hold_seconds: int
    expires_at: datetime
    replaced_by: str
    undo_until: datetime | None
    counts: dict[str, int]  # once applied: messages by status
    can_undo: bool = False  # also after the hold: what has not left
    outcome: str = ""  # what came of Undo
    waits_for: str = ""  # whose word it still needs, after one was given
    is_mine: bool = False  # that word was given by whoever looks


class ProgressView(_Shown):
    """How many of the people are planned. `people` is 0 while they are being read."""

    people: int
    planned: int


class ScheduleView(_Shown):
    rows: list[PlannedRow]
    next: str | None


class ChangeView(_Shown):
    """What one agrees to, in sentences, and what came of it.

    `state`: open, expired, confirmed, done, void or cancelled. `outcome` is there once it is done.
    """

    id: str
    hash: str
    state: str
    title: str
    verb: str
    facts: list[str]
    outcome: str
    expires_at: datetime


class CampaignRow(_Shown):
    id: str
    name: str
    status: str
    created_at: datetime
    people: int
    planned: int
    sent: int
    failed: int
    cancelled: int
    unknown: int
    replied: int  # people, as the next two are
    bounced: int
    opted_out: int
    booked: int
    next_at: datetime | None
    last_at: datetime | None
    can_stop: bool


class CampaignsView(_Shown):
    rows: list[CampaignRow]
    next: str | None


class OutboxRow(_Shown):
    message_id: str
    to: str
    subject: str
    mailbox: str
    step: int
    sent_at: datetime


class OutboxView(_Shown):
    rows: list[OutboxRow]
    next: str | None


class MailView(_Shown):
    """A mail as it left: its header lines and its text."""

    message_id: str
    headers: list[tuple[str, str]]
    text: str


class Refusal(_Shown):
    """What every action answers instead of a View when it cannot do what was asked.

    `code`: not_found, not_allowed, conflict, invalid, too_many, unavailable or bug. `fresh` is the
    thing as it is now, after a conflict.
    """

    message: str
    code: str
    fresh: dict[str, Any] | None = None
