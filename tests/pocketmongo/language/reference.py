"""A second, slow and simple opinion on filters, order, updates and expressions.

Written from MongoDB's manual, interpreting instead of compiling and comparing two
values at a time instead of making keys; it shares nothing with pocketmongo.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from bson import Decimal128, MaxKey, MinKey, ObjectId, Regex, Timestamp

Document = dict[str, Any]


class Nothing:
    """No field here."""


NOTHING = Nothing()

# https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/
_ORDER: list[Callable[[Any], bool]] = [
    lambda value: isinstance(value, MinKey),
    lambda value: value is None or value is NOTHING,
    lambda value: is_number(value),
    lambda value: isinstance(value, str),
    lambda value: isinstance(value, dict),
    lambda value: isinstance(value, list),
    lambda value: isinstance(value, bytes),
    lambda value: isinstance(value, ObjectId),
    lambda value: isinstance(value, bool),
    lambda value: isinstance(value, datetime),
    lambda value: isinstance(value, Timestamp),
    lambda value: isinstance(value, Regex),
    lambda value: isinstance(value, MaxKey),
]


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal128)) and not isinstance(value, bool)


def rank(value: Any) -> int:
    return next(place for place, is_kind in enumerate(_ORDER) if is_kind(value))


def compare(one: Any, other: Any) -> int:
    """Return -1, 0 or 1."""
    if rank(one) != rank(other):
        return -1 if rank(one) < rank(other) else 1
    if is_number(one):
        return _compare_numbers(one, other)
    if isinstance(one, dict):
        for (name, value), (other_name, other_value) in zip(one.items(), other.items()):  # noqa: B905
            parts = (
                sign(rank(value), rank(other_value)),
                sign(name, other_name),
                compare(value, other_value),
            )
            if any(parts):
                return next(part for part in parts if part)
        return sign(len(one), len(other))
    if isinstance(one, list):
        for value, other_value in zip(one, other):  # noqa: B905
            if compare(value, other_value):
                return compare(value, other_value)
        return sign(len(one), len(other))
    if isinstance(one, bytes):
        return sign(len(one), len(other)) or sign(one, other)
    if isinstance(one, Regex):
        return sign((one.pattern, one.flags), (other.pattern, other.flags))
    if isinstance(one, (str, ObjectId, bool, datetime, Timestamp)):
        return sign(one, other)
    return 0


def sign(one: Any, other: Any) -> int:
    return 0 if one == other else -1 if one < other else 1


def _compare_numbers(one: Any, other: Any) -> int:
    first, second = (v.to_decimal() if isinstance(v, Decimal128) else v for v in (one, other))
    missing = [math.isnan(first), math.isnan(second)]
    return sign(missing[1], missing[0]) if any(missing) else sign(first, second)


def found(value: Any, path: list[str]) -> list[Any]:
    """Return what is at a path, as a query sees it."""
    if not path:
        return [value]
    name, rest = path[0], path[1:]
    if isinstance(value, dict):
        return found(value[name], rest) if name in value else [NOTHING]
    if isinstance(value, list):
        results = []
        if name.isdigit() and int(name) < len(value):
            results += found(value[int(name)], rest)
        for element in value:
            if isinstance(element, dict):
                results += found(element, path)
        return results
    return [NOTHING]


def candidates(values: list[Any]) -> list[Any]:
    return [
        item
        for value in values
        for item in ([value, *value] if isinstance(value, list) else [value])
    ]


def matches(query: Document, document: Document) -> bool:
    return all(_matches_one(name, condition, document) for name, condition in query.items())


def _matches_one(name: str, condition: Any, document: Document) -> bool:
    if name == "$and":
        return all(matches(inner, document) for inner in condition)
    if name == "$or":
        return any(matches(inner, document) for inner in condition)
    if name == "$nor":
        return not any(matches(inner, document) for inner in condition)
    values = found(document, name.split("."))
    if isinstance(condition, dict) and next(iter(condition), "").startswith("$"):
        return all(holds(operator, operand, values) for operator, operand in condition.items())
    return holds("$eq", condition, values)


def holds(operator: str, operand: Any, values: list[Any]) -> bool:
    """Say whether an operator holds for the values at its path."""
    single = candidates(values)
    if operator == "$eq":
        return any(compare(value, operand) == 0 for value in single)
    if operator == "$ne":
        return not holds("$eq", operand, values)
    if operator == "$in":
        return any(holds("$eq", choice, values) for choice in operand)
    if operator == "$nin":
        return not holds("$in", operand, values)
    if operator == "$not":
        return not all(holds(name, inner, values) for name, inner in operand.items())
    if operator == "$exists":
        return any(value is not NOTHING for value in values) is bool(operand)
    if operator == "$size":
        return any(isinstance(value, list) and len(value) == operand for value in values)
    if operator == "$all":
        return bool(operand) and all(holds("$eq", member, values) for member in operand)
    if operator == "$elemMatch":
        arrays = [value for value in values if isinstance(value, list)]
        return any(all(holds(o, x, [e]) for o, x in operand.items()) for a in arrays for e in a)
    return any(_in_range(operator, value, operand) for value in single)


def _in_range(operator: str, value: Any, operand: Any) -> bool:
    if operand is None:
        return operator in ("$gte", "$lte") and (value is None or value is NOTHING)
    if value is NOTHING or rank(value) != rank(operand):
        return False
    result = compare(value, operand)
    if is_number(value) and (_is_nan(value) or _is_nan(operand)):
        return operator in ("$gte", "$lte") and result == 0
    return {"$gt": result > 0, "$gte": result >= 0, "$lt": result < 0, "$lte": result <= 0}[
        operator
    ]


def _is_nan(value: Any) -> bool:
    return math.isnan(value.to_decimal() if isinstance(value, Decimal128) else value)


def sorted_by(documents: list[Document], path: str, direction: int) -> list[Document]:
    """Return the documents sorted by one field, arrays by their least or greatest element."""

    def value(document: Document) -> Any:
        best: list[Any] = []
        for item in found(document, path.split(".")):
            # An empty array comes before null: MinKey stands in for it here.
            elements = (item or [MinKey()]) if isinstance(item, list) else [item]
            best += elements
        chosen = sorted(best or [None], key=cmp_to_key(compare))
        return chosen[-1 if direction < 0 else 0]

    def by_value(one: Document, other: Document) -> int:
        return direction * compare(value(one), value(other))

    return sorted(documents, key=cmp_to_key(by_value))


def updated(document: Document, update: Document) -> Document:
    """Return the document after operators on plain fields of the first level."""
    result = copy.deepcopy(document)
    for operator, fields in update.items():
        for name, argument in fields.items():
            now = result.get(name, NOTHING)
            new = _changed(operator, now, argument)
            if new is NOTHING:
                result.pop(name, None)
            else:
                result[name] = new
    return result


def _changed(operator: str, now: Any, argument: Any) -> Any:
    array = [] if now is NOTHING else now
    if operator == "$set":
        return argument
    if operator == "$unset":
        return NOTHING
    if operator == "$min":
        return argument if now is NOTHING or compare(argument, now) < 0 else now
    if operator == "$max":
        return argument if now is NOTHING or compare(argument, now) > 0 else now
    if operator == "$inc":
        return (0 if now is NOTHING else _only(now, is_number)) + argument
    if operator == "$push":
        return [*_only(array, is_list), argument]
    if operator == "$addToSet":
        known = any(compare(item, argument) == 0 for item in _only(array, is_list))
        return array if known else [*array, argument]
    if now is NOTHING:
        return NOTHING
    if operator == "$pull":
        return [item for item in _only(now, is_list) if compare(item, argument) != 0]
    return _only(now, is_list)[:-1] if argument == 1 else _only(now, is_list)[1:]


class Refused(Exception):
    """MongoDB would answer with an error."""


def is_list(value: Any) -> bool:
    return isinstance(value, list)


def _only(value: Any, is_right: Callable[[Any], bool]) -> Any:
    if not is_right(value):
        raise Refused
    return value


def evaluate(expression: Any, document: Document) -> Any:
    """Return what an expression of a few operators makes of a document."""
    if isinstance(expression, str) and expression.startswith("$"):
        return document.get(expression[1:], NOTHING)
    if not isinstance(expression, dict) or not expression:
        return expression
    operator, argument = next(iter(expression.items()))
    if operator == "$literal":
        return argument
    values = [evaluate(item, document) for item in argument]
    if operator == "$cond":
        return values[1] if truth(values[0]) else values[2]
    if operator == "$ifNull":
        return values[1] if values[0] is None or values[0] is NOTHING else values[0]
    if operator in ("$and", "$or"):
        return (all if operator == "$and" else any)(truth(value) for value in values)
    if operator == "$not":
        return not truth(values[0])
    if operator in ("$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$cmp"):
        return _compared(operator, *values)
    if operator == "$size":
        return len(_only(values[0], is_list))
    if any(value is None or value is NOTHING for value in values):
        return None
    if operator == "$concatArrays":
        return [item for value in values for item in _only(value, is_list)]
    one, other = (_only(value, is_number) for value in values)
    return {"$add": one + other, "$subtract": one - other, "$multiply": one * other}[operator]


def _compared(operator: str, one: Any, other: Any) -> Any:
    result = compare(one, other)
    if result == 0 and (one is NOTHING) != (other is NOTHING):
        result = -1 if one is NOTHING else 1  # here, unlike in queries, nothing is less than null
    if operator == "$cmp":
        return result
    return {
        "$eq": result == 0,
        "$ne": result != 0,
        "$gt": result > 0,
        "$gte": result >= 0,
        "$lt": result < 0,
        "$lte": result <= 0,
    }[operator]


def truth(value: Any) -> bool:
    if isinstance(value, Decimal128):
        return value.to_decimal() != Decimal(0)
    return not (
        value is None or value is NOTHING or value is False or (is_number(value) and value == 0)
    )
