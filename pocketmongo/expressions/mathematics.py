"""Roots, powers, logarithms and trigonometry.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/#trigonometry-expression-operators
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from bson import Decimal128

from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.expressions.arithmetic import numeric
from pocketmongo.expressions.shapes import Builder
from pocketmongo.numerics import calculate
from pocketmongo.values import plain_number

NEGATIVE_SQRT, ZERO_TO_NEGATIVE, LOG_OF_NOTHING = 28714, 28764, 28766
LOG10_OF_NOTHING, LOG_BAD_NUMBER, LOG_BAD_BASE, OUT_OF_BOUNDS = 28761, 28758, 28759, 50989
_BITS_OF_A_LONG = 64


def _sqrt(number: Any) -> Any:
    if plain_number(number) < 0:
        raise ServerError(NEGATIVE_SQRT, "$sqrt's argument must be greater than or equal to 0")
    return _real(number, math.sqrt, lambda exact: exact.sqrt())


def _exp(number: Any) -> Any:
    return _real(number, _exponential, lambda exact: exact.exp())


def _exponential(number: float) -> float:
    try:
        return math.exp(number)
    except OverflowError:
        return math.inf


def _ln(number: Any) -> Any:
    _require_positive(number, "$ln", LOG_OF_NOTHING)
    return _real(number, math.log, lambda exact: exact.ln())


def _log10(number: Any) -> Any:
    _require_positive(number, "$log10", LOG10_OF_NOTHING)
    return _real(number, math.log10, lambda exact: exact.log10())


def _log(number: Any, base: Any) -> Any:
    _require_positive(number, "$log", LOG_BAD_NUMBER)
    if not plain_number(base) > 0 or plain_number(base) == 1:
        raise ServerError(LOG_BAD_BASE, "$log's base must be a positive number not equal to 1")
    if isinstance(number, Decimal128) or isinstance(base, Decimal128):
        return calculate(lambda pair: pair[0].ln() / pair[1].ln(), (number, base))
    return math.log(number, base)


def _require_positive(number: Any, name: str, code: int) -> None:
    if plain_number(number) <= 0:
        raise ServerError(code, f"{name}'s argument must be a positive number, but is {number}")


def _real(
    number: Any, function: Callable[[float], float], exact: Callable[[Decimal], Decimal]
) -> Any:
    if isinstance(number, Decimal128):
        return calculate(lambda single: exact(single[0]), (number,))
    return function(float(number))


def _pow(base: Any, exponent: Any) -> Any:
    if plain_number(base) == 0 and plain_number(exponent) < 0:
        raise ServerError(ZERO_TO_NEGATIVE, "$pow cannot take a base of 0 and a negative exponent")
    return calculate(_power, (base, exponent))


def _power(pair: Sequence[Any]) -> Any:
    base, exponent = pair
    if isinstance(base, Decimal):
        return base**exponent
    if _fits_a_long(base, exponent):
        return base**exponent
    return _float_power(float(base), float(exponent))


def _fits_a_long(base: Any, exponent: Any) -> bool:
    # What is too big would only cost time to work out exactly.
    if not isinstance(base, int) or not isinstance(exponent, int) or exponent < 0:
        return False
    return abs(base) < 2 or exponent * (abs(base).bit_length() - 1) < _BITS_OF_A_LONG


def _float_power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        return math.nan


def _trigonometric(name: str, function: Callable[..., float], count: int = 1) -> Builder:
    def apply(*numbers: Any) -> float:
        if any(isinstance(number, Decimal128) for number in numbers):
            raise unsupported(f"{name} of a decimal")
        try:
            return function(*[float(number) for number in numbers])
        except ValueError as error:
            raise ServerError(
                OUT_OF_BOUNDS, f"cannot apply {name} to {numbers[0]}, value is out of bounds"
            ) from error
        except OverflowError as error:
            raise ServerError(ErrorCode.Overflow, f"{name} overflows") from error

    return numeric(name, apply, count)


MATHEMATICS: dict[str, Builder] = {
    "$sqrt": numeric("$sqrt", _sqrt, 1),
    "$exp": numeric("$exp", _exp, 1),
    "$ln": numeric("$ln", _ln, 1),
    "$log10": numeric("$log10", _log10, 1),
    "$log": numeric("$log", _log, 2),
    "$pow": numeric("$pow", _pow, 2),
    "$sin": _trigonometric("$sin", math.sin),
    "$cos": _trigonometric("$cos", math.cos),
    "$tan": _trigonometric("$tan", math.tan),
    "$asin": _trigonometric("$asin", math.asin),
    "$acos": _trigonometric("$acos", math.acos),
    "$atan": _trigonometric("$atan", math.atan),
    "$atan2": _trigonometric("$atan2", math.atan2, 2),
    "$sinh": _trigonometric("$sinh", math.sinh),
    "$cosh": _trigonometric("$cosh", math.cosh),
    "$tanh": _trigonometric("$tanh", math.tanh),
    "$asinh": _trigonometric("$asinh", math.asinh),
    "$acosh": _trigonometric("$acosh", math.acosh),
    "$atanh": _trigonometric("$atanh", math.atanh),
    "$degreesToRadians": _trigonometric("$degreesToRadians", math.radians),
    "$radiansToDegrees": _trigonometric("$radiansToDegrees", math.degrees),
}
