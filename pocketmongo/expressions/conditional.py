"""Choosing and naming: `$cond`, `$ifNull`, `$switch`, `$let`, `$literal`, `$rand`.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/#conditional-expression-operators
"""

from __future__ import annotations

import random
from typing import Any

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.expressions.shapes import (
    WRONG_ARGUMENT_COUNT,
    Builder,
    Expression,
    ExpressionCompiler,
    Variables,
    check_names,
)
from pocketmongo.values import is_nullish, is_true

NO_BRANCHES, NO_MATCHING_BRANCH, BRANCHES_NOT_ARRAY = 40068, 40066, 40060
TOO_FEW_FOR_IF_NULL = 1257300


def _cond(specification: Any, compiler: ExpressionCompiler) -> Expression:
    if type(specification) is dict:
        check_names("$cond", specification, ("if", "then", "else"))
        parts = [compiler.compile(specification[name]) for name in ("if", "then", "else")]
    else:
        parts = compiler.arguments(specification)
    if len(parts) != 3:
        raise ServerError(
            WRONG_ARGUMENT_COUNT,
            f"Expression $cond takes exactly 3 arguments. {len(parts)} were passed in.",
        )
    condition, then, otherwise = parts
    return lambda document, variables: (
        then(document, variables)
        if is_true(condition(document, variables))
        else otherwise(document, variables)
    )


def _if_null(specification: Any, compiler: ExpressionCompiler) -> Expression:
    arguments = compiler.arguments(specification)
    if len(arguments) < 2:
        raise ServerError(TOO_FEW_FOR_IF_NULL, "$ifNull needs at least two arguments")
    *candidates, last = arguments

    def choose(document: Any, variables: Variables) -> Any:
        for candidate in candidates:
            value = candidate(document, variables)
            if not is_nullish(value):
                return value
        return last(document, variables)

    return choose


def _switch(specification: Any, compiler: ExpressionCompiler) -> Expression:
    check_names("$switch", specification, ("branches",), ("default",))
    branches = specification["branches"]
    if type(branches) is not list:
        raise ServerError(BRANCHES_NOT_ARRAY, "$switch expected an array for 'branches'")
    if not branches:
        raise ServerError(NO_BRANCHES, "$switch requires at least one branch.")
    for branch in branches:
        check_names("$switch", branch, ("case", "then"))
    cases = [
        (compiler.compile(branch["case"]), compiler.compile(branch["then"])) for branch in branches
    ]
    has_default = "default" in specification
    default = compiler.compile(specification.get("default"))

    def choose(document: Any, variables: Variables) -> Any:
        for case, then in cases:
            if is_true(case(document, variables)):
                return then(document, variables)
        if not has_default:
            raise ServerError(
                NO_MATCHING_BRANCH,
                "$switch could not find a matching branch for an input,"
                " and no default was specified.",
            )
        return default(document, variables)

    return choose


def _let(specification: Any, compiler: ExpressionCompiler) -> Expression:
    check_names("$let", specification, ("vars", "in"))
    if type(specification["vars"]) is not dict:
        raise ServerError(ErrorCode.FailedToParse, "$let needs a document of vars")
    named = {name: compiler.compile(value) for name, value in specification["vars"].items()}
    current = named.pop("CURRENT", None)
    inner = compiler.compile(specification["in"])

    def evaluate(document: Any, variables: Variables) -> Any:
        values = {name: value(document, variables) for name, value in named.items()}
        if current is None:
            return inner(document, {**variables, **values})
        root = variables.get("ROOT", document)
        return inner(current(document, variables), {**variables, "ROOT": root, **values})

    return evaluate


def _literal(specification: Any, _compiler: ExpressionCompiler) -> Expression:
    return lambda document, variables: specification


def _rand(specification: Any, _compiler: ExpressionCompiler) -> Expression:
    if specification not in ({}, []):
        raise ServerError(ErrorCode.FailedToParse, "$rand does not take any arguments")
    return lambda document, variables: random.random()


CONDITIONAL: dict[str, Builder] = {
    "$cond": _cond,
    "$ifNull": _if_null,
    "$switch": _switch,
    "$let": _let,
    "$literal": _literal,
    "$const": _literal,
    "$rand": _rand,
}
