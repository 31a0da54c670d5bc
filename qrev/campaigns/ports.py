"""What campaigns need from outside, in their own words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from qrev.accounts.models import AccountId, UserId
from qrev.campaigns.delivery import Accepted
from qrev.campaigns.letters import Letter as Letter
from qrev.campaigns.models import (
    Draft,
    DraftCounts,
    Fact,
    Mailbox,
    Message,
    MessageCounts,
    MessageStatus,
    Notice,
    Proposal,
    ProposalState,
    Prospect,
    ProspectStatus,
    Sequence,
    SequenceStatus,
    StepWords,
)
from qrev.campaigns.planning import Taken
from qrev.campaigns.send_errors import AddressRefused as AddressRefused
from qrev.campaigns.send_errors import ContentRefused as ContentRefused
from qrev.campaigns.send_errors import MailboxRefused as MailboxRefused
from qrev.campaigns.send_errors import NoAnswer as NoAnswer
from qrev.campaigns.send_errors import NotNow as NotNow
from qrev.campaigns.send_errors import SendError as SendError

# --- making a sequence ---------------------------------------------------------------------------


class SequenceBook(Protocol):
    async def add_if_new(self, sequence: Sequence) -> bool:
        """Keep it unless it is there. Raises Conflict if another account has that drop box id."""

    async def get(self, account_id: AccountId, sequence_id: str) -> Sequence | None: ...

    async def by_dropbox_id(self, dropbox_id: str) -> Sequence | None:
        """Return the AI server's sequence. Only its own callback may ask without an account."""

    async def active(self) -> list[Sequence]:
        """Return every account's sequences that are sending, for the sweep."""

    async def running(self, account_id: AccountId) -> list[Sequence]:
        """Return the account's sequences that are sending or paused."""

    async def drafting(self) -> list[Sequence]:
        """Return every account's sequences that still wait for drafts, for the sweep."""

    async def page(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Sequence]:
        """Return the newest first, behind the (created_at, id) of `before`."""

    async def change(
        self,
        account_id: AccountId,
        sequence_id: str,
        *,
        was: SequenceStatus | None = None,
        status: SequenceStatus | None = None,
        people: int | None = None,
        is_enrolled: bool | None = None,
        is_drafting: bool | None = None,
        name: str | None = None,
        words: Collection[StepWords] | None = None,
    ) -> bool:
        """Write what is given, if the status was `was`. Return whether anything is different."""


class ProspectBook(Protocol):
    async def add_if_new(self, prospects: Collection[Prospect]) -> int:
        """Return how many were new. Written in unordered thousands."""

    async def of_sequence(self, account_id: AccountId, sequence_id: str) -> list[Prospect]:
        """Return all, in the order of their positions."""

    async def get(self, account_id: AccountId, prospect_id: str) -> Prospect | None: ...

    async def beside(
        self,
        account_id: AccountId,
        sequence_id: str,
        *,
        position: int,
        forward: bool,
        among: Collection[str] | None = None,
    ) -> Prospect | None:
        """Return the nearest one after (or before) that position, or None at the end.

        With `among` only these prospect ids count.
        """

    async def count(self, account_id: AccountId, sequence_id: str) -> int: ...

    async def has_waiting(self, account_id: AccountId, sequence_id: str) -> bool:
        """Return whether anyone in it is not planned yet."""

    async def place(self, account_id: AccountId, sequence_id: str, position: int) -> int:
        """Return how many there are up to and including that position."""

    async def set_status(
        self,
        account_id: AccountId,
        prospect_ids: Collection[str],
        status: ProspectStatus,
        *,
        was: ProspectStatus | None = None,
    ) -> None:
        """Write the status, if it was `was`."""

    async def of_address(self, account_id: AccountId, email: str) -> list[Prospect]:
        """Return what an address is in, over all sequences."""

    async def named(
        self, account_id: AccountId, sequence_ids: Collection[str], name: str, *, limit: int
    ) -> list[Prospect]:
        """Return those of the sequences with a name, first or later, that begins so."""

    async def stopped(self, account_id: AccountId, sequence_id: str) -> list[str]:
        """Return the addresses of those whom somebody stopped in that sequence."""


