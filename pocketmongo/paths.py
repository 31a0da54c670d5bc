"""Dotted paths into documents, as queries, indexes and updates read them.

https://www.mongodb.com/docs/manual/core/document/#dot-notation
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bson import DBRef

from pocketmongo.values import MISSING, Document

Parts = Sequence[str]


def values_at(value: Any, parts: Parts, start: int = 0) -> Iterator[Any]:
    """Yield every value a query finds at a path, arrays whole.

    An array on the way stands for its element at a numeric part and for all the
    documents in it. MISSING is yielded where a document lacks the field.
    """
    if start == len(parts):
        yield value
        return
    part = parts[start]
    if type(value) is dict:
        if part in value:
            yield from values_at(value[part], parts, start + 1)
        else:
            yield MISSING
    elif type(value) is list:
        if part.isdecimal() and is_position(part, value):
            yield from values_at(value[int(part)], parts, start + 1)
        for element in value:
            if type(element) is dict or isinstance(element, DBRef):
                yield from values_at(element, parts, start)
    elif isinstance(value, DBRef):
        yield from values_at(dict(value.as_doc()), parts, start)
    else:
        yield MISSING


def with_elements(values: Iterable[Any]) -> Iterator[Any]:
    """Yield each value and, of an array, then its elements: what a condition may match."""
    for value in values:
        yield value
        if type(value) is list:
            yield from value


def index_values(value: Any, parts: Parts, start: int = 0) -> Iterator[Any]:
    """Yield the values an index holds for a document: of arrays their elements.

    An empty array is indexed as null; MISSING stands for an absent field.
    https://www.mongodb.com/docs/manual/core/indexes/index-types/index-multikey/
    """
    if start == len(parts):
        if type(value) is list:
            yield from value or (None,)
        else:
            yield value
        return
    part = parts[start]
    if type(value) is dict:
        yield from index_values(value[part], parts, start + 1) if part in value else (MISSING,)
    elif type(value) is list:
        is_position_found = part.isdecimal() and is_position(part, value)
        if is_position_found:
            yield from index_values(value[int(part)], parts, start + 1)
        documents = [item for item in value if type(item) is dict or isinstance(item, DBRef)]
        for document in documents:
            yield from index_values(document, parts, start)
        if not documents and not is_position_found:
            yield MISSING
    elif isinstance(value, DBRef):
        yield from index_values(dict(value.as_doc()), parts, start)
    else:
        yield MISSING


def is_position(part: str, array: Sequence[Any]) -> bool:
    """Say whether a part of a path is the position of an element the array has."""
    return part.isdecimal() and part.isascii() and int(part) < len(array)


def get_path(value: Any, parts: Parts) -> Any:
    """Return the one value at an exact path, or MISSING; arrays only by position."""
    for part in parts:
        if type(value) is dict:
            value = value.get(part, MISSING)
        elif type(value) is list and is_position(part, value):
            value = value[int(part)]
        else:
            return MISSING
    return value


def set_path(document: Document, path: str, value: Any) -> None:
    """Set a field, making documents on the way; whatever else stood there gives way."""
    *way, last = path.split(".")
    for part in way:
        if type(document.get(part)) is not dict:
            document[part] = {}
        document = document[part]
    document[last] = value


def with_path(document: Document, path: str, value: Any) -> Document:
    """Return a copy with a field set, or taken away by MISSING; the original stays as it is."""
    changed = dict(document)
    if "." in path:
        first, _, rest = path.partition(".")
        inner = document.get(first)
        changed[first] = with_path(inner if type(inner) is dict else {}, rest, value)
    elif value is MISSING:
        changed.pop(path, None)
    else:
        changed[path] = value
    return changed


def paths_collide(one: str, other: str) -> bool:
    """Say whether two paths are the same or one leads through the other."""
    return one == other or one.startswith(other + ".") or other.startswith(one + ".")
