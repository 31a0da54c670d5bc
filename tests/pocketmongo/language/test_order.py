"""The order of values, the bytes of index keys, collations, and the parts below them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bson import Code, DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS
from hypothesis import given
from hypothesis import strategies as st

from pocketmongo.bson_types import type_codes, type_name
from pocketmongo.collation import folding
from pocketmongo.errors import ErrorCode, ServerError, code_name
from pocketmongo.keys import encode_key, inverted, key_after
from pocketmongo.order import order_key
from pocketmongo.paths import index_values, values_at
from pocketmongo.sorting import parse_sort, sort_documents
from pocketmongo.values import MISSING, from_milliseconds, to_milliseconds
from tests.pocketmongo.language.values import NEW_YEAR, Document, values

# From the least to the greatest; what shares a row is equal.
ASCENDING: list[list[Any]] = [
    [MinKey()],
    [None, MISSING],
    [float("nan"), Decimal128("NaN")],
    [float("-inf"), Decimal128("-Infinity")],
    [Decimal128("-1E+6000")],
    [-(2**63), Int64(-(2**63)), -(2.0**63)],
    [-1, Int64(-1), -1.0, Decimal128("-1")],
    [Decimal128("-1E-6000")],
    [0, 0.0, -0.0, Decimal128("0")],
    [5e-324],
    [Decimal128("0.1")],
    [0.1],
    [Decimal128("0.10000000000000001")],
    [1, Int64(1), 1.0, Decimal128("1.00")],
    [2**53, 2.0**53],
    [2**53 + 1, Decimal128("9007199254740993")],
    [2**53 + 2, 2.0**53 + 2],
    [2**63 - 1],
    [1e308],
    [Decimal128("1E+309")],
    [Decimal128("1E+6000")],
    [float("inf"), Decimal128("Infinity")],
    [""],
    ["A"],
    ["a"],
    ["a\x00"],
    ["a\x00b"],
    ["ab"],
    ["é"],
    ["😀"],
    [{}],
    [{"a": None}],
    [{"b": None}],
    [{"a": 1}],
    [{"a": 1, "b": 1}],
    [{"b": 1}],
    [{"a": "x"}],
    [[]],
    [[None]],
    [[1]],
    [[1, 2]],
    [[2]],
    [b""],
    [b"z"],
    [b"aa"],
    [ObjectId("0" * 24)],
    [ObjectId("f" * 24)],
    [False],
    [True],
    [DatetimeMS(-(10**15))],
    [NEW_YEAR, DatetimeMS(to_milliseconds(NEW_YEAR))],
    [NEW_YEAR + timedelta(milliseconds=1)],
    [Timestamp(1, 1)],
    [Timestamp(1, 2)],
    [Regex("a")],
    [Regex("a", "i")],
    [Code("a")],
    [Code("a", {})],
    [MaxKey()],
]


def test_values_ascend_in_mongodbs_order() -> None:
    keys = [order_key(row[0]) for row in ASCENDING]

    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_equal_values_of_different_types_have_one_key() -> None:
    for row in ASCENDING:
        assert {order_key(value) for value in row} == {order_key(row[0])}
        assert {encode_key(value) for value in row} == {encode_key(row[0])}


def test_index_keys_ascend_as_their_values_do() -> None:
    keys = [encode_key(row[0]) for row in ASCENDING]

    assert keys == sorted(keys)
    assert [inverted(key) for key in reversed(keys)] == sorted(map(inverted, keys))


@given(one=values, other=values)
def test_index_keys_compare_exactly_as_the_values(one: Any, other: Any) -> None:
    keys, bytes_ = (order_key(one), order_key(other)), (encode_key(one), encode_key(other))

    assert (keys[0] < keys[1]) == (bytes_[0] < bytes_[1])
    assert (keys[0] == keys[1]) == (bytes_[0] == bytes_[1])


@given(one=values, other=values)
def test_no_index_key_begins_another(one: Any, other: Any) -> None:
    first, second = encode_key(one), encode_key(other)

    assert first == second or not second.startswith(first)


@given(prefix=st.binary(max_size=4), rest=st.binary(max_size=4), other=st.binary(max_size=6))
def test_the_key_after_a_prefix_ends_exactly_its_range(
    prefix: bytes, rest: bytes, other: bytes
) -> None:
    end = key_after(prefix)

    assert prefix + rest < end
    if other >= prefix and not other.startswith(prefix):
        assert other >= end


def test_deep_documents_cost_no_more_than_their_size() -> None:
    deep: Any = 1
    for _ in range(90):
        deep = {"a": deep}

    assert order_key(deep) == order_key(deep)
    assert encode_key(deep) == encode_key(deep)


def test_a_value_that_is_not_bson_is_refused() -> None:
    with pytest.raises(ServerError):
        order_key(object())
    with pytest.raises(ServerError):
        encode_key(object())


SAME_WORDS = [
    pytest.param({"strength": 1}, "Résumé", "resume", id="the first strength sees letters only"),
    pytest.param({"strength": 2}, "BOB", "bob", id="the second ignores case"),
    pytest.param({"strength": 2, "numericOrdering": True}, "a007", "a7", id="numbers as numbers"),
    pytest.param({"strength": 1, "alternate": "shifted"}, "black-bird", "blackbird", id="shifted"),
]


@pytest.mark.parametrize(("options", "one", "other"), SAME_WORDS)
def test_a_collation_calls_equal(options: dict[str, Any], one: str, other: str) -> None:
    fold = folding({"locale": "en", **options})

    assert order_key(one, fold) == order_key(other, fold)
    assert encode_key(one, fold) == encode_key(other, fold)
    assert order_key([{"a": one}], fold) == order_key([{"a": other}], fold)


IN_ORDER = [
    pytest.param({}, ["-", "1", "a", "A", "b"], id="signs, digits, small before capital"),
    pytest.param({"caseFirst": "upper"}, ["A", "a", "B"], id="capital first"),
    pytest.param({}, ["cote", "coté", "côte", "cotes"], id="accents after letters"),
    pytest.param({"backwards": True}, ["cote", "côte", "coté"], id="accents from the end"),
    pytest.param({"numericOrdering": True}, ["a2", "a10"], id="numbers by size"),
    pytest.param({"strength": 2}, ["e", "é", "f"], id="an accented letter stays with its own"),
    pytest.param({"strength": 1, "caseLevel": True}, ["a", "A", "b"], id="case as its own level"),
]


@pytest.mark.parametrize(("options", "words"), IN_ORDER)
def test_a_collation_sorts(options: dict[str, Any], words: list[str]) -> None:
    fold = folding({"locale": "en", **options})
    assert fold is not None

    backwards = list(reversed(words))
    assert sorted(backwards, key=fold) == words
    assert len({fold(word) for word in words}) == len(words)


@pytest.mark.parametrize("collation", [None, {}, {"locale": "simple"}])
def test_without_a_language_strings_compare_byte_by_byte(collation: Any) -> None:
    assert folding(collation) is None


BAD_COLLATIONS = [
    pytest.param({"strength": 2}, ErrorCode.FailedToParse, id="no language"),
    pytest.param({"locale": "en", "strength": 9}, ErrorCode.BadValue, id="no such strength"),
    pytest.param({"locale": "en", "color": 1}, ErrorCode.InvalidOptions, id="no such option"),
    pytest.param({"locale": "sv"}, ErrorCode.NotImplemented, id="an alphabet of its own"),
    pytest.param("en", ErrorCode.TypeMismatch, id="no document"),
]


@pytest.mark.parametrize(("collation", "code"), BAD_COLLATIONS)
def test_a_collation_is_refused(collation: Any, code: int) -> None:
    with pytest.raises(ServerError) as refusal:
        folding(collation)

    assert refusal.value.code == code


def test_ascending_an_array_sorts_by_its_least_and_descending_by_its_greatest() -> None:
    documents: list[Document] = [
        {"_id": 1, "v": [1, 9]},
        {"_id": 2, "v": 5},
        {"_id": 3, "v": []},
        {"_id": 4},
    ]

    up = [document["_id"] for document in sort_documents(documents, [("v", 1)])]
    down = [document["_id"] for document in sort_documents(documents, [("v", -1)])]

    assert up == [3, 4, 1, 2]
    assert down == [1, 2, 4, 3]


def test_equals_keep_their_order_in_both_directions() -> None:
    documents = [{"_id": number, "v": 1} for number in range(5)]

    assert sort_documents(documents, [("v", 1)]) == documents
    assert sort_documents(documents, [("v", -1)]) == documents


@pytest.mark.parametrize(
    "specification", [{"a": 0}, {"a": "up"}, {"a": True}, {"": 1}, {"a..b": 1}, 5]
)
def test_a_sort_that_means_nothing_is_refused(specification: Any) -> None:
    with pytest.raises(ServerError):
        parse_sort(specification)


PATHS = [
    pytest.param({"a": {"b": 1}}, "a.b", [1], id="into a document"),
    pytest.param({"a": 5}, "a.b", [MISSING], id="through a number"),
    pytest.param({"a": [1, 2]}, "a", [[1, 2]], id="an array whole"),
    pytest.param({"a": [1, 2]}, "a.b", [], id="through an array without documents"),
    pytest.param({"a": [{"b": 1}, 5, {}]}, "a.b", [1, MISSING], id="every document"),
    pytest.param({"a": [{"b": 1}, {"b": 2}]}, "a.1.b", [2, MISSING, MISSING], id="a position"),
    pytest.param({"a": [{"1": 5}, 7]}, "a.1", [7, 5], id="a position that is a name as well"),
    pytest.param({"a": DBRef("c", 7)}, "a.$id", [7], id="a reference"),
]


@pytest.mark.parametrize(("document", "path", "found"), PATHS)
def test_a_path_leads_to(document: Any, path: str, found: list[Any]) -> None:
    assert list(values_at(document, path.split("."))) == found


@pytest.mark.parametrize(
    ("document", "path", "indexed"),
    [
        ({"a": [1, 2]}, "a", [1, 2]),
        ({"a": []}, "a", [None]),
        ({"a": [{"b": 1}, {}]}, "a.b", [1, MISSING]),
        ({"a": [5]}, "a.b", [MISSING]),
        ({}, "a.b", [MISSING]),
    ],
)
def test_an_index_holds(document: Any, path: str, indexed: list[Any]) -> None:
    assert list(index_values(document, path.split("."))) == indexed


def test_types_have_names_and_numbers() -> None:
    assert type_name(2**40) == "long"
    assert type_name(Int64(1)) == "long"
    assert type_name(MISSING) == "missing"
    assert type_codes(["number", "string", 8]) == {1, 2, 8, 16, 18, 19}
    with pytest.raises(ServerError):
        type_codes("text")
    with pytest.raises(ServerError):
        type_codes(99)


def test_dates_beyond_pythons_years_survive() -> None:
    far = from_milliseconds(10**15)

    assert isinstance(far, DatetimeMS)
    assert to_milliseconds(far) == 10**15


def test_every_code_has_mongodbs_name() -> None:
    assert code_name(11000) == "DuplicateKey"
    assert code_name(40324) == "Location40324"
