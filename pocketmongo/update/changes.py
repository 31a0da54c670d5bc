"""Compiling a document of update operators, and carrying it out.

https://www.mongodb.com/docs/manual/reference/operator/update/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from pocketmongo.bson_types import type_name
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.paths import get_path
from pocketmongo.query import Scope
from pocketmongo.update.array_filters import check_identifiers, compile_array_filters
from pocketmongo.update.operators import RENAME, SET, SET_ON_INSERT, UPDATE_OPERATORS
from pocketmongo.update.targets import Positions, has_position, modify, modify_own, resolved, store
from pocketmongo.values import MISSING, Document

Step = Callable[[Document], None]
_Request = tuple[str, str, Any]  # an operator, the path of a field, the argument
_MOST_REMEMBERED, _REMEMBERED_FIELDS = 256, 32  # outlines, and how many fields one may have


class _Outline(NamedTuple):
    """What is the same of all updates that differ in their arguments alone: checked once."""

    fields: tuple[tuple[str, str], ...]  # operators and paths, in the order they are written
    reaches_inside: bool
    has_filters: bool  # names elements of arrays, as `$[name]`


class OperatorUpdate:
    """A compiled document of operators."""

    def __init__(
        self, specification: Document, query: Document, filters: Any, scope: Scope
    ) -> None:
        outline = _outline_of(specification)
        self.reaches_inside = outline.reaches_inside
        tests = compile_array_filters(filters, scope) if filters else {}
        if filters or outline.has_filters:
            check_identifiers([path for _, path in outline.fields], tests)
        positions = Positions(query, tests, scope)
        requests = [(name, path, specification[name][path]) for name, path in outline.fields]
        self._on_update = [
            _step(name, path, argument, positions)
            for name, path, argument in requests
            if name != SET_ON_INSERT
        ]
        self._on_insert = self._on_update
        if SET_ON_INSERT in specification:
            self._on_insert = [_step(*request, positions) for request in requests]

    def apply(self, document: Document, is_insert: bool) -> Document:
        """Change the document by every operator and return it."""
        for step in self._on_insert if is_insert else self._on_update:
            step(document)
        return document


def _outline_of(specification: Document) -> _Outline:
    """Return the outline of an update. Raises ServerError for what no document could be given."""
    names = []
    fields = 0
    for name, arguments in specification.items():
        if type(arguments) is not dict:
            break
        names.append((name, *arguments))
        fields += len(arguments)
    else:
        if fields <= _REMEMBERED_FIELDS and RENAME not in specification:
            return _remembered_outline(tuple(names))
    return _outline(list(_requests(specification)))


@lru_cache(maxsize=_MOST_REMEMBERED)
def _remembered_outline(names: tuple[tuple[str, ...], ...]) -> _Outline:
    return _outline(list(_requests({name: dict.fromkeys(paths) for name, *paths in names})))


def _outline(requests: list[_Request]) -> _Outline:
    paths = [path for _, path, _ in requests]
    all_paths = " ".join(paths)
    reaches_inside = "." in all_paths or any(name == RENAME for name, _, _ in requests)
    if reaches_inside or len(set(paths)) < len(paths):
        _check_conflicts(requests)
    ordered = sorted(requests, key=_path_order) if len(requests) > 1 else requests
    fields = tuple((name, path) for name, path, _ in ordered)
    return _Outline(fields, reaches_inside, "$[" in all_paths)


def _requests(specification: Document) -> Iterator[_Request]:
    """Yield operator, path and argument of every field. Raises ServerError for bad ones."""
    for name, fields in specification.items():
        if name not in UPDATE_OPERATORS and name != RENAME:
            raise ServerError(
                ErrorCode.FailedToParse,
                f"Unknown modifier: {name}. Expected a valid update modifier or pipeline-style"
                " update specified as an array",
            )
        if type(fields) is not dict:
            raise ServerError(
                ErrorCode.FailedToParse,
                f"Modifiers operate on fields but we found type {type_name(fields)} instead."
                f" For example: {{$mod: {{<field>: ...}}}} not {{{name}: {fields!r}}}",
            )
        for path, argument in fields.items():
            _check_path(path)
            yield name, path, argument


def _check_path(path: str) -> None:
    if path and "." not in path and "$" not in path:
        return
    parts = path.split(".")
    if "" in parts:
        raise ServerError(
            ErrorCode.EmptyFieldName,
            f"The update path '{path}' contains an empty field name, which is not allowed.",
        )
    if parts[0] == "$" or parts[0].startswith("$["):
        raise ServerError(
            ErrorCode.BadValue,
            f"Cannot have positional (i.e. '$') element in the first position in path '{path}'",
        )
    if parts[0].startswith("$"):
        raise ServerError(
            ErrorCode.DollarPrefixedFieldName,
            f"The dollar ($) prefixed field '{path}' is not allowed in the context of an update's"
            " replacement document. Consider using an aggregation pipeline with $replaceWith.",
        )
    if parts.count("$") > 1:
        raise ServerError(
            ErrorCode.BadValue, f"Too many positional (i.e. '$') elements found in path '{path}'"
        )


def _check_conflicts(requests: list[_Request]) -> None:
    """Raise ServerError if two operators write to the same place."""
    paths: set[str] = set()
    ancestors: set[str] = set()
    for name, path, argument in requests:
        for written in (path, argument) if name == RENAME else (path,):
            if not isinstance(written, str):
                continue
            above = _ancestors(written) if "." in written else set()
            is_known = written in paths or written in ancestors
            conflicts = [written] if is_known else sorted(above & paths)
            if conflicts:
                raise ServerError(
                    ErrorCode.ConflictingUpdateOperators,
                    f"Updating the path '{written}' would create a conflict at '{conflicts[0]}'",
                )
            paths.add(written)
            ancestors |= above


def _ancestors(path: str) -> set[str]:
    parts = path.split(".")
    return {".".join(parts[:depth]) for depth in range(1, len(parts))}


def _path_order(request: _Request) -> list[tuple[int, int, str]]:
    """Return the order fields are written in: names by letter, positions by number."""
    path = request[1]
    if "." not in path and not path.isdecimal():
        return [(1, 0, path)]
    return [
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in path.split(".")
    ]


def _step(name: str, path: str, argument: Any, positions: Positions) -> Step:
    """Return what one operator does to one field."""
    if name == RENAME:
        return _rename(path, argument)
    if name in (SET, SET_ON_INSERT) and "." not in path:
        return lambda document: document.__setitem__(path, argument)
    mutation = UPDATE_OPERATORS[name](argument, path, positions.scope)
    if "." not in path:
        return lambda document: modify_own(document, path, mutation)
    parts = path.split(".")
    if "$" not in path or not has_position(parts):
        return lambda document: modify(document, parts, mutation)

    def everywhere(document: Document) -> None:
        for exact in resolved(document, parts, positions):
            modify(document, exact, mutation)

    return everywhere


def _rename(source: str, target: Any) -> Step:
    """Return the step of `$rename`.

    https://www.mongodb.com/docs/manual/reference/operator/update/rename/
    """
    if not isinstance(target, str):
        raise ServerError(ErrorCode.BadValue, "The 'to' field for $rename must be a string")
    _check_path(target)
    origin, destination = source.split("."), target.split(".")
    if has_position(origin) or has_position(destination):
        raise ServerError(
            ErrorCode.BadValue, "The fields of $rename may not be dynamic (positional)"
        )

    def rename(document: Document) -> None:
        value = get_path(document, origin)
        if value is MISSING:
            return
        for name, way in (("source", origin), ("destination", destination)):
            _refuse_array(document, name, way)
        modify(document, origin, lambda current: MISSING)
        store(document, destination, value)

    return rename


def _refuse_array(document: Document, name: str, parts: list[str]) -> None:
    for depth in range(1, len(parts)):
        if type(get_path(document, parts[:depth])) is list:
            raise ServerError(
                ErrorCode.BadValue,
                f"The {name} field of $rename cannot be an array element, '{'.'.join(parts)}'",
            )
