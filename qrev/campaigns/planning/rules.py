"""What a plan is made of, with the defaults a seasoned sender expects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

# Providers of private mailboxes: two people there have nothing to do with each other.
FREE_MAIL = frozenset(
    {
        "aol.com",
        "fastmail.com",
        "gmail.com",
        "gmx.at",
        "gmx.ch",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mac.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "t-online.de",
        "web.de",
        "yahoo.com",
        "yandex.ru",
        "ymail.com",
        "zoho.com",
    }
)
WEEKDAY = ((time(9), time(17)),)


def company_of(email: str) -> str:
    """Return the company's domain, "" for a private address."""
    domain = email.rpartition("@")[2].lower()
    return "" if domain in FREE_MAIL else domain


def office_hours() -> Mapping[int, tuple[tuple[time, time], ...]]:
    """Return Monday (0) to Friday, 09:00 to 17:00."""
    return dict.fromkeys(range(5), WEEKDAY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """When mail may leave. `windows` are wall-clock hours of the recipient, by weekday."""

    account_timezone: str
    windows: Mapping[int, tuple[tuple[time, time], ...]] = field(default_factory=office_hours)
    min_gap: timedelta = timedelta(minutes=4)
    max_gap: timedelta = timedelta(minutes=12)
    ceiling: int = 50  # cold mail beyond this a day burns a mailbox, whatever its cap says
    ramp_start: int = 5
    ramp_step: int = 2  # more each day, up to the cap
    company_people: int = 2  # of one company are first written to ...
    company_period: timedelta = timedelta(days=7)  # ... in any span of this length, ...
    company_spacing: timedelta = timedelta(days=2)  # ... this far apart
    skips_holidays: bool = True
    hold: timedelta | None = None  # between Confirm and the first mail; None: as installed
    # What members ruled beside it: what it is called where it moves a mail.
    cuts: Mapping[int, str] = field(default_factory=dict)  # weekdays that lost hours to a rule
    company_reason: str = "company"  # or the rule that asks for the spacing
    closed_domains: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanStep:
    """`day` counts from the day the prospect's first step really leaves."""

    number: int
    day: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanProspect:
    """Someone to plan for. When the first steps are out already, `mailbox_id`, `first_at` and
    `previous_at` say from where and when, and `steps` are those that are left.
    """

    id: str
    steps: tuple[PlanStep, ...]
    timezone: str | None = None
    country: str | None = None
    company: str = ""
    mailbox_id: str | None = None
    first_at: datetime | None = None
    previous_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanMailbox:
    id: str
    timezone: str
    cap: int
    ramp_started_on: date | None
    is_paused: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A message that is planned or was sent already, in whichever sequence.

    `timezone` and `country` are its reader's: a company is counted by the days of its people.
    """

    mailbox_id: str
    send_at: datetime
    company: str
    prospect_id: str
    step: int
    timezone: str = ""
    country: str = ""


# What can move a mail to another day, in words.
MOVES: Mapping[str, str] = {
    "late": "its day has passed",
    "previous": "the mail before leaves only the day before",
    "company": "others of their company are written to around then",
    "hours": "outside their working hours",
    "holiday": "a public holiday there",
    "ramp": "the mailbox is new and sends little at first",
    "full": "the mailbox was full",
}


class Because(NamedTuple):
    """Why a message leaves at its minute: little, so that 40,000 of them weigh little."""

    local: datetime  # on the recipient's wall
    zone: str
    zone_from: str  # person, country or account
    day: int
    wanted: date
    moved_by: tuple[str, ...]  # keys of MOVES or rules by name, in the order they moved it

    def __str__(self) -> str:
        parts = [f"{self.local:%a %-d %b %H:%M} in {self.zone}"]
        parts.append("first mail" if self.day == 0 else f"day {self.day} after the first mail")
        if self.zone_from == "account":
            parts.append("their time zone is not known, so yours is used")
        if self.zone_from == "country":
            parts.append("their zone is taken from their country")
        if self.moved_by and self.wanted != self.local.date():
            reasons = ", then ".join(MOVES.get(move, move) for move in self.moved_by)
            parts.append(f"moved from {self.wanted:%a %-d %b}: {reasons}")
        return "; ".join(parts)


class PlannedMessage(NamedTuple):
    prospect_id: str
    step: int
    mailbox_id: str
    send_at: datetime  # UTC, whole milliseconds
    because: Because


@dataclass(frozen=True, slots=True)
class Refused:
    """A step that fits nowhere, and why, as a sentence."""

    prospect_id: str
    step: int
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Every (prospect, step) is in exactly one of the two."""

    messages: tuple[PlannedMessage, ...]
    refused: tuple[Refused, ...]
