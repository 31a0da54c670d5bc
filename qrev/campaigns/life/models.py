"""What can be ordered about sequences that run. Pure: no clock, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qrev.accounts.models import AccountId, UserId


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Which mails are meant. What is empty does not narrow it: an empty one means all.

    `places` are (country, time zone) pairs as they stand in messages, None for anywhere.
    """

    sequence_id: str = ""
    proposal_id: str = ""
    mailbox_id: str = ""
    company: str = ""  # a domain
    email: str = ""
    step: int = 0
    places: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What exactly is ordered. What a kind has no use for stays empty.

    `country` is an ISO code. `person` is an address. `pause_ids` are those a resume ends.
    `was` is the status of the sequence before, for Undo.
    """

    sequence_id: str = ""
    mailbox_id: str = ""
    country: str = ""
    company: str = ""
    person: str = ""
    until: datetime | None = None
    pause_ids: tuple[str, ...] = ()
    step: int = 0
    subject: str = ""
    body: str = ""
    variants: tuple[tuple[str, str], ...] = ()  # (subject, body) of B, C and D
    was: str = ""
    rewrite_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """Mails of one sequence, or with an empty `sequence_id` of all, that wait. Id of its order."""

    id: str
    account_id: AccountId
    sequence_id: str
    mailbox_id: str
    country: str
    company: str
    until: datetime | None  # None: until somebody resumes
    by: UserId
    by_name: str
    at: datetime

    @property
    def is_whole(self) -> bool:
        """Return whether it holds everything of its sequences, not some of it."""
        return not (self.mailbox_id or self.country or self.company)


class OrderKind(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    STOP_PERSON = "stop_person"
    EDIT_STEP = "edit_step"
    REWRITE = "rewrite"
    ARCHIVE = "archive"


class OrderState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"  # pressed; it is being carried out
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    CANCELLED = "cancelled"
    VOID = "void"  # the world moved on; a newer one replaces it


@dataclass(frozen=True, kw_only=True, slots=True)
class Touched:
    """One of the first rows an order touches, as it is and as it would be."""

    name: str
    email: str
    step: int
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A change to what runs, shown before it is made. Only a confirmed one changes anything.

    `hash` covers the terms and everything the facts were read from. `touched` and `people` count
    all rows, `rows` are the first of them. `seed` and `planned_at` give new minutes again.
    """

    id: str
    account_id: AccountId
    kind: OrderKind
    terms: Terms
    conversation_id: str
    created_by: UserId
    created_by_name: str
    title: str
    facts: tuple[str, ...]
    rows: tuple[Touched, ...]
    touched: int
    people: int
    hash: str
    seed: int
    planned_at: datetime
    expires_at: datetime
    state: OrderState
    confirmed_at: datetime | None = None
    confirmed_by: UserId | None = None
    confirmed_by_name: str = ""
    changed_at: datetime | None = None  # when its state last changed
    outcome: str = ""
    replaced_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """What one member has confirmed and a second one has to. Its id is made from its hash."""

    id: str
    account_id: AccountId
    subject_id: str  # the proposal's or the order's
    is_send: bool
    title: str
    people: int
    asked_by: UserId
    asked_by_name: str
    asked_at: datetime
    expires_at: datetime
    conversation_id: str = ""
