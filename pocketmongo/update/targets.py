"""Finding and writing the places an update path means.

https://www.mongodb.com/docs/manual/reference/operator/update/positional-all/
https://www.mongodb.com/docs/manual/reference/operator/update/positional-filtered/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.paths import Parts, get_path, is_position
from pocketmongo.query import Scope, matched_position
from pocketmongo.update.shapes import UNCHANGED, Mutation
from pocketmongo.values import MISSING, Document

MOST_BACKFILLED = 1_500_000
_NO_POSITION = "The positional operator did not find the match needed from the query."

ElementTest = Callable[[Any], bool]


class Positions(NamedTuple):
    """What `$` and `$[name]` in paths stand for: the filter, and the array filters by name."""

    query: Document
    filters: Mapping[str, ElementTest]
    scope: Scope


def has_position(parts: Parts) -> bool:
    """Say whether a path has a part that stands for elements of an array."""
    return any(part == "$" or part.startswith("$[") for part in parts)


def resolved(document: Document, parts: Parts, positions: Positions) -> list[list[str]]:
    """Return the exact paths that a path with `$`, `$[]` or `$[name]` means in a document."""
    found: list[tuple[list[str], Any]] = [([], document)]
    for depth, part in enumerate(parts):
        if part == "$" or part.startswith("$["):
            path = ".".join(parts[:depth])
            found = [
                ([*way, str(position)], value[position])
                for way, value in found
                for position in _positions(part, way, value, path, positions)
            ]
        else:
            found = [([*way, part], get_path(value, (part,))) for way, value in found]
    return [way for way, _ in found]


def _positions(part: str, way: list[str], value: Any, path: str, positions: Positions) -> list[int]:
    if part == "$":
        position = None
        if type(value) is list:
            position = matched_position(value, path, positions.query, positions.scope)
        if position is None:
            raise ServerError(ErrorCode.BadValue, _NO_POSITION)
        return [position]
    where = ".".join(way)
    if value is MISSING:
        raise ServerError(
            ErrorCode.BadValue,
            f"The path '{where}' must exist in the document in order to apply array updates.",
        )
    if type(value) is not list:
        raise ServerError(
            ErrorCode.BadValue, f"Cannot apply array updates to non-array element {where}"
        )
    name = part[2:-1]
    if not name:
        return list(range(len(value)))
    holds = positions.filters[name]
    return [position for position, element in enumerate(value) if holds(element)]


def modify_own(document: Document, name: str, mutation: Mutation) -> None:
    """Put what a mutation makes of one of the document's own fields in its place."""
    new = mutation(document.get(name, MISSING))
    if new is MISSING:
        document.pop(name, None)
    elif new is not UNCHANGED:
        document[name] = new


def modify(document: Document, parts: Parts, mutation: Mutation) -> None:
    """Put what a mutation makes of the value at an exact path in its place."""
    container = get_path(document, parts[:-1])
    last = parts[-1]
    current = get_path(container, (last,))
    new = mutation(current)
    if new is UNCHANGED or (new is MISSING and current is MISSING):
        return
    if type(container) is dict:
        if new is MISSING:
            del container[last]
        else:
            container[last] = new
    elif new is MISSING:
        # An element taken away leaves a null, so that the others keep their positions.
        container[int(last)] = None
    else:
        store(document, parts, new)


def store(document: Document, parts: Parts, value: Any) -> None:
    """Write a value at an exact path, making documents on the way.

    Raises ServerError where a value that is neither document nor array is in the way.
    """
    container: Any = document
    for depth, part in enumerate(parts):
        is_last = depth == len(parts) - 1
        if type(container) is dict:
            if is_last:
                container[part] = value
            elif part not in container:
                container[part] = {}
        elif type(container) is list:
            _store_in_array(container, parts, depth, value)
        else:
            raise _not_viable(parts, depth, container)
        if not is_last:
            container = get_path(container, (part,))


def _store_in_array(array: list[Any], parts: Parts, depth: int, value: Any) -> None:
    part = parts[depth]
    is_last = depth == len(parts) - 1
    if not is_position(part, array):
        _backfill(array, parts, depth)
        if not is_last:
            array[int(part)] = {}
    if is_last:
        array[int(part)] = value


def _backfill(array: list[Any], parts: Parts, depth: int) -> None:
    """Lengthen an array with nulls up to a position beyond its end."""
    part = parts[depth]
    if not part.isdecimal() or not part.isascii():
        raise _not_viable(parts, depth, array)
    missing = int(part) + 1 - len(array)
    if missing > MOST_BACKFILLED:
        raise ServerError(
            ErrorCode.BadValue, f"can't backfill more than {MOST_BACKFILLED} elements"
        )
    array.extend([None] * missing)


def _not_viable(parts: Parts, depth: int, value: Any) -> ServerError:
    parent = parts[depth - 1] if depth else ""
    shown = str(value)[:60]
    return ServerError(
        ErrorCode.PathNotViable,
        f"Cannot create field '{parts[depth]}' in element {{{parent}: {shown}}}",
    )