class DraftBook(Protocol):
    async def add_if_new(self, drafts: Collection[Draft]) -> int:
        """Return how many were new. A draft that is there stays: a member may have changed it."""

    async def of_sequence(self, account_id: AccountId, sequence_id: str) -> list[Draft]: ...

    async def get(self, account_id: AccountId, draft_id: str) -> Draft | None: ...

    async def of_prospect(self, account_id: AccountId, prospect_id: str) -> list[Draft]:
        """Return the steps' drafts that have arrived, in order."""

    async def count(self, account_id: AccountId, sequence_id: str) -> DraftCounts: ...

    async def lacking(self, account_id: AccountId, sequence_id: str) -> list[str]:
        """Return the prospects with a draft that `is_lacking`."""

    async def save(
        self,
        account_id: AccountId,
        draft_id: str,
        *,
        version: int,
        subject: str,
        body: str,
        at: datetime,
        by: str,
        missing: Collection[str] = (),
        doubts: Collection[str] = (),
        facts: Collection[Fact] | None = None,
        is_by_hand: bool = False,
    ) -> Draft | None:
        """Write version + 1. Return None if it is not at `version`, is locked or is sealed.

        `missing` and `doubts` are what is still open about the words, `facts` what they stand on:
        without any given, what the words before stood on.
        """

    async def reset(
        self, account_id: AccountId, draft_id: str, *, version: int, at: datetime, by: str
    ) -> Draft | None:
        """Bring back the words of version 1 as the newest version. None as in `save`."""


class DraftLocks(Protocol):
    """Keeps drafts still while a Send is being confirmed. Whose prospect is planned is settled."""

    async def lock(self, account_id: AccountId, sequence_id: str, *, until: datetime) -> None: ...

    async def unlock(self, account_id: AccountId, prospect_ids: Collection[str]) -> None: ...


class Notices(Protocol):
    async def tell(self, notice: Notice) -> None: ...

    async def since(self, conversation_ids: Collection[str], at: datetime) -> list[Notice]:
        """Return what these conversations were told at or after `at`, oldest first."""

    async def unposted(self, conversation_id: str) -> list[Notice]:
        """Return the texts that nobody has posted."""

    async def claim_posting(self, notice_id: str) -> bool:
        """Return whether the caller is the one to post this text."""


# --- sending -------------------------------------------------------------------------------------


class Reachability(Protocol):
    async def unreachable(
        self, account_id: AccountId, emails: Collection[str]
    ) -> Mapping[str, str]:
        """Return the addresses that must not be written to, each with the reason in words."""


class Mailboxes(Protocol):
    async def add_if_new(self, mailbox: Mailbox) -> bool: ...

    async def of_account(self, account_id: AccountId) -> list[Mailbox]: ...

    async def pause(self, account_id: AccountId, mailbox_id: str, reason: str) -> None: ...

    async def set_sending(self, account_id: AccountId, mailbox: Mailbox) -> None:
        """Write how a mailbox sends: its cap, its zone and since when it grows."""


class ProposalBook(Protocol):
    async def add(self, proposal: Proposal) -> None: ...

    async def get(self, account_id: AccountId, proposal_id: str) -> Proposal | None: ...

    async def fill(
        self, account_id: AccountId, proposal_id: str, *, hash: str, people: int, messages: int
    ) -> bool:
        """Write what came of planning it. Return whether it was open and not planned yet."""

    async def move(
        self,
        account_id: AccountId,
        proposal_id: str,
        *,
        before: ProposalState,
        after: ProposalState,
        hash: str | None = None,
        at: datetime | None = None,
        by: str | None = None,
        replaced_by: str | None = None,
        outcome: str | None = None,
    ) -> bool:
        """Change the state in one conditional update. Return whether it was in `before`."""

    async def confirmed_before(self, at: datetime) -> list[Proposal]:
        """Return those pressed before `at` whose plan is not written yet, for the sweep."""

    async def undoing_before(self, at: datetime) -> list[Proposal]:
        """Return those whose Undo was pressed before `at` and is not done yet, for the sweep."""

    async def of_sequence(self, account_id: AccountId, sequence_id: str) -> list[Proposal]: ...

    async def page(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Proposal]:
        """Return the newest first, behind the (planned_at, id) of `before`."""

    async def last_applied(self, account_id: AccountId, by: UserId) -> Proposal | None:
        """Return what they confirmed last that is planned and not undone."""


