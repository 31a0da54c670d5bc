"""Field paths in expressions: `$name` and `$name.inner`.

https://www.mongodb.com/docs/manual/core/field-paths/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bson import DBRef

from pocketmongo.errors import ServerError
from pocketmongo.values import MISSING

EMPTY_FIELD_PATH, EMPTY_FIELD_NAME, FIELD_NAME_WITH_DOLLAR = 16872, 15998, 16410


def check_field_path(path: str) -> None:
    """Raise ServerError for a path with an empty field name or one that begins with `$`."""
    if not path:
        raise ServerError(EMPTY_FIELD_PATH, "'$' by itself is not a valid FieldPath")
    for part in path.split("."):
        if not part:
            raise ServerError(EMPTY_FIELD_NAME, f"FieldPath '{path}' has an empty field name")
        if part.startswith("$"):
            raise ServerError(
                FIELD_NAME_WITH_DOLLAR,
                "FieldPath field names may not start with '$'."
                f" Consider using $getField or $setField: {path}",
            )


def field_reader(path: str) -> Callable[[Any], Any]:
    """Return the function that reads a path; through an array it reads every element.

    Positions of arrays are not part of such a path, unlike in queries.
    """
    parts = path.split(".")
    if len(parts) > 1:
        return lambda value: _read(value, parts, 0)

    def read(value: Any) -> Any:
        if type(value) is dict:
            return value.get(path, MISSING)
        return _read(value, parts, 0)

    return read


def _read(value: Any, parts: Sequence[str], start: int) -> Any:
    for place in range(start, len(parts)):
        if isinstance(value, DBRef):
            value = dict(value.as_doc())
        if type(value) is dict:
            value = value.get(parts[place], MISSING)
        elif type(value) is list:
            found = [_read(element, parts, place) for element in value if isinstance(element, dict)]
            return [item for item in found if item is not MISSING]
        else:
            return MISSING
    return value
