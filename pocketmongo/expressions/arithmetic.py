"""`$add`, `$subtract`, `$multiply`, `$divide`, `$mod`, rounding, and bits.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/#arithmetic-expression-operators
"""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from bson import Decimal128, Int64

from pocketmongo import numerics
from pocketmongo.bson_types import type_name
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.expressions.shapes import Builder, function_of, function_of_many
from pocketmongo.numerics import calculate, from_decimal, to_decimal, whole_number
from pocketmongo.values import (
    INT64_MAX,
    INT64_MIN,
    as_integer,
    from_milliseconds,
    is_date,
    is_nullish,
    is_number,
    plain_number,
    to_milliseconds,
)

TWO_DATES, MOD_BY_ZERO, BAD_PLACES, NOT_A_NUMBER_TO_ROUND = 16612, 16610, 51083, 51081
LEAST_PLACES, MOST_PLACES = -20, 100
_WIDE = 7000  # digits; the greatest decimal has 6145 before the point


def require_numbers(name: str, values: Sequence[Any]) -> None:
    """Raise ServerError if a value is not a number."""
    for value in values:
        if not is_number(value):
            raise ServerError(
                ErrorCode.TypeMismatch,
                f"{name} only supports numeric types, not {type_name(value)}",
            )


def numeric(name: str, function: Callable[..., Any], count: int) -> Builder:
    """Return the builder of a function of numbers that is null where one of them is."""

    def apply(*values: Any) -> Any:
        if any(is_nullish(value) for value in values):
            return None
        require_numbers(name, values)
        return function(*values)

    return function_of(name, apply, count)


def _add(values: list[Any]) -> Any:
    if any(is_nullish(value) for value in values):
        return None
    dates = [value for value in values if is_date(value)]
    if len(dates) > 1:
        raise ServerError(TWO_DATES, "only one date allowed in an $add expression")
    numbers = [value for value in values if not is_date(value)]
    require_numbers("$add", numbers)
    return _later(dates[0], numerics.total(numbers)) if dates else numerics.total(numbers)


def _later(date: Any, milliseconds: Any) -> Any:
    number = plain_number(milliseconds)
    moment = to_milliseconds(date) + round(number) if math.isfinite(number) else INT64_MAX + 1
    if not INT64_MIN <= moment <= INT64_MAX:
        raise ServerError(ErrorCode.Overflow, "date overflow: it does not fit 64 bits")
    return from_milliseconds(moment)


def _subtract(one: Any, other: Any) -> Any:
    if is_nullish(one) or is_nullish(other):
        return None
    if is_date(one):
        if is_date(other):
            return Int64(to_milliseconds(one) - to_milliseconds(other))
        require_numbers("$subtract", (other,))
        return _later(one, -plain_number(other))
    require_numbers("$subtract", (one, other))
    return calculate(lambda pair: pair[0] - pair[1], (one, other))


def _multiply(values: list[Any]) -> Any:
    if any(is_nullish(value) for value in values):
        return None
    require_numbers("$multiply", values)
    return numerics.product(values)


def _divide(dividend: Any, divisor: Any) -> Any:
    if plain_number(divisor) == 0:
        raise ServerError(ErrorCode.BadValue, "can't $divide by zero")
    if isinstance(dividend, Decimal128) or isinstance(divisor, Decimal128):
        return calculate(lambda pair: pair[0] / pair[1], (dividend, divisor))
    return float(dividend) / float(divisor)


def _mod(dividend: Any, divisor: Any) -> Any:
    if plain_number(divisor) == 0:
        raise ServerError(MOD_BY_ZERO, "can't $mod by zero")
    return calculate(_remainder, (dividend, divisor))


def _remainder(pair: Sequence[Any]) -> Any:
    dividend, divisor = pair
    if isinstance(dividend, Decimal):
        return dividend % divisor
    if isinstance(dividend, float) or isinstance(divisor, float):
        return math.fmod(dividend, divisor) if math.isfinite(dividend) else math.nan
    found = abs(dividend) % abs(divisor)
    return found if dividend >= 0 else -found


