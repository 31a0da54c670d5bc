"""What is sent to whom, and how far it got. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from qrev.accounts.models import AccountId, UserId
from qrev.kit.ids import stable_id


class SequenceStatus(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    ARCHIVED = "archived"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One touch. `delay` counts from the prospect's first step and is nothing for that one."""

    number: int
    delay: timedelta
    channel: str = "email"

    @property
    def day(self) -> int:
        return self.delay.days


@dataclass(frozen=True, kw_only=True, slots=True)
class StepWords:
    """What a step says, with fields in it: (subject, body) of variant A, and of B to D."""

    step: int
    variants: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sequence:
    """A campaign: an ordered plan of steps for a list of prospects.

    `dropbox_id` is what the AI server calls it, `step_ids` what it calls the steps, in their order.
    `people` is how many are enrolled once `is_enrolled`; drafts may arrive before and after.
    """

    id: str
    account_id: AccountId
    owner_id: UserId
    dropbox_id: str
    conversation_id: str
    name: str
    steps: tuple[Step, ...]
    status: SequenceStatus
    upload_id: str | None
    people: int
    is_enrolled: bool
    is_drafting: bool
    created_at: datetime
    step_ids: tuple[str, ...] = ()
    words: tuple[StepWords, ...] = ()  # of the steps whose words were changed for everybody


def sequence_id(account_id: AccountId, dropbox_id: str) -> str:
    """Return the id of the account's sequence of that name in the drop box."""
    return stable_id("seq", account_id, dropbox_id)


class ProspectStatus(StrEnum):
    WAITING = "waiting"  # enrolled, not planned
    ACTIVE = "active"  # planned; messages are on their way
    STOPPED = "stopped"
    FINISHED = "finished"


@dataclass(frozen=True, kw_only=True, slots=True)
class Prospect:
    """One Person in one Sequence, with its own copy of the steps and of the person's facts."""

    id: str
    account_id: AccountId
    sequence_id: str
    person_id: str
    email: str
    name: str
    company_name: str
    job_title: str
    timezone: str
    country: str
    steps: tuple[Step, ...]
    position: int = 0  # the place in the list it came from
    status: ProspectStatus = ProspectStatus.WAITING


def prospect_id(sequence_id: str, person_id: str) -> str:
    """Return the one id of a person in a sequence: enrolling twice enrolls once."""
    return f"{sequence_id}:{person_id}"


def message_id(prospect_id: str, step: int) -> str:
    """Return the one id of a prospect's step, of its Draft and of its Message alike."""
    return f"{prospect_id}:{step}"


def step_in(draft_id: str) -> int:
    """Return the step that an id of `message_id` is of."""
    return int(draft_id.rpartition(":")[2])


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """Something a draft says about a person, and where it was found."""

    text: str
    source: str


class DraftStatus(StrEnum):
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The words of a Message before Send. Version 1 is the AI server's, later ones a member's.

    `missing` names facts the words would need, `doubts` are sentences about the reader that no
    fact backs. Both are empty once a member has saved the words: they read them and answer for
    them. A draft is sealed once its prospect is planned. `model` is the language model that wrote
    the first version, after the instructions `prompt`, for `dollars`; "" for none.
    """

    id: str
    account_id: AccountId
    sequence_id: str
    prospect_id: str
    step: int
    subject: str
    body: str
    facts: tuple[Fact, ...]
    missing: tuple[str, ...]
    status: DraftStatus
    reason: str
    version: int
    is_sealed: bool = False
    doubts: tuple[str, ...] = ()
    model: str = ""
    prompt: str = ""
    dollars: float = 0
    is_by_hand: bool = False  # its newest words are a member's own

    @property
    def is_lacking(self) -> bool:
        """Whether somebody has to look at it before it may leave."""
        return bool(self.missing or self.doubts) or self.status is DraftStatus.FAILED


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftCounts:
    """How far the drafting of a sequence is. `missing` are ready ones that lack a fact or say
    something that no fact backs.
    """

    ready: int
    failed: int
    missing: int


class Remark(NamedTuple):
    """What is to be said of one draft: what blocks it, what would mend that, what is unwise in it.

    It is kept beside the words, so that a plan need not read 40,000 mails to be made.
    """

    prospect_id: str
    step: int
    reason: str = ""
    repair: str = ""
    unwise: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftTally:
    """How many drafts a sequence has and the sum of their versions: every write changes one.

    `is_current` says whether each was looked at by today's checks when it was written.
    """

    count: int
    versions: int
    is_current: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How the drafts of a sequence stand, without their words. Both mappings are by prospect.

    `remarks` name only drafts of which there is something to say; `absent` are the steps that
    were never drafted.
    """

    tally: DraftTally
    remarks: Mapping[str, tuple[Remark, ...]] = field(default_factory=dict)
    absent: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailbox:
    """An address we send from. `ramp_started_on` is None once it is warmed."""

    id: str
    account_id: AccountId
    email: str
    name: str
    channel: str
    timezone: str
    cap: int
    ramp_started_on: date | None
    is_paused: bool = False
    paused_reason: str = ""
    reply_to: str = ""  # where answers go, if not to the address itself
    signature: str = ""  # lines under every mail
    owner_id: UserId | None = None  # who connected it
    login_version: int = 0  # counts the logins to a server of its own; 0: it has none


