"""What is heard of a message, and what it means. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from qrev.accounts.models import AccountId
from qrev.campaigns.hearing.reading import Refusal
from qrev.kit.ids import stable_id


class EventKind(StrEnum):
    REPLIED = "replied"
    AWAY = "away"  # an answer that came by itself: somebody is not there
    AUTOMATIC = "automatic"  # any other answer that came by itself
    BOUNCED = "bounced"  # the address will never take a mail
    SOFT_BOUNCED = "soft_bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    OPENED = "opened"
    CLICKED = "clicked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """A fact about a message. `heard_id` is the provider's id of what told us.

    `note` is for people: the first words of a reply, or why a server refused.
    """

    id: str
    account_id: AccountId
    kind: EventKind
    at: datetime
    message_id: str
    sequence_id: str
    prospect_id: str
    person_id: str
    mailbox_id: str
    email: str
    note: str = ""
    heard_id: str = ""


def event_id(account_id: AccountId, mailbox_id: str, heard_id: str, message_id: str) -> str:
    """Return the one id of what a mail that came in says of a message: heard twice, told once."""
    return stable_id("evt", account_id, mailbox_id, heard_id, message_id)


class Meaning(StrEnum):
    OWN = "own"  # a copy of a mail of ours
    REFUSED = "refused"
    COMPLAINT = "complaint"
    AWAY = "away"
    AUTOMATIC = "automatic"
    STOP = "stop"
    REPLY = "reply"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a mail that came in means. `words` are their own, without what they quote."""

    meaning: Meaning
    words: str = ""
    back_on: date | None = None
    refusals: tuple[Refusal, ...] = field(default_factory=tuple)
