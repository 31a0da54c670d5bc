"""`arrayFilters`: which elements `$[name]` stands for.

https://www.mongodb.com/docs/manual/reference/operator/update/positional-filtered/
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.query import Scope, compile_filter
from pocketmongo.update.targets import ElementTest
from pocketmongo.values import Document

_NAME = re.compile(r"[a-z][a-zA-Z0-9]*")
_LOGICAL = ("$and", "$or", "$nor")
_ELEMENT = "element"  # stands for the name while the filter is compiled


def compile_array_filters(filters: Any, scope: Scope) -> dict[str, ElementTest]:
    """Return the test of elements for each name."""
    tests: dict[str, ElementTest] = {}
    if filters is not None and type(filters) is not list:
        raise ServerError(ErrorCode.TypeMismatch, "arrayFilters has to be an array")
    for query in filters or ():
        if type(query) is not dict:
            raise ServerError(ErrorCode.TypeMismatch, "an array filter has to be a document")
        names = set(_names(query))
        if len(names) != 1:
            raise _failed(f"Expected a single top-level field name, found {sorted(names)}")
        name = names.pop()
        if not _NAME.fullmatch(name):
            raise _failed(f"The top-level field name must be alphanumeric, found '{name}'")
        if name in tests:
            raise ServerError(
                ErrorCode.FailedToParse,
                f"Found multiple array filters with the same top-level field name {name}",
            )
        tests[name] = _element_test(query, scope)
    return tests


def check_identifiers(paths: Iterable[str], filters: dict[str, ElementTest]) -> None:
    """Raise ServerError for a name without a filter, or a filter no path uses."""
    used = set()
    for path in paths:
        for part in path.split("."):
            if not part.startswith("$["):
                continue
            name = part[2:-1]
            if name and name not in filters:
                raise ServerError(
                    ErrorCode.BadValue,
                    f"No array filter found for identifier '{name}' in path '{path}'",
                )
            used.add(name)
    for name in filters:
        if name not in used:
            raise ServerError(
                ErrorCode.FailedToParse,
                f"The array filter for identifier '{name}' was not used in the update",
            )


def _failed(reason: str) -> ServerError:
    return ServerError(
        ErrorCode.FailedToParse, f"Error parsing array filter :: caused by :: {reason}"
    )


def _names(query: Document) -> Iterable[str]:
    for path, value in query.items():
        if path in _LOGICAL:
            for inner in _listed(path, value):
                yield from _names(inner)
        else:
            yield path.partition(".")[0]


def _listed(name: str, queries: Any) -> list[Document]:
    if type(queries) is not list or not all(type(query) is dict for query in queries):
        raise _failed(f"{name} must be an array of objects")
    return queries


def _element_test(query: Document, scope: Scope) -> ElementTest:
    matches = compile_filter(_on_element(query), scope)
    return lambda element: matches({_ELEMENT: element})


def _on_element(query: Document) -> Document:
    return {
        path if path in _LOGICAL else _renamed(path): (
            [_on_element(inner) for inner in value] if path in _LOGICAL else value
        )
        for path, value in query.items()
    }


def _renamed(path: str) -> str:
    _, dot, rest = path.partition(".")
    return _ELEMENT + dot + rest
