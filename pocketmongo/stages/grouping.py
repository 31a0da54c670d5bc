"""Gathering documents: `$group`, `$sortByCount`, `$bucket`, `$bucketAuto`.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/group/
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

from pocketmongo.errors import ServerError, unsupported
from pocketmongo.expressions.comparison import comparison_key
from pocketmongo.order import NULL_KEY, order_key
from pocketmongo.sorting import sort_documents
from pocketmongo.stages.accumulators import Accumulator, compile_accumulator
from pocketmongo.stages.context import (
    PipelineContext,
    Stage,
    StageBuilder,
    StageCompiler,
    check_options,
    document_option,
)
from pocketmongo.values import (
    MISSING,
    Document,
    as_integer,
    none_if_missing,
)

NOT_AN_OBJECT, NO_ID, NOT_AN_ACCUMULATOR, DOTTED_NAME, SEVERAL = 15947, 15955, 40234, 40235, 40238
BAD_SORT_BY_COUNT, TOO_FEW_BOUNDARIES, BOUNDARIES_NOT_ALIKE = 40147, 40192, 40193
BOUNDARIES_NOT_SORTED, DEFAULT_INSIDE, OUTSIDE_OF_BUCKETS, BAD_BUCKETS = 40194, 40199, 40066, 40241

_Fields = list[tuple[str, Accumulator]]
_COUNT_EACH = {"count": {"$sum": 1}}


def _group(specification: Any, compiler: StageCompiler) -> Stage:
    if type(specification) is not dict:
        raise ServerError(NOT_AN_OBJECT, "a group's fields must be specified in an object")
    if "_id" not in specification:
        raise ServerError(NO_ID, "a group specification must include an _id")
    context = compiler.context
    fold, variables = context.fold, context.variables
    identity = context.expression(specification["_id"])
    fields = _accumulated(
        {name: value for name, value in specification.items() if name != "_id"}, context
    )
    steps = [accumulator.step for _, accumulator in fields]

    def group(documents: Iterable[Document]) -> Iterator[Document]:
        groups: dict[Any, tuple[Any, list[tuple[Any, Any]]]] = {}
        for document in documents:
            value = identity(document, variables)
            key = NULL_KEY if value is MISSING else order_key(value, fold)
            found = groups.get(key)
            if found is None:
                states = [accumulator.start() for _, accumulator in fields]
                pairs = list(zip(steps, states, strict=True))
                found = groups[key] = (none_if_missing(value), pairs)
            for step, state in found[1]:
                step(state, document, variables)
        for value, pairs in groups.values():
            yield _finished(value, fields, [state for _, state in pairs])

    return group


def _accumulated(specification: Any, context: PipelineContext) -> _Fields:
    return [(name, _accumulator(name, value, context)) for name, value in specification.items()]


def _accumulator(name: str, value: Any, context: PipelineContext) -> Accumulator:
    if "." in name:
        raise ServerError(DOTTED_NAME, f"The field name '{name}' cannot contain '.'")
    if type(value) is not dict or not all(key.startswith("$") for key in value):
        raise ServerError(NOT_AN_ACCUMULATOR, f"The field '{name}' must be an accumulator object")
    if len(value) != 1:
        raise ServerError(SEVERAL, f"The field '{name}' must specify one accumulator")
    return compile_accumulator(*next(iter(value.items())), context)


def _finished(identity: Any, fields: _Fields, states: list[Any]) -> Document:
    document = {"_id": identity}
    for (name, accumulator), state in zip(fields, states, strict=True):
        document[name] = accumulator.finish(state)
    return document


def _summarized(
    identity: Any, documents: Iterable[Document], fields: _Fields, context: PipelineContext
) -> Document:
    states = [accumulator.start() for _, accumulator in fields]
    for document in documents:
        for (_, accumulator), state in zip(fields, states, strict=True):
            accumulator.step(state, document, context.variables)
    return _finished(identity, fields, states)


def _sort_by_count(specification: Any, compiler: StageCompiler) -> Stage:
    is_path = isinstance(specification, str) and specification.startswith("$")
    is_operator = type(specification) is dict and next(iter(specification), "").startswith("$")
    if not is_path and not is_operator:
        raise ServerError(BAD_SORT_BY_COUNT, "$sortByCount needs a field path or an expression")
    group = _group({"_id": specification, **_COUNT_EACH}, compiler)
    return lambda documents: sort_documents(group(documents), [("count", -1)])


def _bucket(specification: Any, compiler: StageCompiler) -> Stage:
    check_options("$bucket", specification, ("groupBy", "boundaries"), ("default", "output"))
    context = compiler.context
    group_by = context.expression(specification["groupBy"])
    boundaries = _boundaries(specification["boundaries"], context)
    fields = _accumulated(
        document_option({"output": _COUNT_EACH, **specification}, "output"), context
    )
    default = _default(specification, boundaries, context)
    place = _placing(boundaries, default, context)

    def bucket(documents: Iterable[Document]) -> list[Document]:
        found: dict[Any, tuple[Any, list[Document]]] = {}
        for document in documents:
            identity = place(group_by(document, context.variables))
            found.setdefault(order_key(identity), (identity, []))[1].append(document)
        return [
            _summarized(identity, members, fields, context)
            for _, (identity, members) in sorted(found.items(), key=lambda item: item[0])
        ]

    return bucket


def _boundaries(specification: Any, context: PipelineContext) -> list[Any]:
    if type(specification) is not list or len(specification) < 2:
        raise ServerError(
            TOO_FEW_BOUNDARIES,
            "$bucket needs an array of at least 2 'boundaries'",
        )
    values = [context.expression(boundary)({}, context.variables) for boundary in specification]
    for one, other in pairwise(comparison_key(value, context.fold) for value in values):
        if one[0] != other[0]:
            raise ServerError(
                BOUNDARIES_NOT_ALIKE,
                "The 'boundaries' of $bucket must have the same type",
            )
        if one >= other:
            raise ServerError(BOUNDARIES_NOT_SORTED, "The 'boundaries' option must be sorted")
    return values


def _default(specification: Document, boundaries: list[Any], context: PipelineContext) -> Any:
    if "default" not in specification:
        return MISSING
    value = context.expression(specification["default"])({}, context.variables)
    low, high = (comparison_key(boundaries[end], context.fold) for end in (0, -1))
    if low <= comparison_key(value, context.fold) < high:
        raise ServerError(DEFAULT_INSIDE, "The $bucket 'default' must be outside of the boundaries")
    return value


def _placing(boundaries: list[Any], default: Any, context: PipelineContext) -> Callable[[Any], Any]:
    """Return the function from a value to the lower boundary of its bucket."""
    keys = [order_key(boundary, context.fold) for boundary in boundaries]

    def place(value: Any) -> Any:
        key = comparison_key(value, context.fold)
        position = bisect.bisect_right(keys, key) - 1
        if 0 <= position < len(boundaries) - 1:
            return boundaries[position]
        if default is MISSING:
            raise ServerError(
                OUTSIDE_OF_BUCKETS,
                "$switch could not find a matching branch for an input,"
                " and no default was specified.",
            )
        return default

    return place


def _bucket_auto(specification: Any, compiler: StageCompiler) -> Stage:
    check_options("$bucketAuto", specification, ("groupBy", "buckets"), ("output", "granularity"))
    if "granularity" in specification:
        raise unsupported("the granularity of $bucketAuto")
    context, wanted = compiler.context, _bucket_count(specification["buckets"])
    group_by = context.expression(specification["groupBy"])
    fields = _accumulated(
        document_option({"output": _COUNT_EACH, **specification}, "output"), context
    )

    def bucket(documents: Iterable[Document]) -> Iterator[Document]:
        pairs = [(group_by(document, context.variables), document) for document in documents]
        rows = [(comparison_key(value, context.fold), value, document) for value, document in pairs]
        rows.sort(key=lambda row: row[0])
        buckets = _even_buckets(rows, wanted)
        for position, members in enumerate(buckets):
            is_last = position + 1 == len(buckets)
            upper = members[-1][1] if is_last else buckets[position + 1][0][1]
            identity = {"min": none_if_missing(members[0][1]), "max": none_if_missing(upper)}
            yield _summarized(identity, [row[2] for row in members], fields, context)

    return bucket


def _bucket_count(value: Any) -> int:
    number = as_integer(value)
    if number is None or number < 1:
        raise ServerError(BAD_BUCKETS, "The $bucketAuto 'buckets' must be a whole number above 0")
    return number


def _even_buckets(rows: list[Any], wanted: int) -> list[list[Any]]:
    """Return the rows in about equal buckets; equal values are never torn apart."""
    size = max(1, round(len(rows) / wanted))
    buckets: list[list[Any]] = []
    start = 0
    while start < len(rows) and len(buckets) < wanted:
        end = len(rows) if len(buckets) == wanted - 1 else min(len(rows), start + size)
        while end < len(rows) and rows[end][0] == rows[end - 1][0]:
            end += 1
        buckets.append(rows[start:end])
        start = end
    return buckets


GROUPING: dict[str, StageBuilder] = {
    "$group": _group,
    "$sortByCount": _sort_by_count,
    "$bucket": _bucket,
    "$bucketAuto": _bucket_auto,
}
