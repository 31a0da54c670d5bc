"""Expressions: what each operator returns, and when it refuses."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from bson import Decimal128, Int64

from pocketmongo.collation import folding
from pocketmongo.errors import ServerError
from pocketmongo.expressions import compile_expression, evaluate_let
from pocketmongo.expressions.table import OPERATORS
from pocketmongo.values import MISSING
from tests.pocketmongo.language.examples import DOCUMENT, Example
from tests.pocketmongo.language.expression_examples import EXAMPLES


def evaluate(expression: Any) -> Any:
    return compile_expression(expression)(DOCUMENT, {})


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.says))
def test_an_operator_returns(example: Example) -> None:
    value = evaluate(example.expression)

    assert value == example.expected
    assert type(value) is type(example.expected) or isinstance(value, Int64)


def test_no_operator_is_without_an_example() -> None:
    text = repr([example.expression for example in EXAMPLES])

    assert [name for name in OPERATORS if f"'{name}'" not in text] == []


def test_no_expression_changes_its_document() -> None:
    before = copy.deepcopy(DOCUMENT)

    for example in EXAMPLES:
        evaluate(example.expression)

    assert before == DOCUMENT


REFUSALS = [
    pytest.param({"$divide": ["$n", 0]}, 2, id="dividing by zero"),
    pytest.param({"$mod": ["$n", 0]}, 16610, id="the remainder of zero"),
    pytest.param({"$add": ["$name", 1]}, 14, id="adding text"),
    pytest.param({"$add": ["$at", "$at"]}, 16612, id="adding two dates"),
    pytest.param({"$sqrt": -1}, 28714, id="the root of less than nothing"),
    pytest.param({"$pow": [0, -1]}, 28764, id="zero to a negative power"),
    pytest.param({"$toInt": "abc"}, 241, id="text that is no number"),
    pytest.param({"$toInt": "1_000"}, 241, id="Python's digits are not MongoDB's"),
    pytest.param({"$toInt": 2.0**40}, 241, id="too big for an int"),
    pytest.param({"$toDate": 5}, 241, id="an int is no date"),
    pytest.param({"$foo": 1}, 168, id="an unknown operator"),
    pytest.param({"$function": {}}, 238, id="JavaScript"),
    pytest.param({"$eq": [1]}, 16020, id="too few arguments"),
    pytest.param({"$abs": 1, "$ceil": 1}, 15983, id="two operators at once"),
    pytest.param("$$nobody", 17276, id="an unknown variable"),
    pytest.param("$", 16872, id="an empty path"),
    pytest.param({"$concat": ["$n"]}, 16702, id="joining numbers"),
    pytest.param({"$size": "$name"}, 17124, id="the size of text"),
    pytest.param({"$range": [0, 5, 0]}, 34449, id="a range that stands still"),
    pytest.param({"$switch": {"branches": [{"case": False, "then": 1}]}}, 40066, id="no branch"),
    pytest.param({"$year": "$name"}, 16006, id="the year of text"),
    pytest.param({"$hour": {"date": "$at", "timezone": "Mars"}}, 40485, id="an unknown zone"),
    pytest.param({"$dateToString": {"date": "$at", "format": "%Q"}}, 18536, id="an unknown format"),
    pytest.param({"$dateTrunc": {"date": "$at", "unit": "blink"}}, 9, id="an unknown unit"),
    pytest.param({"$trim": {"input": "x", "char": "y"}}, 9, id="an unknown argument"),
    pytest.param({"$arrayToObject": [[1]]}, 40392, id="pairs that are none"),
    pytest.param({"$mergeObjects": ["$n"]}, 40400, id="merging a number"),
    pytest.param({"$convert": {"input": 1, "to": "regex"}}, 241, id="a type nothing becomes"),
    pytest.param({"$firstN": {"input": "$list", "n": 0}}, 5787902, id="the first none"),
    pytest.param(
        {"$percentile": {"input": 1, "p": [2], "method": "approximate"}}, 7750301, id="200 percent"
    ),
    pytest.param(
        {"$dateAdd": {"startDate": "$at", "unit": "year", "amount": 9000}}, 5166406, id="year 11026"
    ),
]


@pytest.mark.parametrize(("expression", "code"), REFUSALS)
def test_it_is_refused_with_its_code(expression: Any, code: int) -> None:
    with pytest.raises(ServerError) as refusal:
        evaluate(expression)

    assert refusal.value.code == code


def test_remove_is_no_value_at_all() -> None:
    assert evaluate("$$REMOVE") is MISSING


def test_a_sum_too_big_for_an_int_becomes_a_long_and_then_a_double() -> None:
    assert type(evaluate({"$add": [2**31 - 1, 1]})) is Int64
    assert type(evaluate({"$add": [Int64(2**63 - 1), 1]})) is float


def test_decimals_keep_34_digits() -> None:
    assert evaluate({"$divide": [Decimal128("1"), 3]}) == Decimal128("0." + "3" * 34)


def test_a_collation_governs_comparisons_and_sets() -> None:
    fold = folding({"locale": "en", "strength": 2})

    assert compile_expression({"$eq": ["$name", "ANN"]}, fold)(DOCUMENT, {})
    assert compile_expression({"$in": ["ANN", ["ann"]]}, fold)(DOCUMENT, {})
    assert compile_expression({"$setUnion": [["a"], ["A"]]}, fold)(DOCUMENT, {}) == ["a"]


def test_let_of_a_command_is_worked_out_once() -> None:
    assert evaluate_let({"limit": {"$add": [1, 2]}, "none": "$gone"}) == {"limit": 3, "none": None}
