"""What a workspace or a sequence set of the sending rules, and what each setting is for. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from itertools import pairwise
from typing import Any, Protocol

from qrev.accounts.models import AccountId
from qrev.campaigns.planning import Rules
from qrev.campaigns.planning.rules import office_hours
from qrev.campaigns.policies import DAYS_END, Policy, under
from qrev.kit.errors import InvalidInput

CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
MAX_INTERVALS = 4  # of a weekday
CEILING = 50  # mails a mailbox and day; cold mail beyond it burns the mailbox
LOOK_BACK = timedelta(days=8)  # at least; longer where a company is counted over longer
Values = Mapping[str, Any]  # as they are kept and told: numbers, booleans, hours as text
Windows = Mapping[int, tuple[tuple[time, time], ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rulebook:
    """What was set, by name, and the policies. `version` grows with every change; 0: never."""

    version: int = 0
    values: Values = field(default_factory=dict)
    policies: tuple[Policy, ...] = ()


class Rulebooks(Protocol):
    """What was set of the sending rules: for a workspace, or ("sequence_id") for one sequence."""

    async def get(self, account_id: AccountId, sequence_id: str = "") -> Rulebook:
        """Return what was set, an empty one (version 0) if nothing was."""

    async def put(self, account_id: AccountId, rulebook: Rulebook, sequence_id: str = "") -> bool:
        """Keep it as the next version, if the one there is at `version`. Return whether it was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One thing one can set: why it is as it is, where that is from, and how it is applied."""

    name: str
    title: str
    unit: str
    default: Any
    reason: str
    source: str
    read: Callable[[Setting, Any], Any]
    apply: Callable[[Rules, Any], Rules]
    low: int = 0
    high: int = 0
    is_of_mailboxes: bool = False  # for the workspace alone: a mailbox serves all sequences


def _number(setting: Setting, value: Any) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not is_number or not setting.low <= value <= setting.high:
        raise InvalidInput(
            f"{setting.title}: give a whole number from {setting.low} to {setting.high} "
            f"({setting.unit})."
        )
    return int(value)


def _switch(setting: Setting, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(f"{setting.title}: say yes or no.")
    return value


def _windows(setting: Setting, value: Any) -> dict[str, list[list[str]]]:
    """Return hours by weekday ("0" is Monday) as [["09:00", "12:00"], …], in order."""
    if not isinstance(value, Mapping) or not {str(k) for k in value} <= set("0123456"):
        raise InvalidInput(f"{setting.title}: give hours for weekdays 0 (Monday) to 6.")
    read = {str(day): _day(setting, spans) for day, spans in value.items()}
    if not any(read.values()):
        raise InvalidInput(f"{setting.title}: leave at least one weekday with some hours.")
    return {day: spans for day, spans in sorted(read.items()) if spans}


def _day(setting: Setting, spans: Any) -> list[list[str]]:
    if not isinstance(spans, Sequence) or isinstance(spans, str) or len(spans) > MAX_INTERVALS:
        raise InvalidInput(f"{setting.title}: a day has at most {MAX_INTERVALS} spans of hours.")
    read: list[tuple[time, time]] = []
    for span in spans:
        if not isinstance(span, Sequence) or isinstance(span, str) or len(span) != 2:
            raise InvalidInput(f"{setting.title}: a span is its begin and its end, like 09:00.")
        begin, end = (clock(setting.title, each) for each in span)
        if begin >= end:
            raise InvalidInput(f"{setting.title}: {span[0]} is not before {span[1]}.")
        read.append((begin, end))
    read.sort()
    for (_, end), (begin, _) in pairwise(read):
        if begin < end:
            raise InvalidInput(f"{setting.title}: two spans of one day overlap at {begin:%H:%M}.")
    return [[f"{begin:%H:%M}", _shown(end)] for begin, end in read]


def clock(title: str, text: Any) -> time:
    """Return a wall-clock time; 24:00 is the end of the day. Raises InvalidInput by name."""
    found = CLOCK.fullmatch(str(text).strip())
    if found is None or (found[1] == "24" and found[2] != "00"):
        raise InvalidInput(f"{title}: “{str(text)[:20]}” is no time of day. Write it like 09:00.")
    return DAYS_END if found[1] == "24" else time(int(found[1]), int(found[2]))


def _shown(end: time) -> str:
    return "24:00" if end == DAYS_END else f"{end:%H:%M}"


def windows_kept(windows: Windows) -> dict[str, list[list[str]]]:
    """Return hours as they are kept and told."""
    return {
        str(day): [[f"{begin:%H:%M}", _shown(end)] for begin, end in spans]
        for day, spans in sorted(windows.items())
        if spans
    }


def _with_windows(rules: Rules, value: Values) -> Rules:
    hours = {
        int(day): tuple((clock("Hours", a), clock("Hours", b)) for a, b in spans)
        for day, spans in value.items()
    }
    return replace(rules, windows=hours)


def _set(name: str, unit: timedelta | None = None) -> Callable[[Rules, Any], Rules]:
    """Return what sets a field of the rules to a value, or to so many of a unit."""

    def apply(rules: Rules, value: Any) -> Rules:
        new: dict[str, Any] = {name: value if unit is None else value * unit}
        return replace(rules, **new)

    return apply


MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
RECEIVERS = "Gmail's and Yahoo's rules for senders (2024), which ask for few complaints"
HABIT = "what experienced senders of cold mail do; no provider publishes a number"
SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="windows",
        title="Sending hours",
        unit="hours of the reader, by weekday",
        default=windows_kept(office_hours()),
        reason="A mail that arrives while someone works is seen before it sinks in the list.",
        source="the reader's own working day; theirs are counted in their time zone",
        read=_windows,
        apply=_with_windows,
    ),
    Setting(
        name="skips_holidays",
        title="Skip public holidays",
        unit="yes or no",
        default=True,
        reason="Nobody reads a pitch on a holiday, and it looks careless.",
        source="the public holidays of the reader's country",
        read=_switch,
        apply=_set("skips_holidays"),
    ),
    Setting(
        name="ceiling",
        title="Most mails a mailbox and day",
        unit="mails",
        default=CEILING,
        low=1,
        high=CEILING,
        reason="More cold mail than this from one mailbox makes providers sort it as spam.",
        source=RECEIVERS,
        read=_number,
        apply=_set("ceiling"),
        is_of_mailboxes=True,
    ),
    Setting(
        name="hold_minutes",
        title="Wait after Confirm",
        unit="minutes",
        default=None,  # as installed
        low=0,
        high=60,
        reason="Until it is over a whole Send can be taken back before any of it has left.",
        source="how long it takes to notice a slip",
        read=_number,
        apply=_set("hold", MINUTE),
        is_of_mailboxes=True,
    ),
    Setting(
        name="ramp_start",
        title="New mailbox: first day",
        unit="mails",
        default=5,
        low=1,
        high=CEILING,
        reason="A mailbox nobody knows has to earn trust before it sends much.",
        source=HABIT,
        read=_number,
        apply=_set("ramp_start"),
        is_of_mailboxes=True,
    ),
    Setting(
        name="ramp_step",
        title="New mailbox: more each day",
        unit="mails",
        default=2,
        low=0,
        high=20,
        reason="A slow rise looks like a person; a jump looks like a machine.",
        source=HABIT,
        read=_number,
        apply=_set("ramp_step"),
        is_of_mailboxes=True,
    ),
    Setting(
        name="min_gap_minutes",
        title="Shortest gap between two mails of a mailbox",
        unit="minutes",
        default=4,
        low=1,
        high=120,
        reason="People do not send ten mails in a minute.",
        source=HABIT,
        read=_number,
        apply=_set("min_gap", MINUTE),
        is_of_mailboxes=True,
    ),
    Setting(
        name="max_gap_minutes",
        title="Longest gap between two mails of a mailbox",
        unit="minutes",
        default=12,
        low=1,
        high=240,
        reason="Gaps differ by chance between the shortest and this one: a beat gives one away.",
        source=HABIT,
        read=_number,
        apply=_set("max_gap", MINUTE),
        is_of_mailboxes=True,
    ),
    Setting(
        name="company_people",
        title="People of one company",
        unit="people in the span below",
        default=2,
        low=1,
        high=100,
        reason="Colleagues talk: a whole team with the same mail is a campaign, not a letter.",
        source=HABIT,
        read=_number,
        apply=_set("company_people"),
    ),
    Setting(
        name="company_period_days",
        title="… in a span of",
        unit="days",
        default=7,
        low=1,
        high=60,
        reason="After a week the first ones have answered, and the others need no mail.",
        source=HABIT,
        read=_number,
        apply=_set("company_period", DAY),
    ),
    Setting(
        name="company_spacing_days",
        title="Days between two people of one company",
        unit="days",
        default=2,
        low=0,
        high=30,
        reason="Two mails on one morning land on one desk.",
        source=HABIT,
        read=_number,
        apply=_set("company_spacing", DAY),
    ),
)
BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in SETTINGS}


def checked_values(values: Values, *, is_of_sequence: bool = False) -> dict[str, Any]:
    """Return the values as they are kept; those that are the default are left out.

    Raises InvalidInput by the name of the first one that cannot be used.
    """
    kept: dict[str, Any] = {}
    for name, value in values.items():
        setting = BY_NAME.get(name)
        if setting is None:
            raise InvalidInput(f"There is no setting “{name[:40]}”.")
        if is_of_sequence and setting.is_of_mailboxes:
            raise InvalidInput(f"{setting.title}: this is set for the workspace, for all of it.")
        read = setting.read(setting, value)
        if is_of_sequence or read != setting.default:
            kept[name] = read
    _gaps_must_fit(kept)
    return kept


def _gaps_must_fit(kept: Values) -> None:
    names = ("min_gap_minutes", "max_gap_minutes")
    low, high = (kept.get(name, BY_NAME[name].default) for name in names)
    if low > high:
        raise InvalidInput(
            f"{BY_NAME[names[1]].title}: {high} minutes are shorter than the shortest, {low}."
        )


def values_of(*books: Rulebook) -> dict[str, Any]:
    """Return every setting as it is in force; a later book counts before an earlier one.

    One that is as the installation has it is left out.
    """
    found = {each.name: each.default for each in SETTINGS if each.default is not None}
    for book in books:
        found |= book.values
    return found


def rules_of(timezone: str, *books: Rulebook) -> Rules:
    """Return the planner's rules: those of the workspace, then those of the sequence."""
    rules = Rules(account_timezone=timezone)
    for name, value in values_of(*books).items():
        rules = BY_NAME[name].apply(rules, value)
    return under(rules, [policy for book in books for policy in book.policies])


def look_back(rules: Rules) -> timedelta:
    """Return how far back mails still count against caps and the spacing of one company."""
    return max(LOOK_BACK, rules.company_period + DAY)
