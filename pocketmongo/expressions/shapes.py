"""The shapes expressions are made of, and the helpers most operators are built with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from pocketmongo.bson_types import type_name
from pocketmongo.collation import Fold
from pocketmongo.errors import ErrorCode, ServerError

Variables = Mapping[str, Any]
# Called with the document (`$$CURRENT`) and the variables; returns a value or MISSING.
Expression = Callable[[Any, Variables], Any]

WRONG_ARGUMENT_COUNT = 16020


class ExpressionCompiler(Protocol):
    """What operators need of the compiler to build their arguments."""

    @property
    def fold(self) -> Fold | None:
        """The collation strings compare by."""

    def compile(self, specification: Any) -> Expression:
        """Compile an argument."""

    def arguments(self, specification: Any) -> list[Expression]:
        """Compile a list of arguments; what is not a list is the only one."""


Builder = Callable[[Any, ExpressionCompiler], Expression]


def function_of(
    name: str, function: Callable[..., Any], least: int, most: int | None = None
) -> Builder:
    """Return the builder of an operator that is a function of its evaluated arguments.

    It takes from `least` to `most` of them; without `most` exactly `least`.
    """
    limit = least if most is None else most

    def build(specification: Any, compiler: ExpressionCompiler) -> Expression:
        arguments = compiler.arguments(specification)
        if not least <= len(arguments) <= limit:
            raise _wrong_count(name, least, limit, len(arguments))
        return _applied(function, arguments)

    return build


def function_of_many(name: str, function: Callable[[list[Any]], Any], least: int = 0) -> Builder:
    """Return the builder of an operator that is a function of a list of any length."""

    def build(specification: Any, compiler: ExpressionCompiler) -> Expression:
        arguments = compiler.arguments(specification)
        if len(arguments) < least:
            raise ServerError(WRONG_ARGUMENT_COUNT, f"{name} needs at least {least} arguments")
        return lambda document, variables: function(
            [argument(document, variables) for argument in arguments]
        )

    return build


def function_of_named(
    name: str,
    function: Callable[..., Any],
    required: Mapping[str, str],
    optional: Mapping[str, str] | None = None,
) -> Builder:
    """Return the builder of an operator whose arguments have names.

    The mappings say which parameter of the function each name fills.
    """
    parameters = {**required, **(optional or {})}

    def build(specification: Any, compiler: ExpressionCompiler) -> Expression:
        check_names(name, specification, required, optional or ())
        arguments = [
            (parameters[key], compiler.compile(value)) for key, value in specification.items()
        ]
        return lambda document, variables: function(
            **{key: argument(document, variables) for key, argument in arguments}
        )

    return build


def check_names(
    name: str,
    specification: Any,
    required: Mapping[str, Any] | Sequence[str],
    optional: Mapping[str, Any] | Sequence[str] = (),
) -> None:
    """Raise ServerError unless the arguments are a document with these names and no others."""
    if type(specification) is not dict:
        raise ServerError(
            ErrorCode.FailedToParse,
            f"{name} requires an object as an argument, found: {type_name(specification)}",
        )
    for key in specification:
        if key not in required and key not in optional:
            raise ServerError(ErrorCode.FailedToParse, f"Unrecognized argument to {name}: {key}")
    for key in required:
        if key not in specification:
            raise ServerError(ErrorCode.FailedToParse, f"Missing '{key}' parameter to {name}")


def _applied(function: Callable[..., Any], arguments: Sequence[Expression]) -> Expression:
    if len(arguments) == 1:
        only = arguments[0]
        return lambda document, variables: function(only(document, variables))
    if len(arguments) == 2:
        first, second = arguments
        return lambda document, variables: function(
            first(document, variables), second(document, variables)
        )
    return lambda document, variables: function(
        *[argument(document, variables) for argument in arguments]
    )


def _wrong_count(name: str, least: int, most: int, found: int) -> ServerError:
    wanted = f"exactly {least}" if least == most else f"at least {least} and at most {most}"
    return ServerError(
        WRONG_ARGUMENT_COUNT,
        f"Expression {name} takes {wanted} arguments. {found} were passed in.",
    )


def checked(value: Any, kind: type | tuple[type, ...], name: str, code: int) -> Any:
    """Return the value if it is of the kind, else raise ServerError with the code."""
    if not isinstance(value, kind) or value is True or value is False:
        raise ServerError(code, f"{name} does not support a value of type {type_name(value)}")
    return value
