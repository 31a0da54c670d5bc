"""Converting between types: `$convert` and its short forms.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/convert/
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import bson
from bson import Binary, Decimal128, Int64, ObjectId, Timestamp

from pocketmongo.bson_types import TYPE_CODES, TYPE_NAMES, type_name
from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.expressions.moments import parse_iso_date, to_iso_text
from pocketmongo.expressions.shapes import (
    Builder,
    Expression,
    ExpressionCompiler,
    Variables,
    check_names,
    function_of,
)
from pocketmongo.numerics import from_decimal, to_decimal
from pocketmongo.values import (
    INT32_MAX,
    INT32_MIN,
    INT64_MAX,
    INT64_MIN,
    from_milliseconds,
    is_date,
    is_nullish,
    is_number,
    is_true,
    plain_number,
    to_milliseconds,
)

NOT_BINARY, NOT_A_DOCUMENT, NOT_A_TIMESTAMP = 51276, 31393, 5687301
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_REAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(inf|infinity|nan)", re.ASCII | re.I)


def convert(value: Any, target: str) -> Any:
    """Return the value as another type; null and missing become null."""
    if is_nullish(value):
        return None
    return _CONVERSIONS[target](value)


def _failed(value: Any, target: str, reason: str = "") -> ServerError:
    if isinstance(value, str):
        what = f"Failed to parse {target} '{value}'"
    else:
        what = f"Unsupported conversion from {type_name(value)} to {target}"
    return ServerError(
        ErrorCode.ConversionFailure, f"{what} in $convert with no onError value{reason}"
    )


def to_text(value: Any) -> str:
    """Return a value as the text `$toString` makes of it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_date(value):
        return to_iso_text(value)
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, (str, int, Decimal128, ObjectId)):
        return str(value)
    raise _failed(value, "string")


def _float_text(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _to_integer(target: str, least: int, most: int, make: Callable[[int], int]) -> Any:
    def apply(value: Any) -> int:
        number = _integer(value, target)
        if not least <= number <= most:
            raise _failed(value, target, ": the number is out of range")
        return make(number)

    return apply


def _integer(value: Any, target: str) -> int:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        if not _WHOLE.fullmatch(value):
            raise _failed(value, target)
        return int(value)
    if is_date(value) and target == "long":
        return to_milliseconds(value)
    if is_number(value) and math.isfinite(plain_number(value)):
        return int(plain_number(value))
    raise _failed(value, target)


def _to_double(value: Any) -> float:
    if isinstance(value, str):
        if not _REAL.fullmatch(value):
            raise _failed(value, "double")
        return float(value)
    if is_date(value):
        return float(to_milliseconds(value))
    if isinstance(value, bool) or is_number(value):
        return float(plain_number(value))
    raise _failed(value, "double")


def _to_decimal(value: Any) -> Decimal128:
    if isinstance(value, str):
        if not _REAL.fullmatch(value):
            raise _failed(value, "decimal")
        return from_decimal(Decimal(value))
    if is_date(value):
        return Decimal128(str(to_milliseconds(value)))
    if isinstance(value, bool) or is_number(value):
        return from_decimal(to_decimal(value))
    raise _failed(value, "decimal")


def _to_date(value: Any) -> Any:
    if is_date(value):
        return value
    if isinstance(value, str):
        return parse_iso_date(value)
    if isinstance(value, ObjectId):
        return value.generation_time.replace(tzinfo=None)
    if isinstance(value, Timestamp):
        return from_milliseconds(value.time * 1000)
    if is_number(value) and (not isinstance(value, int) or isinstance(value, Int64)):
        return _date_of_number(value)
    # An int has too few bits for a date; MongoDB refuses it too.
    raise _failed(value, "date")


def _date_of_number(value: Any) -> Any:
    number = plain_number(value)
    if not math.isfinite(number) or not INT64_MIN <= number <= INT64_MAX:
        raise _failed(value, "date", ": the number is out of range")
    return from_milliseconds(int(number))


def _to_object_id(value: Any) -> ObjectId:
    if isinstance(value, ObjectId):
        return value
    if isinstance(value, str) and ObjectId.is_valid(value):
        return ObjectId(value)
    raise _failed(value, "objectId")


def _to_binary(value: Any) -> Any:
    if isinstance(value, bytes):
        return value
    raise unsupported(f"converting {type_name(value)} to binData")


def _to_bool(value: Any) -> bool:
    return is_true(value)


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "string": to_text,
    "bool": _to_bool,
    "int": _to_integer("int", INT32_MIN, INT32_MAX, int),
    "long": _to_integer("long", INT64_MIN, INT64_MAX, Int64),
    "double": _to_double,
    "decimal": _to_decimal,
    "date": _to_date,
    "objectId": _to_object_id,
    "binData": _to_binary,
}


