"""Going through an array: `$map`, `$filter`, `$reduce`.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/map/
"""

from __future__ import annotations

from typing import Any

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.expressions.arrays import whole
from pocketmongo.expressions.shapes import (
    Builder,
    Expression,
    ExpressionCompiler,
    Variables,
    check_names,
    checked,
)
from pocketmongo.values import is_nullish, is_true, none_if_missing

NOT_AN_ARRAY_TO_MAP, NOT_AN_ARRAY_TO_FILTER, NOT_AN_ARRAY_TO_REDUCE = 16883, 28651, 40080
BAD_FILTER_LIMIT = 327391


def _element_name(specification: dict[str, Any]) -> str:
    name = specification.get("as", "this")
    if not isinstance(name, str) or not name[:1].islower():
        raise ServerError(
            ErrorCode.FailedToParse,
            f"'{name}' is no name for a variable: begin with a small letter",
        )
    return name


def _map(specification: Any, compiler: ExpressionCompiler) -> Expression:
    check_names("$map", specification, ("input", "in"), ("as",))
    read, inner = compiler.compile(specification["input"]), compiler.compile(specification["in"])
    name = _element_name(specification)

    def mapped(document: Any, variables: Variables) -> Any:
        array = read(document, variables)
        if is_nullish(array):
            return None
        checked(array, list, "$map", NOT_AN_ARRAY_TO_MAP)
        names = dict(variables)
        results = []
        for element in array:
            names[name] = element
            results.append(none_if_missing(inner(document, names)))
        return results

    return mapped


def _filter(specification: Any, compiler: ExpressionCompiler) -> Expression:
    check_names("$filter", specification, ("input", "cond"), ("as", "limit"))
    read, holds = compiler.compile(specification["input"]), compiler.compile(specification["cond"])
    limit = compiler.compile(specification.get("limit"))
    name = _element_name(specification)

    def filtered(document: Any, variables: Variables) -> Any:
        array = read(document, variables)
        if is_nullish(array):
            return None
        checked(array, list, "$filter", NOT_AN_ARRAY_TO_FILTER)
        most = _limit(limit(document, variables), len(array))
        names = dict(variables)
        kept: list[Any] = []
        for element in array:
            names[name] = element
            if len(kept) < most and is_true(holds(document, names)):
                kept.append(element)
        return kept

    return filtered


def _limit(value: Any, size: int) -> int:
    if is_nullish(value):
        return size
    most = whole(value, "$filter", BAD_FILTER_LIMIT)
    if most < 1:
        raise ServerError(BAD_FILTER_LIMIT, "$filter's limit must be greater than 0")
    return most


def _reduce(specification: Any, compiler: ExpressionCompiler) -> Expression:
    check_names("$reduce", specification, ("input", "initialValue", "in"))
    read, start, inner = (
        compiler.compile(specification[name]) for name in ("input", "initialValue", "in")
    )

    def reduced(document: Any, variables: Variables) -> Any:
        array = read(document, variables)
        if is_nullish(array):
            return None
        value = start(document, variables)
        for element in checked(array, list, "$reduce", NOT_AN_ARRAY_TO_REDUCE):
            value = inner(document, {**variables, "value": value, "this": element})
        return value

    return reduced


ITERATION: dict[str, Builder] = {"$map": _map, "$filter": _filter, "$reduce": _reduce}
