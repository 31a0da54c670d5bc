"""Arrays as sets: order and repetition do not count.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/#set-expression-operators
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pocketmongo.collation import Fold
from pocketmongo.errors import ServerError
from pocketmongo.expressions.shapes import (
    Builder,
    Expression,
    ExpressionCompiler,
    checked,
    function_of,
)
from pocketmongo.order import OrderKey, order_key
from pocketmongo.values import is_nullish, is_true

NOT_AN_ARRAY_OF_SET, NOT_AN_ARRAY_TO_COMPARE, NOT_AN_ARRAY_OF_TRUTHS = 17043, 17044, 17041
TOO_FEW_SETS, NOT_AN_ARRAY_OF_DIFFERENCE, NOT_AN_ARRAY_OF_SUBSET = 17045, 17048, 17046

Keyed = dict[OrderKey, Any]


def distinct(values: Iterable[Any], fold: Fold | None = None) -> Keyed:
    """Return the values by their keys, each once, in the order they were first met."""
    found: Keyed = {}
    for value in values:
        found.setdefault(order_key(value, fold), value)
    return found


def _combined(name: str, combine: Callable[[list[Keyed]], list[Any]], code: int) -> Builder:
    """Return the builder of a function of sets that is null where one is null."""

    def build(specification: Any, compiler: ExpressionCompiler) -> Expression:
        arguments = compiler.arguments(specification)
        fold = compiler.fold

        def evaluate(document: Any, variables: Any) -> Any:
            arrays = [argument(document, variables) for argument in arguments]
            if any(is_nullish(array) for array in arrays):
                return None
            return combine([distinct(checked(array, list, name, code), fold) for array in arrays])

        return evaluate

    return build


def _union(sets: list[Keyed]) -> list[Any]:
    joined: Keyed = {}
    for keyed in sets:
        joined.update(_beyond(keyed, joined))
    return list(joined.values())


def _beyond(keyed: Keyed, known: Keyed) -> Keyed:
    return {key: value for key, value in keyed.items() if key not in known}


def _intersection(sets: list[Keyed]) -> list[Any]:
    if not sets:
        return []
    first, *others = sets
    return [value for key, value in first.items() if all(key in other for other in others)]


def _difference(specification: Any, compiler: ExpressionCompiler) -> Expression:
    fold = compiler.fold

    def subtract(one: Any, other: Any) -> Any:
        if is_nullish(one) or is_nullish(other):
            return None
        for array in (one, other):
            checked(array, list, "$setDifference", NOT_AN_ARRAY_OF_DIFFERENCE)
        return list(_beyond(distinct(one, fold), distinct(other, fold)).values())

    return function_of("$setDifference", subtract, 2)(specification, compiler)


def _equals(specification: Any, compiler: ExpressionCompiler) -> Expression:
    arguments = compiler.arguments(specification)
    if len(arguments) < 2:
        raise ServerError(TOO_FEW_SETS, "$setEquals needs at least two arguments")
    fold = compiler.fold

    def evaluate(document: Any, variables: Any) -> bool:
        arrays = [argument(document, variables) for argument in arguments]
        first, *others = (
            distinct(checked(array, list, "$setEquals", NOT_AN_ARRAY_TO_COMPARE), fold).keys()
            for array in arrays
        )
        return all(other == first for other in others)

    return evaluate


def _is_subset(specification: Any, compiler: ExpressionCompiler) -> Expression:
    fold = compiler.fold

    def compare(one: Any, other: Any) -> bool:
        for array in (one, other):
            checked(array, list, "$setIsSubset", NOT_AN_ARRAY_OF_SUBSET)
        return distinct(one, fold).keys() <= distinct(other, fold).keys()

    return function_of("$setIsSubset", compare, 2)(specification, compiler)


def _any_true(array: Any) -> bool:
    checked(array, list, "$anyElementTrue", NOT_AN_ARRAY_OF_TRUTHS)
    return any(is_true(element) for element in array)


def _all_true(array: Any) -> bool:
    checked(array, list, "$allElementsTrue", NOT_AN_ARRAY_OF_TRUTHS)
    return all(is_true(element) for element in array)


SETS: dict[str, Builder] = {
    "$setUnion": _combined("$setUnion", _union, NOT_AN_ARRAY_OF_SET),
    "$setIntersection": _combined("$setIntersection", _intersection, NOT_AN_ARRAY_OF_SET),
    "$setDifference": _difference,
    "$setEquals": _equals,
    "$setIsSubset": _is_subset,
    "$anyElementTrue": function_of("$anyElementTrue", _any_true, 1),
    "$allElementsTrue": function_of("$allElementsTrue", _all_true, 1),
}
