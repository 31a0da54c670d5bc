"""`$exists`, `$type`, `$regex`, `$mod`, `$not`, `$size`, `$all`, `$elemMatch`.

https://www.mongodb.com/docs/manual/reference/operator/query-element/
https://www.mongodb.com/docs/manual/reference/operator/query-array/
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from pocketmongo.bson_types import type_code, type_codes
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.paths import with_elements
from pocketmongo.query.comparison import equality, negated
from pocketmongo.query.scope import OperatorBuilder, Predicate, QueryCompiler
from pocketmongo.regexes import compile_regex, is_regex
from pocketmongo.values import (
    MISSING,
    Document,
    as_integer,
    is_number,
    is_operator_document,
    is_true,
    plain_number,
)

OPTIONS_WITHOUT_REGEX = 2


def _exists(operand: Any, _condition: Document, _compiler: QueryCompiler) -> Predicate:
    is_wanted = is_true(operand)
    return lambda values: any(value is not MISSING for value in values) is is_wanted


def _type(operand: Any, _condition: Document, _compiler: QueryCompiler) -> Predicate:
    codes = type_codes(operand)
    return lambda values: any(type_code(value) in codes for value in with_elements(values))


def _regex(operand: Any, condition: Document, _compiler: QueryCompiler) -> Predicate:
    search = compile_regex(operand, condition.get("$options")).search

    def test(values: Sequence[Any]) -> bool:
        return any(
            type(value) is str and search(value) is not None for value in with_elements(values)
        )

    return test


def _options(_operand: Any, condition: Document, _compiler: QueryCompiler) -> Predicate:
    if "$regex" not in condition:
        raise ServerError(OPTIONS_WITHOUT_REGEX, "$options needs a $regex")
    return lambda values: True


def _not(operand: Any, _condition: Document, compiler: QueryCompiler) -> Predicate:
    if is_regex(operand):
        return negated(equality(operand, compiler.scope.fold))
    if not is_operator_document(operand):
        raise ServerError(ErrorCode.BadValue, "$not needs a regex or a document")
    return negated(compiler.condition(operand))


def _mod(operand: Any, _condition: Document, _compiler: QueryCompiler) -> Predicate:
    if type(operand) is not list or len(operand) != 2:
        raise ServerError(ErrorCode.BadValue, "malformed mod, needs to be an array of two elements")
    divisor, remainder = (_whole("$mod", part) for part in operand)
    if divisor == 0:
        raise ServerError(ErrorCode.BadValue, "divisor cannot be 0")

    def holds(value: Any) -> bool:
        if not is_number(value) or not math.isfinite(number := plain_number(value)):
            return False
        # The remainder takes the sign of the number, as in C.
        whole = int(number)
        found = abs(whole) % abs(divisor)
        return (found if whole >= 0 else -found) == remainder

    return lambda values: any(map(holds, with_elements(values)))


def _whole(name: str, number: Any) -> int:
    if not is_number(number) or not math.isfinite(plain_number(number)):
        raise ServerError(ErrorCode.BadValue, f"{name} needs finite numbers")
    return int(plain_number(number))


def _size(operand: Any, _condition: Document, _compiler: QueryCompiler) -> Predicate:
    size = as_integer(operand)
    if size is None:
        raise ServerError(ErrorCode.BadValue, "$size must be a whole number")
    if size < 0:
        raise ServerError(ErrorCode.BadValue, "$size may not be negative")
    return lambda values: any(type(value) is list and len(value) == size for value in values)


def _all(operand: Any, condition: Document, compiler: QueryCompiler) -> Predicate:
    if type(operand) is not list:
        raise ServerError(ErrorCode.BadValue, "$all needs an array")
    tests = [_member_of_all(member, condition, compiler) for member in operand]
    if not tests:
        return lambda values: False
    return lambda values: all(test(values) for test in tests)


def _member_of_all(member: Any, condition: Document, compiler: QueryCompiler) -> Predicate:
    if type(member) is dict and "$elemMatch" in member:
        return _elem_match(member["$elemMatch"], condition, compiler)
    if is_operator_document(member):
        raise ServerError(ErrorCode.BadValue, "no $ expressions in $all")
    return equality(member, compiler.scope.fold)


def _elem_match(operand: Any, _condition: Document, compiler: QueryCompiler) -> Predicate:
    holds = element_test(operand, compiler)
    return lambda values: any(type(value) is list and any(map(holds, value)) for value in values)


def element_test(operand: Any, compiler: QueryCompiler) -> Callable[[Any], bool]:
    """Return the test `$elemMatch` makes of one element of an array."""
    if type(operand) is not dict:
        raise ServerError(ErrorCode.BadValue, "$elemMatch needs an Object")
    if is_value_condition(operand):
        predicate = compiler.condition(operand)
        return lambda element: predicate((element,))
    matches = compiler.filter(operand)

    def holds(element: Any) -> bool:
        if type(element) is dict:
            return matches(element)
        if type(element) is list:
            return matches({str(place): item for place, item in enumerate(element)})
        return False

    return holds


def is_value_condition(operand: Document) -> bool:
    """Say whether `$elemMatch` asks about elements themselves, not about their fields."""
    return is_operator_document(operand) and next(iter(operand)) not in ("$and", "$or", "$nor")


ELEMENT_OPERATORS: dict[str, OperatorBuilder] = {
    "$exists": _exists,
    "$type": _type,
    "$regex": _regex,
    "$options": _options,
    "$not": _not,
    "$mod": _mod,
    "$size": _size,
    "$all": _all,
    "$elemMatch": _elem_match,
}
