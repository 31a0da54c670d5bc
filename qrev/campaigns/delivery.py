"""What a provider says of the mails it took, and what can be asked of it afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Mailbox, Message


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """A provider took a letter.

    `header_id` is the Message-ID it gave the mail, `thread_id` what it calls the conversation.
    Both are empty where the provider keeps ours and has no name for conversations.
    """

    provider_id: str
    header_id: str = ""
    thread_id: str = ""


class Earlier(NamedTuple):
    """A mail that left before to the same person in the same sequence."""

    step: int
    subject: str
    header_id: str  # "" where it left with the one we gave it
    thread_id: str


class SentMails(Protocol):
    async def earlier(
        self, account_id: AccountId, prospect_ids: Collection[str]
    ) -> Mapping[str, tuple[Earlier, ...]]:
        """Return what was sent to each of these prospects, by step. Who has none is left out."""

    async def linked(self, message_id: str) -> Message | None:
        """Return the mail a link was in. Only who shows a link we made may ask, for any account."""


# --- settling what got no answer -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """The mail did leave: the provider has it."""

    accepted: Accepted


@dataclass(frozen=True, slots=True)
class Absent:
    """The provider answered, and does not have the mail. It may still be on its way there."""


@dataclass(frozen=True, slots=True)
class CouldNotLook:
    """There was no answer, which says nothing of the mail."""

    why: str


Look = Found | Absent | CouldNotLook


class Settling(Protocol):
    """Looks for the evidence of a mail whose sending got no answer."""

    async def look(self, mailbox: Mailbox, message: Message) -> Look:
        """Return whether the mail is among what the mailbox has sent. Raises nothing."""
