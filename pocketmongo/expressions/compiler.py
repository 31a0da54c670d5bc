"""Compiling expressions: constants, field paths, variables, documents, lists, operators.

https://www.mongodb.com/docs/manual/meta/aggregation-quick-reference/#expressions
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pocketmongo.collation import Fold
from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.expressions.fields import check_field_path, field_reader
from pocketmongo.expressions.shapes import Expression, Variables
from pocketmongo.expressions.table import OPERATORS, REFUSED_OPERATORS
from pocketmongo.values import MISSING, none_if_missing, now

UNDEFINED_VARIABLE, SEVERAL_OPERATORS, DOT_IN_FIELD_NAME = 17276, 15983, 16412
EMPTY_VARIABLE = 16869


def compile_expression(specification: Any, fold: Fold | None = None) -> Expression:
    """Return the function of a document and its variables that an expression is.

    Raises ServerError for an operator that is unknown, misused or not supported.
    """
    return Compiler(fold).compile(specification)


def evaluate_let(let: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the variables of a command's `let`, which sees no document."""
    values = {
        name: compile_expression(specification)({}, {})
        for name, specification in (let or {}).items()
    }
    return {name: none_if_missing(value) for name, value in values.items()}


class Compiler:
    """Compiles expressions whose strings compare by one collation."""

    def __init__(self, fold: Fold | None) -> None:
        self.fold = fold

    def compile(self, specification: Any) -> Expression:
        """Compile one expression."""
        kind = type(specification)
        if kind is str and specification.startswith("$"):
            return _reference(specification)
        if kind is dict:
            return self._document(specification)
        if kind is list:
            return self._list(specification)
        return lambda document, variables: specification

    def arguments(self, specification: Any) -> list[Expression]:
        """Compile a list of arguments; what is not a list is the only one."""
        listed = specification if type(specification) is list else [specification]
        return [self.compile(argument) for argument in listed]

    def _document(self, specification: dict[str, Any]) -> Expression:
        if any(name.startswith("$") for name in specification):
            return self._operator(specification)
        for name in specification:
            if "." in name:
                raise ServerError(
                    DOT_IN_FIELD_NAME, f"FieldPath field names may not contain '.': {name}"
                )
        fields = [(name, self.compile(value)) for name, value in specification.items()]

        def build(document: Any, variables: Variables) -> Any:
            built = {}
            for name, expression in fields:
                value = expression(document, variables)
                if value is not MISSING:
                    built[name] = value
            return built

        return build

    def _operator(self, specification: dict[str, Any]) -> Expression:
        if len(specification) != 1:
            raise ServerError(
                SEVERAL_OPERATORS,
                f"an expression must have exactly one field, found {list(specification)}",
            )
        name, argument = next(iter(specification.items()))
        build = OPERATORS.get(name)
        if build is not None:
            return build(argument, self)
        if name in REFUSED_OPERATORS:
            raise unsupported(f"the expression {name}")
        raise ServerError(ErrorCode.InvalidPipelineOperator, f"Unrecognized expression '{name}'")

    def _list(self, specification: list[Any]) -> Expression:
        items = [self.compile(item) for item in specification]
        return lambda document, variables: [
            none_if_missing(item(document, variables)) for item in items
        ]


def _reference(text: str) -> Expression:
    if not text.startswith("$$"):
        check_field_path(text[1:])
        read = field_reader(text[1:])
        return lambda document, variables: read(document)
    name, _, path = text[2:].partition(".")
    if not name:
        raise ServerError(EMPTY_VARIABLE, "empty variable names are not allowed")
    variable = _variable(name)
    if not path:
        return variable
    check_field_path(path)
    read = field_reader(path)
    return lambda document, variables: read(variable(document, variables))


def _variable(name: str) -> Expression:
    builtin = _SYSTEM_VARIABLES.get(name)
    if builtin is not None:
        return builtin

    def read(_document: Any, variables: Variables) -> Any:
        if name not in variables:
            raise ServerError(UNDEFINED_VARIABLE, f"Use of undefined variable: {name}")
        return variables[name]

    return read


# https://www.mongodb.com/docs/manual/reference/aggregation-variables/
# $let may give CURRENT another value; ROOT is then found among the variables.
_SYSTEM_VARIABLES: dict[str, Expression] = {
    "ROOT": lambda document, variables: variables.get("ROOT", document),
    "CURRENT": lambda document, variables: document,
    "REMOVE": lambda document, variables: MISSING,
    "NOW": lambda document, variables: variables.get("NOW") or now(),
}
