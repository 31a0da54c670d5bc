"""Whether a partial index holds every document a query can match.

https://www.mongodb.com/docs/manual/core/index-partial/#query-coverage
"""

from __future__ import annotations

from typing import Any

from pocketmongo.bson_types import NUMBER_CODES, type_code, type_codes
from pocketmongo.order import order_key
from pocketmongo.planning.conditions import RANGE_OPERATORS, Condition, Conditions
from pocketmongo.query import Scope, compile_filter
from pocketmongo.values import Document, is_operator_document, is_true

_LOWER = ("$gt", "$gte")


def is_implied(partial_filter: Document, conditions: Conditions) -> bool:
    """True if every document that meets the conditions passes the partial filter."""
    for path, asked in partial_filter.items():
        if path == "$and":
            if not all(is_implied(part, conditions) for part in asked):
                return False
        elif path.startswith("$"):
            return False
        else:
            demands = asked if is_operator_document(asked) else {"$eq": asked}
            for operator, value in demands.items():
                known = conditions.by_path.get(path, ())
                if not any(_implies(each, operator, value) for each in known):
                    return False
    return True


def _implies(condition: Condition, operator: str, demanded: Any) -> bool:
    known, value = condition
    if known in RANGE_OPERATORS:
        return _range_implies(known, value, operator, demanded)
    values = value if known == "$in" else [value]
    if None in values:
        # Null also stands for a missing field, which only null itself covers.
        return operator == "$eq" and demanded is None and values == [None]
    passes = compile_filter({"field": {operator: demanded}}, Scope())
    return all(passes({"field": each}) for each in values)


def _range_implies(known: str, value: Any, operator: str, demanded: Any) -> bool:
    if operator == "$exists":
        return is_true(demanded)
    if operator == "$type":
        code, wanted = type_code(value), type_codes(demanded)
        return wanted >= NUMBER_CODES if code in NUMBER_CODES else code in wanted
    if operator not in RANGE_OPERATORS or (known in _LOWER) != (operator in _LOWER):
        return False
    key, limit = order_key(value), order_key(demanded)
    if key[0] != limit[0]:
        return False
    if key == limit:
        return known == operator or operator in ("$gte", "$lte")
    return (key > limit) == (operator in _LOWER)
