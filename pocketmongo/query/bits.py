"""`$bitsAllSet`, `$bitsAnySet`, `$bitsAllClear`, `$bitsAnyClear`.

https://www.mongodb.com/docs/manual/reference/operator/query-bitwise/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.paths import with_elements
from pocketmongo.query.scope import OperatorBuilder, Predicate, QueryCompiler
from pocketmongo.values import INT64_MAX, INT64_MIN, Document, as_integer, is_number

_LAST_POSITION = 1_000_000


def _bit_mask(operand: Any) -> int:
    if type(operand) is list:
        return sum({1 << _position(position) for position in operand})
    if isinstance(operand, bytes):
        return int.from_bytes(operand, "little")
    return _whole(operand)


def _position(number: Any) -> int:
    position = _whole(number)
    if position > _LAST_POSITION:
        raise unsupported(f"a bit position above {_LAST_POSITION}")
    return position


def _whole(number: Any) -> int:
    value = _integer(number) if is_number(number) else None
    if value is None or value < 0:
        raise ServerError(
            ErrorCode.BadValue, f"bit positions and masks are whole numbers from 0, not {number!r}"
        )
    return value


def _integer(number: Any) -> int | None:
    whole = as_integer(number)
    return whole if whole is not None and INT64_MIN <= whole <= INT64_MAX else None


def _bits_of(value: Any) -> int | None:
    if isinstance(value, bytes):
        return int.from_bytes(value, "little")
    return _integer(value) if is_number(value) else None


def _bit_test(holds: Callable[[int, int], bool]) -> OperatorBuilder:
    def build(operand: Any, _condition: Document, _compiler: QueryCompiler) -> Predicate:
        mask = _bit_mask(operand)

        def test_value(value: Any) -> bool:
            bits = _bits_of(value)
            return bits is not None and holds(bits, mask)

        return lambda values: any(map(test_value, with_elements(values)))

    return build


BIT_OPERATORS: dict[str, OperatorBuilder] = {
    "$bitsAllSet": _bit_test(lambda bits, mask: bits & mask == mask),
    "$bitsAnySet": _bit_test(lambda bits, mask: bits & mask != 0),
    "$bitsAllClear": _bit_test(lambda bits, mask: bits & mask == 0),
    "$bitsAnyClear": _bit_test(lambda bits, mask: bits & mask != mask),
}
