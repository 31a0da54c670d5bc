"""The document an upsert begins with: what the filter says must be equal.

https://www.mongodb.com/docs/manual/reference/method/db.collection.updateOne/#upsert-behavior
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.paths import paths_collide, set_path
from pocketmongo.regexes import is_regex
from pocketmongo.values import MISSING, Document, is_operator_document


def document_of_query(query: Document) -> Document:
    """Return a document with every field the filter gives one value."""
    document: Document = {}
    paths: list[str] = []
    for path, value in _equalities(query):
        for other in paths:
            if paths_collide(path, other):
                raise ServerError(
                    ErrorCode.NotSingleValueField,
                    f"cannot infer query fields to set, path '{path}' is matched twice",
                )
        paths.append(path)
        set_path(document, path, copy.deepcopy(value))
    return document


def _equalities(query: Document) -> Iterator[tuple[str, Any]]:
    for name, condition in query.items():
        if name == "$and" or (name == "$or" and len(condition) == 1):
            for inner in condition:
                yield from _equalities(inner)
        elif not name.startswith("$"):
            value = _only_value(condition)
            if value is not MISSING and not is_regex(value):
                yield name, value


def _only_value(condition: Any) -> Any:
    """Return the one value a condition allows, or MISSING."""
    if not is_operator_document(condition):
        return condition
    if "$eq" in condition:
        return condition["$eq"]
    for name in ("$in", "$all"):
        choices = condition.get(name)
        if type(choices) is list and len(choices) == 1 and not is_operator_document(choices[0]):
            return choices[0]
    return MISSING
