"""The calendar behind the date operators: units, time zones, formats.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/#date-expression-operators
Dates are naive and UTC; a zone only decides where days, weeks and months begin.
"""

from __future__ import annotations

import calendar
import datetime
import re
import zoneinfo
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bson.datetime_ms import DatetimeMS

from pocketmongo.bson_types import type_name
from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.values import EPOCH, MILLISECOND, whole_milliseconds

UNKNOWN_ZONE, ZONE_NOT_TEXT, BAD_FORMAT_CHARACTER, NOT_A_DATE = 40485, 40517, 18536, 16006
OUT_OF_RANGE = 5166406
ISO_FORMAT = "%Y-%m-%dT%H:%M:%S.%L"

MILLISECONDS_BY_UNIT = {"millisecond": 1, "second": 1000, "minute": 60_000, "hour": 3_600_000}
DAYS_BY_UNIT = {"day": 1, "week": 7}
MONTHS_BY_UNIT = {"month": 1, "quarter": 3, "year": 12}
_REFERENCE = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 (where bins of $dateTrunc begin)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_OFFSET = re.compile(r"([+-])(\d\d)(?::?(\d\d))?")

Zone = datetime.tzinfo


def check_unit(unit: Any) -> str:
    """Return the unit of time, or raise ServerError for one that is not known."""
    for units in (MILLISECONDS_BY_UNIT, DAYS_BY_UNIT, MONTHS_BY_UNIT):
        if isinstance(unit, str) and unit in units:
            return unit
    raise ServerError(ErrorCode.FailedToParse, f"unknown time unit value: {unit}")


def zone_named(name: Any) -> Zone:
    """Return the time zone of a name as `Europe/Paris` or an offset as `+02:00`."""
    if name is None:
        return datetime.UTC
    if not isinstance(name, str):
        raise ServerError(
            ZONE_NOT_TEXT, f"timezone must evaluate to a string, found {type_name(name)}"
        )
    offset = _OFFSET.fullmatch(name)
    if offset:
        size = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return datetime.timezone(-size if offset[1] == "-" else size)
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ServerError(UNKNOWN_ZONE, f'unrecognized time zone identifier: "{name}"') from error


def weekday_named(name: Any) -> int:
    """Return 0 for Monday to 6 for Sunday, given the name of a day or its first three letters."""
    lowered = str(name).lower()
    for number, weekday in enumerate(_WEEKDAYS):
        if lowered in (weekday, weekday[:3]):
            return number
    raise ServerError(ErrorCode.FailedToParse, f"unknown day of week value: {name}")


def python_date(value: Any) -> datetime.datetime:
    """Return a date Python's calendar can hold, or refuse it."""
    if isinstance(value, DatetimeMS):
        raise unsupported("calculating with dates outside the years 1 to 9999")
    if not isinstance(value, datetime.datetime):
        raise ServerError(NOT_A_DATE, f"can't convert from BSON type {type_name(value)} to Date")
    return value


def to_local(moment: datetime.datetime, zone: Zone) -> datetime.datetime:
    """Return the moment as clocks of the zone show it."""
    try:
        return moment.replace(tzinfo=datetime.UTC).astimezone(zone)
    except OverflowError as error:
        raise _outside_calendar() from error


