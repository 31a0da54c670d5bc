"""Partitions of documents in order, and the windows that slide over them.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/setWindowFields/
"""

from __future__ import annotations

import bisect
import datetime
import math
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import pairwise
from typing import Any

from pocketmongo import numerics
from pocketmongo.bson_types import type_name
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.expressions import Expression
from pocketmongo.expressions.comparison import comparison_key
from pocketmongo.expressions.moments import MONTHS_BY_UNIT, add_units, check_unit, python_date
from pocketmongo.order import OrderKey, order_key
from pocketmongo.paths import values_at
from pocketmongo.sorting import sort_documents, sort_key
from pocketmongo.stages.context import PipelineContext
from pocketmongo.values import (
    MISSING,
    Document,
    is_date,
    is_number,
    plain_number,
    to_milliseconds,
)

NOT_A_NUMBER_TO_RANGE, NOT_A_DATE_TO_RANGE = 5429414, 5429513
_WHOLE_PARTITION = ("unbounded", "unbounded")

SortFields = list[tuple[str, Any]]
# For each row the first row of its window and the row after the last.
Spans = list[tuple[int, int]]


def invalid(message: str) -> ServerError:
    """Return the refusal of a specification that makes no sense."""
    return ServerError(ErrorCode.FailedToParse, message)


class Partition:
    """Documents that belong together, sorted."""

    def __init__(
        self, documents: Iterable[Document], sort_by: SortFields, context: PipelineContext
    ) -> None:
        self.rows = list(documents)
        self.context = context
        self._sort_by = sort_by
        if sort_by:
            self.rows = sort_documents(self.rows, sort_by, context.fold)

    def evaluated(self, expression: Expression) -> list[Any]:
        """Return an expression's value for every row."""
        variables = self.context.variables
        return [expression(row, variables) for row in self.rows]

    @cached_property
    def sort_keys(self) -> list[tuple[OrderKey, ...]]:
        """What the rows were sorted by; equal where rows tie."""
        fields = [(path.split("."), direction < 0) for path, direction in self._sort_by]
        fold = self.context.fold
        return [
            tuple([sort_key(row, parts, descends, fold) for parts, descends in fields])
            for row in self.rows
        ]

    @cached_property
    def sort_values(self) -> list[Any]:
        """The values of the first sort field."""
        parts = self._sort_by[0][0].split(".")
        return [next(iter(values_at(row, parts)), MISSING) for row in self.rows]


def partitioned(
    documents: Iterable[Document], by: Expression | None, context: PipelineContext
) -> list[list[Document]]:
    """Return the documents in groups of equal value, or as one group."""
    if by is None:
        everything = list(documents)
        return [everything] if everything else []
    groups: dict[OrderKey, list[Document]] = {}
    for document in documents:
        key = comparison_key(by(document, context.variables), context.fold)
        groups.setdefault(key, []).append(document)
    return list(groups.values())


class Window:
    """Which rows around each row a function looks at."""

    def __init__(self, specification: Any, sort_by: SortFields) -> None:
        if type(specification) is not dict or set(specification) - {"documents", "range", "unit"}:
            raise invalid("a window has 'documents', or 'range' and perhaps 'unit'")
        if "documents" in specification and len(specification) > 1:
            raise invalid("a window of 'documents' can have neither 'range' nor 'unit'")
        if "unit" in specification and "range" not in specification:
            raise invalid("a window's 'unit' needs a 'range'")
        self._is_range = "range" in specification
        bounds = specification.get("range", specification.get("documents", _WHOLE_PARTITION))
        self._lower, self._upper = _checked_bounds(bounds)
        self._unit = check_unit(specification["unit"]) if "unit" in specification else None
        if self._is_range and (len(sort_by) != 1 or sort_by[0][1] != 1):
            raise invalid("a window's 'range' needs an ascending sortBy of one field")
        if (self._lower, self._upper) != _WHOLE_PARTITION and not sort_by:
            raise invalid("a window with bounds needs a sortBy")

    def spans(self, partition: Partition) -> Spans:
        """Return the window of every row."""
        size = len(partition.rows)
        if self._is_range:
            return self._range_spans(partition)
        return [
            (
                max(0, min(size, _position(self._lower, row, 0))),
                max(0, min(size, _position(self._upper, row, size - 1) + 1)),
            )
            for row in range(size)
        ]

    def _range_spans(self, partition: Partition) -> Spans:
        values, size = partition.sort_values, len(partition.rows)
        for value in values:
            _check_ranged(value, self._unit)
        keys = [order_key(value) for value in values]
        spans = []
        for value in values:
            start, end = 0, size
            if self._lower != "unbounded":
                start = bisect.bisect_left(keys, self._shifted(value, self._lower))
            if self._upper != "unbounded":
                end = bisect.bisect_right(keys, self._shifted(value, self._upper))
            spans.append((start, max(start, end)))
        return spans

    def _shifted(self, value: Any, offset: Any) -> OrderKey:
        if offset == "current":
            return order_key(value)
        if self._unit is None:
            return order_key(numerics.add(value, offset))
        return order_key(add_units(value, self._unit, int(plain_number(offset)), datetime.UTC))


