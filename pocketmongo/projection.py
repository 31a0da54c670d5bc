"""The projection of find: which fields a result has.

https://www.mongodb.com/docs/manual/reference/operator/projection/
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.expressions import compile_expression
from pocketmongo.paths import values_at
from pocketmongo.query import Scope, compile_element_test, matched_position
from pocketmongo.shaping import Shape, flattened
from pocketmongo.values import (
    MISSING,
    Document,
    as_integer,
    is_number,
    is_true,
)

EXCLUSION_IN_INCLUSION, INCLUSION_IN_EXCLUSION, EXPRESSION_IN_EXCLUSION = 31254, 31253, 31252
TWO_POSITIONALS, NO_MATCHING_ELEMENT, BAD_SLICE, NO_TEXT_SCORE = 31276, 51246, 28724, 40218
POSITIONAL_IN_EXCLUSION = 31395

Projection = Callable[[Document], Document]
# Given the whole document and the projected one, changes the latter.
_Step = Callable[[Document, Document], None]
_POSITIONAL = ".$"


def compile_projection(
    specification: Any, query: Document | None = None, scope: Scope | None = None
) -> Projection | None:
    """Return the function that projects a document, or None if it would change nothing.

    The query tells which element of an array the positional `$` means, and what
    `{$meta: "textScore"}` scores.
    """
    if not specification:
        return None
    if type(specification) is not dict:
        raise ServerError(ErrorCode.TypeMismatch, "a projection has to be a document")
    parser = _Parser(query or {}, scope or Scope())
    for path, value in flattened(specification):
        parser.add(path, value)
    return parser.projection()


def is_plain(value: Any) -> bool:
    """Say whether a projection value only includes or excludes: true, false or a number."""
    return isinstance(value, bool) or is_number(value)


@dataclass
class Plain:
    """The fields a specification includes or excludes, kept apart from `_id`."""

    shape: Shape = field(default_factory=Shape)
    has_id: bool | None = None  # None: nothing was said
    is_inclusion: bool | None = None

    def add(self, path: str, value: Any) -> None:
        """Add one plain field. Raises ServerError where inclusion and exclusion mix."""
        is_wanted = is_true(value)
        if path == "_id":
            self.has_id = is_wanted
            return
        self.settle(path, is_wanted)
        self.shape.add(path)

    def settle(self, path: str, is_inclusion: bool) -> None:
        """Say that the projection includes or excludes. Raises ServerError on a contradiction."""
        if self.is_inclusion is None:
            self.is_inclusion = is_inclusion
        elif self.is_inclusion and not is_inclusion:
            raise ServerError(
                EXCLUSION_IN_INCLUSION,
                f"Cannot do exclusion on field {path} in inclusion projection",
            )
        elif not self.is_inclusion and is_inclusion:
            raise ServerError(
                INCLUSION_IN_EXCLUSION,
                f"Cannot do inclusion on field {path} in exclusion projection",
            )

    def applied(self) -> Projection:
        """Return the projection of the plain fields and `_id`."""
        is_inclusion = self.is_inclusion
        if is_inclusion is None:
            is_inclusion = self.has_id is True
        if is_inclusion:
            if self.has_id is not False and "_id" not in self.shape.computed:
                self.shape.children.pop("_id", None)
                self.shape.leaves.add("_id")
            return self.shape.included
        if self.has_id is False:
            self.shape.leaves.add("_id")
        return self.shape.excluded


class _Parser:
    """Takes a projection field by field, then makes it one function."""

    def __init__(self, query: Document, scope: Scope) -> None:
        self._query = query
        self._scope = scope
        self._plain = Plain()
        self._steps: list[_Step] = []
        self._sliced: list[str] = []
        self._has_positional = False

    def add(self, path: str, value: Any) -> None:
        """Add the field at a path."""
        if path.endswith(_POSITIONAL):
            self._add_positional(path.removesuffix(_POSITIONAL))
        elif is_plain(value):
            self._plain.add(path, value)
        elif type(value) is dict and _is_find_operator(value):
            operator, operand = next(iter(value.items()))
            _FIND_OPERATORS[operator](self, path, operand)
        else:
            self._add_expression(path, value)

    def _add_expression(self, path: str, value: Any) -> None:
        expression = compile_expression(value, self._scope.fold)
        if self._plain.is_inclusion is False:
            raise ServerError(
                EXPRESSION_IN_EXCLUSION,
                f"Cannot use expression for field {path} in exclusion projection",
            )
        self._plain.settle(path, True)
        self._plain.shape.add(path, expression)

    def _add_positional(self, path: str) -> None:
        if self._has_positional:
            raise ServerError(
                TWO_POSITIONALS, "Cannot specify more than one positional projection per query."
            )
        if self._plain.is_inclusion is False:
            raise ServerError(
                POSITIONAL_IN_EXCLUSION, "positional projection cannot be used with exclusion"
            )
        self._has_positional = True
        self._plain.add(path, True)
        parts = path.split(".")

        def only_matched(document: Document, projected: Document) -> None:
            arrays = (value for value in values_at(document, parts) if type(value) is list)
            array = next(arrays, None)
            if array is not None:
                position = matched_position(array, path, self._query, self._scope)
                if position is None:
                    raise ServerError(
                        NO_MATCHING_ELEMENT,
                        "Executor error during find command :: caused by :: positional operator"
                        " '.$' couldn't find a matching element in the array",
                    )
                _replace(projected, path, [array[position]])

        self._steps.append(only_matched)

    def add_slice(self, path: str, operand: Any) -> None:
        """Add `$slice`: some elements of an array; it neither includes nor excludes others."""
        cut = _slicing(operand)
        self._sliced.append(path)

        def sliced(_document: Document, projected: Document) -> None:
            array = _found(projected, path)
            if type(array) is list:
                _replace(projected, path, cut(array))

        self._steps.append(sliced)

    def add_elem_match(self, path: str, operand: Any) -> None:
        """Add `$elemMatch`: the first element that matches, or no field at all."""
        holds = compile_element_test(operand, self._scope)
        self._plain.add(path, True)

        def only_first(_document: Document, projected: Document) -> None:
            array = _found(projected, path)
            elements = array if type(array) is list else []
            matching = next(([element] for element in elements if holds(element)), MISSING)
            _replace(projected, path, matching)

        self._steps.append(only_first)

    def add_meta(self, path: str, operand: Any) -> None:
        """Add `$meta`: the score of the text search."""
        if operand != "textScore":
            raise unsupported(f"the metadata {operand!r}")
        if self._scope.text is None or "$text" not in self._query:
            raise ServerError(
                NO_TEXT_SCORE, "query requires text score metadata, but it is not available"
            )
        text, search = self._scope.text, self._query["$text"]

        def scored(document: Document, projected: Document) -> None:
            projected[path] = text.score(search, document)

        self._steps.append(scored)

    def projection(self) -> Projection:
        """Return the projection of all that was added."""
        plain = self._plain
        if plain.is_inclusion:
            for path in self._sliced:
                plain.shape.add(path)
        elif self._steps and plain.is_inclusion is None and plain.has_id:
            plain.is_inclusion = False
        base, shape, steps = plain.applied(), plain.shape, self._steps
        variables, has_computed = self._scope.variables, shape.has_computed
        if not steps and not has_computed:
            return base

        def project(document: Document) -> Document:
            projected = base(document)
            if has_computed:
                projected = shape.compute_into(projected, document, variables)
            for step in steps:
                step(document, projected)
            return projected

        return project


def _is_find_operator(value: Document) -> bool:
    operator, operand = next(iter(value.items()))
    if operator == "$slice" and isinstance(operand, list):
        # With a field or an array first it is the expression of the same name.
        return len(operand) == 2 and all(is_number(number) for number in operand)
    return operator in _FIND_OPERATORS


_FIND_OPERATORS: dict[str, Callable[[_Parser, str, Any], None]] = {
    "$slice": _Parser.add_slice,
    "$elemMatch": _Parser.add_elem_match,
    "$meta": _Parser.add_meta,
}


def _slicing(operand: Any) -> Callable[[list[Any]], list[Any]]:
    numbers = operand if isinstance(operand, list) else [operand]
    whole = [number for number in map(as_integer, numbers) if number is not None]
    if not whole or len(whole) != len(numbers):
        raise ServerError(BAD_SLICE, "$slice needs a whole number, or an array of two")
    first, *rest = whole
    if not rest:
        return lambda array: array[:first] if first >= 0 else array[first:]
    count = rest[0]
    if count <= 0:
        raise ServerError(BAD_SLICE, "the second number of $slice must be positive")

    def cut(array: list[Any]) -> list[Any]:
        start = first if first >= 0 else max(0, len(array) + first)
        return array[start : start + count]

    return cut


def _found(document: Document, path: str) -> Any:
    value: Any = document
    for part in path.split("."):
        value = value.get(part, MISSING) if type(value) is dict else MISSING
    return value


def _replace(document: Document, path: str, value: Any) -> None:
    """Put a value where the path already leads; MISSING takes the field away."""
    *way, last = path.split(".")
    for part in way:
        inner = document.get(part)
        if type(inner) is not dict:
            return
        # Copied, for it may still be part of the document that is projected.
        document[part] = dict(inner)
        document = document[part]
    if value is MISSING:
        document.pop(last, None)
    elif last in document:
        document[last] = value
