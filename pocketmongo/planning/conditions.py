"""What a filter says about single fields, as far as an index could know.

https://www.mongodb.com/docs/manual/core/query-optimization/
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bson import Decimal128, Int64, MaxKey, MinKey, ObjectId, Timestamp
from bson.datetime_ms import DatetimeMS

from pocketmongo.order import order_key
from pocketmongo.regexes import is_regex
from pocketmongo.values import Document, is_operator_document

RANGE_OPERATORS = frozenset({"$gt", "$gte", "$lt", "$lte"})
Condition = tuple[str, Any]

# Values whose key alone decides whether they match.
_PLAIN_TYPES = frozenset(
    {str, int, float, bool, Int64, Decimal128, ObjectId, datetime.datetime, DatetimeMS, Timestamp}
)
_COLLATED_TYPES = (str, dict, list)


@dataclass(slots=True)
class Conditions:
    """The conditions of a filter by path, all of which a document must meet."""

    by_path: dict[str, list[Condition]] = field(default_factory=dict)
    is_complete: bool = True  # False if the filter asks for more than stands here
    are_plain: bool = True  # False if having a value's key may not mean being equal to it
    has_lists: bool = False  # of values, one of which a field must have
    of_elements: set[str] = field(default_factory=set)  # paths compared element by element

    def add(self, path: str, operator: str, value: Any) -> None:
        """Note one condition."""
        self.by_path.setdefault(path, []).append((operator, value))

    @property
    def are_alike(self) -> bool:
        """True if the same question with other values is answered in the same way."""
        return self.is_complete and self.are_plain and not self.has_lists

    @property
    def outline(self) -> tuple[tuple[str, str, type], ...]:
        """What is asked, without the values it is asked with."""
        return tuple(
            [
                (path, operator, type(value))
                for path, known in self.by_path.items()
                for operator, value in known
            ]
        )

    def equal_values(self, path: str) -> list[Any] | None:
        """Return the values a field may have, None if they are not few and known."""
        options: list[Any] | None = None
        for operator, value in self.by_path.get(path, ()):
            if operator == "$eq":
                return [value]
            if operator == "$in" and options is None:
                options = value
        return options

    def ranges(self, path: str) -> list[Condition]:
        """Return the comparisons with a field."""
        found = self.by_path.get(path, ())
        return [each for each in found if each[0] in RANGE_OPERATORS]

    def excludes_missing(self, path: str) -> bool:
        """True if a document without the field cannot match."""
        return any(
            None not in value if operator == "$in" else value is not None
            for operator, value in self.by_path.get(path, ())
        )


def read_conditions(query: Document) -> Conditions:
    """Return what a filter says about single fields."""
    conditions = Conditions()
    _read(query, conditions)
    return conditions


def _read(query: Document, conditions: Conditions) -> None:
    for path, asked in query.items():
        if path == "$and" and isinstance(asked, list):
            for part in asked:
                if isinstance(part, dict):
                    _read(part, conditions)
        elif path.startswith("$"):
            conditions.is_complete &= path == "$comment"
        elif is_operator_document(asked):
            for operator, value in asked.items():
                _note(conditions, path, operator, value)
        else:
            _note(conditions, path, "$eq", asked)


def _note_element(conditions: Conditions, path: str, asked: Any) -> None:
    """Note the comparisons that one and the same element of an array must meet."""
    conditions.is_complete = False
    if path in conditions.by_path or not isinstance(asked, dict):
        return
    if all(op in RANGE_OPERATORS and type(v) in _PLAIN_TYPES for op, v in asked.items()):
        for operator, value in asked.items():
            _note(conditions, path, operator, value)
        conditions.of_elements.add(path)


def _note(conditions: Conditions, path: str, operator: str, value: Any) -> None:
    if operator == "$elemMatch":
        _note_element(conditions, path, value)
        return
    if path in conditions.of_elements:
        # Another element may meet it: of no use beside what one element meets.
        conditions.is_complete = False
        return
    if operator == "$in":
        is_known = type(value) is list and all(map(_is_indexable, value))
    elif operator in RANGE_OPERATORS:
        is_known = _is_indexable(value) and value is not None and not is_nan(value)
    else:
        is_known = operator == "$eq" and _is_indexable(value)
    if not is_known:
        conditions.is_complete = False
        return
    conditions.add(path, operator, value)
    if operator == "$in":
        conditions.has_lists = True
        conditions.are_plain &= _PLAIN_TYPES.issuperset(map(type, value))
    elif type(value) not in _PLAIN_TYPES:
        conditions.are_plain = False


def _is_indexable(value: Any) -> bool:
    # An array may match as a whole or by its elements, so its key does not find all.
    return type(value) in _PLAIN_TYPES or not (
        isinstance(value, list | MinKey | MaxKey) or is_regex(value)
    )


def is_of_plain_values(query: Document) -> bool:
    """True for a filter that only names values, whose keys decide whether they match."""
    has_operators = any(path.startswith("$") for path in query)
    return not has_operators and _PLAIN_TYPES.issuperset(map(type, query.values()))


def is_nan(value: Any) -> bool:
    """True for the numbers that are not a number."""
    if isinstance(value, Decimal128):
        return bool(value.to_decimal().is_nan())
    return isinstance(value, float) and value != value


def type_order(value: Any) -> int:
    """Return the place of a value's type in the order of types; all numbers share one."""
    order: int = order_key(value)[0]
    return order


def is_collated(value: Any) -> bool:
    """True if a collation can change what the value is equal to."""
    return isinstance(value, _COLLATED_TYPES)


def values_in(condition: Condition) -> Iterator[Any]:
    """Yield the values a condition compares with."""
    operator, value = condition
    if operator == "$in":
        yield from value
    else:
        yield value
