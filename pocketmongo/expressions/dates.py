"""Date operators: parts, arithmetic, truncation, reading and writing.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/#date-expression-operators
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bson import Int64, ObjectId, Timestamp

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.expressions import moments
from pocketmongo.expressions.moments import check_unit, python_date, to_local, zone_named
from pocketmongo.expressions.shapes import (
    Builder,
    Expression,
    ExpressionCompiler,
    Variables,
    check_names,
    checked,
    function_of_named,
)
from pocketmongo.values import MISSING, as_integer, is_nullish

WRONG_DATE_ARGUMENTS, MIXED_DATE_PARTS, YEAR_OUT_OF_RANGE, PART_NOT_WHOLE = (
    40535,
    40489,
    40523,
    40515,
)
FORMAT_NOT_TEXT, OUT_OF_RANGE, BAD_AMOUNT, BAD_BIN_SIZE = 18533, 5166406, 5166405, 5439017
FORMAT_NOT_A_STRING = 40684
_OVERFLOW = (OverflowError, ValueError)


def _date(value: Any) -> datetime.datetime:
    """Return the date of a date, an ObjectId or a timestamp."""
    if isinstance(value, ObjectId):
        return value.generation_time.replace(tzinfo=None)
    if isinstance(value, Timestamp):
        return value.as_datetime().replace(tzinfo=None)
    return python_date(value)


def _within_calendar(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turn an overflow of the calendar into MongoDB's error."""

    def guarded(**arguments: Any) -> Any:
        try:
            return function(**arguments)
        except _OVERFLOW as error:
            raise ServerError(OUT_OF_RANGE, "the date is outside the years 1 to 9999") from error

    return guarded


def _part(name: str, read: Callable[[datetime.datetime], int]) -> Builder:
    """Return the builder of an operator that reads one part of a date in a zone."""

    def build(specification: Any, compiler: ExpressionCompiler) -> Expression:
        date, zone = _date_and_zone(name, specification, compiler)

        def evaluate(document: Any, variables: Variables) -> Any:
            value = date(document, variables)
            zone_name = zone(document, variables)
            if is_nullish(value) or zone_name is MISSING:
                return None
            return read(to_local(_date(value), zone_named(zone_name)))

        return evaluate

    return build


def _date_and_zone(
    name: str, specification: Any, compiler: ExpressionCompiler
) -> tuple[Expression, Expression]:
    if type(specification) is dict and "date" in specification:
        check_names(name, specification, ("date",), ("timezone",))
        return compiler.compile(specification["date"]), compiler.compile(
            specification.get("timezone")
        )
    arguments = compiler.arguments(specification)
    if len(arguments) != 1:
        raise ServerError(WRONG_DATE_ARGUMENTS, f"{name} takes exactly one date")
    return arguments[0], compiler.compile(None)


def _to_string(date: Any, pattern: Any = MISSING, zone: Any = None, on_null: Any = None) -> Any:
    if is_nullish(date):
        return on_null
    if pattern is None or zone is MISSING:
        return None
    where = zone_named(zone)
    if pattern is MISSING:
        pattern = moments.ISO_FORMAT + ("Z" if where is datetime.UTC else "")
    checked(pattern, str, "$dateToString", FORMAT_NOT_TEXT)
    return moments.format_date(_date(date), pattern, where)


def _from_string_builder(specification: Any, compiler: ExpressionCompiler) -> Expression:
    names = ("format", "timezone", "onError", "onNull")
    check_names("$dateFromString", specification, ("dateString",), names)
    text = compiler.compile(specification["dateString"])
    pattern, zone, on_null, on_error = (
        compiler.compile(specification.get(name))
        for name in ("format", "timezone", "onNull", "onError")
    )
    has_on_error = "onError" in specification

    def evaluate(document: Any, variables: Variables) -> Any:
        value = text(document, variables)
        if is_nullish(value):
            return on_null(document, variables)
        try:
            return _parsed(value, pattern(document, variables), zone(document, variables))
        except ServerError as error:
            if has_on_error and error.code == ErrorCode.ConversionFailure:
                return on_error(document, variables)
            raise

    return evaluate


