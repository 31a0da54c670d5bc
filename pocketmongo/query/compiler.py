"""Compiling a filter: fields, `$and`, `$or`, `$nor` and what stands only at the top.

https://www.mongodb.com/docs/manual/reference/operator/query-logical/
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.expressions import compile_expression
from pocketmongo.paths import values_at
from pocketmongo.query.comparison import equality
from pocketmongo.query.elements import element_test
from pocketmongo.query.operators import FIELD_OPERATORS, REFUSED_OPERATORS
from pocketmongo.query.schema import compile_schema
from pocketmongo.query.scope import DocumentTest, Predicate, Scope
from pocketmongo.values import (
    MISSING,
    Document,
    is_number,
    is_operator_document,
    is_true,
    plain_number,
)

NO_SCOPE = Scope()


def compile_filter(query: Any, scope: Scope = NO_SCOPE) -> DocumentTest:
    """Return the test that says whether a document matches the filter.

    Raises ServerError for an operator that is unknown, misused or not supported.
    """
    return FilterCompiler(scope, is_top=True).filter(query)


def compile_element_test(operand: Any, scope: Scope = NO_SCOPE) -> Callable[[Any], bool]:
    """Return the test that `$elemMatch` with this operand makes of one array element."""
    return element_test(operand, FilterCompiler(scope, is_top=False))


class FilterCompiler:
    """Compiles filters; keeps the scope and whether it is at the document itself."""

    def __init__(self, scope: Scope, *, is_top: bool) -> None:
        self.scope = scope
        self._is_top = is_top

    def nested(self) -> FilterCompiler:
        """Return the compiler for conditions on documents inside the document."""
        return FilterCompiler(self.scope, is_top=False) if self._is_top else self

    def filter(self, query: Any) -> DocumentTest:
        """Compile a filter; an empty one matches every document."""
        if not isinstance(query, dict):
            raise ServerError(ErrorCode.TypeMismatch, "Expected field filter to be of type object")
        tests = [
            self._top_level(name, condition)
            if name.startswith("$")
            else self._field(name, condition)
            for name, condition in query.items()
            if name != "$comment"
        ]
        return _all_of(tests)

    def condition(self, condition: Document) -> Predicate:
        """Compile the operators that stand on one field."""
        nested = self.nested()
        predicates = [
            _operator(name)(operand, condition, nested) for name, operand in condition.items()
        ]
        if len(predicates) == 1:
            return predicates[0]
        return lambda values: all(predicate(values) for predicate in predicates)

    def _field(self, path: str, condition: Any) -> DocumentTest:
        if is_operator_document(condition):
            predicate = self.condition(condition)
        else:
            predicate = equality(condition, self.scope.fold)
        if "." not in path:
            return lambda document: predicate((document.get(path, MISSING),))
        parts = path.split(".")
        return lambda document: predicate(list(values_at(document, parts)))

    def _top_level(self, name: str, operand: Any) -> DocumentTest:
        if name in ("$and", "$or", "$nor"):
            return self._logical(name, operand)
        build = TOP_LEVEL_OPERATORS.get(name)
        if build is None:
            raise ServerError(
                ErrorCode.BadValue,
                f"unknown top level operator: {name}. If you have a field name that starts with a"
                " '$' symbol, consider using $getField or $setField.",
            )
        if not self._is_top and name != "$jsonSchema":
            raise ServerError(
                ErrorCode.BadValue, f"{name} can only be applied to the top-level document"
            )
        return build(operand, self.scope)

    def _logical(self, name: str, operand: Any) -> DocumentTest:
        if type(operand) is not list or not operand:
            raise ServerError(ErrorCode.BadValue, f"{name} must be a nonempty array")
        tests = [self.filter(query) for query in operand]
        if name == "$and":
            return _all_of(tests)
        if name == "$or":
            return lambda document: any(test(document) for test in tests)
        return lambda document: not any(test(document) for test in tests)


def _all_of(tests: Sequence[DocumentTest]) -> DocumentTest:
    if not tests:
        return lambda document: True
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda document: first(document) and second(document)
    return lambda document: all(test(document) for test in tests)


def _operator(name: str) -> Callable[..., Predicate]:
    build = FIELD_OPERATORS.get(name)
    if build is not None:
        return build
    if name in REFUSED_OPERATORS:
        raise unsupported(f"the geospatial operator {name}")
    raise ServerError(ErrorCode.BadValue, f"unknown operator: {name}")


def _expression(operand: Any, scope: Scope) -> DocumentTest:
    expression = compile_expression(operand, scope.fold)
    variables = scope.variables
    return lambda document: is_true(expression(document, variables))


def _text(operand: Any, scope: Scope) -> DocumentTest:
    if scope.text is None:
        raise ServerError(ErrorCode.IndexNotFound, "text index required for $text query")
    return scope.text.matcher(operand)


def _json_schema(operand: Any, _scope: Scope) -> DocumentTest:
    return compile_schema(operand)


def _sample_rate(operand: Any, _scope: Scope) -> DocumentTest:
    rate = plain_number(operand) if is_number(operand) else -1
    if not 0 <= rate <= 1:
        raise ServerError(ErrorCode.BadValue, "$sampleRate needs a number between 0 and 1")
    return lambda document: random.random() < rate


def _where(_operand: Any, _scope: Scope) -> DocumentTest:
    raise unsupported("$where")


# What stands beside field names; $and, $or, $nor and $comment are handled above.
TOP_LEVEL_OPERATORS: dict[str, Callable[[Any, Scope], DocumentTest]] = {
    "$expr": _expression,
    "$text": _text,
    "$jsonSchema": _json_schema,
    "$sampleRate": _sample_rate,
    "$where": _where,
}
