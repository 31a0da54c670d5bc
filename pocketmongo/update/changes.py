"""Compiling a document of update operators, and carrying it out.

https://www.mongodb.com/docs/manual/reference/operator/update/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pocketmongo.bson_types import type_name
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.paths import get_path
from pocketmongo.query import Scope
from pocketmongo.update.array_filters import check_identifiers, compile_array_filters
from pocketmongo.update.operators import RENAME, SET_ON_INSERT, UPDATE_OPERATORS
from pocketmongo.update.targets import Positions, has_position, modify, modify_own, resolved, store
from pocketmongo.values import MISSING, Document

Step = Callable[[Document], None]


class _Change(NamedTuple):
    """What one operator does to one field, and whether it only does so to new documents."""

    path: str
    step: Step
    is_for_insert: bool


class OperatorUpdate:
    """A compiled document of operators."""

    def __init__(
        self, specification: Document, query: Document, filters: Any, scope: Scope
    ) -> None:
        requests = list(_requests(specification))
        _check_conflicts(requests)
        tests = compile_array_filters(filters, scope) if filters else {}
        if filters or any("$[" in path for _, path, _ in requests):
            check_identifiers((path for _, path, _ in requests), tests)
        self.reaches_inside = any("." in path or name == RENAME for name, path, _ in requests)
        positions = Positions(query, tests, scope)
        changes = [_change(name, path, value, positions) for name, path, value in requests]
        if len(changes) > 1:
            changes.sort(key=lambda change: _path_order(change.path))
        self._on_insert = [change.step for change in changes]
        self._on_update = [change.step for change in changes if not change.is_for_insert]

    def apply(self, document: Document, *, is_insert: bool) -> Document:
        """Change the document by every operator and return it."""
        for step in self._on_insert if is_insert else self._on_update:
            step(document)
        return document


def _requests(specification: Document) -> Iterator[tuple[str, str, Any]]:
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


def _check_conflicts(requests: list[tuple[str, str, Any]]) -> None:
    """Raise ServerError if two operators write to the same place."""
    names = {path for name, path, _ in requests if name != RENAME and "." not in path}
    if len(names) == len(requests):
        return
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


def _path_order(path: str) -> list[tuple[int, int, str]]:
    """Return the order fields are written in: names by letter, positions by number."""
    if "." not in path and not path.isdecimal():
        return [(1, 0, path)]
    return [
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in path.split(".")
    ]


def _change(name: str, path: str, argument: Any, positions: Positions) -> _Change:
    if name == RENAME:
        return _Change(path, _rename(path, argument), False)
    mutation = UPDATE_OPERATORS[name](argument, path, positions.scope)
    is_for_insert = name == SET_ON_INSERT
    if "." not in path:
        return _Change(path, lambda document: modify_own(document, path, mutation), is_for_insert)
    parts = path.split(".")
    if "$" not in path or not has_position(parts):
        return _Change(path, lambda document: modify(document, parts, mutation), is_for_insert)

    def everywhere(document: Document) -> None:
        for exact in resolved(document, parts, positions):
            modify(document, exact, mutation)

    return _Change(path, everywhere, is_for_insert)


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
