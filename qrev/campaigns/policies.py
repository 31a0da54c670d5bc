"""Rules a member said in a sentence, as what they do to the planner's. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from qrev.campaigns.planning import Rules
from qrev.kit.errors import InvalidInput

WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
EVERY_DAY = tuple(range(7))
MIDNIGHT, DAYS_END = time(0), time(23, 59, 59)
MAX_COUNT, MAX_DAYS, MAX_DOMAINS = 1000, 365, 200
Intervals = tuple[tuple[time, time], ...]


class PolicyKind(StrEnum):
    COMPANY = "company"  # at most `count` people of one company in `days`
    CLOSED = "closed"  # nothing on these weekdays between two hours
    NO_DOMAIN = "no_domain"  # nobody at these domains
    DAILY = "daily"  # at most `count` mails a mailbox and day


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """One rule. What its kind does not name is left as it is here. It counts while it `is_on`."""

    id: str
    kind: PolicyKind
    count: int = 0
    days: int = 7
    weekdays: tuple[int, ...] = EVERY_DAY
    begins: time = MIDNIGHT
    ends: time = DAYS_END
    domains: tuple[str, ...] = ()
    is_on: bool = True
    said: str = ""  # the member's own words
    created_by: str = ""
    created_at: datetime | None = None

    @property
    def sentence(self) -> str:
        """The rule as it was understood, without a full stop."""
        if self.kind is PolicyKind.COMPANY:
            people = "person" if self.count == 1 else "people"
            return f"never more than {self.count} {people} of one company {_every(self.days)}"
        if self.kind is PolicyKind.DAILY:
            return f"never more than {self.count} mails a day from one mailbox"
        if self.kind is PolicyKind.NO_DOMAIN:
            return f"nobody at {', '.join(self.domains)}"
        return f"never {_days_said(self.weekdays)}{_hours_said(self.begins, self.ends)}".rstrip()

    @property
    def reason(self) -> str:
        """What it is called where it moved or kept back a mail."""
        return f"your rule “{self.sentence}”"


def checked(policy: Policy) -> Policy:
    """Return the policy. Raises InvalidInput, by name, for one that makes no sense."""
    if policy.kind in (PolicyKind.COMPANY, PolicyKind.DAILY) and not (
        1 <= policy.count <= MAX_COUNT
    ):
        raise InvalidInput(f"How many: say a number from 1 to {MAX_COUNT:,}.")
    if policy.kind is PolicyKind.COMPANY and not 1 <= policy.days <= MAX_DAYS:
        raise InvalidInput(f"In how many days: say a number from 1 to {MAX_DAYS}.")
    if policy.kind is PolicyKind.NO_DOMAIN and not 1 <= len(policy.domains) <= MAX_DOMAINS:
        raise InvalidInput(f"Domains: name 1 to {MAX_DOMAINS} of them, such as gmail.com.")
    if policy.kind is PolicyKind.CLOSED:
        if not policy.weekdays or not set(policy.weekdays) <= set(EVERY_DAY):
            raise InvalidInput("Weekdays: name at least one day of the week.")
        if policy.begins >= policy.ends:
            raise InvalidInput("Hours: the beginning has to be before the end.")
        if is_everything(policy):
            raise InvalidInput("That would close every hour of every day: nothing could leave.")
    return policy


def is_everything(policy: Policy) -> bool:
    """Return whether nothing at all could leave any more."""
    is_all_day = (policy.begins, policy.ends) == (MIDNIGHT, DAYS_END)
    return set(policy.weekdays) == set(EVERY_DAY) and is_all_day


def under(rules: Rules, policies: Iterable[Policy]) -> Rules:
    """Return the rules with every policy that is on taken into them."""
    for policy in policies:
        if policy.is_on:
            rules = _APPLIED[policy.kind](rules, policy)
    return rules


def _company(rules: Rules, policy: Policy) -> Rules:
    """Both limits hold as long as the stricter one of each kind does."""
    per_day = (policy.count / policy.days, rules.company_people / rules.company_period.days)
    if per_day[0] > per_day[1]:
        return rules
    return replace(
        rules,
        company_people=policy.count,
        company_period=timedelta(days=policy.days),
        company_reason=policy.reason,
    )


def _daily(rules: Rules, policy: Policy) -> Rules:
    return replace(rules, ceiling=min(rules.ceiling, policy.count))


def _no_domain(rules: Rules, policy: Policy) -> Rules:
    closed = dict.fromkeys(policy.domains, policy.reason)
    return replace(rules, closed_domains={**closed, **rules.closed_domains})


def _closed(rules: Rules, policy: Policy) -> Rules:
    windows = dict(rules.windows)
    cuts = dict(rules.cuts)
    for weekday in policy.weekdays:
        before = tuple(windows.get(weekday, ()))
        after = without(before, policy.begins, policy.ends)
        if after != before:
            windows[weekday] = after
            cuts[weekday] = policy.reason
    return replace(rules, windows=windows, cuts=cuts)


_APPLIED = {
    PolicyKind.COMPANY: _company,
    PolicyKind.CLOSED: _closed,
    PolicyKind.NO_DOMAIN: _no_domain,
    PolicyKind.DAILY: _daily,
}


def without(intervals: Intervals, begins: time, ends: time) -> Intervals:
    """Return what is left of some hours when others are taken out."""
    left: list[tuple[time, time]] = []
    for begin, end in intervals:
        left += [(begin, min(end, begins)), (max(begin, ends), end)]
    return tuple((begin, end) for begin, end in left if begin < end)


def _every(days: int) -> str:
    usual: Mapping[int, str] = {1: "a day", 7: "a week", 30: "a month"}
    return usual.get(days, f"in {days} days")


def _days_said(weekdays: tuple[int, ...]) -> str:
    days = set(weekdays)
    if days == set(EVERY_DAY):
        return ""
    if days == {5, 6}:
        return "on weekends "
    names = [WEEKDAYS[day] for day in sorted(days)]
    return f"on {' and '.join([', '.join(names[:-1]), names[-1]] if names[1:] else names)} "


def _hours_said(begins: time, ends: time) -> str:
    if (begins, ends) == (MIDNIGHT, DAYS_END):
        return ""
    if begins == MIDNIGHT:
        return f"before {ends:%H:%M}"
    if ends == DAYS_END:
        return f"after {begins:%H:%M}"
    return f"between {begins:%H:%M} and {ends:%H:%M}"
