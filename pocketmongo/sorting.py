"""Sorting documents by fields.

https://www.mongodb.com/docs/manual/reference/method/cursor.sort/
Ascending, an array counts as its least element; descending, as its greatest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

from pocketmongo.collation import Fold
from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.order import EMPTY_ARRAY, NULL_KEY, OrderKey, order_key
from pocketmongo.paths import Parts, values_at
from pocketmongo.values import MISSING, Document, is_number

Item = TypeVar("Item")
SortSpecification = Sequence[tuple[str, Any]]

META_TEXT_SCORE: Final = "textScore"
BAD_SORT_META, BAD_SORT_VALUE, EMPTY_SORT_PATH = 31138, 15974, 40352
_EMPTY_ARRAY_KEY: OrderKey = (EMPTY_ARRAY,)


def parse_sort(specification: Any) -> list[tuple[str, Any]]:
    """Return the fields and directions of a sort document.

    A field sorted by `{$meta: "textScore"}` comes with META_TEXT_SCORE as its direction.
    """
    if type(specification) is not dict:
        raise ServerError(ErrorCode.TypeMismatch, "a sort has to be a document")
    return [(path, _direction(path, value)) for path, value in specification.items()]


def _direction(path: str, value: Any) -> Any:
    if type(value) is dict:
        if value == {"$meta": "textScore"}:
            return META_TEXT_SCORE
        raise unsupported(f"sorting by {value}")
    if not is_number(value) or value not in (1, -1):
        raise ServerError(
            BAD_SORT_VALUE, "$sort key ordering must be 1 (for ascending) or -1 (for descending)"
        )
    if not path or path.startswith(".") or path.endswith(".") or ".." in path:
        raise ServerError(EMPTY_SORT_PATH, f"the sort path '{path}' has an empty field name")
    return 1 if value == 1 else -1


def sort_key(
    document: Document, parts: Parts, is_descending: bool, fold: Fold | None = None
) -> OrderKey:
    """Return the key a document sorts by in one direction of one field."""
    if len(parts) == 1:
        value = document.get(parts[0], MISSING)
        if type(value) is not list:
            return order_key(value, fold)
        return _array_key(value, is_descending, fold)
    keys = [
        _array_key(value, is_descending, fold) if type(value) is list else order_key(value, fold)
        for value in values_at(document, parts)
    ]
    if not keys:
        return NULL_KEY
    return max(keys) if is_descending else min(keys)


def _array_key(array: list[Any], is_descending: bool, fold: Fold | None) -> OrderKey:
    if not array:
        return _EMPTY_ARRAY_KEY
    keys = [order_key(element, fold) for element in array]
    return max(keys) if is_descending else min(keys)


def _itself(item: Any) -> Any:
    return item


def sort_documents(
    items: Iterable[Item],
    specification: SortSpecification,
    fold: Fold | None = None,
    get: Callable[[Item], Document] = _itself,
) -> list[Item]:
    """Return the items sorted by the documents `get` finds in them; equals keep their order."""
    ordered = list(items)
    # Field by field, the last one first: sorting is stable, and this beats comparing tuples.
    for path, direction in reversed(specification):
        ordered.sort(key=_field_key(path, direction, fold, get), reverse=direction < 0)
    return ordered


def _field_key(
    path: str, direction: int, fold: Fold | None, get: Callable[[Item], Document]
) -> Callable[[Item], OrderKey]:
    parts = path.split(".")
    is_descending = direction < 0
    return lambda item: sort_key(get(item), parts, is_descending, fold)


def uniform_key(
    specification: SortSpecification, fold: Fold | None = None
) -> tuple[Callable[[Document], OrderKey], bool] | None:
    """Return one key for all fields and whether it descends, or None if directions differ."""
    if len({direction < 0 for _, direction in specification}) != 1:
        return None
    is_descending = specification[0][1] < 0
    paths = [path.split(".") for path, _ in specification]
    if len(paths) == 1:
        only = paths[0]
        return (lambda document: sort_key(document, only, is_descending, fold)), is_descending

    def key(document: Document) -> OrderKey:
        return tuple([sort_key(document, parts, is_descending, fold) for parts in paths])

    return key, is_descending
