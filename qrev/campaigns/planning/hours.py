"""When a recipient's window is open, as moments. Moments are UTC milliseconds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

from qrev.campaigns.planning.rules import PlanProspect, Rules

SECOND = 1000
EPOCH = datetime.fromtimestamp(0, UTC)
MIDNIGHT = time(0)
UTC_ZONE = ZoneInfo("UTC")
MILLISECOND = timedelta(milliseconds=1)
Interval = tuple[int, int]


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo | None:
    """Return the zone, None for a name that is none."""
    return ZoneInfo(name) if name in _known_zones() else None


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def moment(day: date, clock: time, zone: ZoneInfo) -> int:
    """Return when a wall clock shows that time.

    A time that does not exist or exists twice on a day the clocks change is resolved forward:
    of the two readings `fold` offers, the later one is forward in both cases (PEP 495).
    """
    return max(_readings(day, clock, zone))


def closing(day: date, clock: time, zone: ZoneInfo) -> int:
    """Return when a window with that end is over.

    Of two readings the earlier one: after it, a wall clock there may show more than the end.
    """
    return min(_readings(day, clock, zone))


def _readings(day: date, clock: time, zone: ZoneInfo) -> tuple[int, int]:
    wall = datetime.combine(day, clock, zone)
    either = wall.timestamp(), wall.replace(fold=1).timestamp()
    return round(either[0] * SECOND), round(either[1] * SECOND)


def _since_midnight(clock: time) -> int:
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    return seconds * SECOND + clock.microsecond // SECOND


class Hours:
    """The open intervals of each zone, country and day, each worked out once."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._account_zone = zone_named(rules.account_timezone) or UTC_ZONE
        self._open: dict[tuple[str, int], tuple[Interval, ...]] = {}
        self._days: dict[tuple[str, str], OpenDays] = {}
        self._walls: dict[str, Walls] = {}
        self._locales: dict[tuple[str | None, str | None], Locale] = {}
        self.are_ever_open = any(
            begin < end for intervals in rules.windows.values() for begin, end in intervals
        )

    def locale_of(self, prospect: PlanProspect) -> Locale:
        """Return where they are, as everybody has it who says the same."""
        said = (prospect.timezone, prospect.country)
        found = self._locales.get(said)
        if found is None:
            zone, zone_from = self.zone_of(prospect)
            country = self.country_of(prospect, zone, zone_from)
            days, walls = self.days(zone, country), self.walls(zone)
            found = Locale(zone, zone_from, country, days, walls)
            self._locales[said] = found
        return found

    def zone_of(self, prospect: PlanProspect) -> tuple[ZoneInfo, str]:
        """Return their zone and where it comes from: person, country or account."""
        return self.zone_for(prospect.timezone or "", prospect.country or "")

    def zone_for(self, timezone: str, country: str) -> tuple[ZoneInfo, str]:
        """Return the zone of whoever is said to be there, and where it comes from."""
        if timezone and (zone := zone_named(timezone)) is not None:
            return zone, "person"
        code = country_code(country)
        if code and (zone := zone_named(_only_zone().get(code, ""))) is not None:
            return zone, "country"
        return self._account_zone, "account"

    def open_on(self, zone: ZoneInfo, ordinal: int) -> tuple[Interval, ...]:
        """Return the intervals of one local day, by its proleptic ordinal."""
        key = (zone.key, ordinal)
        found = self._open.get(key)
        if found is None:
            hours = self._rules.windows.get((ordinal - 1) % 7, ())
            spans = [self._span(zone, ordinal, *each) for each in sorted(hours)]
            found = self._open[key] = tuple([(a, b) for a, b in spans if a < b])
        return found

    def _span(self, zone: ZoneInfo, ordinal: int, begin: time, end: time) -> Interval:
        wall = self.walls(zone)[ordinal]
        if wall is not None:
            return wall[0] + _since_midnight(begin), wall[0] + _since_midnight(end)
        day = date.fromordinal(ordinal)
        return moment(day, begin, zone), closing(day, end, zone)

    def walls(self, zone: ZoneInfo) -> Walls:
        """Return where the days of a zone begin."""
        walls = self._walls.get(zone.key)
        if walls is None:
            walls = self._walls[zone.key] = Walls(zone)
        return walls

    def days(self, zone: ZoneInfo, country: str) -> OpenDays:
        """Return the days of someone there, each worked out when it is first asked for."""
        key = (zone.key, country)
        days = self._days.get(key)
        if days is None:
            days = self._days[key] = OpenDays(self, zone, country)
        return days

    def closed_by(self, ordinal: int) -> str:
        """Return what leaves a local day without hours: those that are set, or a rule."""
        return self._rules.cuts.get((ordinal - 1) % 7, "hours")

    def is_holiday(self, country: str, ordinal: int) -> bool:
        """Return whether that is a public holiday of the country (ISO code, "" for none)."""
        if not country or not self._rules.skips_holidays:
            return False
        return ordinal in _holidays(country, date.fromordinal(ordinal).year)

    def country_of(self, prospect: PlanProspect, zone: ZoneInfo, zone_from: str) -> str:
        """Return the country whose holidays they keep: theirs, else that of their own zone."""
        if code := country_code(prospect.country or ""):
            return code
        return _country_of_zone().get(zone.key, "") if zone_from == "person" else ""


