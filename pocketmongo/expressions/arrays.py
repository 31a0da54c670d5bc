"""Arrays: elements, slices, searching, sorting, zipping.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/#array-expression-operators
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from pocketmongo.collation import Fold
from pocketmongo.errors import ServerError
from pocketmongo.expressions.comparison import comparison_key
from pocketmongo.expressions.shapes import (
    Builder,
    Expression,
    ExpressionCompiler,
    Variables,
    check_names,
    checked,
    function_of,
    function_of_many,
)
from pocketmongo.order import order_key
from pocketmongo.sorting import parse_sort, sort_documents
from pocketmongo.values import (
    INT32_MAX,
    INT32_MIN,
    MISSING,
    as_integer,
    is_nullish,
    is_number,
    none_if_missing,
)

NOT_AN_ARRAY_FOR_SIZE, NOT_AN_ARRAY_FOR_ELEMENT, BAD_POSITION = 17124, 28689, 28690
NOT_AN_ARRAY_TO_CONCAT, NOT_AN_ARRAY_TO_REVERSE, NOT_AN_ARRAY_FOR_IN = 28664, 34435, 40081
NOT_AN_ARRAY_TO_SLICE, BAD_SLICE, BAD_SLICE_COUNT, NOT_AN_ARRAY_FOR_INDEX = (
    28724,
    28725,
    28729,
    40090,
)
BAD_RANGE, ZERO_STEP, RANGE_TOO_LONG, NOT_AN_ARRAY_TO_SORT, BAD_SORT_BY = (
    34443,
    34449,
    146,
    2942504,
    2942507,
)
NOT_AN_ARRAY_TO_ZIP, DEFAULTS_NEED_LONGEST, DEFAULTS_LENGTH = 34468, 34466, 34467
BAD_COUNT, NOT_AN_ARRAY_FOR_N, BAD_INDEX_BOUND = 5787902, 5788200, 40096
_LONGEST_RANGE = 5_000_000  # elements; MongoDB stops at 64 MB


def whole(value: Any, name: str, code: int) -> int:
    """Return a whole number of 32 bits as an int, or raise ServerError with the code."""
    number = as_integer(value)
    if number is None:
        raise ServerError(code, f"{name} needs a whole number, not {value!r}")
    if not INT32_MIN <= number <= INT32_MAX:
        raise ServerError(code, f"{name} needs a number of 32 bits, not {value!r}")
    return number


def _size(array: Any) -> int:
    return len(checked(array, list, "$size", NOT_AN_ARRAY_FOR_SIZE))


def _element(array: Any, position: Any) -> Any:
    if is_nullish(array) or is_nullish(position):
        return None
    checked(array, list, "$arrayElemAt", NOT_AN_ARRAY_FOR_ELEMENT)
    place = whole(position, "$arrayElemAt", BAD_POSITION)
    return array[place] if -len(array) <= place < len(array) else MISSING


def _slice(array: Any, start: Any, count: Any = MISSING) -> Any:
    if is_nullish(array) or is_nullish(start) or count is None:
        return None
    checked(array, list, "$slice", NOT_AN_ARRAY_TO_SLICE)
    first = whole(start, "$slice", BAD_SLICE)
    if count is MISSING:
        return array[:first] if first >= 0 else array[first:]
    length = whole(count, "$slice", BAD_SLICE_COUNT)
    if length <= 0:
        raise ServerError(BAD_SLICE_COUNT, "Third argument to $slice must be positive")
    begin = first if first >= 0 else max(0, len(array) + first)
    return array[begin : begin + length]


def _concat(arrays: list[Any]) -> Any:
    if any(is_nullish(array) for array in arrays):
        return None
    joined: list[Any] = []
    for array in arrays:
        joined += checked(array, list, "$concatArrays", NOT_AN_ARRAY_TO_CONCAT)
    return joined


def _reverse(array: Any) -> Any:
    if is_nullish(array):
        return None
    return checked(array, list, "$reverseArray", NOT_AN_ARRAY_TO_REVERSE)[::-1]


def _in(specification: Any, compiler: ExpressionCompiler) -> Expression:
    fold = compiler.fold

    def contains(value: Any, array: Any) -> bool:
        checked(array, list, "$in", NOT_AN_ARRAY_FOR_IN)
        key = comparison_key(value, fold)
        return any(comparison_key(element, fold) == key for element in array)

    return function_of("$in", contains, 2)(specification, compiler)


def _index_of(specification: Any, compiler: ExpressionCompiler) -> Expression:
    fold = compiler.fold

    def find(array: Any, value: Any, start: Any = 0, end: Any = MISSING) -> Any:
        if is_nullish(array):
            return None
        checked(array, list, "$indexOfArray", NOT_AN_ARRAY_FOR_INDEX)
        key = comparison_key(value, fold)
        first = _bound(start)
        last = len(array) if end is MISSING else min(_bound(end), len(array))
        for position in range(first, last):
            if comparison_key(array[position], fold) == key:
                return position
        return -1

    return function_of("$indexOfArray", find, 2, 4)(specification, compiler)


def _bound(value: Any) -> int:
    place = whole(value, "$indexOfArray", BAD_INDEX_BOUND)
    if place < 0:
        raise ServerError(BAD_INDEX_BOUND, "$indexOfArray needs positions from 0")
    return place


def _range(start: Any, end: Any, step: Any = 1) -> list[int]:
    first, last, by = (whole(value, "$range", BAD_RANGE) for value in (start, end, step))
    if by == 0:
        raise ServerError(ZERO_STEP, "$range requires a non-zero step value")
    numbers = range(first, last, by)
    if len(numbers) > _LONGEST_RANGE:
        raise ServerError(RANGE_TOO_LONG, f"$range would make {len(numbers)} elements")
    return list(numbers)


def _sort_array(specification: Any, compiler: ExpressionCompiler) -> Expression:
    check_names("$sortArray", specification, ("input", "sortBy"))
    read = compiler.compile(specification["input"])
    sort_by, fold = specification["sortBy"], compiler.fold
    if type(sort_by) is dict:
        fields = parse_sort(sort_by)
    elif is_number(sort_by) and sort_by in (1, -1):
        fields = []
    else:
        raise ServerError(BAD_SORT_BY, "$sortArray sorts by 1, by -1 or by a document of fields")

    def ordered(document: Any, variables: Variables) -> Any:
        array = read(document, variables)
        if is_nullish(array):
            return None
        checked(array, list, "$sortArray", NOT_AN_ARRAY_TO_SORT)
        return sort_elements(array, fields or sort_by, fold)

    return ordered


def sort_elements(array: list[Any], sort_by: Any, fold: Fold | None) -> list[Any]:
    """Return an array sorted by fields of its documents, or as values by 1 or -1."""
    if isinstance(sort_by, list):
        return sort_documents(array, sort_by, fold, _as_document)
    return sorted(array, key=lambda element: order_key(element, fold), reverse=sort_by < 0)


def _as_document(element: Any) -> dict[str, Any]:
    return element if type(element) is dict else {}


def _zip(specification: Any, compiler: ExpressionCompiler) -> Expression:
    check_names("$zip", specification, ("inputs",), ("useLongestLength", "defaults"))
    inputs = compiler.arguments(specification["inputs"])
    is_longest = bool(specification.get("useLongestLength"))
    defaults = compiler.arguments(specification.get("defaults", []))
    if defaults and not is_longest:
        raise ServerError(DEFAULTS_NEED_LONGEST, "$zip defaults need useLongestLength: true")
    if defaults and len(defaults) != len(inputs):
        raise ServerError(DEFAULTS_LENGTH, "$zip needs as many defaults as inputs")

    def zipped(document: Any, variables: Variables) -> Any:
        arrays = [read(document, variables) for read in inputs]
        if any(is_nullish(array) for array in arrays):
            return None
        for array in arrays:
            checked(array, list, "$zip", NOT_AN_ARRAY_TO_ZIP)
        if not is_longest:
            return [list(row) for row in zip(*arrays, strict=False)]
        fillers = [none_if_missing(read(document, variables)) for read in defaults]
        return _zip_longest(arrays, fillers or [None] * len(arrays))

    return zipped


def _zip_longest(arrays: list[list[Any]], fillers: list[Any]) -> list[list[Any]]:
    return [
        [filler if item is MISSING else item for item, filler in zip(row, fillers, strict=True)]
        for row in zip_longest(*arrays, fillvalue=MISSING)
    ]


def count_of(value: Any, name: str) -> int:
    """Return the `n` of `$firstN` and its kin: a positive whole number."""
    count = whole(value, name, BAD_COUNT)
    if count <= 0:
        raise ServerError(BAD_COUNT, f"'n' of {name} must be greater than 0, not {count}")
    return count


def _some(name: str) -> Builder:
    def build(specification: Any, compiler: ExpressionCompiler) -> Expression:
        check_names(name, specification, ("input", "n"))
        read, count = compiler.compile(specification["input"]), compiler.compile(specification["n"])
        fold = compiler.fold

        def choose(document: Any, variables: Variables) -> Any:
            array = checked(read(document, variables), list, name, NOT_AN_ARRAY_FOR_N)
            return choose_some(name, array, count_of(count(document, variables), name), fold)

        return choose

    return build


def choose_some(name: str, values: list[Any], count: int, fold: Fold | None) -> list[Any]:
    """Return what `$firstN`, `$lastN`, `$minN` or `$maxN` takes of the values."""
    if name == "$firstN":
        return [none_if_missing(value) for value in values[:count]]
    if name == "$lastN":
        return [none_if_missing(value) for value in values[-count:]]
    present = [value for value in values if not is_nullish(value)]
    is_greatest = name == "$maxN"
    return sorted(present, key=lambda value: order_key(value, fold), reverse=is_greatest)[:count]


def _first(array: Any) -> Any:
    return _element(array, 0)


def _last(array: Any) -> Any:
    return _element(array, -1)


def _is_array(value: Any) -> bool:
    return type(value) is list


ARRAYS: dict[str, Builder] = {
    "$size": function_of("$size", _size, 1),
    "$isArray": function_of("$isArray", _is_array, 1),
    "$arrayElemAt": function_of("$arrayElemAt", _element, 2),
    "$first": function_of("$first", _first, 1),
    "$last": function_of("$last", _last, 1),
    "$slice": function_of("$slice", _slice, 2, 3),
    "$concatArrays": function_of_many("$concatArrays", _concat),
    "$reverseArray": function_of("$reverseArray", _reverse, 1),
    "$in": _in,
    "$indexOfArray": _index_of,
    "$range": function_of("$range", _range, 2, 3),
    "$sortArray": _sort_array,
    "$zip": _zip,
    "$firstN": _some("$firstN"),
    "$lastN": _some("$lastN"),
    "$minN": _some("$minN"),
    "$maxN": _some("$maxN"),
}
