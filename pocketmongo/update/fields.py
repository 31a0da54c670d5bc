"""Operators on single values: `$set`, `$unset`, `$inc`, `$mul`, `$min`, `$max` and others.

https://www.mongodb.com/docs/manual/reference/operator/update-field/
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from bson import Int64

from pocketmongo import numerics
from pocketmongo.bson_types import type_name
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.order import order_key
from pocketmongo.query import Scope
from pocketmongo.update.shapes import UNCHANGED, Mutation, OperatorBuilder
from pocketmongo.values import (
    INT64_MAX,
    INT64_MIN,
    MISSING,
    is_number,
    now,
    now_timestamp,
)


def _set(argument: Any, path: str, scope: Scope) -> Mutation:
    return lambda current: argument


def _unset(_argument: Any, path: str, scope: Scope) -> Mutation:
    return lambda current: MISSING


def _arithmetic(name: str, verb: str, start: Any) -> OperatorBuilder:
    """Return the builder of `$inc` or `$mul`, which take an absent field as 0."""
    combine = numerics.add if name == "$inc" else _multiplied

    def build(argument: Any, path: str, scope: Scope) -> Mutation:
        if not is_number(argument):
            raise ServerError(
                ErrorCode.TypeMismatch,
                f"Cannot {verb} with non-numeric argument: {{{path}: {argument!r}}}",
            )

        def mutate(current: Any) -> Any:
            if current is MISSING:
                return argument if start is None else combine(start, argument)
            if not is_number(current):
                raise ServerError(
                    ErrorCode.TypeMismatch,
                    f"Cannot apply {name} to a value of non-numeric type. The document has the"
                    f" field '{path}' of non-numeric type {type_name(current)}",
                )
            return _within_64_bits(name, current, argument, combine(current, argument))

        return mutate

    return build


def _multiplied(one: Any, other: Any) -> Any:
    return numerics.product((one, other))


def _within_64_bits(name: str, current: Any, argument: Any, result: Any) -> Any:
    # Two whole numbers have become a double: expressions allow that, updates do not.
    is_whole = isinstance(current, int) and isinstance(argument, int)
    if is_whole and isinstance(result, float):
        raise ServerError(
            ErrorCode.BadValue, f"Failed to apply {name} operations to current value {current}"
        )
    return result


def _extreme(compare: Callable[[Any, Any], bool]) -> OperatorBuilder:
    def build(argument: Any, path: str, scope: Scope) -> Mutation:
        fold = scope.fold
        key = order_key(argument, fold)

        def mutate(current: Any) -> Any:
            if current is MISSING or compare(key, order_key(current, fold)):
                return argument
            return UNCHANGED

        return mutate

    return build


def _current_date(argument: Any, path: str, scope: Scope) -> Mutation:
    if isinstance(argument, bool) or argument == {"$type": "date"}:
        return lambda current: now()
    if argument == {"$type": "timestamp"}:
        return lambda current: now_timestamp()
    raise ServerError(
        ErrorCode.BadValue,
        "The argument of $currentDate is true, or {$type: 'date'} or {$type: 'timestamp'},"
        f" not {argument!r}",
    )


_BITWISE: dict[str, Callable[[int, int], int]] = {
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
}


def _bit(argument: Any, path: str, scope: Scope) -> Mutation:
    if type(argument) is not dict or not argument:
        raise ServerError(
            ErrorCode.BadValue, "The $bit modifier needs a document of 'and', 'or' or 'xor'"
        )
    for name, number in argument.items():
        if name not in _BITWISE or not _is_integer(number):
            raise ServerError(
                ErrorCode.BadValue,
                "The $bit modifier only supports 'and', 'or' and 'xor' with an integer,"
                f" not {{{name}: {number!r}}}",
            )

    def mutate(current: Any) -> Any:
        value = 0 if current is MISSING else current
        if not _is_integer(value):
            raise ServerError(
                ErrorCode.BadValue,
                "Cannot apply $bit to a value of non-integral type. The field"
                f" '{path}' is of type {type_name(value)}",
            )
        is_long = isinstance(value, Int64)
        result = int(value)
        for name, number in argument.items():
            result = _BITWISE[name](result, int(number))
            is_long = is_long or isinstance(number, Int64)
        return numerics.whole_number(result, is_long)

    return mutate


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and type(value) is not bool and INT64_MIN <= value <= INT64_MAX


FIELD_OPERATORS: dict[str, OperatorBuilder] = {
    "$set": _set,
    "$setOnInsert": _set,
    "$unset": _unset,
    "$inc": _arithmetic("$inc", "increment", None),
    "$mul": _arithmetic("$mul", "multiply", 0),
    "$min": _extreme(operator.lt),
    "$max": _extreme(operator.gt),
    "$currentDate": _current_date,
    "$bit": _bit,
}