class PlanningLease(Protocol):
    """One plan at a time per account. The number grows with each holder: a fence."""

    async def take(self, account_id: AccountId, *, at: datetime, until: datetime) -> int | None:
        """Return the fencing number, or None while someone else holds it."""

    async def still_mine(self, account_id: AccountId, number: int) -> bool: ...

    async def give_back(self, account_id: AccountId, number: int) -> None: ...


class Messages(Protocol):
    """The ledger as planning and the numbers see it."""

    async def add_planned(self, messages: Collection[Message]) -> int:
        """Return how many were new. `$setOnInsert` in unordered thousands."""

    async def written(self, account_id: AccountId, proposal_id: str) -> tuple[int, list[str]]:
        """Return how many messages of the proposal there are, and their prospects."""

    async def taken(self, account_id: AccountId, *, since: datetime) -> list[Taken]:
        """Return what is planned or was sent at or after `since`, over all sequences."""

    async def counts(
        self, account_id: AccountId, sequence_ids: Collection[str]
    ) -> Mapping[str, MessageCounts]: ...

    async def cancel(
        self,
        account_id: AccountId,
        *,
        reason: str,
        at: datetime,
        sequence_id: str | None = None,
        email: str | None = None,
        by: str = "",
    ) -> int:
        """Cancel what is still open, of a sequence or to an address. Return how many.

        With `by`, the id of an order, they can be told apart from what others cancelled.

        What is on the wire just now is not called back, but it is never tried again either.
        """

    async def page(
        self,
        account_id: AccountId,
        *,
        status: MessageStatus,
        sequence_id: str | None,
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[Message]:
        """Return the newest sent first, behind the (sent_at, id) of `before`."""

    async def get(self, account_id: AccountId, message_id: str) -> Message | None: ...


class Outbox(Protocol):
    """The ledger as the worker sees it: claim, intent, outcome. Not by account: it serves all."""

    async def claim_due(
        self, *, since: datetime, now: datetime, lease: datetime, limit: int
    ) -> list[Message]:
        """Claim up to `limit` messages whose minute lies in (since, now], each for one worker."""

    async def intend(
        self, message: Message, *, digest: str, now: datetime, lease: datetime
    ) -> bool:
        """Say durably that it is about to go out. False: stopped or no longer ours; do not send."""

    async def record(self, message: Message, outcome: Outcome) -> bool:
        """Write what became of a message we hold. Return False if we no longer hold it.

        One that was stopped meanwhile is cancelled instead of going back to planned.
        """

    async def release_expired(self, *, now: datetime) -> tuple[int, int]:
        """Settle expired leases: claimed -> planned, sending -> unknown. Return both counts."""

    async def attempted(
        self, since: Mapping[tuple[AccountId, str], datetime]
    ) -> Mapping[str, Attempts]:
        """Return what each (account, mailbox) has attempted since its moment, by mailbox id."""

    async def hold_mailbox(
        self, account_id: AccountId, mailbox_id: str, *, until: datetime
    ) -> None:
        """Keep everything open of a mailbox from being claimed until then."""


class Lateness(Protocol):
    """The ledger as the sweeps see it."""

    async def late(self, *, before: datetime, now: datetime, limit: int) -> list[Message]:
        """Return open messages, not held now, whose minute passed before `before`."""

    async def open_of(self, account_id: AccountId, prospect_ids: Collection[str]) -> list[Message]:
        """Return what is planned or held of these prospects, by step."""

    async def move(
        self, message: Message, *, send_at: datetime, because: str, at: datetime
    ) -> bool:
        """Give an open message a new minute, unless it changed meanwhile."""

    async def with_open(self, account_id: AccountId, sequence_ids: Collection[str]) -> set[str]:
        """Return those of the sequences that have anything left to send."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempts:
    """How many mails a mailbox has tried to send, and when the last one was."""

    count: int
    last_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of one attempt. `send_at` and `held_until` only when it goes back to planned."""

    status: MessageStatus
    note: str
    at: datetime
    provider_id: str = ""
    header_id: str = ""  # as the provider has it, if it replaced ours
    thread_id: str = ""
    send_at: datetime | None = None
    held_until: datetime | None = None
    is_attempt: bool = True  # False for one that was put back before the wire
    channel: str = ""
    began_at: datetime | None = None  # when it went to the wire
    code: str = ""  # the server's own


class Channel(Protocol):
    async def send(self, mailbox: Mailbox, letter: Letter) -> Accepted:
        """Deliver one letter and return what the provider calls it, or raise SendError."""