def _convert(specification: Any, compiler: ExpressionCompiler) -> Expression:
    check_names("$convert", specification, ("input", "to"), ("onError", "onNull"))
    read, target = compiler.compile(specification["input"]), compiler.compile(specification["to"])
    on_null = compiler.compile(specification.get("onNull"))
    has_on_error = "onError" in specification
    on_error = compiler.compile(specification.get("onError"))

    def converted(document: Any, variables: Variables) -> Any:
        value = read(document, variables)
        if is_nullish(value):
            return on_null(document, variables)
        wanted = target(document, variables)
        if is_nullish(wanted):
            return None
        try:
            return convert(value, _target_name(wanted))
        except ServerError as error:
            if has_on_error and error.code == ErrorCode.ConversionFailure:
                return on_error(document, variables)
            raise

    return converted


def _target_name(target: Any) -> str:
    if type(target) is dict:
        if set(target) != {"type"}:
            raise unsupported("$convert to a subtype")
        target = target["type"]
    name = TYPE_NAMES.get(plain_number(target), "") if is_number(target) else target
    if name in _CONVERSIONS:
        return str(name)
    if name in TYPE_CODES:
        raise ServerError(
            ErrorCode.ConversionFailure,
            f"Unsupported conversion to {name} in $convert with no onError value",
        )
    raise ServerError(ErrorCode.BadValue, f"Unknown type name: {target}")


def _short_form(name: str, target: str) -> Builder:
    return function_of(name, lambda value: convert(value, target), 1)


def _binary_size(value: Any) -> Any:
    if is_nullish(value):
        return None
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, (bytes, Binary)):
        return len(value)
    raise ServerError(
        NOT_BINARY, f"$binarySize requires a string or BinData argument, found: {type_name(value)}"
    )


def _bson_size(value: Any) -> Any:
    if is_nullish(value):
        return None
    if type(value) is not dict:
        raise ServerError(
            NOT_A_DOCUMENT, f"$bsonSize requires a document input, found: {type_name(value)}"
        )
    return len(bson.encode(value))


def _ts_second(value: Any) -> Any:
    return None if is_nullish(value) else Int64(_timestamp("$tsSecond", value).time)


def _ts_increment(value: Any) -> Any:
    return None if is_nullish(value) else Int64(_timestamp("$tsIncrement", value).inc)


def _timestamp(name: str, value: Any) -> Timestamp:
    if not isinstance(value, Timestamp):
        raise ServerError(
            NOT_A_TIMESTAMP, f"{name} requires a timestamp, found: {type_name(value)}"
        )
    return value


CONVERSION: dict[str, Builder] = {
    "$convert": _convert,
    "$toString": _short_form("$toString", "string"),
    "$toInt": _short_form("$toInt", "int"),
    "$toLong": _short_form("$toLong", "long"),
    "$toDouble": _short_form("$toDouble", "double"),
    "$toDecimal": _short_form("$toDecimal", "decimal"),
    "$toBool": _short_form("$toBool", "bool"),
    "$toDate": _short_form("$toDate", "date"),
    "$toObjectId": _short_form("$toObjectId", "objectId"),
    "$isNumber": function_of("$isNumber", is_number, 1),
    "$binarySize": function_of("$binarySize", _binary_size, 1),
    "$bsonSize": function_of("$bsonSize", _bson_size, 1),
    "$tsSecond": function_of("$tsSecond", _ts_second, 1),
    "$tsIncrement": function_of("$tsIncrement", _ts_increment, 1),
}
