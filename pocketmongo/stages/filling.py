"""Completing series: `$densify` adds missing documents, `$fill` missing values.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/densify/
https://www.mongodb.com/docs/manual/reference/operator/aggregation/fill/
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pocketmongo.errors import ServerError
from pocketmongo.expressions import Expression, field_reader
from pocketmongo.expressions.moments import check_unit
from pocketmongo.order import OrderKey, order_key
from pocketmongo.paths import with_path
from pocketmongo.sorting import parse_sort, sort_documents
from pocketmongo.stages.context import (
    PipelineContext,
    Stage,
    StageBuilder,
    StageCompiler,
    check_options,
    document_option,
    names_option,
    text_option,
)
from pocketmongo.stages.partitions import Partition, interpolated, invalid, partitioned, stepper
from pocketmongo.stages.window import carried_forward
from pocketmongo.values import MISSING, Document, is_date, is_nullish, is_number, plain_number

TOO_MANY_GENERATED, BAD_DENSIFY_VALUE = 5897900, 5733201
_MOST_GENERATED = 500_000


def _densify(specification: Any, compiler: StageCompiler) -> Stage:
    check_options("$densify", specification, ("field", "range"), ("partitionByFields",))
    return _Densifier(specification, compiler.context)


class _Densifier:
    """Adds a document for each step of a range that has none."""

    def __init__(self, specification: Document, context: PipelineContext) -> None:
        series = specification["range"]
        check_options("the range of $densify", series, ("step", "bounds"), ("unit",))
        self._field = text_option(specification, "field")
        self._read = field_reader(self._field)
        self._step = _positive_step(series["step"])
        self._unit = check_unit(series["unit"]) if "unit" in series else None
        self._bounds = _checked_bounds(series["bounds"])
        self._partition_fields = names_option(specification, "partitionByFields")
        self._by = _by_fields(self._partition_fields)
        self._context = context

    def __call__(self, documents: Iterable[Document]) -> Iterator[Document]:
        everything = sort_documents(documents, [(self._field, 1)])
        full = self._extent(everything)
        for members in partitioned(everything, self._by, self._context):
            yield from sort_documents(self._completed(members, full), [(self._field, 1)])

    def _extent(self, documents: list[Document]) -> list[Any]:
        """Return the least and the greatest value, or nothing where there is no value."""
        values = [value for value in map(self._read, documents) if not is_nullish(value)]
        for value in values:
            if not (is_number(value) if self._unit is None else is_date(value)):
                raise ServerError(
                    BAD_DENSIFY_VALUE, "Densify field type must be numeric, or a date with a unit"
                )
        ordered = sorted(values, key=order_key)
        return [ordered[0], ordered[-1]] if ordered else []

    def _completed(self, members: list[Document], full: list[Any]) -> list[Document]:
        extent, is_closed = self._range_for(members, full)
        if not extent:
            return members
        low, high = extent
        known = {order_key(self._read(document)) for document in members}
        base: Document = {}
        for path in self._partition_fields:
            value = field_reader(path)(members[0])
            base = base if value is MISSING else with_path(base, path, value)
        added = [
            with_path(base, self._field, value)
            for value in self._steps(low, order_key(high), is_closed)
            if order_key(value) not in known
        ]
        return members + added

    def _range_for(self, members: list[Document], full: list[Any]) -> tuple[list[Any], bool]:
        if self._bounds == "full":
            return full, True
        if self._bounds == "partition":
            return self._extent(members), True
        return self._bounds, False

    def _steps(self, low: Any, end: OrderKey, is_closed: bool) -> Iterator[Any]:
        value_after = stepper(low, self._step, self._unit)
        for count in range(_MOST_GENERATED):
            value = value_after(count)
            key = order_key(value)
            if key > end or (key == end and not is_closed):
                return
            yield value
        raise ServerError(
            TOO_MANY_GENERATED,
            f"Generated {_MOST_GENERATED} documents in $densify, which is over the limit",
        )


def _positive_step(step: Any) -> Any:
    if not is_number(step) or not 0 < plain_number(step) < math.inf:
        raise invalid("the step of $densify must be a number above 0")
    return step


def _checked_bounds(bounds: Any) -> Any:
    if bounds in ("full", "partition"):
        return bounds
    if type(bounds) is not list or len(bounds) != 2 or order_key(bounds[0]) > order_key(bounds[1]):
        raise invalid("the bounds of $densify are 'full', 'partition' or two values in order")
    return bounds


def _by_fields(fields: list[str]) -> Expression | None:
    if not fields:
        return None
    readers = [field_reader(field) for field in fields]
    return lambda document, variables: [read(document) for read in readers]


# Given a partition and the values of a field, returns them with the gaps filled.
_Filler = Callable[[Partition, list[Any]], list[Any]]


def _fill(specification: Any, compiler: StageCompiler) -> Stage:
    check_options(
        "$fill", specification, ("output",), ("sortBy", "partitionBy", "partitionByFields")
    )
    context = compiler.context
    sort_by = parse_sort(specification.get("sortBy", {}))
    by = _fill_partitions(specification, context)
    fillers = [
        (path, field_reader(path), _filler(path, value, len(sort_by), context))
        for path, value in document_option(specification, "output").items()
    ]

    def fill(documents: Iterable[Document]) -> Iterator[Document]:
        for members in partitioned(documents, by, context):
            partition = Partition(members, sort_by, context)
            for path, read, filler in fillers:
                values = filler(partition, [read(row) for row in partition.rows])
                partition.rows = [
                    with_path(row, path, value)
                    for row, value in zip(partition.rows, values, strict=True)
                ]
            yield from partition.rows

    return fill


def _fill_partitions(specification: Document, context: PipelineContext) -> Expression | None:
    if "partitionBy" in specification and "partitionByFields" in specification:
        raise invalid("$fill takes partitionBy or partitionByFields, not both")
    if "partitionBy" in specification:
        return context.expression(specification["partitionBy"])
    return _by_fields(names_option(specification, "partitionByFields"))


def _filler(path: str, specification: Any, sort_count: int, context: PipelineContext) -> _Filler:
    if type(specification) is not dict or len(specification) != 1:
        raise invalid(f"the output '{path}' of $fill needs either 'value' or 'method'")
    if "value" in specification:
        expression = context.expression(specification["value"])
        return lambda partition, values: [
            expression(row, context.variables) if is_nullish(value) else value
            for row, value in zip(partition.rows, values, strict=True)
        ]
    method = specification.get("method")
    if method == "locf":
        return lambda partition, values: carried_forward(values)
    if method != "linear":
        raise invalid(f"the method of $fill is 'linear' or 'locf', not {method!r}")
    if sort_count != 1:
        raise invalid("the linear method of $fill needs a sortBy of one field")
    return lambda partition, values: interpolated(partition.sort_values, values)


FILLING: dict[str, StageBuilder] = {"$densify": _densify, "$fill": _fill}