def to_utc(moment: datetime.datetime) -> datetime.datetime:
    """Return a moment with a zone as a naive one in UTC."""
    try:
        return moment.astimezone(datetime.UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise _outside_calendar() from error


def _outside_calendar() -> ServerError:
    return ServerError(OUT_OF_RANGE, "the date is outside the years 1 to 9999")


def _local_naive(moment: datetime.datetime, zone: Zone) -> datetime.datetime:
    return to_local(moment, zone).replace(tzinfo=None)


def add_months(moment: datetime.datetime, months: int) -> datetime.datetime:
    """Return the same day so many months later, or that month's last day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        raise OverflowError("the year is out of range")
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def add_units(moment: datetime.datetime, unit: str, amount: int, zone: Zone) -> datetime.datetime:
    """Return the moment so many units later; days and longer by the zone's clock."""
    if unit in MILLISECONDS_BY_UNIT:
        return moment + timedelta(milliseconds=MILLISECONDS_BY_UNIT[unit] * amount)
    local = _local_naive(moment, zone)
    if unit in DAYS_BY_UNIT:
        local += timedelta(days=DAYS_BY_UNIT[unit] * amount)
    else:
        local = add_months(local, MONTHS_BY_UNIT[unit] * amount)
    return to_utc(local.replace(tzinfo=zone))


def truncate(
    moment: datetime.datetime, unit: str, size: int, zone: Zone, week_start: int
) -> datetime.datetime:
    """Return where the bin of so many units begins that the moment lies in."""
    if unit in MILLISECONDS_BY_UNIT:
        base = to_utc(_REFERENCE.replace(tzinfo=zone))
        width = MILLISECONDS_BY_UNIT[unit] * size
        return base + MILLISECOND * ((moment - base) // MILLISECOND // width * width)
    local = _local_naive(moment, zone)
    if unit in MONTHS_BY_UNIT:
        width = MONTHS_BY_UNIT[unit] * size
        months = (local.year - _REFERENCE.year) * 12 + local.month - 1
        start = add_months(_REFERENCE, months // width * width)
    else:
        first = _REFERENCE
        if unit == "week":
            first += timedelta(days=(week_start - first.weekday()) % 7)
        width = DAYS_BY_UNIT[unit] * size
        start = first + timedelta(days=(local - first).days // width * width)
    return to_utc(start.replace(tzinfo=zone))


def units_between(
    start: datetime.datetime, end: datetime.datetime, unit: str, zone: Zone, week_start: int
) -> int:
    """Return how many boundaries of the unit lie between two moments."""
    if unit in MILLISECONDS_BY_UNIT:
        width = MILLISECONDS_BY_UNIT[unit]
        return _milliseconds(end) // width - _milliseconds(start) // width
    first, last = _local_naive(start, zone), _local_naive(end, zone)
    if unit in MONTHS_BY_UNIT:
        width = MONTHS_BY_UNIT[unit]
        return _months(last) // width - _months(first) // width
    if unit == "day":
        return last.toordinal() - first.toordinal()
    return _weeks(last, week_start) - _weeks(first, week_start)


def _milliseconds(moment: datetime.datetime) -> int:
    return (moment - EPOCH) // MILLISECOND


def _months(moment: datetime.datetime) -> int:
    return moment.year * 12 + moment.month - 1


def _weeks(moment: datetime.datetime, week_start: int) -> int:
    # Day 1 of Python's count was a Monday.
    return (moment.toordinal() - 1 - week_start) // 7


def _offset_minutes(moment: datetime.datetime) -> int:
    offset = moment.utcoffset() or timedelta()
    return int(offset.total_seconds() // 60)


def _offset_text(moment: datetime.datetime) -> str:
    minutes = _offset_minutes(moment)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


# https://www.mongodb.com/docs/manual/reference/operator/aggregation/dateToString/
FORMATS: dict[str, Callable[[datetime.datetime], str]] = {
    "Y": lambda moment: f"{moment.year:04d}",
    "m": lambda moment: f"{moment.month:02d}",
    "d": lambda moment: f"{moment.day:02d}",
    "H": lambda moment: f"{moment.hour:02d}",
    "M": lambda moment: f"{moment.minute:02d}",
    "S": lambda moment: f"{moment.second:02d}",
    "L": lambda moment: f"{moment.microsecond // 1000:03d}",
    "j": lambda moment: f"{moment.timetuple().tm_yday:03d}",
    "w": lambda moment: str(moment.isoweekday() % 7 + 1),
    "u": lambda moment: str(moment.isoweekday()),
    "U": lambda moment: moment.strftime("%U"),
    "V": lambda moment: f"{moment.isocalendar().week:02d}",
    "G": lambda moment: f"{moment.isocalendar().year:04d}",
    "z": _offset_text,
    "Z": lambda moment: str(_offset_minutes(moment)),
    "b": lambda moment: calendar.month_abbr[moment.month],
    "B": lambda moment: calendar.month_name[moment.month],
    "%": lambda moment: "%",
}
_SPECIFIER = re.compile(r"%(.?)", re.DOTALL)


def format_date(moment: datetime.datetime, pattern: str, zone: Zone) -> str:
    """Return the moment in a pattern of `%` specifiers, on the zone's clock."""
    local = to_local(moment, zone)

    def written(specifier: re.Match[str]) -> str:
        if specifier[1] not in FORMATS:
            raise ServerError(
                BAD_FORMAT_CHARACTER, f"Invalid format character '%{specifier[1]}' in format string"
            )
        return FORMATS[specifier[1]](local)

    return _SPECIFIER.sub(written, pattern)


def to_iso_text(value: Any) -> str:
    """Return a date as `2026-01-31T12:00:00.000Z`."""
    return format_date(python_date(value), ISO_FORMAT + "Z", datetime.UTC)


def parse_iso_date(text: str, zone: Zone | None = None) -> datetime.datetime:
    """Return the date written in ISO 8601, in the zone where it names none itself."""
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise ServerError(
            ErrorCode.ConversionFailure,
            f"Error parsing date string '{text}'; pocketmongo reads ISO 8601 only",
        ) from error
    return _settled(moment, zone, text)


def parse_date(text: str, pattern: str, zone: Zone | None = None) -> datetime.datetime:
    """Return the date written in a pattern of `%` specifiers."""
    python_pattern = _SPECIFIER.sub(_python_specifier, pattern)
    try:
        moment = datetime.datetime.strptime(text, python_pattern)  # noqa: DTZ007
    except ValueError as error:
        raise ServerError(
            ErrorCode.ConversionFailure, f"Error parsing date string '{text}' as '{pattern}'"
        ) from error
    return _settled(moment, zone, text)


def _python_specifier(specifier: re.Match[str]) -> str:
    letter = specifier[1]
    if letter in ("w", "U", "Z"):
        raise unsupported(f"%{letter} in the format of $dateFromString")
    if letter not in FORMATS:
        raise ServerError(
            BAD_FORMAT_CHARACTER, f"Invalid format character '%{letter}' in format string"
        )
    return "%f" if letter == "L" else specifier[0]


def _settled(moment: datetime.datetime, zone: Zone | None, text: str) -> datetime.datetime:
    if moment.tzinfo is None:
        return whole_milliseconds(to_utc(moment.replace(tzinfo=zone or datetime.UTC)))
    if zone is not None:
        raise ServerError(
            ErrorCode.ConversionFailure,
            f"you cannot pass in a date/time string with time zone information ('{text}') when"
            " timezone is given as well",
        )
    return whole_milliseconds(to_utc(moment))
