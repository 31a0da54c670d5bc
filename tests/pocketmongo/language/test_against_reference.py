"""Random filters, sorts, updates and expressions: both opinions must agree."""

from __future__ import annotations

import copy
from typing import Any

import bson
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pocketmongo.errors import ServerError
from pocketmongo.expressions import compile_expression
from pocketmongo.order import order_key
from pocketmongo.query import compile_filter
from pocketmongo.sorting import sort_documents
from pocketmongo.update import compile_update
from pocketmongo.values import MISSING
from tests.pocketmongo.language import reference
from tests.pocketmongo.language.values import (
    NAMES,
    Document,
    few_documents,
    few_scalars,
    few_values,
    paths,
    values,
)

often = settings(max_examples=500, deadline=None)

REFUSED = object()

operands = st.one_of(few_scalars, few_values)
comparisons = st.one_of(
    *[
        st.fixed_dictionaries({name: operands})
        for name in ("$eq", "$ne", "$gt", "$gte", "$lt", "$lte")
    ],
    st.fixed_dictionaries({"$gte": few_scalars, "$lt": few_scalars}),
    st.fixed_dictionaries({"$in": st.lists(operands, max_size=3)}),
    st.fixed_dictionaries({"$nin": st.lists(operands, max_size=3)}),
    st.fixed_dictionaries({"$all": st.lists(few_scalars, max_size=2)}),
    st.fixed_dictionaries({"$exists": st.booleans()}),
    st.fixed_dictionaries({"$size": st.integers(0, 3)}),
)
conditions = st.one_of(
    operands,
    comparisons,
    st.fixed_dictionaries({"$not": comparisons}),
    st.fixed_dictionaries({"$elemMatch": comparisons}),
)


@st.composite
def filters(draw: st.DrawFn, depth: int = 2) -> Document:
    """Fields with conditions, or `$and`, `$or` and `$nor` of such filters."""
    if depth and draw(st.integers(0, 3)) == 0:
        name = draw(st.sampled_from(["$and", "$or", "$nor"]))
        return {name: [draw(filters(depth - 1)) for _ in range(draw(st.integers(1, 3)))]}
    return {draw(paths): draw(conditions) for _ in range(draw(st.integers(0, 2)))}


small = st.integers(-3, 9)
updates = st.one_of(
    *[
        st.fixed_dictionaries(
            {name: st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, argument))}
        )
        for name, argument in {
            "$set": few_values,
            "$unset": st.just(""),
            "$min": few_values,
            "$max": few_values,
            "$inc": small,
            "$push": few_values,
            "$addToSet": few_values,
            "$pull": few_scalars.filter(lambda value: not isinstance(value, dict)),
            "$pop": st.sampled_from([1, -1]),
        }.items()
    ]
)

leaves = st.one_of(
    st.sampled_from([f"${name}" for name in NAMES]),
    small,
    st.booleans(),
    st.none(),
    st.sampled_from([0.5, "a", "b"]),
    st.lists(small, max_size=2).map(lambda items: {"$literal": items}),
)


def _operators(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    pair = st.lists(inner, min_size=2, max_size=2)
    names = ("$add", "$subtract", "$multiply", "$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$cmp")
    return st.one_of(
        *[
            st.fixed_dictionaries({name: pair})
            for name in (*names, "$and", "$or", "$ifNull", "$concatArrays")
        ],
        st.fixed_dictionaries({"$cond": st.lists(inner, min_size=3, max_size=3)}),
        *[
            st.fixed_dictionaries({name: inner.map(lambda one: [one])})
            for name in ("$not", "$size")
        ],
    )


expressions = st.recursive(leaves, _operators, max_leaves=8)
expression_documents = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(NAMES, st.one_of(small, few_values))
)


@often
@given(one=values, other=values)
def test_two_values_compare_alike(one: Any, other: Any) -> None:
    first, second = order_key(one), order_key(other)

    assert (first > second) - (first < second) == reference.compare(one, other)


@often
@given(condition=conditions, value=few_values)
def test_a_condition_holds_alike(condition: Any, value: Any) -> None:
    query, document = {"a": condition}, {"a": value}

    assert compile_filter(query)(document) == reference.matches(query, document)


@often
@given(query=filters(), document=few_documents)
def test_a_filter_matches_alike(query: Document, document: Document) -> None:
    assert compile_filter(query)(document) == reference.matches(query, document)


@often
@given(st.lists(few_documents, max_size=5), paths, st.sampled_from([1, -1]))
def test_documents_sort_alike(unsorted: list[Document], path: str, direction: int) -> None:
    ours = sort_documents(unsorted, [(path, direction)])
    theirs = reference.sorted_by(unsorted, path, direction)

    assert [id(document) for document in ours] == [id(document) for document in theirs]


@often
@given(document=few_documents, update=updates)
def test_an_update_changes_alike(document: Document, update: Document) -> None:
    # Python cannot add an int to a Decimal128; decimals have tests of their own.
    assume(
        not any(isinstance(document.get(name), bson.Decimal128) for name in update.get("$inc", ()))
    )

    assert _our_update(document, update) == _their_update(document, update)


def _our_update(document: Document, update: Document) -> Any:
    try:
        return exactly(compile_update(update, {}).apply(copy.deepcopy(document)))
    except ServerError:
        return REFUSED


def _their_update(document: Document, update: Document) -> Any:
    try:
        return exactly(reference.updated(document, update))
    except reference.Refused:
        return REFUSED


@often
@given(expression=expressions, document=expression_documents)
def test_an_expression_evaluates_alike(expression: Any, document: Document) -> None:
    try:
        theirs = reference.evaluate(expression, document)
    except (reference.Refused, TypeError):
        return  # where one operand is never looked at, the two may differ in refusing
    try:
        ours = compile_expression(expression)(document, {})
    except ServerError as error:
        raise AssertionError(f"refused: {error.message}") from error

    assert exactly(None if ours is MISSING else ours) == exactly(
        None if theirs is reference.NOTHING else theirs
    )


def exactly(value: Any) -> Any:
    """Return what shows every difference but that of int and long, in field order for sorting."""
    if isinstance(value, dict):
        return {name: exactly(item) for name, item in value.items()}
    if isinstance(value, list):
        return [exactly(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return ("int", int(value))
    return (type(value).__name__, str(value))
