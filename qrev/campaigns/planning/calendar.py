"""A mailbox's days: how many mails still fit, and the minutes they may leave at."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from itertools import accumulate
from zoneinfo import ZoneInfo

from qrev.campaigns.planning.hours import SECOND, local_day, zone_named
from qrev.campaigns.planning.rules import PlanMailbox, Rules, Taken

MIDNIGHT = time(0)


def daily_cap(mailbox: PlanMailbox, rules: Rules, day: int) -> int:
    """Return how many mails it may send on that day of its zone, by the day's ordinal."""
    cap = min(mailbox.cap, rules.ceiling)
    if (started := mailbox.ramp_started_on) is not None:
        age = max(0, day - started.toordinal())
        cap = min(cap, rules.ramp_start + rules.ramp_step * age)
    return cap


class MailboxCalendar:
    """Each day is laid out as minutes a random gap apart; a message takes one of them.

    So any two messages of a mailbox keep the gap, whatever order they are placed in, and what is
    taken already only strikes out the minutes too near to it.
    """

    def __init__(
        self, mailbox: PlanMailbox, rules: Rules, taken: Iterable[Taken], seed: int, earliest: int
    ) -> None:
        self.id = mailbox.id
        self._mailbox = mailbox
        self._rules = rules
        self._seed = seed
        self._earliest = earliest
        self._zone = zone_named(mailbox.timezone) or ZoneInfo("UTC")
        self._minutes: dict[int, list[int]] = {}
        self._room: dict[int, int] = {}
        self._day_at: dict[int, int] = {}
        self._days_at: dict[tuple[int, int], range] = {}
        self._taken: dict[int, list[int]] = defaultdict(list)
        for each in taken:
            at = round(each.send_at.timestamp() * SECOND)
            self._taken[local_day(at, self._zone)].append(at)
        self._starts_on = local_day(earliest, self._zone)

    @property
    def order(self) -> tuple[int, int, str]:
        """Where it stands in the fair rotation: by the day it starts people now, then by room."""
        return (self._starts_on, -self.room(self._starts_on), self.id)

    def note_start(self, at: int) -> None:
        """Note that someone's first mail leaves then: the days before have no more room."""
        self._starts_on = max(self._starts_on, self._day(at))

    def room(self, day: int) -> int:
        """Return how many mails still fit on that day of the mailbox's zone."""
        left = self._room.get(day)
        if left is None:
            left = max(
                0, daily_cap(self._mailbox, self._rules, day) - len(self._taken.get(day, ()))
            )
            self._room[day] = left
        return left

    def is_ramping(self, at: int) -> bool:
        """Return whether the day of that moment has less room because the mailbox is new."""
        if self._mailbox.ramp_started_on is None:
            return False
        day = self._day(at)
        grown = min(self._mailbox.cap, self._rules.ceiling)
        return daily_cap(self._mailbox, self._rules, day) < grown

    def take(self, begin: int, end: int) -> int | None:
        """Take the first free minute in [begin, end) on a day with room; None if there is none."""
        days = self._days_at.get((begin, end))
        if days is None:
            days = range(self._day(begin), self._day(end - 1) + 1)
            self._days_at[begin, end] = days
        for day in days:
            if self.room(day) > 0:
                minutes = self._minutes_of(day)
                place = bisect_left(minutes, begin)
                if place < len(minutes) and minutes[place] < end:
                    self._room[day] -= 1
                    return minutes.pop(place)
        return None

    def _day(self, at: int) -> int:
        day = self._day_at.get(at)
        if day is None:
            day = self._day_at[at] = local_day(at, self._zone)
        return day

    def _minutes_of(self, day: int) -> list[int]:
        minutes = self._minutes.get(day)
        if minutes is None:
            around = (day - 1, day, day + 1)
            struck = sorted(t for d in around for t in self._taken.get(d, ()))
            minutes = self._lay_out(day)
            if struck:
                minutes = [at for at in minutes if self._is_clear(at, struck)]
            self._minutes[day] = minutes
        return minutes

    def _lay_out(self, day: int) -> list[int]:
        """Return the day's minutes that are still ahead, gaps apart. None is near its midnight."""
        begin, end = _begin_of(day, self._zone), _begin_of(day + 1, self._zone)
        low = round(self._rules.min_gap.total_seconds()) * SECOND
        high = round(self._rules.max_gap.total_seconds()) * SECOND
        chance = random.Random(f"{self._seed}:{self.id}:{day}")
        # As many gaps as fill the day if each is the shortest: drawn at once, that is quickest.
        gaps = chance.choices(range(low, high + 1, SECOND), k=(end - begin) // low + 1)
        minutes = list(accumulate(gaps, initial=begin))
        # The begin itself is no minute: the last one of the day before is nearer than a gap.
        return minutes[max(1, bisect_left(minutes, self._earliest)) : bisect_left(minutes, end)]

    def _is_clear(self, at: int, struck: list[int]) -> bool:
        near = round(self._rules.min_gap.total_seconds()) * SECOND
        place = bisect_left(struck, at - near + 1)
        return not (place < len(struck) and struck[place] < at + near)


def _begin_of(day: int, zone: ZoneInfo) -> int:
    # Where midnight exists twice the day begins with the first one, which is what fold=0 gives.
    return round(datetime.combine(date.fromordinal(day), MIDNIGHT, zone).timestamp() * SECOND)
