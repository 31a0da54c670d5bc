"""The planner: one pure function from people and mailboxes to minutes."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from qrev.campaigns.planning.calendar import MailboxCalendar
from qrev.campaigns.planning.hours import SECOND, Hours, local_day
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

# Beyond this something is wrong with the settings, not with the calendar.
LONGEST_SEARCH = 3 * 366  # days
Moves = tuple[str, ...]  # what moved a mail, in the order it did: see Because
EPOCH = datetime.fromtimestamp(0, UTC)


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
        self._calendars = {
            m.id: MailboxCalendar(m, rules, by_mailbox[m.id], seed, self._earliest) for m in usable
        }
        self._rotation = [(c.order, c) for c in self._calendars.values()]
        heapq.heapify(self._rotation)
        self._frontier: dict[tuple[str, str, str], tuple[int, Moves]] = {}
        self._today_in: dict[str, int] = {}
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
        zone, zone_from = self._hours.zone_of(prospect)
        country = self._hours.country_of(prospect, zone, zone_from)
        first = _day_of(prospect.first_at, zone)
        previous = _day_of(prospect.previous_at, zone) or first
        for index, step in enumerate(prospect.steps):
            wanted, begins, moves = self._wanted(prospect, step, first, previous, zone)
            if first is None:
                placed = self._start(calendar, zone, country, begins, moves)
            else:
                placed = self._place(calendar, zone, country, begins, moves)
            if placed is None:
                reason = "There is no free minute for this mail in the next three years."
                self._refuse(prospect, prospect.steps[index:], reason)
                break
            at, previous, moves = placed
            if first is None:
                first = previous
                self._note_start(prospect.company, first)
            self._add(prospect, step, calendar, at, zone, zone_from, wanted, moves)
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

    def _wanted(
        self,
        prospect: PlanProspect,
        step: PlanStep,
        first: int | None,
        previous: int | None,
        zone: ZoneInfo,
    ) -> tuple[int, int, Moves]:
        """Return the day this step asks for, the first one it may have, and why they differ."""
        today = self._today(zone)
        if first is None:
            after = self._company_is_free(prospect.company)
            why = (self._rules.company_reason,) if after > today else ()
            return today, max(today, after), why
        assert previous is not None
        wanted = first + step.day
        begins = max(wanted, previous + 1, today)
        if begins == wanted:
            return wanted, begins, ()
        return wanted, begins, ("late",) if begins == today else ("previous",)

    def _today(self, zone: ZoneInfo) -> int:
        day = self._today_in.get(zone.key)
        if day is None:
            day = self._today_in[zone.key] = local_day(self._earliest, zone)
        return day

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
        self, calendar: MailboxCalendar, zone: ZoneInfo, country: str, begins: int, moves: Moves
    ) -> tuple[int, int, Moves] | None:
        """Place a first mail. Room only shrinks, so the search goes on where the last one ended,
        and what moved that one moves this one as well.
        """
        key = (calendar.id, zone.key, country)
        frontier, so_far = self._frontier.get(key, (self._today(zone), ()))
        if begins > frontier:  # held back by their company: says nothing about others
            return self._place(calendar, zone, country, begins, moves)
        for move in so_far:
            moves = _and(moves, move)
        placed = self._place(calendar, zone, country, frontier, moves)
        if placed is not None:
            company = self._rules.company_reason
            self._frontier[key] = placed[1], tuple(m for m in placed[2] if m != company)
            calendar.note_start(placed[0])
        return placed

    def _place(
        self, calendar: MailboxCalendar, zone: ZoneInfo, country: str, begins: int, moves: Moves
    ) -> tuple[int, int, Moves] | None:
        """Return (minute, local day, what moved it) of the first free minute from that day on."""
        days, earliest = self._hours.days(zone, country), self._earliest
        cuts = self._rules.cuts
        for day in range(begins, begins + LONGEST_SEARCH):
            closed_by, intervals = days[day]
            if closed_by or intervals[-1][1] <= earliest:
                moves = _and(moves, closed_by or self._hours.closed_by(day))
                continue
            for begin, end in intervals:
                if end > earliest:
                    at = calendar.take(max(begin, earliest), end)
                    if at is not None:
                        return at, day, moves
            moves = _and(moves, "ramp" if calendar.is_ramping(intervals[0][0]) else "full")
            if cuts and (cut := cuts.get((day - 1) % 7)) is not None:
                moves = _and(moves, cut)
        return None

    def _add(
        self,
        prospect: PlanProspect,
        step: PlanStep,
        calendar: MailboxCalendar,
        at: int,
        zone: ZoneInfo,
        zone_from: str,
        wanted: int,
        moves: Moves,
    ) -> None:
        send_at = EPOCH + timedelta(milliseconds=at)
        self._messages.append(
            PlannedMessage(
                prospect.id,
                step.number,
                calendar.id,
                send_at,
                Because(
                    send_at.astimezone(zone),
                    zone.key,
                    zone_from,
                    step.day,
                    date.fromordinal(wanted),
                    moves,
                ),
            )
        )


def _day_of(at: datetime | None, zone: ZoneInfo) -> int | None:
    return None if at is None else at.astimezone(zone).toordinal()


def _and(moves: Moves, move: str) -> Moves:
    return moves if move in moves else (*moves, move)
