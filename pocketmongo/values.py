"""BSON values as Python holds them, and the questions every part of the language asks.

https://www.mongodb.com/docs/manual/reference/bson-types/
"""

from __future__ import annotations

import datetime
import math
from typing import Any, Final, TypeGuard

from bson import Decimal128, Timestamp
from bson.datetime_ms import DatetimeMS

Document = dict[str, Any]


class Missing:
    """The absence of a value: a field that is not there, which is not the same as null."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<missing>"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()

EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 (BSON dates are naive UTC here)
MILLISECOND = datetime.timedelta(milliseconds=1)

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1


def is_nullish(value: Any) -> bool:
    """Say whether a value is null or missing."""
    return value is None or value is MISSING


def none_if_missing(value: Any) -> Any:
    """Return null in the place of a missing value."""
    return None if value is MISSING else value


def is_number(value: Any) -> TypeGuard[int | float | Decimal128]:
    """Say whether a value is an int, a long, a double or a decimal; true and false are not."""
    return isinstance(value, (int, float, Decimal128)) and value is not True and value is not False


def plain_number(value: Any) -> Any:
    """Return a number that Python can calculate with: Decimal for Decimal128, else the same."""
    if not isinstance(value, Decimal128):
        return value
    number = value.to_decimal()
    # A Decimal that is no number cannot be compared with one; a double can.
    return math.nan if number.is_nan() else number


def as_integer(value: Any) -> int | None:
    """Return a whole number of any type as an int; None for whatever else."""
    if not is_number(value):
        return None
    number = plain_number(value)
    if not math.isfinite(number) or number != int(number):
        return None
    return int(number)


def is_date(value: Any) -> TypeGuard[datetime.datetime | DatetimeMS]:
    """Say whether a value is a BSON date."""
    return isinstance(value, (datetime.datetime, DatetimeMS))


def is_true(value: Any) -> bool:
    """Say whether an expression's value counts as true.

    https://www.mongodb.com/docs/manual/reference/aggregation-quick-reference/
    """
    if value is True:
        return True
    if value is False or value is None or value is MISSING:
        return False
    return not (is_number(value) and plain_number(value) == 0)


def is_operator_document(value: Any) -> bool:
    """Say whether a query value is operators, as `{$gt: 5}`, and not a document to equal."""
    return type(value) is dict and bool(value) and _names_operator(value)


def _names_operator(document: Document) -> bool:
    return next(iter(document)).startswith("$") and "$ref" not in document


def to_milliseconds(value: datetime.datetime | DatetimeMS) -> int:
    """Return a date as milliseconds since 1970; a date without a zone is UTC."""
    if isinstance(value, DatetimeMS):
        return int(value)
    offset = value.utcoffset()
    if offset is not None:
        value = value.replace(tzinfo=None) - offset
    return (value - EPOCH) // MILLISECOND


def from_milliseconds(milliseconds: int) -> datetime.datetime | DatetimeMS:
    """Return the date; one beyond Python's years 1 to 9999 comes back as DatetimeMS."""
    try:
        return EPOCH + datetime.timedelta(milliseconds=milliseconds)
    except OverflowError:
        return DatetimeMS(milliseconds)


def whole_milliseconds(value: datetime.datetime) -> datetime.datetime:
    """Return the moment as BSON can hold it, microseconds cut off."""
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def now() -> datetime.datetime:
    """Return the present moment as a BSON date: naive, UTC, whole milliseconds."""
    return whole_milliseconds(datetime.datetime.now(datetime.UTC).replace(tzinfo=None))


def now_timestamp() -> Timestamp:
    """Return the present second as a BSON timestamp."""
    return Timestamp(int(datetime.datetime.now(datetime.UTC).timestamp()), 1)
