"""`$sum`, `$avg`, `$min`, `$max`, deviations and percentiles of the values of one document.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/sum/
The functions here also finish the accumulators of `$group`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from bson import Decimal128

from pocketmongo import numerics
from pocketmongo.collation import Fold
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.expressions.shapes import (
    Builder,
    Expression,
    ExpressionCompiler,
    Variables,
    check_names,
)
from pocketmongo.order import order_key
from pocketmongo.values import is_nullish, is_number, plain_number

BAD_PERCENTILE = 7750301


def sum_of(values: Sequence[Any]) -> Any:
    """Return the sum of the numbers among the values; 0 if there is none."""
    return numerics.total([value for value in values if is_number(value)])


def average_of(values: Sequence[Any]) -> Any:
    """Return the average of the numbers among the values, or None."""
    numbers = [value for value in values if is_number(value)]
    if not numbers:
        return None
    if any(isinstance(number, Decimal128) for number in numbers):
        return numerics.calculate(lambda exact: sum(exact, Decimal()) / len(exact), numbers)
    return _float_sum([float(plain_number(number)) for number in numbers]) / len(numbers)


def _float_sum(numbers: list[float]) -> float:
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):  # beyond a double, or infinities of both signs
        return sum(numbers)


def least_of(values: Sequence[Any], fold: Fold | None = None) -> Any:
    """Return the least value that is not null, or None."""
    present = [value for value in values if not is_nullish(value)]
    return min(present, key=lambda value: order_key(value, fold), default=None)


def greatest_of(values: Sequence[Any], fold: Fold | None = None) -> Any:
    """Return the greatest value that is not null, or None."""
    present = [value for value in values if not is_nullish(value)]
    return max(present, key=lambda value: order_key(value, fold), default=None)


def deviation_of(values: Sequence[Any], is_sample: bool) -> float | None:
    """Return the standard deviation of the numbers, of a sample or of all; None of too few."""
    numbers = [float(plain_number(value)) for value in values if is_number(value)]
    freedom = len(numbers) - is_sample
    if freedom < 1:
        return None
    mean = _float_sum(numbers) / len(numbers)
    return math.sqrt(
        _float_sum([(number - mean) * (number - mean) for number in numbers]) / freedom
    )


def percentiles_of(values: Sequence[Any], shares: Sequence[float]) -> list[float | None]:
    """Return for each share the number at or below which that share of the numbers lies."""
    numbers = sorted(float(plain_number(value)) for value in values if is_number(value))
    if not numbers:
        return [None] * len(shares)
    return [numbers[max(0, math.ceil(share * len(numbers)) - 1)] for share in shares]


def percentile_shares(name: str, specification: Any) -> list[float]:
    """Return the shares a `$percentile` asks for, `$median` asking for the half."""
    required = ("input", "method", "p") if name == "$percentile" else ("input", "method")
    check_names(name, specification, required)
    if specification["method"] != "approximate":
        raise ServerError(
            ErrorCode.BadValue, f"Currently only 'approximate' can be used as {name} 'method'"
        )
    shares = specification.get("p", [0.5])
    if type(shares) is not list or not shares or not all(map(_is_share, shares)):
        raise ServerError(BAD_PERCENTILE, f"{name} needs 'p', an array of numbers from 0 to 1")
    return [float(share) for share in shares]


def _is_share(value: Any) -> bool:
    return is_number(value) and 0 <= plain_number(value) <= 1


def _summary(summarize: Callable[[list[Any], Fold | None], Any]) -> Builder:
    """Return the builder of an operator over its arguments, or over one array."""

    def build(specification: Any, compiler: ExpressionCompiler) -> Expression:
        arguments = compiler.arguments(specification)
        fold = compiler.fold

        def evaluate(document: Any, variables: Variables) -> Any:
            values = [argument(document, variables) for argument in arguments]
            if len(values) == 1 and type(values[0]) is list:
                values = values[0]
            return summarize(values, fold)

        return evaluate

    return build


def _percentile(name: str) -> Builder:
    def build(specification: Any, compiler: ExpressionCompiler) -> Expression:
        shares = percentile_shares(name, specification)
        read = compiler.compile(specification["input"])

        def evaluate(document: Any, variables: Variables) -> Any:
            value = read(document, variables)
            results = percentiles_of(value if type(value) is list else [value], shares)
            return results if name == "$percentile" else results[0]

        return evaluate

    return build


SUMMARIES: dict[str, Builder] = {
    "$sum": _summary(lambda values, fold: sum_of(values)),
    "$avg": _summary(lambda values, fold: average_of(values)),
    "$min": _summary(least_of),
    "$max": _summary(greatest_of),
    "$stdDevPop": _summary(lambda values, fold: deviation_of(values, False)),
    "$stdDevSamp": _summary(lambda values, fold: deviation_of(values, True)),
    "$percentile": _percentile("$percentile"),
    "$median": _percentile("$median"),
}
