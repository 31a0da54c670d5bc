"""All that happened with one person, the newest first. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from qrev.crm.edits import HistoryEntry
from qrev.crm.meetings import Meeting, MeetingState
from qrev.crm.models import Person


class MailState(StrEnum):
    AHEAD = "ahead"
    SENT = "sent"
    FAILED = "failed"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A mail to them; `at` is when it left, or when it is to leave."""

    at: datetime
    subject: str
    step: int
    state: MailState
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """How they came to be known."""

    at: datetime
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """Something that came back from them, in words."""

    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A call that is, or was, to be held with them at `at`. `by` is the member who booked it."""

    at: datetime
    minutes: int
    link: str
    by: str
    state: MeetingState


Happening = Arrival | HistoryEntry | Mail | Heard | Call


def timeline(
    person: Person,
    history: Iterable[HistoryEntry],
    mails: Iterable[Mail],
    heard: Iterable[Heard] = (),
    meetings: Iterable[Meeting] = (),
) -> list[Happening]:
    """Return all of it in one order. What is still ahead comes first."""
    happenings: list[Happening] = [*history, *mails, *heard]
    happenings += [
        Call(at=m.starts_at, minutes=m.minutes, link=m.link, by=m.by, state=m.state)
        for m in meetings
    ]
    if person.created_at is not None:
        happenings.append(Arrival(at=person.created_at, source=person.source))
    # Of one moment, coming is the earliest.
    return sorted(happenings, key=lambda h: (h.at, not isinstance(h, Arrival)), reverse=True)