def _parsed(text: Any, pattern: Any, zone: Any) -> Any:
    checked(text, str, "$dateFromString", ErrorCode.ConversionFailure)
    where = None if is_nullish(zone) else zone_named(zone)
    if is_nullish(pattern):
        return moments.parse_iso_date(text, where)
    return moments.parse_date(
        text, checked(pattern, str, "$dateFromString", FORMAT_NOT_A_STRING), where
    )


def _truncated(
    date: Any, unit: Any, size: Any = 1, zone: Any = None, week_start: Any = "sunday"
) -> Any:
    if any(is_nullish(value) for value in (date, unit, size, week_start)) or zone is MISSING:
        return None
    width = as_integer(size)
    if width is None or width < 1:
        raise ServerError(BAD_BIN_SIZE, "$dateTrunc's binSize must be a whole number above 0")
    return moments.truncate(
        _date(date),
        check_unit(unit),
        width,
        zone_named(zone),
        moments.weekday_named(week_start),
    )


def _adding(sign: int) -> Callable[..., Any]:
    def apply(date: Any, unit: Any, amount: Any, zone: Any = None) -> Any:
        if any(is_nullish(value) for value in (date, unit, amount)) or zone is MISSING:
            return None
        number = as_integer(amount)
        if number is None:
            raise ServerError(BAD_AMOUNT, "the amount of a date sum must be a whole number")
        units = sign * number
        return moments.add_units(_date(date), check_unit(unit), units, zone_named(zone))

    return apply


def _difference(
    start: Any, end: Any, unit: Any, zone: Any = None, week_start: Any = "sunday"
) -> Any:
    if any(is_nullish(value) for value in (start, end, unit)) or zone is MISSING:
        return None
    week = moments.weekday_named(week_start)
    between = moments.units_between(
        _date(start), _date(end), check_unit(unit), zone_named(zone), week
    )
    return Int64(between)


def _from_parts(zone: Any = None, **parts: Any) -> Any:
    if any(is_nullish(value) for value in parts.values()) or zone is MISSING:
        return None
    numbers = {name: _whole_part(name, value) for name, value in parts.items()}
    day = _iso_day(numbers) if "iso_year" in numbers else _calendar_day(numbers)
    day += timedelta(
        hours=numbers.get("hour", 0),
        minutes=numbers.get("minute", 0),
        seconds=numbers.get("second", 0),
        milliseconds=numbers.get("millisecond", 0),
    )
    return moments.to_utc(day.replace(tzinfo=zone_named(zone)))


def _whole_part(name: str, value: Any) -> int:
    number = as_integer(value)
    if number is None:
        raise ServerError(PART_NOT_WHOLE, f"'{name}' must evaluate to an integer, found {value!r}")
    return number


def _calendar_day(numbers: dict[str, int]) -> datetime.datetime:
    start = _year_start(numbers["year"])
    month = moments.add_months(start, numbers.get("month", 1) - 1)
    return month + timedelta(days=numbers.get("day", 1) - 1)


def _iso_day(numbers: dict[str, int]) -> datetime.datetime:
    _year_start(numbers["iso_year"])
    first = datetime.datetime.fromisocalendar(numbers["iso_year"], 1, 1)
    weeks, days = numbers.get("iso_week", 1) - 1, numbers.get("iso_day", 1) - 1
    return first + timedelta(weeks=weeks, days=days)


def _year_start(year: int) -> datetime.datetime:
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        raise ServerError(YEAR_OUT_OF_RANGE, f"'year' must be in the range 1 to 9999, found {year}")
    return datetime.datetime(year, 1, 1)  # noqa: DTZ001


_TIME_PARTS = ("hour", "minute", "second", "millisecond")
_CLOCK = {name: name for name in (*_TIME_PARTS, "timezone")} | {"timezone": "zone"}
_CALENDAR_PARTS = {"year": "year", "month": "month", "day": "day"}
_ISO_PARTS = {"isoWeekYear": "iso_year", "isoWeek": "iso_week", "isoDayOfWeek": "iso_day"}


