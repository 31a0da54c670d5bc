"""Strings.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/#string-expression-operators
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pocketmongo.bson_types import type_name
from pocketmongo.errors import ServerError
from pocketmongo.expressions.arrays import whole
from pocketmongo.expressions.conversion import to_text
from pocketmongo.expressions.shapes import (
    Builder,
    checked,
    function_of,
    function_of_many,
    function_of_named,
)
from pocketmongo.values import MISSING, is_date, is_nullish, is_number

NOT_A_STRING_TO_CONCAT, NOT_TEXT, NOT_A_STRING_TO_SPLIT, EMPTY_SEPARATOR = (
    16702,
    16007,
    40085,
    40087,
)
NOT_A_STRING_FOR_LENGTH, NOT_A_STRING_FOR_BYTES, NOT_A_STRING_TO_TRIM = 34471, 34473, 50699
NOT_CHARACTERS, NOT_A_STRING_TO_SEARCH, BAD_INDEX_BOUND = 50700, 40093, 40097
NOT_A_STRING_TO_REPLACE, BAD_SUBSTRING, SPLITS_A_CHARACTER = 51746, 34450, 28656
NEGATIVE_START = 50752
# What $trim takes away unless told otherwise.
_WHITESPACE = (
    "\0\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
)


def _concat(values: list[Any]) -> Any:
    if any(is_nullish(value) for value in values):
        return None
    return "".join(checked(value, str, "$concat", NOT_A_STRING_TO_CONCAT) for value in values)


def _text(value: Any) -> str:
    """Return what the case operators and `$substr` see of a value: numbers and dates too."""
    if is_nullish(value):
        return ""
    if isinstance(value, str) or is_number(value) or is_date(value):
        return str(to_text(value))
    raise ServerError(NOT_TEXT, f"can't convert from BSON type {type_name(value)} to String")


def _compare_ignoring_case(one: Any, other: Any) -> int:
    left, right = _text(one).lower(), _text(other).lower()
    return (left > right) - (left < right)


def _split(text: Any, separator: Any) -> Any:
    if is_nullish(text) or is_nullish(separator):
        return None
    for value in (text, separator):
        checked(value, str, "$split", NOT_A_STRING_TO_SPLIT)
    if not separator:
        raise ServerError(EMPTY_SEPARATOR, "$split requires a non-empty separator")
    return text.split(separator)


def _length(text: Any) -> int:
    return len(checked(text, str, "$strLenCP", NOT_A_STRING_FOR_LENGTH))


def _byte_length(text: Any) -> int:
    return len(checked(text, str, "$strLenBytes", NOT_A_STRING_FOR_BYTES).encode())


def _substring(text: Any, start: Any, length: Any) -> str:
    first, count = _not_negative(start), _not_negative(length)
    return _text(text)[first : first + count]


def _not_negative(value: Any) -> int:
    place = whole(value, "$substrCP", BAD_SUBSTRING)
    if place < 0:
        raise ServerError(BAD_SUBSTRING, "$substrCP needs a start and a length from 0")
    return place


def _byte_substring(text: Any, start: Any, length: Any) -> str:
    first = whole(start, "$substrBytes", BAD_SUBSTRING)
    count = whole(length, "$substrBytes", BAD_SUBSTRING)
    if first < 0:
        raise ServerError(NEGATIVE_START, "$substrBytes: starting index must be non-negative")
    data = _text(text).encode()
    part = data[first:] if count < 0 else data[first : first + count]
    try:
        return part.decode()
    except UnicodeDecodeError as error:
        raise ServerError(
            SPLITS_A_CHARACTER, "$substrBytes: the range cuts through a UTF-8 character"
        ) from error


def _index_of(text: Any, token: Any, start: Any = 0, end: Any = MISSING) -> Any:
    if is_nullish(text):
        return None
    for value in (text, token):
        checked(value, str, "$indexOfCP", NOT_A_STRING_TO_SEARCH)
    return _find(text, token, start, end)


def _byte_index_of(text: Any, token: Any, start: Any = 0, end: Any = MISSING) -> Any:
    if is_nullish(text):
        return None
    for value in (text, token):
        checked(value, str, "$indexOfBytes", NOT_A_STRING_TO_SEARCH)
    return _find(text.encode(), token.encode(), start, end)


def _find(text: Any, token: Any, start: Any, end: Any) -> int:
    first = whole(start, "$indexOf", BAD_INDEX_BOUND)
    last = len(text) if end is MISSING else whole(end, "$indexOf", BAD_INDEX_BOUND)
    if first < 0 or last < 0:
        raise ServerError(BAD_INDEX_BOUND, "$indexOf needs positions from 0")
    return int(text.find(token, first, last)) if first <= len(text) else -1


def _trimming(name: str, trim: Callable[[str, str], str]) -> Builder:
    def apply(text: Any, characters: Any = MISSING) -> Any:
        if is_nullish(text) or characters is None:
            return None
        checked(text, str, name, NOT_A_STRING_TO_TRIM)
        if characters is MISSING:
            return trim(text, _WHITESPACE)
        return trim(text, checked(characters, str, name, NOT_CHARACTERS))

    return function_of_named(name, apply, {"input": "text"}, {"chars": "characters"})


def _replacing(name: str, limit: int) -> Builder:
    def apply(text: Any, find: Any, replacement: Any) -> Any:
        if any(is_nullish(value) for value in (text, find, replacement)):
            return None
        for value in (text, find, replacement):
            checked(value, str, name, NOT_A_STRING_TO_REPLACE)
        return text.replace(find, replacement, limit)

    parameters = {"input": "text", "find": "find", "replacement": "replacement"}
    return function_of_named(name, apply, parameters)


STRINGS: dict[str, Builder] = {
    "$concat": function_of_many("$concat", _concat),
    "$toLower": function_of("$toLower", lambda value: _text(value).lower(), 1),
    "$toUpper": function_of("$toUpper", lambda value: _text(value).upper(), 1),
    "$strcasecmp": function_of("$strcasecmp", _compare_ignoring_case, 2),
    "$split": function_of("$split", _split, 2),
    "$strLenCP": function_of("$strLenCP", _length, 1),
    "$strLenBytes": function_of("$strLenBytes", _byte_length, 1),
    "$substr": function_of("$substr", _byte_substring, 3),
    "$substrBytes": function_of("$substrBytes", _byte_substring, 3),
    "$substrCP": function_of("$substrCP", _substring, 3),
    "$indexOfCP": function_of("$indexOfCP", _index_of, 2, 4),
    "$indexOfBytes": function_of("$indexOfBytes", _byte_index_of, 2, 4),
    "$trim": _trimming("$trim", str.strip),
    "$ltrim": _trimming("$ltrim", str.lstrip),
    "$rtrim": _trimming("$rtrim", str.rstrip),
    "$replaceOne": _replacing("$replaceOne", 1),
    "$replaceAll": _replacing("$replaceAll", -1),
}
