"""The order of all BSON values.

https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/
A value becomes a tuple that begins with the rank of its type; two tuples are
equal exactly when MongoDB calls the values equal, and hash alike.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from bson import Code, DBRef, Decimal128, ObjectId, Timestamp
from bson.datetime_ms import DatetimeMS

from pocketmongo.collation import Fold
from pocketmongo.kinds import Kinds
from pocketmongo.regexes import option_letters, pattern_text
from pocketmongo.values import to_milliseconds

OrderKey = tuple[Any, ...]

MIN_KEY, ABSENT, EMPTY_ARRAY, NULL, NUMBER, STRING, OBJECT, ARRAY = -1, 3, 4, 5, 10, 15, 20, 25
BINARY, OBJECT_ID, BOOLEAN, DATE, TIMESTAMP, REGEX = 30, 35, 40, 45, 47, 50
CODE, CODE_WITH_SCOPE, MAX_KEY = 60, 65, 127

NULL_KEY: OrderKey = (NULL,)
NAN_KEY: OrderKey = (NUMBER, 0, 0)


def order_key(value: Any, fold: Fold | None = None) -> OrderKey:
    """Return the key a value sorts and compares by, strings under the given collation."""
    kind = type(value)
    if kind is str:
        return (STRING, fold(value) if fold else value)
    if kind is int:
        return (NUMBER, 1, value)
    maker = _MAKERS.get(kind)
    if maker is None:
        maker = _KINDS.of_subclass(value)
    return maker(value, fold)


def is_nan_key(key: OrderKey) -> bool:
    """Say whether a key is that of a NaN, which is below all numbers and equal to itself."""
    return key == NAN_KEY


def _of_null(_value: Any, _fold: Fold | None) -> OrderKey:
    return NULL_KEY


def _of_integer(value: int, _fold: Fold | None) -> OrderKey:
    return (NUMBER, 1, int(value))


def _of_float(value: float, _fold: Fold | None) -> OrderKey:
    return (NUMBER, 1, value) if value == value else NAN_KEY


def _of_decimal(value: Decimal128, _fold: Fold | None) -> OrderKey:
    number: Decimal = value.to_decimal()
    return NAN_KEY if number.is_nan() else (NUMBER, 1, number)


def _of_string(value: str, fold: Fold | None) -> OrderKey:
    return (STRING, fold(str(value)) if fold else str(value))


def _of_document(value: dict[str, Any], fold: Fold | None) -> OrderKey:
    return (OBJECT, tuple([_of_field(name, item, fold) for name, item in value.items()]))


def _of_field(name: str, value: Any, fold: Fold | None) -> OrderKey:
    key = order_key(value, fold)
    return (key[0], name, key)


def _of_reference(value: DBRef, fold: Fold | None) -> OrderKey:
    return _of_document(value.as_doc(), fold)


def _of_array(value: Iterable[Any], fold: Fold | None) -> OrderKey:
    return (ARRAY, tuple([order_key(item, fold) for item in value]))


def _of_binary(value: bytes, _fold: Fold | None) -> OrderKey:
    return (BINARY, len(value), getattr(value, "subtype", 0), bytes(value))


def _of_object_id(value: ObjectId, _fold: Fold | None) -> OrderKey:
    return (OBJECT_ID, value.binary)


def _of_boolean(value: bool, _fold: Fold | None) -> OrderKey:
    return (BOOLEAN, value)


def _of_date(value: datetime.datetime | DatetimeMS, _fold: Fold | None) -> OrderKey:
    return (DATE, to_milliseconds(value))


def _of_timestamp(value: Timestamp, _fold: Fold | None) -> OrderKey:
    return (TIMESTAMP, value.time, value.inc)


def _of_regex(value: Any, _fold: Fold | None) -> OrderKey:
    return (REGEX, pattern_text(value), option_letters(value))


def _of_code(value: Code, fold: Fold | None) -> OrderKey:
    if value.scope is None:
        return (CODE, str(value))
    return (CODE_WITH_SCOPE, str(value), order_key(dict(value.scope), fold))


def _of_min_key(_value: Any, _fold: Fold | None) -> OrderKey:
    return (MIN_KEY,)


def _of_max_key(_value: Any, _fold: Fold | None) -> OrderKey:
    return (MAX_KEY,)


_Maker = Callable[[Any, Fold | None], OrderKey]
_KINDS: Kinds[_Maker] = Kinds(
    null=_of_null,
    boolean=_of_boolean,
    integer=_of_integer,
    double=_of_float,
    decimal=_of_decimal,
    string=_of_string,
    document=_of_document,
    array=_of_array,
    binary=_of_binary,
    object_id=_of_object_id,
    date=_of_date,
    timestamp=_of_timestamp,
    regex=_of_regex,
    code=_of_code,
    reference=_of_reference,
    min_key=_of_min_key,
    max_key=_of_max_key,
)
_MAKERS = _KINDS.by_type