class MessageStatus(StrEnum):
    """See the drawing in docs/vocabulary.md. SENDING never goes back to PLANNED by itself."""

    PLANNED = "planned"
    HELD = "held"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


# What a stop may still take back: nothing in it has been handed to a server.
OPEN = (MessageStatus.PLANNED, MessageStatus.HELD, MessageStatus.CLAIMED)
FIRST_LOOK = timedelta(minutes=1)  # after a mail came into doubt: it may still be on its way
LATE = timedelta(minutes=10)  # past its minute by this much it is planned anew, not sent in a burst


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerEntry:
    """One line of a message's own append-only record.

    `kind` is planned, claimed, intent, wire, outcome, looked, settled or stop; `note` is for
    people.
    A wire line is written with the outcome: an intent without one may have been on the wire.
    """

    kind: str
    at: datetime
    status: MessageStatus
    note: str = ""
    token: str = ""
    digest: str = ""  # SHA-256 of the bytes handed over, on the intent
    provider_id: str = ""
    mailbox_id: str = ""  # which one it left from, on the intent
    channel: str = ""  # by which way, on the wire line
    code: str = ""  # the server's own, on the outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One rendered touch to one address. Its words are the confirmed draft's."""

    id: str
    account_id: AccountId
    sequence_id: str
    prospect_id: str
    person_id: str
    proposal_id: str
    step: int
    mailbox_id: str
    to: str
    to_name: str
    company: str
    timezone: str  # the recipient's, so that a late message can be planned anew by itself
    country: str
    subject: str
    body: str
    send_at: datetime
    held_until: datetime
    because: str
    status: MessageStatus
    created_at: datetime
    attempts: int = 0
    token: str = ""
    lease_until: datetime | None = None
    reason: str = ""
    provider_id: str = ""
    header_id: str = ""  # the Message-ID it left with, if the provider replaced ours
    thread_id: str = ""  # the provider's, of the conversation it is in
    sent_at: datetime | None = None
    look_at: datetime | None = None  # in doubt: when the mailbox is next asked whether it left
    absent_at: datetime | None = None  # in doubt: when it was first not found there
    paused_by: tuple[str, ...] = ()  # the pauses it is in; it waits for the end of each
    cancelled_by: str = ""  # the order that cancelled it, if one did
    ledger: tuple[LedgerEntry, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocked:
    """Someone who will not be written to as things are, why, and what would mend it."""

    prospect_id: str
    name: str
    email: str
    step: int
    reason: str
    repair: str


class Touch(NamedTuple):
    """One planned or sent mail as the ledger knows it, without its words."""

    prospect_id: str
    step: int
    mailbox_id: str
    send_at: datetime
    email: str
    name: str
    company: str
    timezone: str
    country: str
    because: str
    status: MessageStatus
    reason: str
    sent_at: datetime | None


class ProposalState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"  # pressed; the plan is being written
    APPLIED = "applied"
    UNDOING = "undoing"  # nothing of it may be claimed; it is being taken back
    UNDONE = "undone"
    CANCELLED = "cancelled"  # dropped before it was confirmed
    VOID = "void"  # the world moved on; a newer one replaces it


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A Send shown before it happens. Only a confirmed one changes anything.

    `hash` covers everything the plan was made from. `planned_at` and `seed` let the same plan be
    made again: it is not stored, so the table shown is the table that runs.
    """

    id: str
    account_id: AccountId
    sequence_id: str
    conversation_id: str
    created_by: UserId
    hash: str
    seed: int
    planned_at: datetime
    expires_at: datetime
    state: ProposalState
    people: int
    messages: int
    confirmed_at: datetime | None = None
    confirmed_by: UserId | None = None
    undone_at: datetime | None = None
    outcome: str = ""  # what came of Undo
    replaced_by: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """Something a conversation should show. The same `id` told twice is shown once.

    With `card_id` an open card is asked to look again; with `text` a sentence is posted.
    """

    id: str
    account_id: AccountId
    conversation_id: str
    at: datetime
    card_id: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageCounts:
    """How many messages of a sequence are in each state, and when the next and the last leave."""

    by_status: dict[MessageStatus, int] = field(default_factory=dict)
    next_at: datetime | None = None
    last_at: datetime | None = None
