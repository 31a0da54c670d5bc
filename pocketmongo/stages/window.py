"""`$setWindowFields`: values worked out from the documents around each document.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/setWindowFields/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from pocketmongo.errors import unsupported
from pocketmongo.expressions.moments import DAYS_BY_UNIT, MILLISECONDS_BY_UNIT
from pocketmongo.expressions.shapes import check_names
from pocketmongo.paths import with_path
from pocketmongo.sorting import parse_sort
from pocketmongo.stages.accumulators import ACCUMULATORS, Accumulator, compile_accumulator
from pocketmongo.stages.context import (
    PipelineContext,
    Stage,
    StageBuilder,
    StageCompiler,
    check_options,
    document_option,
)
from pocketmongo.stages.partitions import (
    Partition,
    SortFields,
    Spans,
    Window,
    as_number,
    check_derivative_unit,
    interpolated,
    invalid,
    partitioned,
)
from pocketmongo.values import (
    MISSING,
    Document,
    as_integer,
    is_nullish,
    is_number,
    none_if_missing,
    plain_number,
)

# Returns one value for each row of a partition.
_Function = Callable[[Partition], list[Any]]
_MILLISECONDS_PER_DAY = 86_400_000


class _Request(NamedTuple):
    """One output field: the function's argument, its window and the stage's order."""

    argument: Any
    window: Any
    sort_by: SortFields
    context: PipelineContext


def _set_window_fields(specification: Any, compiler: StageCompiler) -> Stage:
    check_options("$setWindowFields", specification, ("output",), ("partitionBy", "sortBy"))
    context = compiler.context
    sort_by = parse_sort(specification.get("sortBy", {}))
    has_partitions = specification.get("partitionBy") is not None
    by = context.expression(specification["partitionBy"]) if has_partitions else None
    outputs = [
        (path, _window_function(path, value, sort_by, context))
        for path, value in document_option(specification, "output").items()
    ]

    def run(documents: Iterable[Document]) -> Iterator[Document]:
        for members in partitioned(documents, by, context):
            partition = Partition(members, sort_by, context)
            columns = [(path, function(partition)) for path, function in outputs]
            for position, row in enumerate(partition.rows):
                for path, values in columns:
                    if values[position] is not MISSING:
                        row = with_path(row, path, values[position])
                yield row

    return run


def _window_function(
    path: str, specification: Any, sort_by: SortFields, context: PipelineContext
) -> _Function:
    if type(specification) is not dict:
        raise invalid(f"the output field '{path}' must be an object")
    names = [name for name in specification if name != "window"]
    if len(names) != 1:
        raise invalid(f"the output field '{path}' must name one window function")
    name = names[0]
    request = _Request(specification[name], specification.get("window"), sort_by, context)
    build = WINDOW_FUNCTIONS.get(name)
    if build is not None:
        return build(request)
    if name in ACCUMULATORS:
        return _accumulating(name, request)
    raise invalid(f"Unrecognized window function, {name}")


def _accumulating(name: str, request: _Request) -> _Function:
    accumulator = compile_accumulator(name, request.argument, request.context)
    window = Window(request.window or {}, request.sort_by)

    def values(partition: Partition) -> list[Any]:
        spans = window.spans(partition)
        if _only_grows(spans):
            return _running(accumulator, partition, spans)
        return [_over(accumulator, partition, start, end) for start, end in spans]

    return values


def _only_grows(spans: Spans) -> bool:
    """Say whether every window begins at the same row and ends no earlier than the last."""
    return all(one[0] == other[0] and one[1] <= other[1] for one, other in pairwise(spans))


def _running(accumulator: Accumulator, partition: Partition, spans: Spans) -> list[Any]:
    state, variables, results = accumulator.start(), partition.context.variables, []
    position = spans[0][0] if spans else 0
    is_stale, result = True, None
    for _, end in spans:
        for row in partition.rows[position:end]:
            accumulator.step(state, row, variables)
            is_stale = True
        position = max(position, end)
        if is_stale:
            result, is_stale = accumulator.finish(state), False
        results.append(result)
    return results


def _over(accumulator: Accumulator, partition: Partition, start: int, end: int) -> Any:
    state = accumulator.start()
    for row in partition.rows[start:end]:
        accumulator.step(state, row, partition.context.variables)
    return accumulator.finish(state)


def _require_order(name: str, request: _Request, *, has_window: bool = False) -> None:
    if not request.sort_by:
        raise invalid(f"{name} requires a sortBy")
    if request.window is not None and not has_window:
        raise invalid(f"{name} does not accept a 'window' field")


def _document_number(request: _Request) -> _Function:
    _require_order("$documentNumber", request)
    return lambda partition: list(range(1, len(partition.rows) + 1))


def _ranking(name: str, is_dense: bool) -> Callable[[_Request], _Function]:
    def build(request: _Request) -> _Function:
        _require_order(name, request)
        return lambda partition: _ranks(partition.sort_keys, is_dense)

    return build


def _ranks(keys: list[Any], is_dense: bool) -> list[int]:
    ranks: list[int] = []
    for position, key in enumerate(keys):
        if position and key == keys[position - 1]:
            ranks.append(ranks[-1])
        elif is_dense:
            ranks.append(ranks[-1] + 1 if ranks else 1)
        else:
            ranks.append(position + 1)
    return ranks


def _shift(request: _Request) -> _Function:
    _require_order("$shift", request)
    check_names("$shift", request.argument, ("output", "by"), ("default",))
    by, context = request.argument["by"], request.context
    distance = as_integer(by)
    if distance is None:
        raise invalid("$shift needs a whole number for 'by'")
    output = context.expression(request.argument["output"])
    default = none_if_missing(
        context.expression(request.argument.get("default"))({}, context.variables)
    )

    def values(partition: Partition) -> list[Any]:
        found = partition.evaluated(output)
        size = len(found)
        places = [position + distance for position in range(size)]
        return [none_if_missing(found[place]) if 0 <= place < size else default for place in places]

    return values


def _carried_forward(request: _Request) -> _Function:
    _require_order("$locf", request)
    expression = request.context.expression(request.argument)
    return lambda partition: carried_forward(partition.evaluated(expression))


def carried_forward(values: list[Any]) -> list[Any]:
    """Return the values with nulls replaced by the last value that was not null."""
    last, carried = None, []
    for value in values:
        last = last if is_nullish(value) else value
        carried.append(last)
    return carried


def _linear_fill(request: _Request) -> _Function:
    _require_order("$linearFill", request)
    if len(request.sort_by) != 1:
        raise invalid("$linearFill must be sorted by one field")
    expression = request.context.expression(request.argument)
    return lambda partition: interpolated(partition.sort_values, partition.evaluated(expression))


def _exponential_average(request: _Request) -> _Function:
    _require_order("$expMovingAvg", request)
    check_names("$expMovingAvg", request.argument, ("input",), ("N", "alpha"))
    alpha = _alpha(request.argument)
    expression = request.context.expression(request.argument["input"])

    def values(partition: Partition) -> list[Any]:
        average: float | None = None
        results: list[Any] = []
        for value in partition.evaluated(expression):
            if not is_number(value):
                results.append(None)
                continue
            number = float(plain_number(value))
            average = number if average is None else alpha * number + (1 - alpha) * average
            results.append(average)
        return results

    return values


def _alpha(argument: Document) -> float:
    if ("N" in argument) == ("alpha" in argument):
        raise invalid("$expMovingAvg needs either 'N' or 'alpha'")
    number = argument.get("N", argument.get("alpha"))
    if not is_number(number) or plain_number(number) <= 0:
        raise invalid("$expMovingAvg needs a number above 0")
    if "N" in argument:
        return 2 / (float(plain_number(number)) + 1)
    if plain_number(number) >= 1:
        raise invalid("'alpha' must be between 0 and 1")
    return float(plain_number(number))


_Points = list[tuple[float, float]]


def _over_points(
    name: str, summarize: Callable[[_Points], float | None]
) -> Callable[[_Request], _Function]:
    """Return the builder of a function of the points (place, value) of a window."""

    def build(request: _Request) -> _Function:
        _require_order(name, request, has_window=True)
        if request.window is None and name == "$derivative":
            raise invalid("$derivative requires an explicit 'window'")
        if len(request.sort_by) != 1:
            raise invalid(f"{name} must be sorted by one field")
        check_names(name, request.argument, ("input",), ("unit",))
        width = _unit_width(request.argument.get("unit"))
        expression = request.context.expression(request.argument["input"])
        window = Window(request.window or {}, request.sort_by)

        def values(partition: Partition) -> list[Any]:
            points = _points(partition.sort_values, partition.evaluated(expression), width)
            spans = window.spans(partition)
            return [summarize(points[start:end]) for start, end in spans]

        return values

    return build


def _unit_width(unit: Any) -> float:
    """Return a unit's milliseconds; 1 where the places are plain numbers."""
    if unit is None:
        return 1.0
    name = check_derivative_unit(unit)
    days = DAYS_BY_UNIT.get(name)
    return float(days * _MILLISECONDS_PER_DAY if days else MILLISECONDS_BY_UNIT[name])


