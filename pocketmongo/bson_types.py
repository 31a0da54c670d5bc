"""The types of BSON: their numbers, their names, and which one a value has.

https://www.mongodb.com/docs/manual/reference/operator/query/type/
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from bson import Code, DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.values import INT32_MAX, INT32_MIN, MISSING, is_number

TYPE_CODES = {
    "double": 1,
    "string": 2,
    "object": 3,
    "array": 4,
    "binData": 5,
    "undefined": 6,
    "objectId": 7,
    "bool": 8,
    "date": 9,
    "null": 10,
    "regex": 11,
    "dbPointer": 12,
    "javascript": 13,
    "symbol": 14,
    "javascriptWithScope": 15,
    "int": 16,
    "timestamp": 17,
    "long": 18,
    "decimal": 19,
    "minKey": -1,
    "maxKey": 127,
}
TYPE_NAMES = {code: name for name, code in TYPE_CODES.items()}
NUMBER_CODES = frozenset({1, 16, 18, 19})

# The types a value can have exactly; subclasses are looked for below.
_CODE_BY_CLASS: dict[type, int] = {
    type(None): 10,
    bool: 8,
    Int64: 18,
    float: 1,
    str: 2,
    dict: 3,
    list: 4,
    bytes: 5,
    ObjectId: 7,
    datetime.datetime: 9,
    DatetimeMS: 9,
    Regex: 11,
    re.Pattern: 11,
    Timestamp: 17,
    Decimal128: 19,
    MinKey: -1,
    MaxKey: 127,
    DBRef: 3,
}
_CODE_BY_PARENT: tuple[tuple[type, int], ...] = (
    (dict, 3),
    (list, 4),
    (tuple, 4),
    (bytes, 5),
    (str, 2),
    (float, 1),
)


def type_code(value: Any) -> int | None:
    """Return the number of a value's BSON type, or None for a missing value."""
    if value is MISSING:
        return None
    if isinstance(value, int) and type(value) is not bool and not isinstance(value, Int64):
        return 16 if INT32_MIN <= value <= INT32_MAX else 18
    if isinstance(value, Code):
        return 13 if value.scope is None else 15
    code = _CODE_BY_CLASS.get(type(value))
    if code is not None:
        return code
    return next((code for parent, code in _CODE_BY_PARENT if isinstance(value, parent)), 0)


def type_name(value: Any) -> str:
    """Return the name of a value's BSON type; `missing` where there is no value."""
    code = type_code(value)
    return "missing" if code is None else TYPE_NAMES.get(code, "undefined")


def type_codes(aliases: Any) -> frozenset[int]:
    """Return the type numbers meant by an alias, a number, or a list of them."""
    names = aliases if isinstance(aliases, list) else [aliases]
    if not names:
        raise ServerError(ErrorCode.FailedToParse, "$type must match at least one type")
    return frozenset().union(*(_codes_of(name) for name in names))


def _codes_of(alias: Any) -> frozenset[int]:
    if alias == "number":
        return NUMBER_CODES
    if isinstance(alias, str):
        if alias not in TYPE_CODES:
            raise ServerError(ErrorCode.BadValue, f"Unknown type name alias: {alias}")
        return frozenset({TYPE_CODES[alias]})
    if not is_number(alias) or isinstance(alias, Decimal128):
        raise ServerError(
            ErrorCode.TypeMismatch, "type must be represented as a number or a string"
        )
    if alias not in TYPE_NAMES:
        raise ServerError(ErrorCode.BadValue, f"Invalid numerical type code: {alias}")
    return frozenset({int(alias)})