def _rounded(name: str, rounding: str) -> Callable[..., Any]:
    def apply(number: Any, places: Any = 0) -> Any:
        if is_nullish(number) or is_nullish(places):
            return None
        if not is_number(number):
            raise ServerError(
                NOT_A_NUMBER_TO_ROUND,
                f"{name} only supports numeric types, not {type_name(number)}",
            )
        return _to_places(number, _places(name, places), rounding)

    return apply


def _places(name: str, places: Any) -> int:
    number = as_integer(places)
    if number is None:
        raise ServerError(BAD_PLACES, f"{name} needs a whole number of places")
    if not LEAST_PLACES <= number <= MOST_PLACES:
        raise ServerError(
            BAD_PLACES, f"cannot apply {name} with {places} places, only {LEAST_PLACES} to 100"
        )
    return number


def _to_places(number: Any, places: int, rounding: str) -> Any:
    exact = to_decimal(number)
    if not exact.is_finite() or (isinstance(number, int) and places >= 0):
        return number
    wide = decimal.Context(prec=_WIDE, rounding=rounding)
    result = exact.quantize(Decimal(1).scaleb(-places), context=wide)
    if isinstance(number, Decimal128):
        return from_decimal(result)
    if isinstance(number, float):
        return float(result)
    return whole_number(int(result), isinstance(number, Int64))


def _keeping_type(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def apply(number: Any) -> Any:
        if isinstance(number, float):
            return (
                float(function(number)) if math.isfinite(number) else function_of_infinite(number)
            )
        return calculate(lambda single: function(single[0]), (number,))

    def function_of_infinite(number: float) -> float:
        return abs(number) if function is abs else number

    return apply


def _whole_decimal(function: Callable[[Any], int]) -> Callable[[Any], Any]:
    """Let a rounding to whole numbers pass what has no whole number by."""

    def apply(number: Any) -> Any:
        if isinstance(number, Decimal):
            return Decimal(function(number)) if number.is_finite() else number
        return function(number)

    return apply


def _bitwise(name: str, combine: Callable[[int, int], int], start: int) -> Builder:
    def apply(values: list[Any]) -> Any:
        if any(is_nullish(value) for value in values):
            return None
        result = start
        for value in values:
            result = combine(result, _integer(name, value))
        is_long = any(isinstance(value, Int64) for value in values)
        return whole_number(result, is_long)

    return function_of_many(name, apply)


def _integer(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ServerError(
            ErrorCode.TypeMismatch, f"{name} only supports int and long, not {type_name(value)}"
        )
    return int(value)


def _bit_not(value: Any) -> Any:
    if is_nullish(value):
        return None
    return whole_number(~_integer("$bitNot", value), isinstance(value, Int64))


ARITHMETIC: dict[str, Builder] = {
    "$add": function_of_many("$add", _add),
    "$subtract": function_of("$subtract", _subtract, 2),
    "$multiply": function_of_many("$multiply", _multiply),
    "$divide": numeric("$divide", _divide, 2),
    "$mod": numeric("$mod", _mod, 2),
    "$abs": numeric("$abs", _keeping_type(abs), 1),
    "$ceil": numeric("$ceil", _keeping_type(_whole_decimal(math.ceil)), 1),
    "$floor": numeric("$floor", _keeping_type(_whole_decimal(math.floor)), 1),
    "$round": function_of("$round", _rounded("$round", decimal.ROUND_HALF_EVEN), 1, 2),
    "$trunc": function_of("$trunc", _rounded("$trunc", decimal.ROUND_DOWN), 1, 2),
    "$bitAnd": _bitwise("$bitAnd", lambda one, other: one & other, -1),
    "$bitOr": _bitwise("$bitOr", lambda one, other: one | other, 0),
    "$bitXor": _bitwise("$bitXor", lambda one, other: one ^ other, 0),
    "$bitNot": function_of("$bitNot", _bit_not, 1),
}