def _from_parts_builder(specification: Any, compiler: ExpressionCompiler) -> Expression:
    check_names("$dateFromParts", specification, (), {**_CALENDAR_PARTS, **_ISO_PARTS, **_CLOCK})
    is_iso = "isoWeekYear" in specification
    foreign = _CALENDAR_PARTS if is_iso else _ISO_PARTS
    if any(name in specification for name in foreign):
        raise ServerError(
            MIXED_DATE_PARTS, "$dateFromParts does not allow mixing natural dates with ISO dates"
        )
    own = dict(_ISO_PARTS if is_iso else _CALENDAR_PARTS)
    year = "isoWeekYear" if is_iso else "year"
    required = {year: own.pop(year)}
    build = function_of_named(
        "$dateFromParts", _within_calendar(_from_parts), required, {**own, **_CLOCK}
    )
    return build(specification, compiler)


def _to_parts(date: Any, zone: Any = None, is_iso: Any = False) -> Any:
    if is_nullish(date) or zone is MISSING:
        return None
    local = to_local(_date(date), zone_named(zone))
    if is_iso:
        year, week, day = local.isocalendar()
        parts = {"isoWeekYear": year, "isoWeek": week, "isoDayOfWeek": day}
    else:
        parts = {"year": local.year, "month": local.month, "day": local.day}
    clock = (local.hour, local.minute, local.second, local.microsecond // 1000)
    return parts | dict(zip(_TIME_PARTS, clock, strict=True))


_ZONE = {"timezone": "zone"}
_SUM = {"startDate": "date", "unit": "unit", "amount": "amount"}

DATES: dict[str, Builder] = {
    "$year": _part("$year", lambda local: local.year),
    "$month": _part("$month", lambda local: local.month),
    "$dayOfMonth": _part("$dayOfMonth", lambda local: local.day),
    "$hour": _part("$hour", lambda local: local.hour),
    "$minute": _part("$minute", lambda local: local.minute),
    "$second": _part("$second", lambda local: local.second),
    "$millisecond": _part("$millisecond", lambda local: local.microsecond // 1000),
    "$dayOfWeek": _part("$dayOfWeek", lambda local: local.isoweekday() % 7 + 1),
    "$dayOfYear": _part("$dayOfYear", lambda local: local.timetuple().tm_yday),
    "$week": _part("$week", lambda local: int(local.strftime("%U"))),
    "$isoWeek": _part("$isoWeek", lambda local: local.isocalendar().week),
    "$isoWeekYear": _part("$isoWeekYear", lambda local: local.isocalendar().year),
    "$isoDayOfWeek": _part("$isoDayOfWeek", lambda local: local.isoweekday()),
    "$dateToString": function_of_named(
        "$dateToString",
        _to_string,
        {"date": "date"},
        {"format": "pattern", "onNull": "on_null", **_ZONE},
    ),
    "$dateFromString": _from_string_builder,
    "$dateTrunc": function_of_named(
        "$dateTrunc",
        _within_calendar(_truncated),
        {"date": "date", "unit": "unit"},
        {"binSize": "size", "startOfWeek": "week_start", **_ZONE},
    ),
    "$dateAdd": function_of_named("$dateAdd", _within_calendar(_adding(1)), _SUM, _ZONE),
    "$dateSubtract": function_of_named("$dateSubtract", _within_calendar(_adding(-1)), _SUM, _ZONE),
    "$dateDiff": function_of_named(
        "$dateDiff",
        _within_calendar(_difference),
        {"startDate": "start", "endDate": "end", "unit": "unit"},
        {"startOfWeek": "week_start", **_ZONE},
    ),
    "$dateFromParts": _from_parts_builder,
    "$dateToParts": function_of_named(
        "$dateToParts", _to_parts, {"date": "date"}, {"iso8601": "is_iso", **_ZONE}
    ),
}
