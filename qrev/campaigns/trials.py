"""What rules would have meant for mails that are planned or left already. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from qrev.campaigns.dry_run import planner_mailbox
from qrev.campaigns.models import Mailbox, Touch
from qrev.campaigns.planning import MOVES, PlanProspect, Rules, company_of
from qrev.campaigns.planning.calendar import daily_cap
from qrev.campaigns.planning.hours import SECOND, Hours, zone_named
from qrev.crm.addresses import domain


class Unfit(NamedTuple):
    """A mail the rules would not have let leave then, and why, in words."""

    touch: Touch
    reason: str
    is_for_good: bool = False  # no other minute would do


def unfit(touches: Iterable[Touch], mailboxes: Collection[Mailbox], rules: Rules) -> list[Unfit]:
    """Return the mails that do not keep the rules, the first to leave first."""
    looking = _Looking(mailboxes, rules)
    found = [
        (touch, looking.wrong_with(touch))
        for touch in sorted(touches, key=lambda t: (_at(t), t.prospect_id, t.step))
    ]
    return [Unfit(touch, *wrong) for touch, wrong in found if wrong is not None]


def more_unfit(
    touches: Collection[Touch], mailboxes: Collection[Mailbox], before: Rules, after: Rules
) -> list[Unfit]:
    """Return those that keep the rules before and not those after."""
    known = {(u.touch.prospect_id, u.touch.step) for u in unfit(touches, mailboxes, before)}
    new = unfit(touches, mailboxes, after)
    return [u for u in new if u.is_for_good or (u.touch.prospect_id, u.touch.step) not in known]


def _at(touch: Touch) -> datetime:
    return touch.sent_at or touch.send_at


class _Looking:
    """Goes over mails in the order they leave, as the planner would have placed them."""

    def __init__(self, mailboxes: Collection[Mailbox], rules: Rules) -> None:
        self._rules = rules
        self._hours = Hours(rules)
        self._mailboxes = {m.id: m for m in mailboxes}
        self._that_day: Counter[tuple[str, int]] = Counter()
        self._last_of: dict[str, datetime] = {}
        self._starts: dict[str, list[int]] = defaultdict(list)

    def wrong_with(self, touch: Touch) -> tuple[str, bool] | None:
        """Return why it may not leave then, and whether for good; None if it may."""
        if (reason := self._rules.closed_domains.get(domain(touch.email))) is not None:
            return reason, True
        checks: tuple[Callable[[Touch], str], ...] = (
            self._closed,
            self._company,
            self._full,
            self._near,
        )
        reason = next((words for check in checks if (words := check(touch))), "")
        return (reason, False) if reason else None

    def _closed(self, touch: Touch) -> str:
        reader = PlanProspect(
            id="", steps=(), timezone=touch.timezone or None, country=touch.country or None
        )
        zone, zone_from = self._hours.zone_of(reader)
        day = _at(touch).astimezone(zone).toordinal()
        country = self._hours.country_of(reader, zone, zone_from)
        closed_by, intervals = self._hours.days(zone, country)[day]
        at = round(_at(touch).timestamp() * SECOND)
        if closed_by:
            return MOVES.get(closed_by, closed_by)
        if any(begin <= at < end for begin, end in intervals):
            return ""
        reason = self._hours.closed_by(day)
        return MOVES.get(reason, reason)

    def _company(self, touch: Touch) -> str:
        company = company_of(touch.email)
        if touch.step != 1 or not company:
            return ""
        zone, _ = self._hours.zone_for(touch.timezone, touch.country)
        day, starts, rules = (
            _at(touch).astimezone(zone).toordinal(),
            self._starts[company],
            self._rules,
        )
        is_near = bool(starts) and day < starts[-1] + rules.company_spacing.days
        count = rules.company_people
        is_many = len(starts) >= count and day < starts[-count] + rules.company_period.days
        if is_near or is_many:
            return MOVES.get(rules.company_reason, rules.company_reason)
        starts.append(day)
        return ""

    def _full(self, touch: Touch) -> str:
        mailbox = self._mailboxes.get(touch.mailbox_id)
        if mailbox is None:
            return ""
        zone = zone_named(mailbox.timezone) or ZoneInfo("UTC")
        day = _at(touch).astimezone(zone).toordinal()
        if self._that_day[mailbox.id, day] >= daily_cap(planner_mailbox(mailbox), self._rules, day):
            return MOVES["full"]
        self._that_day[mailbox.id, day] += 1
        return ""

    def _near(self, touch: Touch) -> str:
        last = self._last_of.get(touch.mailbox_id)
        if last is not None and _at(touch) - last < self._rules.min_gap:
            return "too soon after the mail before from this mailbox"
        self._last_of[touch.mailbox_id] = _at(touch)
        return ""


def by_reason(found: Iterable[Unfit]) -> Mapping[str, int]:
    """Return how many of each reason, the most frequent first."""
    return dict(Counter(each.reason for each in found).most_common())