class OpenDays(dict[int, tuple[str, tuple[Interval, ...]]]):
    """Of each day its open intervals; when there are none, what closes it (see MOVES) before."""

    def __init__(self, hours: Hours, zone: ZoneInfo, country: str) -> None:
        self._hours = hours
        self._zone = zone
        self._country = country

    def __missing__(self, ordinal: int) -> tuple[str, tuple[Interval, ...]]:
        intervals = self._hours.open_on(self._zone, ordinal)
        if not intervals:
            found: tuple[str, tuple[Interval, ...]] = (self._hours.closed_by(ordinal), ())
        elif self._hours.is_holiday(self._country, ordinal):
            found = ("holiday", ())
        else:
            found = ("", intervals)
        self[ordinal] = found
        return found


class Walls(dict[int, tuple[int, datetime, datetime] | None]):
    """Where each local day begins: in milliseconds, in UTC and on the wall of its zone.

    None for a day on which the clocks change: there, minutes must be asked one by one.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def __missing__(self, ordinal: int) -> tuple[int, datetime, datetime] | None:
        begin = datetime.combine(date.fromordinal(ordinal), MIDNIGHT, self._zone)
        end = begin + timedelta(days=1)
        readings = (begin, begin.replace(fold=1), end, end.replace(fold=1))
        is_even = len({each.utcoffset() for each in readings}) == 1
        start = begin.astimezone(UTC)
        found = ((start - EPOCH) // MILLISECOND, start, begin) if is_even else None
        self[ordinal] = found
        return found


class Locale:
    """Where somebody is. `zone_from` says how that is known: person, country or account.

    Whose `key` is the same have the same days.
    """

    __slots__ = ("_today", "_walls", "days", "key", "zone", "zone_from")

    def __init__(
        self, zone: ZoneInfo, zone_from: str, country: str, days: OpenDays, walls: Walls
    ) -> None:
        self.key = (zone.key, country)
        self.zone = zone
        self.zone_from = zone_from
        self.days = days
        self._walls = walls
        self._today: tuple[int, int] = (-1, 0)  # a moment and its day

    def first_day(self, at: int) -> int:
        """Return the ordinal of the local day of the moment a plan begins at."""
        if self._today[0] != at:
            self._today = (at, local_day(at, self.zone))
        return self._today[1]

    def moments(self, at: int, day: int) -> tuple[datetime, datetime]:
        """Return a moment of that local day in UTC and as it stands on the wall there."""
        wall = self._walls[day]
        if wall is None:
            send_at = EPOCH + timedelta(milliseconds=at)
            return send_at, send_at.astimezone(self.zone)
        begin, start, midnight = wall
        since = timedelta(0, 0, (at - begin) * SECOND)
        return start + since, midnight + since


@lru_cache(maxsize=1024)
def country_code(text: str) -> str:
    """Return the ISO 3166 code of a country written as code or English name, else ""."""
    text = text.strip()
    if len(text) == 2 and text.upper() in _names_of_countries().values():
        return text.upper()
    usual = {"usa": "US", "united states of america": "US", "uk": "GB", "england": "GB"}
    return usual.get(text.lower()) or _names_of_countries().get(text.lower(), "")


@lru_cache(maxsize=512)
def _holidays(country: str, year: int) -> frozenset[int]:
    # Imported when first needed: it costs a fifth of a second that most processes never need.
    import holidays

    try:
        days = holidays.country_holidays(country, years=year)
    except NotImplementedError:
        return frozenset()
    return frozenset(day.toordinal() for day in days)


@lru_cache(maxsize=1)
def _country_of_zone() -> dict[str, str]:
    return {row[2]: row[0] for row in _table("zone.tab")}


@lru_cache(maxsize=1)
def _only_zone() -> dict[str, str]:
    """Return the zone of each country that has just one."""
    zones: dict[str, list[str]] = {}
    for row in _table("zone.tab"):
        zones.setdefault(row[0], []).append(row[2])
    return {country: names[0] for country, names in zones.items() if len(names) == 1}


@lru_cache(maxsize=1)
def _names_of_countries() -> dict[str, str]:
    return {row[1].lower(): row[0] for row in _table("iso3166.tab")}


def _table(name: str) -> list[list[str]]:
    """Return the rows of one of the IANA tables (https://www.iana.org/time-zones)."""
    text = resources.files("tzdata.zoneinfo").joinpath(name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def local_day(at: int, zone: ZoneInfo) -> int:
    """Return the ordinal of the local day at that moment."""
    return datetime.fromtimestamp(at / SECOND, UTC).astimezone(zone).toordinal()


def country_of_zone(timezone: str) -> str:
    """Return the ISO 3166 code of the country a zone is named for, "" for none."""
    return _country_of_zone().get(timezone, "")


def name_of_country(code: str) -> str:
    """Return a country's English name, the code itself for one that is none."""
    names = {row[0]: row[1] for row in _table("iso3166.tab")}
    return names.get(code, code)
