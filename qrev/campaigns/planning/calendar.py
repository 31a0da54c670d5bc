"""A mailbox's days: how many mails still fit, and the minutes they may leave at."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from itertools import accumulate, repeat
from zoneinfo import ZoneInfo

from qrev.campaigns.planning.hours import MIDNIGHT, SECOND, local_day
from qrev.campaigns.planning.rules import PlanMailbox, Rules, Taken


def daily_cap(mailbox: PlanMailbox, rules: Rules, day: int) -> int:
    """Return how many mails it may send on that day of its zone, by the day's ordinal."""
    cap = min(mailbox.cap, rules.ceiling)
    if (started := mailbox.ramp_started_on) is not None:
        age = max(0, day - started.toordinal())
        cap = min(cap, rules.ramp_start + rules.ramp_step * age)
    return cap


class ZoneDays(dict[tuple[int, int], tuple[int, ...]]):
    """The local days of spans of moments, worked out once for all mailboxes of a zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._begins: dict[int, int] = {}

    def __missing__(self, span: tuple[int, int]) -> tuple[int, ...]:
        first, last = local_day(span[0], self.zone), local_day(span[1] - 1, self.zone)
        days = self[span] = tuple(range(first, last + 1))
        return days

    def begin_of(self, day: int) -> int:
        """Return the moment a local day begins; of two midnights it is the first."""
        begin = self._begins.get(day)
        if begin is None:
            midnight = datetime.combine(date.fromordinal(day), MIDNIGHT, self.zone)  # fold is 0
            begin = self._begins[day] = round(midnight.timestamp() * SECOND)
        return begin


class MailboxCalendar:
    """Each day is laid out as minutes a random gap apart; a message takes one of them.

    So any two messages of a mailbox keep the gap, whatever order they are placed in, and what is
    taken already only strikes out the minutes too near to it.
    """

    def __init__(
        self,
        mailbox: PlanMailbox,
        rules: Rules,
        taken: Iterable[Taken],
        seed: int,
        earliest: int,
        days: ZoneDays,
    ) -> None:
        self.id = mailbox.id
        self._mailbox = mailbox
        self._rules = rules
        self._seed = seed
        self._earliest = earliest
        self._days = days
        self._gaps = _gaps_of(rules)
        self._minutes: dict[int, list[int]] = {}
        self._room: dict[int, int] = {}
        self._why_full: dict[int, str] = {}
        self._taken: dict[int, list[int]] = defaultdict(list)
        for each in taken:
            at = round(each.send_at.timestamp() * SECOND)
            self._taken[local_day(at, days.zone)].append(at)
        self._starts_on = self._taken_on = local_day(earliest, days.zone)

    @property
    def order(self) -> tuple[int, int, str]:
        """Where it stands in the fair rotation: by the day it starts people now, then by room."""
        return (self._starts_on, -self.room(self._starts_on), self.id)

    def note_start(self) -> None:
        """Note that the minute taken last is a first mail's: the days before have no more room."""
        self._starts_on = max(self._starts_on, self._taken_on)

    def room(self, day: int) -> int:
        """Return how many mails still fit on that day of the mailbox's zone."""
        left = self._room.get(day)
        if left is None:
            left = max(
                0, daily_cap(self._mailbox, self._rules, day) - len(self._taken.get(day, ()))
            )
            self._room[day] = left
        return left

    def why_full(self, at: int) -> str:
        """Return why the day of that moment has no room: "ramp" for a new mailbox, else "full"."""
        found = self._why_full.get(at)
        if found is None:
            found = self._why_full[at] = "ramp" if self._is_ramping(at) else "full"
        return found

    def _is_ramping(self, at: int) -> bool:
        if self._mailbox.ramp_started_on is None:
            return False
        day = local_day(at, self._days.zone)
        grown = min(self._mailbox.cap, self._rules.ceiling)
        return daily_cap(self._mailbox, self._rules, day) < grown

    def take(self, begin: int, end: int) -> int | None:
        """Take the first free minute in [begin, end) on a day with room; None if there is none."""
        for day in self._days[begin, end]:
            left = self._room.get(day)
            if left is None:
                left = self.room(day)
            if left > 0:
                minutes = self._minutes.get(day)
                if minutes is None:
                    minutes = self._minutes_of(day)
                place = bisect_left(minutes, begin)
                if place < len(minutes) and minutes[place] < end:
                    self._room[day] = left - 1
                    self._taken_on = day
                    return minutes.pop(place)
        return None

    def _minutes_of(self, day: int) -> list[int]:
        struck = sorted(t for d in (day - 1, day, day + 1) for t in self._taken.get(d, ()))
        minutes = self._lay_out(day)
        if struck:
            minutes = [at for at in minutes if self._is_clear(at, struck)]
        self._minutes[day] = minutes
        return minutes

    def _lay_out(self, day: int) -> list[int]:
        """Return the day's minutes that are still ahead, gaps apart. None is near its midnight."""
        begin, end = self._days.begin_of(day), self._days.begin_of(day + 1)
        low, several = self._gaps
        draw = random.Random(f"{self._seed}:{self.id}:{day}").random
        # As many gaps as fill the day if each is the shortest: drawn at once, that is quickest.
        count = (end - begin) // low + 1
        gaps = [low + int(draw() * several) * SECOND for _ in repeat(None, count)]
        minutes = list(accumulate(gaps, initial=begin))
        # The begin itself is no minute: the last one of the day before is nearer than a gap.
        return minutes[max(1, bisect_left(minutes, self._earliest)) : bisect_left(minutes, end)]

    def _is_clear(self, at: int, struck: list[int]) -> bool:
        near = round(self._rules.min_gap.total_seconds()) * SECOND
        place = bisect_left(struck, at - near + 1)
        return not (place < len(struck) and struck[place] < at + near)


def _gaps_of(rules: Rules) -> tuple[int, int]:
    """Return the shortest gap in milliseconds, and how many there are, a second apart."""
    low = round(rules.min_gap.total_seconds())
    return low * SECOND, round(rules.max_gap.total_seconds()) - low + 1
