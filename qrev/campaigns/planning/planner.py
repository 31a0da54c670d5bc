"""The planner: one pure function from people and mailboxes to minutes."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from qrev.campaigns.planning.calendar import MailboxCalendar, ZoneDays
from qrev.campaigns.planning.hours import SECOND, UTC_ZONE, Hours, Locale, zone_named
from qrev.campaigns.planning.rules import (
    Because,
    Plan,
    PlanMailbox,
    PlannedMessage,
    PlanProspect,
    PlanStep,
    Refused,
    Rules,
    Taken,
)
from qrev.kit.collecting import without_collecting

# Beyond this something is wrong with the settings, not with the calendar.
LONGEST_SEARCH = 3 * 366  # days
Moves = tuple[str, ...]  # what moved a mail, in the order it did: see Because


def plan(
    prospects: Iterable[PlanProspect],
    mailboxes: Collection[PlanMailbox],
    rules: Rules,
    taken: Collection[Taken],
    *,
    now: datetime,
    seed: int,
) -> Plan:
    """Return a minute for every step of every prospect, none of them before `now`.

    People are planned in the order given, each with all steps at once: someone's follow-ups
    keep their days, and whoever comes later starts where there is room left. The same arguments
    give the same plan. About 10 µs a message.
    """
    with without_collecting():
        return _Planner(mailboxes, rules, taken, now, seed).plan(prospects)


class _Planner:
    def __init__(
        self,
        mailboxes: Collection[PlanMailbox],
        rules: Rules,
        taken: Collection[Taken],
        now: datetime,
        seed: int,
    ) -> None:
        self._rules = rules
        self._hours = Hours(rules)
        self._earliest = math.ceil(now.timestamp() * SECOND)
        by_mailbox: dict[str, list[Taken]] = defaultdict(list)
        for each in taken:
            by_mailbox[each.mailbox_id].append(each)
        self._starts = self._starts_of(taken)
        usable = [m for m in mailboxes if not m.is_paused and min(m.cap, rules.ceiling) > 0]
        days = {m.timezone: ZoneDays(zone_named(m.timezone) or UTC_ZONE) for m in usable}
        self._calendars = {
            m.id: MailboxCalendar(
                m, rules, by_mailbox[m.id], seed, self._earliest, days[m.timezone]
            )
            for m in usable
        }
        self._rotation = [(c.order, c) for c in self._calendars.values()]
        heapq.heapify(self._rotation)
        self._frontier: dict[tuple[str, tuple[str, str]], tuple[int, Moves]] = {}
        self._dates = _Dates()
        self._messages: list[PlannedMessage] = []
        self._refused: list[Refused] = []

    def plan(self, prospects: Iterable[PlanProspect]) -> Plan:
        nothing_fits = self._what_is_wrong()
        for prospect in prospects:
            if nothing_fits:
                self._refuse(prospect, prospect.steps, nothing_fits)
            else:
                self._plan_one(prospect)
        return Plan(tuple(self._messages), tuple(self._refused))

    def _starts_of(self, taken: Iterable[Taken]) -> dict[str, list[int]]:
        """Return the days each company's people were first written to, as days of those people."""
        starts: dict[str, list[int]] = defaultdict(list)
        for each in taken:
            if each.company and each.step == 1:
                zone, _ = self._hours.zone_for(each.timezone, each.country)
                starts[each.company].append(each.send_at.astimezone(zone).toordinal())
        return {company: sorted(days) for company, days in starts.items()}

    def _what_is_wrong(self) -> str:
        if not self._calendars:
            return "No mailbox may send: each is paused or has a daily cap of 0."
        if not self._hours.are_ever_open:
            return "The sending hours are never open. Set at least one weekday with some hours."
        return ""

    def _refuse(self, prospect: PlanProspect, steps: Iterable[PlanStep], reason: str) -> None:
        self._refused += [Refused(prospect.id, step.number, reason) for step in steps]

    def _plan_one(self, prospect: PlanProspect) -> None:
        calendar = self._mailbox_of(prospect)
        if calendar is None:
            reason = "The mailbox the first mail came from is paused or gone."
            self._refuse(prospect, prospect.steps, reason)
            return
        locale = self._hours.locale_of(prospect)
        first = _day_of(prospect.first_at, locale.zone)
        previous = _day_of(prospect.previous_at, locale.zone) or first
        today = locale.first_day(self._earliest)
        for index, step in enumerate(prospect.steps):
            moves: Moves
            if first is None:
                wanted, begins, moves = today, *self._first_wanted(prospect.company, today)
                placed = self._start(calendar, locale, begins, moves)
            else:
                assert previous is not None
                wanted = first + step.day
                begins, moves = _follow_up_wanted(wanted, previous, today)
                placed = self._place(calendar, locale, begins, moves)
            if placed is None:
                reason = "There is no free minute for this mail in the next three years."
                self._refuse(prospect, prospect.steps[index:], reason)
                break
            at, previous, moves = placed
            if first is None:
                first = previous
                self._note_start(prospect.company, first)
            self._add(prospect.id, step, calendar.id, at, previous, locale, wanted, moves)
        if prospect.mailbox_id is None:
            heapq.heappush(self._rotation, (calendar.order, calendar))

    def _mailbox_of(self, prospect: PlanProspect) -> MailboxCalendar | None:
        """Return the mailbox of their first mail, else the one with the most room soonest."""
        if prospect.mailbox_id is not None:
            return self._calendars.get(prospect.mailbox_id)
        while True:
            order, calendar = heapq.heappop(self._rotation)
            if order == calendar.order:
                return calendar
            # Follow-ups took room since it was put back; put it where it belongs now.
            heapq.heappush(self._rotation, (calendar.order, calendar))

    def _first_wanted(self, company: str, today: int) -> tuple[int, Moves]:
        """Return the first day a first mail may have, and what keeps it from today."""
        after = self._company_is_free(company)
        return (after, (self._rules.company_reason,)) if after > today else (today, ())

    def _company_is_free(self, company: str) -> int:
        """Return the first day another person of the company may be written to."""
        starts = self._starts.get(company, ()) if company else ()
        if not starts:
            return 0
        free = starts[-1] + self._rules.company_spacing.days
        if len(starts) >= self._rules.company_people:
            period = self._rules.company_period.days
            free = max(free, starts[-self._rules.company_people] + period)
        return free

    def _note_start(self, company: str, day: int) -> None:
        if company:
            self._starts.setdefault(company, []).append(day)

    def _start(
        self, calendar: MailboxCalendar, locale: Locale, begins: int, moves: Moves
    ) -> tuple[int, int, Moves] | None:
        """Place a first mail. Room only shrinks, so the search goes on where the last one ended,
        and what moved that one moves this one as well.
        """
        key = (calendar.id, locale.key)
        frontier, so_far = self._frontier.get(key) or (locale.first_day(self._earliest), ())
        if begins > frontier:  # held back by their company: says nothing about others
            return self._place(calendar, locale, begins, moves)
        for move in so_far:
            moves = _and(moves, move)
        placed = self._place(calendar, locale, frontier, moves)
        if placed is not None:
            company = self._rules.company_reason
            self._frontier[key] = placed[1], tuple([m for m in placed[2] if m != company])
            calendar.note_start()
        return placed

    def _place(
        self, calendar: MailboxCalendar, locale: Locale, begins: int, moves: Moves
    ) -> tuple[int, int, Moves] | None:
        """Return (minute, local day, what moved it) of the first free minute from that day on."""
        days, earliest, take = locale.days, self._earliest, calendar.take
        cuts = self._rules.cuts
        for day in range(begins, begins + LONGEST_SEARCH):
            closed_by, intervals = days[day]
            if closed_by or intervals[-1][1] <= earliest:
                moves = _and(moves, closed_by or self._hours.closed_by(day))
                continue
            for begin, end in intervals:
                if end > earliest:
                    at = take(begin if begin > earliest else earliest, end)
                    if at is not None:
                        return at, day, moves
            moves = _and(moves, calendar.why_full(intervals[0][0]))
            if cuts and (cut := cuts.get((day - 1) % 7)) is not None:
                moves = _and(moves, cut)
        return None

    def _add(
        self,
        prospect_id: str,
        step: PlanStep,
        mailbox_id: str,
        at: int,
        day: int,
        locale: Locale,
        wanted: int,
        moves: Moves,
    ) -> None:
        send_at, local = locale.moments(at, day)
        because = Because(
            local, locale.zone.key, locale.zone_from, step.day, self._dates[wanted], moves
        )
        self._messages.append(
            PlannedMessage(prospect_id, step.number, mailbox_id, send_at, because)
        )


class _Dates(dict[int, date]):
    """Dates by their ordinals, each made once."""

    def __missing__(self, ordinal: int) -> date:
        made = self[ordinal] = date.fromordinal(ordinal)
        return made


def _follow_up_wanted(wanted: int, previous: int, today: int) -> tuple[int, Moves]:
    """Return the first day a follow-up may have, and why it is not the one it asks for."""
    begins = max(wanted, previous + 1, today)
    if begins == wanted:
        return wanted, ()
    return begins, ("late",) if begins == today else ("previous",)


def _day_of(at: datetime | None, zone: ZoneInfo) -> int | None:
    return None if at is None else at.astimezone(zone).toordinal()


def _and(moves: Moves, move: str) -> Moves:
    return moves if move in moves else (*moves, move)
