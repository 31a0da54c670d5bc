"""Arithmetic that keeps BSON's number types.

int with int is int, or long where it no longer fits; with a long long, with a
double double, with a decimal decimal.
https://www.mongodb.com/docs/manual/reference/operator/aggregation/add/
"""

from __future__ import annotations

import decimal
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import reduce
from typing import Any

from bson import Decimal128, Int64

from pocketmongo.values import INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN

DECIMAL_CONTEXT = decimal.Context(
    prec=34, Emin=-6143, Emax=6144, rounding=decimal.ROUND_HALF_EVEN, traps=[]
)


def to_decimal(number: Any) -> Decimal:
    """Return a number as a Decimal; a double as the shortest decimal that names it."""
    if isinstance(number, Decimal128):
        return number.to_decimal()
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(int(number))


def from_decimal(number: Decimal) -> Decimal128:
    """Return a Decimal128, rounded to its 34 digits."""
    with decimal.localcontext(DECIMAL_CONTEXT) as context:
        return Decimal128(context.plus(number))


def whole_number(value: int, is_long: bool = False) -> int | float:
    """Return an int or a long as the value needs it, a double beyond 64 bits."""
    if not INT64_MIN <= value <= INT64_MAX:
        return _as_double(value)
    if is_long or not INT32_MIN <= value <= INT32_MAX:
        return Int64(value)
    return value


def _as_double(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def calculate(function: Callable[[Sequence[Any]], Any], numbers: Sequence[Any]) -> Any:
    """Return what a function makes of numbers, in the widest of their types.

    The function is given Decimals, floats or ints, all of one kind where there is a
    decimal; what it returns is turned back into the BSON type.
    """
    if any(isinstance(number, Decimal128) for number in numbers):
        with decimal.localcontext(DECIMAL_CONTEXT):
            return from_decimal(function([to_decimal(number) for number in numbers]))
    plain = [number if isinstance(number, float) else int(number) for number in numbers]
    result = function(plain)
    if isinstance(result, float) or any(isinstance(number, float) for number in numbers):
        return float(result)
    return whole_number(result, any(isinstance(number, Int64) for number in numbers))


def add(one: Any, other: Any) -> Any:
    """Return the sum of two numbers."""
    if type(one) is float and type(other) is float:
        return one + other
    if type(one) is int and type(other) is int:
        return whole_number(one + other)
    return calculate(_sum, (one, other))


def total(numbers: Iterable[Any]) -> Any:
    """Return the sum of any number of numbers; 0 of none."""
    collected = list(numbers)
    return calculate(_sum, collected) if collected else 0


def product(numbers: Sequence[Any]) -> Any:
    """Return the product of numbers; 1 of none."""
    return calculate(_product, numbers) if numbers else 1


def _sum(numbers: Sequence[Any]) -> Any:
    return reduce(operator.add, numbers)


def _product(numbers: Sequence[Any]) -> Any:
    return reduce(operator.mul, numbers)
