"""Index keys: bytes that sort, byte by byte, as MongoDB sorts the values.

No key is the beginning of another, so the keys of a compound index are simply
joined, and a prefix of fields is a prefix of bytes. Two values have the same key
exactly when they are equal (`order.order_key`), whatever their numeric types.

https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/
"""

from __future__ import annotations

import datetime
import math
import struct
import sys
from collections.abc import Callable, Iterable
from decimal import Context, Decimal
from typing import Any

from bson import Code, DBRef, Decimal128, ObjectId, Timestamp
from bson.datetime_ms import DatetimeMS

from pocketmongo.collation import Fold
from pocketmongo.kinds import Kinds
from pocketmongo.regexes import option_letters, pattern_text
from pocketmongo.values import to_milliseconds

_INVERSE = bytes(255 - byte for byte in range(256))
_BIGGEST = b"\xff" * 40
_SIGN = 1 << 63
_ALL_BITS = (1 << 64) - 1
_EXACT = Context(prec=20_000, Emin=-999_999, Emax=999_999)

_END = b"\x00"
_EQUAL, _ABOVE, _BELOW = b"\x80", b"\x81", b"\x7e"
_EXPONENT_BIAS = 1 << 15
_DIGITS = bytes.maketrans(b"0123456789", bytes(range(1, 11)))
_MAX_DOUBLE = sys.float_info.max

_NULL = b"\x05"
_NUMBER = b"\x0a"
_NAN = _NUMBER + b"\x00" * 8 + _EQUAL
_FALSE, _TRUE = b"\x28\x00", b"\x28\x01"


def inverted(key: bytes) -> bytes:
    """Return the key that sorts the other way round, for descending index fields."""
    return key.translate(_INVERSE)


def key_after(prefix: bytes) -> bytes:
    """Return the first key beyond all keys that begin with the prefix."""
    shortened = prefix.rstrip(b"\xff")
    if not shortened:
        return _BIGGEST
    return shortened[:-1] + bytes((shortened[-1] + 1,))


def encode_key(value: Any, fold: Fold | None = None) -> bytes:
    """Return the sortable bytes of a value, strings under the given collation."""
    kind = type(value)
    if kind is str:
        return b"\x0f%b\x00\x00" % _marked(fold(value) if fold else value)
    maker = _MAKERS.get(kind)
    if maker is None:
        maker = _KINDS.of_subclass(value)
    return maker(value, fold)


def _text(value: str) -> bytes:
    return _marked(value) + b"\x00\x00"


def _marked(value: str) -> bytes:
    # A zero inside is marked, so that only the end reads as two zeros.
    return value.encode("utf-8", "surrogatepass").replace(b"\x00", b"\x00\xff")


def _double(value: float) -> bytes:
    bits: int = struct.unpack(">Q", struct.pack(">d", value + 0.0))[0]
    return struct.pack(">Q", bits ^ (_ALL_BITS if bits & _SIGN else _SIGN))


def _of_null(_value: Any, _fold: Fold | None) -> bytes:
    return _NULL


def _of_boolean(value: bool, _fold: Fold | None) -> bytes:
    return _TRUE if value else _FALSE


def _of_integer(value: int, _fold: Fold | None) -> bytes:
    nearest = float(value)
    if nearest == value:
        return _NUMBER + _double(nearest) + _EQUAL
    return _NUMBER + _double(nearest) + _remainder(Decimal(int(value) - int(nearest)))


def _of_float(value: float, _fold: Fold | None) -> bytes:
    return _NUMBER + _double(value) + _EQUAL if value == value else _NAN


def _of_decimal(value: Decimal128, _fold: Fold | None) -> bytes:
    number = value.to_decimal()
    if number.is_nan():
        return _NAN
    nearest = float(number)
    if math.isinf(nearest) and number.is_finite():
        nearest = math.copysign(_MAX_DOUBLE, nearest)
    if nearest == number:
        return _NUMBER + _double(nearest) + _EQUAL
    return _NUMBER + _double(nearest) + _remainder(_EXACT.subtract(number, Decimal(nearest)))


def _remainder(difference: Decimal) -> bytes:
    """Encode what a number is above or below its nearest double."""
    digits = "".join(map(str, difference.as_tuple().digits)).rstrip("0")
    exponent = struct.pack(">H", difference.adjusted() + _EXPONENT_BIAS)
    size = exponent + digits.encode().translate(_DIGITS) + _END
    return _ABOVE + size if difference > 0 else _BELOW + inverted(size)


def _of_string(value: str, fold: Fold | None) -> bytes:
    return encode_key(str(value), fold)


def _of_document(value: dict[str, Any], fold: Fold | None) -> bytes:
    return b"\x14" + b"".join([_field(name, item, fold) for name, item in value.items()]) + _END


def _field(name: str, value: Any, fold: Fold | None) -> bytes:
    # The type comes before the name, as MongoDB compares documents; a key begins with it.
    key = encode_key(value, fold)
    return key[:1] + _text(name) + key


def _of_reference(value: DBRef, fold: Fold | None) -> bytes:
    return _of_document(value.as_doc(), fold)


def _of_array(value: Iterable[Any], fold: Fold | None) -> bytes:
    return b"\x19" + b"".join([encode_key(item, fold) for item in value]) + _END


def _of_binary(value: bytes, _fold: Fold | None) -> bytes:
    return b"\x1e" + struct.pack(">IB", len(value), getattr(value, "subtype", 0)) + bytes(value)


def _of_object_id(value: ObjectId, _fold: Fold | None) -> bytes:
    return b"\x23" + value.binary


def _of_date(value: datetime.datetime | DatetimeMS, _fold: Fold | None) -> bytes:
    return b"\x2d" + struct.pack(">Q", to_milliseconds(value) + _SIGN)


def _of_timestamp(value: Timestamp, _fold: Fold | None) -> bytes:
    return b"\x2f" + struct.pack(">II", value.time, value.inc)


def _of_regex(value: Any, _fold: Fold | None) -> bytes:
    return b"\x32" + _text(pattern_text(value)) + _text(option_letters(value))


def _of_code(value: Code, fold: Fold | None) -> bytes:
    if value.scope is None:
        return b"\x3c" + _text(str(value))
    return b"\x41" + _text(str(value)) + encode_key(dict(value.scope), fold)


def _of_min_key(_value: Any, _fold: Fold | None) -> bytes:
    return b"\x01"


def _of_max_key(_value: Any, _fold: Fold | None) -> bytes:
    return b"\x7f"


_Maker = Callable[[Any, Fold | None], bytes]
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
