"""Operators on arrays: `$push`, `$addToSet`, `$pull`, `$pullAll`, `$pop`.

https://www.mongodb.com/docs/manual/reference/operator/update-array/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pocketmongo.bson_types import type_name
from pocketmongo.collation import Fold
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.order import order_key
from pocketmongo.query import Scope, compile_element_test, compile_filter
from pocketmongo.regexes import compile_regex, is_regex
from pocketmongo.sorting import parse_sort, sort_documents
from pocketmongo.update.shapes import UNCHANGED, Mutation, OperatorBuilder
from pocketmongo.values import (
    MISSING,
    Document,
    as_integer,
    is_number,
    is_operator_document,
    plain_number,
)

# Changes a new list in place.
_Arrange = Callable[[list[Any]], None]
_PUSH_CLAUSES = frozenset({"$each", "$position", "$sort", "$slice"})


def _bad(message: str) -> ServerError:
    return ServerError(ErrorCode.BadValue, message)


def _whole(clause: str, value: Any) -> int:
    number = as_integer(value)
    if number is None:
        raise _bad(f"The value for {clause} must be an integer value, not {type_name(value)}")
    return number


def _push(argument: Any, path: str, scope: Scope) -> Mutation:
    arrange = _pushing(argument, scope.fold)

    def mutate(current: Any) -> Any:
        if current is not MISSING and type(current) is not list:
            raise _bad(f"The field '{path}' must be an array but is of type {type_name(current)}")
        array = list(current) if type(current) is list else []
        arrange(array)
        return array

    return mutate


def _pushing(argument: Any, fold: Fold | None) -> _Arrange:
    if not is_operator_document(argument):
        return lambda array: array.append(argument)
    elements = _each("$push", argument)
    for clause in argument:
        if clause not in _PUSH_CLAUSES:
            raise _bad(f"Unrecognized clause in $push: {clause}")
    steps = [_inserting(elements, argument.get("$position"))]
    if "$sort" in argument:
        steps.append(_sorting(argument["$sort"], fold))
    if "$slice" in argument:
        steps.append(_slicing(_whole("$slice", argument["$slice"])))

    def arrange(array: list[Any]) -> None:
        for step in steps:
            step(array)

    return arrange


def _each(name: str, argument: Document) -> list[Any]:
    elements = argument.get("$each", MISSING)
    if elements is MISSING:
        raise _bad(f"{name} needs $each beside {next(iter(argument))}")
    if type(elements) is not list:
        raise ServerError(
            ErrorCode.TypeMismatch if name == "$addToSet" else ErrorCode.BadValue,
            f"The argument to $each in {name} must be an array but it was of type"
            f" {type_name(elements)}",
        )
    return elements


def _inserting(elements: list[Any], position: Any) -> _Arrange:
    if position is None:
        return lambda array: array.extend(elements)
    place = _whole("$position", position)

    def insert(array: list[Any]) -> None:
        start = place if place >= 0 else max(0, len(array) + place)
        array[start:start] = elements

    return insert


def _sorting(specification: Any, fold: Fold | None) -> _Arrange:
    if type(specification) is dict:
        fields = parse_sort(specification)
        if not fields:
            raise _bad("The $sort pattern is empty when it should be a set of fields.")

        def sort_by_fields(array: list[Any]) -> None:
            array[:] = sort_documents(array, fields, fold, _as_document)

        return sort_by_fields
    if not is_number(specification) or plain_number(specification) not in (1, -1):
        raise _bad("The $sort element value must be either 1 or -1")
    descends = plain_number(specification) == -1
    return lambda array: array.sort(key=lambda value: order_key(value, fold), reverse=descends)


def _as_document(element: Any) -> Document:
    return element if type(element) is dict else {}


def _slicing(size: int) -> _Arrange:
    def cut(array: list[Any]) -> None:
        array[:] = array[:size] if size >= 0 else array[size:]

    return cut


def _add_to_set(argument: Any, path: str, scope: Scope) -> Mutation:
    fold = scope.fold
    elements = [argument]
    if type(argument) is dict and "$each" in argument:
        elements = _each("$addToSet", argument)
        if len(argument) > 1:
            raise _bad("Found unexpected fields after $each in $addToSet")

    def mutate(current: Any) -> Any:
        if current is not MISSING and type(current) is not list:
            raise _bad(
                f"Cannot apply $addToSet to non-array field. Field named '{path}' has"
                f" non-array type {type_name(current)}"
            )
        array = list(current) if type(current) is list else []
        size = len(array)
        known = {order_key(element, fold) for element in array}
        for element in elements:
            key = order_key(element, fold)
            if key not in known:
                known.add(key)
                array.append(element)
        return array if current is MISSING or len(array) > size else UNCHANGED

    return mutate


def _removing(name: str, remove: Callable[[list[Any]], list[Any]], code: int) -> Mutation:
    """Return the mutation that takes elements from an array; an absent field stays absent."""

    def mutate(current: Any) -> Any:
        if current is MISSING:
            return UNCHANGED
        if type(current) is not list:
            raise ServerError(code, f"Cannot apply {name} to a non-array value")
        return remove(current)

    return mutate


def _pop(argument: Any, path: str, scope: Scope) -> Mutation:
    if not is_number(argument) or plain_number(argument) not in (1, -1):
        raise ServerError(ErrorCode.FailedToParse, f"$pop expects 1 or -1, found: {argument!r}")
    is_last = plain_number(argument) == 1
    return _removing(
        "$pop", lambda array: array[:-1] if is_last else array[1:], ErrorCode.TypeMismatch
    )


def _pull_all(argument: Any, path: str, scope: Scope) -> Mutation:
    if type(argument) is not list:
        raise _bad(f"$pullAll requires an array argument but was given a {type_name(argument)}")
    fold = scope.fold
    unwanted = {order_key(element, fold) for element in argument}
    return _removing(
        "$pullAll",
        lambda array: [item for item in array if order_key(item, fold) not in unwanted],
        ErrorCode.BadValue,
    )


def _pull(argument: Any, path: str, scope: Scope) -> Mutation:
    is_unwanted = _pull_test(argument, scope)
    return _removing(
        "$pull",
        lambda array: [item for item in array if not is_unwanted(item)],
        ErrorCode.BadValue,
    )


def _pull_test(argument: Any, scope: Scope) -> Callable[[Any], bool]:
    if is_operator_document(argument):
        return compile_element_test(argument, scope)
    if type(argument) is dict:
        matches = compile_filter(argument, scope)
        return lambda element: type(element) is dict and matches(element)
    if is_regex(argument):
        search = compile_regex(argument).search
        return lambda element: type(element) is str and search(element) is not None
    key = order_key(argument, scope.fold)
    return lambda element: order_key(element, scope.fold) == key


ARRAY_OPERATORS: dict[str, OperatorBuilder] = {
    "$push": _push,
    "$addToSet": _add_to_set,
    "$pull": _pull,
    "$pullAll": _pull_all,
    "$pop": _pop,
}
