"""Accumulators: what `$group` and window functions gather from many documents.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/group/#accumulator-operator
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from pocketmongo import numerics
from pocketmongo.errors import ServerError, unsupported
from pocketmongo.expressions import Expression, Variables, summaries
from pocketmongo.expressions.arrays import choose_some, count_of
from pocketmongo.expressions.objects import merge
from pocketmongo.expressions.shapes import check_names
from pocketmongo.order import order_key
from pocketmongo.sorting import parse_sort, sort_documents
from pocketmongo.stages.context import PipelineContext
from pocketmongo.values import MISSING, Document, is_nullish, is_number, none_if_missing

UNKNOWN_ACCUMULATOR, COUNT_TAKES_NOTHING = 15952, 40239


class Accumulator(NamedTuple):
    """A fresh state, how a document changes it, and what comes out at the end."""

    start: Callable[[], Any]
    step: Callable[[Any, Document, Variables], None]
    finish: Callable[[Any], Any]


_Builder = Callable[[Any, PipelineContext], Accumulator]


def compile_accumulator(name: str, argument: Any, context: PipelineContext) -> Accumulator:
    """Return the accumulator of that name. Raises ServerError if there is none."""
    build = ACCUMULATORS.get(name)
    if build is not None:
        return build(argument, context)
    if name == "$accumulator":
        raise unsupported("$accumulator")
    raise ServerError(UNKNOWN_ACCUMULATOR, f"unknown group operator '{name}'")


def _gathering(finish: Callable[[list[Any]], Any], expression: Expression) -> Accumulator:
    """Return the accumulator that keeps all values until the end."""

    def step(state: list[Any], document: Document, variables: Variables) -> None:
        state.append(expression(document, variables))

    return Accumulator(list, step, finish)


def _count(argument: Any, context: PipelineContext) -> Accumulator:
    if argument != {}:
        raise ServerError(COUNT_TAKES_NOTHING, "$count takes no arguments, i.e. $count:{}")
    return _sum(1, context)


def _sum(argument: Any, context: PipelineContext) -> Accumulator:
    expression = context.expression(argument)

    def step(state: list[Any], document: Document, variables: Variables) -> None:
        value = expression(document, variables)
        if type(value) is int and type(state[0]) is int:
            state[0] += value
        elif is_number(value):
            state[0] = numerics.add(state[0], value)

    return Accumulator(lambda: [0], step, _summed)


def _summed(state: list[Any]) -> Any:
    number = state[0]
    return numerics.whole_number(number) if type(number) is int else number


def _average(argument: Any, context: PipelineContext) -> Accumulator:
    return _gathering(summaries.average_of, context.expression(argument))


def _deviation(is_sample: bool) -> _Builder:
    def build(argument: Any, context: PipelineContext) -> Accumulator:
        return _gathering(
            lambda values: summaries.deviation_of(values, is_sample), context.expression(argument)
        )

    return build


def _extreme(is_greatest: bool) -> _Builder:
    def build(argument: Any, context: PipelineContext) -> Accumulator:
        expression, fold = context.expression(argument), context.fold

        def step(state: list[Any], document: Document, variables: Variables) -> None:
            value = expression(document, variables)
            if is_nullish(value):
                return
            key = order_key(value, fold)
            if state[1] is None or (key > state[1] if is_greatest else key < state[1]):
                state[0], state[1] = value, key

        return Accumulator(lambda: [None, None], step, lambda state: state[0])

    return build


def _first(argument: Any, context: PipelineContext) -> Accumulator:
    expression = context.expression(argument)

    def step(state: list[Any], document: Document, variables: Variables) -> None:
        if not state:
            state.append(none_if_missing(expression(document, variables)))

    return Accumulator(list, step, lambda state: state[0] if state else None)


def _last(argument: Any, context: PipelineContext) -> Accumulator:
    expression = context.expression(argument)

    def step(state: list[Any], document: Document, variables: Variables) -> None:
        state[0] = none_if_missing(expression(document, variables))

    return Accumulator(lambda: [None], step, lambda state: state[0])


def _push(argument: Any, context: PipelineContext) -> Accumulator:
    expression = context.expression(argument)

    def step(state: list[Any], document: Document, variables: Variables) -> None:
        value = expression(document, variables)
        if value is not MISSING:
            state.append(value)

    return Accumulator(list, step, list)


def _add_to_set(argument: Any, context: PipelineContext) -> Accumulator:
    expression, fold = context.expression(argument), context.fold

    def step(state: dict[Any, Any], document: Document, variables: Variables) -> None:
        value = expression(document, variables)
        if value is not MISSING:
            state.setdefault(order_key(value, fold), value)

    return Accumulator(dict, step, lambda state: list(state.values()))


def _merge_objects(argument: Any, context: PipelineContext) -> Accumulator:
    return _gathering(merge, context.expression(argument))


def _some(name: str) -> _Builder:
    """Return the builder of `$firstN`, `$lastN`, `$minN`, `$maxN`."""

    def build(argument: Any, context: PipelineContext) -> Accumulator:
        check_names(name, argument, ("input", "n"))
        count = _count_argument(name, argument["n"], context)
        return _gathering(
            lambda values: choose_some(name, values, count, context.fold),
            context.expression(argument["input"]),
        )

    return build


def _count_argument(name: str, specification: Any, context: PipelineContext) -> int:
    return count_of(context.expression(specification)({}, context.variables), name)


def _ranked(name: str) -> _Builder:
    """Return the builder of `$top`, `$topN`, `$bottom`, `$bottomN`."""
    has_count = name.endswith("N")

    def build(argument: Any, context: PipelineContext) -> Accumulator:
        check_names(name, argument, ("sortBy", "output", *(["n"] if has_count else [])))
        count = _count_argument(name, argument["n"], context) if has_count else 1
        fields = parse_sort(argument["sortBy"])
        output = context.expression(argument["output"])

        def step(state: list[Any], document: Document, variables: Variables) -> None:
            state.append((document, none_if_missing(output(document, variables))))

        def finish(state: list[Any]) -> Any:
            ordered = sort_documents(state, fields, context.fold, _document_of)
            chosen = ordered[:count] if name.startswith("$top") else ordered[-count:]
            values = [value for _, value in chosen]
            if has_count:
                return values
            return values[0] if values else None

        return Accumulator(list, step, finish)

    return build


def _document_of(pair: tuple[Document, Any]) -> Document:
    return pair[0]


def _percentile(name: str) -> _Builder:
    def build(argument: Any, context: PipelineContext) -> Accumulator:
        shares = summaries.percentile_shares(name, argument)

        def finish(values: list[Any]) -> Any:
            results = summaries.percentiles_of(values, shares)
            return results if name == "$percentile" else results[0]

        return _gathering(finish, context.expression(argument["input"]))

    return build


# The one table of accumulators.
ACCUMULATORS: dict[str, _Builder] = {
    "$addToSet": _add_to_set,
    "$avg": _average,
    "$bottom": _ranked("$bottom"),
    "$bottomN": _ranked("$bottomN"),
    "$count": _count,
    "$first": _first,
    "$firstN": _some("$firstN"),
    "$last": _last,
    "$lastN": _some("$lastN"),
    "$max": _extreme(True),
    "$maxN": _some("$maxN"),
    "$median": _percentile("$median"),
    "$mergeObjects": _merge_objects,
    "$min": _extreme(False),
    "$minN": _some("$minN"),
    "$percentile": _percentile("$percentile"),
    "$push": _push,
    "$stdDevPop": _deviation(False),
    "$stdDevSamp": _deviation(True),
    "$sum": _sum,
    "$top": _ranked("$top"),
    "$topN": _ranked("$topN"),
}
