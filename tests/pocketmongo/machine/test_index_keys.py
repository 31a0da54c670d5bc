"""Which keys a document has in an index."""

from __future__ import annotations

from typing import Any

import pytest

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.keys import encode_key
from pocketmongo.storage.indexes import Index
from pocketmongo.values import Document


def keys(key: Document, document: Document, **options: Any) -> set[bytes]:
    return set(Index(1, {"key": key, "name": "index", **options}).keys_of(document))


def of(*values: Any) -> bytes:
    return b"".join(map(encode_key, values))


def test_a_missing_field_counts_as_null() -> None:
    assert keys({"a": 1}, {}) == {of(None)}
    assert keys({"a": 1, "b": 1}, {"b": 2}) == {of(None, 2)}


def test_an_array_has_a_key_for_each_element() -> None:
    assert keys({"a": 1}, {"a": [1, 2, 2]}) == {of(1), of(2)}
    assert keys({"a": 1, "b": 1}, {"a": [1, 2], "b": 3}) == {of(1, 3), of(2, 3)}


def test_fields_of_one_array_are_taken_element_by_element() -> None:
    document = {"a": [{"x": 1, "y": 2}, {"x": 3, "y": 4}, {"x": 5}]}

    assert keys({"a.x": 1, "a.y": 1}, document) == {of(1, 2), of(3, 4), of(5, None)}


def test_two_arrays_side_by_side_cannot_be_indexed_together() -> None:
    with pytest.raises(ServerError) as caught:
        keys({"a": 1, "b": 1}, {"a": [1], "b": [2]})

    assert caught.value.code == ErrorCode.CannotIndexParallelArrays


def test_a_sparse_index_leaves_out_only_documents_without_any_of_its_fields() -> None:
    assert keys({"a": 1, "b": 1}, {"c": 1}, sparse=True) == set()
    assert keys({"a": 1, "b": 1}, {"b": 1}, sparse=True) == {of(None, 1)}
    assert keys({"a": 1}, {"a": None}, sparse=True) == {of(None)}
    assert keys({"a.b": 1}, {"a": 1}, sparse=True) == set()


def test_a_partial_index_leaves_out_what_does_not_match() -> None:
    assert keys({"a": 1}, {"a": 1, "on": False}, partialFilterExpression={"on": True}) == set()
    assert keys({"a": 1}, {"a": 1, "on": True}, partialFilterExpression={"on": True}) == {of(1)}


def test_an_array_of_texts_has_a_key_for_each_whatever_stands_around_it() -> None:
    assert keys({"a": 1, "b": 1, "c": 1}, {"a": 1, "b": ["x", "y", "x"], "c": 2}) == {
        of(1, "x", 2),
        of(1, "y", 2),
    }
    assert keys({"a": 1, "b": 1}, {"a": 1, "b": ["x", 3, None]}) == {
        of(1, "x"),
        of(1, 3),
        of(1, None),
    }


def test_an_index_remembers_where_it_met_arrays() -> None:
    index = Index(1, {"key": {"a": 1, "b": 1, "c.d": 1}, "name": "index"})

    index.keys_of({"a": 1, "b": ["x"], "c": {"d": 2}})
    after_one = [index.may_be_array(place) for place in range(3)]
    index.keys_of({"a": 1, "b": "x", "c": [{"d": 2}]})

    assert after_one == [False, True, False]
    assert [index.may_be_array(place) for place in range(3)] == [False, True, True]
    assert Index(1, index.specification, is_multikey=True).may_be_array(0), "nobody knows where"


def test_an_index_remembers_that_it_met_an_array() -> None:
    index = Index(1, {"key": {"a.b": 1}, "name": "index"})

    index.keys_of({"a": {"b": 1}})
    assert not index.is_multikey
    index.keys_of({"a": [{"b": 1}]})
    assert index.is_multikey
