"""A plan to look at: by day and mailbox, by person and step, one person in sentences. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from qrev.campaigns.models import OPEN, MessageStatus
from qrev.campaigns.planning.hours import zone_named
from qrev.campaigns.questions import Leaving, Someone, Subject

DAY = timedelta(days=1)
LONGEST_MAP = 120  # days shown at once; a longer plan is shown by its first ones
STATES = {
    MessageStatus.SENT: "left",
    MessageStatus.SENDING: "leaving",
    MessageStatus.UNKNOWN: "unknown",
    MessageStatus.FAILED: "failed",
    MessageStatus.CANCELLED: "taken back",
}
# What became of a mail that is no longer ahead: {at}, {mailbox} and {note} are its own.
TOLD = {
    "": "leaves on {at}, from {mailbox}.",
    "left": "left on {at}, from {mailbox}.",
    "leaving": "is leaving now, from {mailbox}.",
    "unknown": "may have left on {at}: nobody said whether it was taken.",
    "failed": "was to leave on {at} and could not be delivered{note}.",
    "taken back": "was to leave on {at} and was taken back{note}.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxDays:
    """How many mails of a mailbox leave on each day of the map, and how many may."""

    mailbox: str
    cap: int
    counts: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DayMap:
    """`days` are consecutive ISO dates of the workspace; `more` mails leave after the last."""

    days: tuple[str, ...]
    rows: tuple[MailboxDays, ...]
    more: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """One mail of a person. `state` is "" while it is ahead, else a key of TOLD; `note` why."""

    step: int
    mailbox: str
    at: datetime
    local: str
    because: str
    state: str
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    prospect_id: str
    someone: Someone
    stops: tuple[Stop, ...]


def day_map(subject: Subject) -> DayMap:
    """Return how many mails each mailbox sends on each day, weekends and empty days included."""
    zone = zone_of(subject)
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for message in _all(subject):
        counts[message.mailbox_id][_at(message).astimezone(zone).toordinal()] += 1
    if not counts:
        return DayMap(days=(), rows=(), more=0)
    days = sorted({day for of_box in counts.values() for day in of_box})
    shown = range(days[0], min(days[-1], days[0] + LONGEST_MAP - 1) + 1)
    boxes = {m.id: m for m in subject.mailboxes}
    rows = [
        MailboxDays(
            mailbox=boxes[id].email if id in boxes else "a mailbox that is gone",
            cap=min(boxes[id].cap, subject.rules.ceiling) if id in boxes else 0,
            counts=tuple(of_box[day] for day in shown),
        )
        for id, of_box in counts.items()
    ]
    begin = datetime.fromordinal(shown[0])
    return DayMap(
        days=tuple((begin + n * DAY).date().isoformat() for n in range(len(shown))),
        rows=tuple(sorted(rows, key=lambda row: row.mailbox)),
        more=sum(c for of_box in counts.values() for day, c in of_box.items() if day > shown[-1]),
    )


def people_page(subject: Subject, start: int, limit: int) -> tuple[list[PersonRow], int]:
    """Return some people with all their mails, whose first leaves soonest first, and how many
    people there are.
    """
    by_person = _by_person(subject)
    order = sorted(by_person, key=lambda id: (min(map(_at, by_person[id])), id))
    return [_row(subject, id, by_person[id]) for id in order[start : start + limit]], len(order)


def person(subject: Subject, prospect_id: str) -> PersonRow | None:
    """Return one person with all their mails, None for someone who has none."""
    mails = [m for m in _all(subject) if m.prospect_id == prospect_id]
    return _row(subject, prospect_id, mails) if mails else None


def sentences(row: PersonRow) -> list[str]:
    """Return what happens to one person, a sentence or two for each mail."""
    told = []
    for stop in row.stops:
        note = f": {stop.note}" if stop.note else ""
        words = TOLD[stop.state].format(at=stop.local, mailbox=stop.mailbox, note=note)
        why = "" if stop.state in ("failed", "taken back") else _why(stop.because)
        told.append(f"Mail {stop.step} {words}{why}")
    return told


def zone_of(subject: Subject) -> ZoneInfo:
    return zone_named(subject.rules.account_timezone) or ZoneInfo("UTC")


def _why(because: str) -> str:
    """Return the reasons as a sentence of their own; the minute itself is said already."""
    reasons = "; ".join(because.split("; ")[1:])
    return f" {reasons[:1].upper()}{reasons[1:]}." if reasons else ""


def _all(subject: Subject) -> list[Leaving]:
    return [*subject.gone, *subject.messages]


def _at(message: Leaving) -> datetime:
    sent_at: datetime | None = getattr(message, "sent_at", None)
    return sent_at or message.send_at


def _by_person(subject: Subject) -> dict[str, list[Leaving]]:
    found: dict[str, list[Leaving]] = defaultdict(list)
    for message in _all(subject):
        found[message.prospect_id].append(message)
    return found


def _row(subject: Subject, prospect_id: str, mails: Sequence[Leaving]) -> PersonRow:
    boxes = {m.id: m.email for m in subject.mailboxes}
    stops = []
    for message in sorted(mails, key=lambda m: m.step):
        told = subject.told(message)
        status = getattr(message, "status", MessageStatus.PLANNED)
        stops.append(
            Stop(
                step=message.step,
                mailbox=boxes.get(message.mailbox_id, "a mailbox that is gone"),
                at=_at(message),
                local=told.local,
                because=told.because,
                state="" if status in OPEN else STATES[status],
                note=getattr(message, "reason", ""),
            )
        )
    return PersonRow(
        prospect_id=prospect_id, someone=subject.people[prospect_id], stops=tuple(stops)
    )
