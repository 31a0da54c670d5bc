"""`$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte`, `$in`, `$nin`.

https://www.mongodb.com/docs/manual/reference/operator/query-comparison/
Only values of the operand's own type compare: numbers never match a string's range.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from bson import ObjectId

from pocketmongo.collation import Fold
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.order import MAX_KEY, MIN_KEY, NULL_KEY, NUMBER, is_nan_key, order_key
from pocketmongo.paths import with_elements
from pocketmongo.query.scope import OperatorBuilder, Predicate, QueryCompiler
from pocketmongo.regexes import compile_regex, is_regex
from pocketmongo.values import MISSING, Document, is_operator_document


def equality(operand: Any, fold: Fold | None) -> Predicate:
    """Return the test of `{field: operand}`: equal, or matching where it is a regex."""
    if is_regex(operand):
        return _matching(operand)
    if operand is None:
        return _is_null
    kind = type(operand)
    if kind is ObjectId or (kind is str and not fold):
        return _identical(operand)
    return _equal(operand, fold)


def _identical(operand: Any) -> Predicate:
    # These types equal nothing but themselves, so that no order key is needed.
    kind = type(operand)

    def test(values: Sequence[Any]) -> bool:
        for value in values:
            if type(value) is kind:
                if value == operand:
                    return True
            elif type(value) is list:
                for element in value:
                    if type(element) is kind and element == operand:
                        return True
        return False

    return test


def _equal(operand: Any, fold: Fold | None) -> Predicate:
    key = order_key(operand, fold)

    def test(values: Sequence[Any]) -> bool:
        for value in values:
            if value is not MISSING and order_key(value, fold) == key:
                return True
            if type(value) is list:
                for element in value:
                    if order_key(element, fold) == key:
                        return True
        return False

    return test


def _is_null(values: Sequence[Any]) -> bool:
    return any(value is None or value is MISSING for value in with_elements(values))


def _matching(regex: Any) -> Predicate:
    search = compile_regex(regex).search
    key = order_key(regex)

    def test(values: Sequence[Any]) -> bool:
        for value in with_elements(values):
            if type(value) is str:
                if search(value):
                    return True
            elif is_regex(value) and order_key(value) == key:
                return True
        return False

    return test


def negated(predicate: Predicate) -> Predicate:
    """Return the opposite test."""
    return lambda values: not predicate(values)


def _eq(operand: Any, _condition: Document, compiler: QueryCompiler) -> Predicate:
    if is_regex(operand):
        return _equal(operand, None)
    return equality(operand, compiler.scope.fold)


def _ne(operand: Any, _condition: Document, compiler: QueryCompiler) -> Predicate:
    if is_regex(operand):
        raise ServerError(ErrorCode.BadValue, "Can't have regex as arg to $ne.")
    return negated(equality(operand, compiler.scope.fold))


def _range(compare: Callable[[Any, Any], bool], *, allows_equal: bool) -> OperatorBuilder:
    def build(operand: Any, _condition: Document, compiler: QueryCompiler) -> Predicate:
        if is_regex(operand):
            raise ServerError(ErrorCode.BadValue, "Can't have RegEx as arg to predicate over field")
        fold = compiler.scope.fold
        key = order_key(operand, fold)
        # Null and NaN have no greater and no smaller of their type, only themselves.
        if key == NULL_KEY:
            return _is_null if allows_equal else _never
        if is_nan_key(key):
            return _equal(operand, None) if allows_equal else _never
        return _compared(compare, key, fold)

    return build


def _compared(
    compare: Callable[[Any, Any], bool], key: tuple[Any, ...], fold: Fold | None
) -> Predicate:
    rank = key[0]
    is_any_type = rank in (MIN_KEY, MAX_KEY)

    def holds(value: Any) -> bool:
        found = order_key(value, fold)
        if found[0] != rank and not is_any_type:
            return False
        return compare(found, key) and not (rank == NUMBER and is_nan_key(found))

    def test(values: Sequence[Any]) -> bool:
        for value in values:
            if value is MISSING:
                continue
            if holds(value) or (type(value) is list and any(map(holds, value))):
                return True
        return False

    return test


def _never(_values: Sequence[Any]) -> bool:
    return False


def _in(operand: Any, _condition: Document, compiler: QueryCompiler) -> Predicate:
    return _one_of("$in", operand, compiler.scope.fold)


def _nin(operand: Any, _condition: Document, compiler: QueryCompiler) -> Predicate:
    return negated(_one_of("$nin", operand, compiler.scope.fold))


def _one_of(name: str, operand: Any, fold: Fold | None) -> Predicate:
    if type(operand) is not list:
        raise ServerError(ErrorCode.BadValue, f"{name} needs an array")
    if any(is_operator_document(choice) for choice in operand):
        raise ServerError(ErrorCode.BadValue, f"cannot nest $ under {name}")
    keys = {order_key(choice, fold) for choice in operand}
    searches = [compile_regex(choice).search for choice in operand if is_regex(choice)]
    allows_missing = NULL_KEY in keys

    def found_by_regex(value: Any) -> bool:
        return type(value) is str and any(search(value) for search in searches)

    def test(values: Sequence[Any]) -> bool:
        for value in with_elements(values):
            if value is MISSING:
                if allows_missing:
                    return True
            elif order_key(value, fold) in keys or (searches and found_by_regex(value)):
                return True
        return False

    return test


COMPARISON_OPERATORS: dict[str, OperatorBuilder] = {
    "$eq": _eq,
    "$ne": _ne,
    "$gt": _range(operator.gt, allows_equal=False),
    "$gte": _range(operator.ge, allows_equal=True),
    "$lt": _range(operator.lt, allows_equal=False),
    "$lte": _range(operator.le, allows_equal=True),
    "$in": _in,
    "$nin": _nin,
}