def _points(places: list[Any], values: list[Any], width: float) -> _Points:
    points = []
    for place, value in zip(places, values, strict=True):
        where, height = as_number(place), as_number(value)
        if where is None or height is None:
            raise unsupported("a rate or an area over values that are not numbers")
        points.append((where / width, height))
    return points


def _slope(points: _Points) -> float | None:
    if len(points) < 2 or points[-1][0] == points[0][0]:
        return None
    return (points[-1][1] - points[0][1]) / (points[-1][0] - points[0][0])


def _area(points: _Points) -> float | None:
    if not points:
        return None
    pairs = pairwise(points)
    return sum(((one[1] + other[1]) / 2 * (other[0] - one[0]) for one, other in pairs), 0.0)


# The one table of window functions; every accumulator is one as well.
WINDOW_FUNCTIONS: dict[str, Callable[[_Request], _Function]] = {
    "$documentNumber": _document_number,
    "$rank": _ranking("$rank", is_dense=False),
    "$denseRank": _ranking("$denseRank", is_dense=True),
    "$shift": _shift,
    "$locf": _carried_forward,
    "$linearFill": _linear_fill,
    "$expMovingAvg": _exponential_average,
    "$derivative": _over_points("$derivative", _slope),
    "$integral": _over_points("$integral", _area),
}

WINDOW: dict[str, StageBuilder] = {"$setWindowFields": _set_window_fields}