def _checked_bounds(bounds: Any) -> tuple[Any, Any]:
    if type(bounds) not in (list, tuple) or len(bounds) != 2:
        raise invalid("a window needs two bounds")
    for bound in bounds:
        if bound not in ("unbounded", "current") and not _is_finite(bound):
            raise invalid("a bound is 'unbounded', 'current' or a number")
    lower, upper = bounds
    if is_number(lower) and is_number(upper) and plain_number(lower) > plain_number(upper):
        raise invalid("a window's lower bound must not be above its upper bound")
    return lower, upper


def _is_finite(bound: Any) -> bool:
    return is_number(bound) and math.isfinite(plain_number(bound))


def _position(bound: Any, row: int, unbounded: int) -> int:
    if bound == "unbounded":
        return unbounded
    return row if bound == "current" else row + int(plain_number(bound))


def _check_ranged(value: Any, unit: str | None) -> None:
    if unit is None and not is_number(value):
        raise ServerError(
            NOT_A_NUMBER_TO_RANGE,
            f"Invalid range: the sortBy field must be a number, but was {type_name(value)}",
        )
    if unit is not None and not is_date(value):
        raise ServerError(
            NOT_A_DATE_TO_RANGE,
            f"Invalid range: the sortBy field must be a Date, but was {type_name(value)}",
        )


def stepper(start: Any, step: Any, unit: str | None) -> Callable[[int], Any]:
    """Return the function that gives the value so many steps after the start."""
    if unit is None:
        return lambda count: numerics.add(start, numerics.product((step, count)))
    moment, size = python_date(start), int(plain_number(step))
    return lambda count: add_units(moment, unit, size * count, datetime.UTC)


def as_number(value: Any) -> float | None:
    """Return a number, or a date as milliseconds, to calculate distances with; else None."""
    if is_date(value):
        return float(to_milliseconds(value))
    return float(plain_number(value)) if is_number(value) else None


def interpolated(places: list[Any], values: list[Any]) -> list[Any]:
    """Fill nulls between two numbers on the straight line between them.

    https://www.mongodb.com/docs/manual/reference/operator/aggregation/linearFill/
    """
    filled = [None if value is MISSING else value for value in values]
    known = [row for row, value in enumerate(filled) if value is not None]
    for row in known:
        if not is_number(filled[row]):
            raise invalid("linear interpolation needs numbers")
    for left, right in pairwise(known):
        start, end = as_number(places[left]), as_number(places[right])
        if start is None or end is None:
            raise invalid("linear interpolation needs a sortBy of numbers or dates")
        first, last = float(plain_number(filled[left])), float(plain_number(filled[right]))
        for row in range(left + 1, right):
            share = (
                ((as_number(places[row]) or 0.0) - start) / (end - start) if end > start else 0.0
            )
            filled[row] = first + (last - first) * share
    return filled


def check_derivative_unit(unit: Any) -> str:
    """Return a unit of a fixed length, as rates of change need it."""
    name = check_unit(unit)
    if name in MONTHS_BY_UNIT:
        raise invalid("unit must be 'week' or smaller")
    return name
