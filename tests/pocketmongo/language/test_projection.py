"""The projection of find."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pocketmongo.errors import ServerError
from pocketmongo.projection import compile_projection
from pocketmongo.query import Scope
from pocketmongo.text import TextIndex
from tests.pocketmongo.language.values import Document

DOCUMENT: Document = {
    "_id": 1,
    "s": "Abc",
    "t": ["x", "y", "z"],
    "sub": {"a": 1, "b": 2},
    "items": [{"sku": "a", "q": 5}, {"sku": "b", "q": 50}],
}

PROJECTIONS = [
    ("a field and the id", {"s": 1}, {"_id": 1, "s": "Abc"}),
    ("without the id", {"s": True, "_id": 0}, {"s": "Abc"}),
    ("only the id", {"_id": 1}, {"_id": 1}),
    ("all but some", {"t": 0, "sub": 0, "items": 0}, {"_id": 1, "s": "Abc"}),
    ("an inner field", {"sub.a": 1, "_id": 0}, {"sub": {"a": 1}}),
    ("an inner field as a document", {"sub": {"a": 1}, "_id": 0}, {"sub": {"a": 1}}),
    (
        "all but an inner field",
        {"sub.a": 0, "t": 0, "items": 0, "s": 0},
        {"_id": 1, "sub": {"b": 2}},
    ),
    (
        "a field of every element",
        {"items.sku": 1, "_id": 0},
        {"items": [{"sku": "a"}, {"sku": "b"}]},
    ),
    ("a computed field", {"_id": 0, "n": {"$size": "$t"}, "c": "$sub.a"}, {"n": 3, "c": 1}),
    ("the first elements", {"t": {"$slice": 2}, "s": 1}, {"_id": 1, "s": "Abc", "t": ["x", "y"]}),
    (
        "elements from the end",
        {"t": {"$slice": [-2, 1]}, "s": 1, "_id": 0},
        {"s": "Abc", "t": ["y"]},
    ),
    (
        "the element that matches",
        {"items": {"$elemMatch": {"q": 50}}, "_id": 0},
        {"items": [{"sku": "b", "q": 50}]},
    ),
    ("no element matches", {"items": {"$elemMatch": {"q": 51}}}, {"_id": 1}),
    (
        "the element the filter matched",
        {"items.$": 1},
        {"_id": 1, "items": [{"sku": "b", "q": 50}]},
    ),
]


@pytest.mark.parametrize(
    ("projection", "result"), [pytest.param(*rest, id=says) for says, *rest in PROJECTIONS]
)
def test_a_projection_returns(projection: Document, result: Document) -> None:
    project = compile_projection(projection, {"items.q": {"$gt": 9}})
    before = copy.deepcopy(DOCUMENT)
    assert project is not None

    assert project(DOCUMENT) == result
    assert before == DOCUMENT


def test_a_slice_alone_keeps_all_other_fields() -> None:
    project = compile_projection({"t": {"$slice": 1}})
    assert project is not None

    assert project(DOCUMENT) == {**DOCUMENT, "t": ["x"]}


def test_no_projection_changes_nothing() -> None:
    assert compile_projection({}) is None


def test_the_score_of_a_search_can_be_shown() -> None:
    query = {"$text": {"$search": "abc"}}
    project = compile_projection(
        {"s": 1, "score": {"$meta": "textScore"}}, query, Scope(text=TextIndex(["s"]))
    )
    assert project is not None

    assert project(DOCUMENT)["score"] > 0


REFUSALS: list[tuple[str, Any, int]] = [
    ("kept and left out", {"s": 1, "t": 0}, 31254),
    ("left out and kept", {"s": 0, "t": 1}, 31253),
    ("computed and left out", {"s": 0, "n": {"$size": "$t"}}, 31252),
    ("one path through another", {"sub": 1, "sub.a": 1}, 31249),
    ("two matched elements", {"items.$": 1, "t.$": 1}, 31276),
    ("no element to match", {"t.$": 1}, 51246),
    ("a score without a search", {"score": {"$meta": "textScore"}}, 40218),
    ("an unknown expression", {"n": {"$foo": 1}}, 168),
    ("a negative count", {"t": {"$slice": [1, -1]}}, 28724),
    ("no document", 5, 14),
]


@pytest.mark.parametrize(
    ("projection", "code"), [pytest.param(*rest, id=says) for says, *rest in REFUSALS]
)
def test_a_projection_is_refused(projection: Any, code: int) -> None:
    with pytest.raises(ServerError) as refusal:
        (compile_projection(projection, {"items.q": 50}) or dict)(DOCUMENT)

    assert refusal.value.code == code
