"""What each call is called with. Most of it is found by the names of the fields.

A new route or question is picked up by itself. If one of its fields has a name that is not known
here, the suite fails and says so: add the name to `world.Things`, or the whole call to `WHOLE`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
MADE_UP = "made-up"


class Missing(AssertionError):
    """A call has no example."""


def example(call: str, schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object for the schema, each field as its name says. Raises Missing."""
    definitions = schema.get("$defs", {})
    described = _object(schema, definitions)
    needed = described.get("required", [])
    filled = {}
    for name in described.get("properties", {}):
        if name in values:
            filled[name] = values[name]
        elif name in needed:
            raise Missing(
                f"{call} takes “{name}”, for which there is no example. Add a value of Alice's to "
                "what `things` returns in tests/isolation/world.py, under that name; if the name "
                f"means something else elsewhere, add {call!r} to OWN in tests/isolation/calls.py."
            )
    return filled


def made_up(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same with ids that nobody has."""
    return {name: MADE_UP if is_id(name) else value for name, value in payload.items()}


def is_id(name: str) -> bool:
    return name.endswith("_id")


def _object(schema: Schema, definitions: Schema) -> Schema:
    """Return the schema that has the fields: a reference or an alternative leads to it."""
    if "$ref" in schema:
        found: Schema = definitions[schema["$ref"].rpartition("/")[2]]
        return _object(found, definitions)
    for each in schema.get("anyOf", ()):
        if each.get("type") != "null":
            return _object(each, definitions)
    return schema
