"""Comparing and combining truths: `$eq` … `$cmp`, `$and`, `$or`, `$not`.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/#comparison-expression-operators
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from pocketmongo.collation import Fold
from pocketmongo.expressions.shapes import (
    Builder,
    Expression,
    ExpressionCompiler,
    function_of,
)
from pocketmongo.order import ABSENT, OrderKey, order_key
from pocketmongo.values import MISSING, is_true

_ABSENT_KEY: OrderKey = (ABSENT,)


def comparison_key(value: Any, fold: Fold | None = None) -> OrderKey:
    """Return the order key, in which a missing value is less than null."""
    return _ABSENT_KEY if value is MISSING else order_key(value, fold)


def _compared(name: str, compare: Callable[[Any, Any], Any]) -> Builder:
    def build(specification: Any, compiler: ExpressionCompiler) -> Expression:
        fold = compiler.fold

        def function(one: Any, other: Any) -> Any:
            return compare(comparison_key(one, fold), comparison_key(other, fold))

        return function_of(name, function, 2)(specification, compiler)

    return build


def _three_way(one: OrderKey, other: OrderKey) -> int:
    return (one > other) - (one < other)


def _and(specification: Any, compiler: ExpressionCompiler) -> Expression:
    arguments = compiler.arguments(specification)
    return lambda document, variables: all(
        is_true(argument(document, variables)) for argument in arguments
    )


def _or(specification: Any, compiler: ExpressionCompiler) -> Expression:
    arguments = compiler.arguments(specification)
    return lambda document, variables: any(
        is_true(argument(document, variables)) for argument in arguments
    )


COMPARISON: dict[str, Builder] = {
    "$eq": _compared("$eq", operator.eq),
    "$ne": _compared("$ne", operator.ne),
    "$gt": _compared("$gt", operator.gt),
    "$gte": _compared("$gte", operator.ge),
    "$lt": _compared("$lt", operator.lt),
    "$lte": _compared("$lte", operator.le),
    "$cmp": _compared("$cmp", _three_way),
    "$and": _and,
    "$or": _or,
    "$not": function_of("$not", lambda value: not is_true(value), 1),
}
