"""Keeping, dropping and computing fields: the ground of projections, `$project` and `$addFields`.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/project/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from pocketmongo.errors import ServerError
from pocketmongo.expressions import Expression, Variables
from pocketmongo.expressions.fields import check_field_path
from pocketmongo.values import MISSING, Document

PATH_COLLISION = 31249
EMPTY_NESTED = 51270


class Shape:
    """A tree of field names, at whose leaves fields are named or computed."""

    def __init__(self) -> None:
        self.leaves: set[str] = set()
        self.computed: dict[str, Expression] = {}
        self.children: dict[str, Shape] = {}

    def add(self, path: str, expression: Expression | None = None) -> None:
        """Add the field at a path. Raises ServerError if another path collides with it."""
        *way, last = path.split(".")
        node = self
        for part in way:
            if part in node.leaves or part in node.computed:
                raise _collision(path)
            node = node.children.setdefault(part, Shape())
        if last in node.leaves or last in node.computed or last in node.children:
            raise _collision(path)
        if expression is None:
            node.leaves.add(last)
        else:
            node.computed[last] = expression

    def __bool__(self) -> bool:
        return bool(self.leaves or self.computed or self.children)

    def included(self, document: Document) -> Document:
        """Return only the named fields, in the document's order."""
        leaves, children = self.leaves, self.children
        if not children:
            return {name: value for name, value in document.items() if name in leaves}
        kept = {}
        for name, value in document.items():
            if name in leaves:
                kept[name] = value
            elif name in children:
                inner = children[name]._included_value(value)
                if inner is not MISSING:
                    kept[name] = inner
        return kept

    def _included_value(self, value: Any) -> Any:
        if type(value) is dict:
            return self.included(value)
        if type(value) is list:
            inner = [self._included_value(element) for element in value]
            return [element for element in inner if element is not MISSING]
        return MISSING

    def excluded(self, document: Document) -> Document:
        """Return all but the named fields."""
        leaves, children = self.leaves, self.children
        if not children:
            return {name: value for name, value in document.items() if name not in leaves}
        return {
            name: children[name]._excluded_value(value) if name in children else value
            for name, value in document.items()
            if name not in leaves
        }

    def _excluded_value(self, value: Any) -> Any:
        if type(value) is dict:
            return self.excluded(value)
        if type(value) is list:
            return [self._excluded_value(element) for element in value]
        return value

    @cached_property
    def _computed_children(self) -> list[tuple[str, Shape]]:
        return [(name, child) for name, child in self.children.items() if child.has_computed]

    @property
    def has_computed(self) -> bool:
        """Whether a field anywhere in the tree is computed."""
        return bool(self.computed) or any(child.has_computed for child in self.children.values())

    def add_computed(self, value: Document, root: Document, variables: Variables) -> Document:
        """Return the document with the computed fields of the root set or removed."""
        return self.compute_into(dict(value), root, variables)

    def compute_into(self, result: Document, root: Document, variables: Variables) -> Document:
        """Set the computed fields in a document of one's own; what is inside it is copied."""
        for name, child in self._computed_children:
            result[name] = child._computed_value(result.get(name), root, variables)
        for name, expression in self.computed.items():
            new = expression(root, variables)
            if new is MISSING:
                result.pop(name, None)
            else:
                result[name] = new
        return result

    def _computed_value(self, value: Any, root: Document, variables: Variables) -> Any:
        if type(value) is list:
            return [self._computed_value(element, root, variables) for element in value]
        document = value if type(value) is dict else {}
        return self.add_computed(document, root, variables)


def shape_of(paths: Iterable[str]) -> Shape:
    """Return the shape that names these paths."""
    shape = Shape()
    for path in paths:
        shape.add(path)
    return shape


def flattened(specification: Document, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield path and value of a specification, documents of fields taken apart."""
    for name, value in specification.items():
        path = prefix + name
        check_field_path(path.removesuffix(".$"))
        if type(value) is not dict or (value and next(iter(value)).startswith("$")):
            yield path, value
        elif not value:
            raise ServerError(
                EMPTY_NESTED,
                "An empty sub-projection is not a valid value. Found empty object at path",
            )
        else:
            yield from flattened(value, path + ".")


def _collision(path: str) -> ServerError:
    return ServerError(PATH_COLLISION, f"Path collision at {path}")
