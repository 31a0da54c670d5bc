"""Updates: what each operator makes of a document, and which updates are refused."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

import pytest
from bson import Decimal128, Int64, Timestamp

from pocketmongo.collation import folding
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.query import Scope
from pocketmongo.update import compile_update
from pocketmongo.update.operators import UPDATE_OPERATORS
from tests.pocketmongo.language.values import Document


def updated(document: Document, update: Any, query: Any = None, **options: Any) -> Document:
    return compile_update(update, query, **options).apply(copy.deepcopy(document))


# What it says, document, update, result.
UPDATES: list[tuple[str, Document, Any, Document]] = [
    ("a field set", {"a": 1}, {"$set": {"a": 2, "b.c": 3}}, {"a": 2, "b": {"c": 3}}),
    (
        "new fields come in order of their names",
        {},
        {"$set": {"b": 1}, "$inc": {"a": 1}},
        {"a": 1, "b": 1},
    ),
    ("a position set beyond the end", {"a": [1]}, {"$set": {"a.2": 3}}, {"a": [1, None, 3]}),
    ("a document in an array", {"a": [{"b": 1}]}, {"$set": {"a.0.b": 2}}, {"a": [{"b": 2}]}),
    ("a field taken away", {"a": 1, "b": {"c": 1}}, {"$unset": {"a": "", "b.c": ""}}, {"b": {}}),
    ("an element taken away is null", {"a": [1, 2]}, {"$unset": {"a.0": ""}}, {"a": [None, 2]}),
    ("what is not there is not taken away", {"a": 1}, {"$unset": {"a.b.c": ""}}, {"a": 1}),
    ("counted up", {"n": 1}, {"$inc": {"n": 2, "m": Int64(1)}}, {"n": 3, "m": Int64(1)}),
    ("counted up by a fraction", {"n": 1}, {"$inc": {"n": 0.5}}, {"n": 1.5}),
    (
        "counted up exactly",
        {"n": Decimal128("0.1")},
        {"$inc": {"n": Decimal128("0.2")}},
        {"n": Decimal128("0.3")},
    ),
    ("multiplied", {"n": 2}, {"$mul": {"n": 3, "m": 3}}, {"n": 6, "m": 0}),
    ("the lesser kept", {"n": 5}, {"$min": {"n": 3, "m": 1}}, {"n": 3, "m": 1}),
    ("the greater kept", {"n": 5}, {"$max": {"n": 3}}, {"n": 5}),
    ("renamed", {"a": 1, "b": 2}, {"$rename": {"a": "c.d"}}, {"b": 2, "c": {"d": 1}}),
    ("renamed over another", {"a": 1, "b": 2}, {"$rename": {"a": "b"}}, {"b": 1}),
    ("not set on insert", {"a": 1}, {"$setOnInsert": {"b": 1}}, {"a": 1}),
    ("bits", {"n": 13}, {"$bit": {"n": {"and": 10, "or": 1}}}, {"n": 9}),
    ("pushed", {"a": [1]}, {"$push": {"a": 2, "b": 3}}, {"a": [1, 2], "b": [3]}),
    (
        "pushed, sorted and cut",
        {"a": [5, 1]},
        {"$push": {"a": {"$each": [9, 3], "$sort": 1, "$slice": -3}}},
        {"a": [3, 5, 9]},
    ),
    (
        "pushed, sorted by a field",
        {"a": [{"n": 2}]},
        {"$push": {"a": {"$each": [{"n": 9}], "$sort": {"n": -1}}}},
        {"a": [{"n": 9}, {"n": 2}]},
    ),
    (
        "pushed in the middle",
        {"a": [1, 2]},
        {"$push": {"a": {"$each": [7], "$position": -1}}},
        {"a": [1, 7, 2]},
    ),
    ("added once", {"a": [1]}, {"$addToSet": {"a": {"$each": [1.0, 2, 2]}}}, {"a": [1, 2]}),
    ("added to nothing", {}, {"$addToSet": {"a": [1]}}, {"a": [[1]]}),
    ("the last popped", {"a": [1, 2]}, {"$pop": {"a": 1}}, {"a": [1]}),
    ("the first popped", {"a": [1, 2]}, {"$pop": {"a": -1, "b": 1}}, {"a": [2]}),
    ("pulled by value", {"a": [1, 2, 1.0]}, {"$pull": {"a": 1}}, {"a": [2]}),
    ("pulled by condition", {"a": [1, 5]}, {"$pull": {"a": {"$gte": 5}}}, {"a": [1]}),
    (
        "pulled by fields",
        {"a": [{"x": 1, "y": 2}, {"x": 2}]},
        {"$pull": {"a": {"x": 1}}},
        {"a": [{"x": 2}]},
    ),
    ("all pulled", {"a": [1, 2, 3]}, {"$pullAll": {"a": [1, 3]}}, {"a": [2]}),
    (
        "every element",
        {"a": [{"n": 1}, {"n": 2}]},
        {"$inc": {"a.$[].n": 1}},
        {"a": [{"n": 2}, {"n": 3}]},
    ),
    ("replaced", {"_id": 1, "a": 1}, {"b": 2}, {"_id": 1, "b": 2}),
    (
        "by a pipeline",
        {"_id": 1, "a": [1, 2]},
        [{"$set": {"s": {"$sum": "$a"}}}, {"$unset": "a"}],
        {"_id": 1, "s": 3},
    ),
    (
        "a pipeline keeps the id",
        {"_id": 1, "a": {"b": 1}},
        [{"$replaceWith": "$a"}],
        {"_id": 1, "b": 1},
    ),
]


@pytest.mark.parametrize(
    ("document", "update", "result"), [pytest.param(*rest, id=says) for says, *rest in UPDATES]
)
def test_an_update_makes(document: Document, update: Any, result: Document) -> None:
    after = updated(document, update)

    assert after == result
    assert list(after) == list(result)


def test_no_operator_is_without_an_example() -> None:
    text = repr([update for _, _, update, _ in UPDATES])

    assert [name for name in UPDATE_OPERATORS if f"'{name}'" not in text] == ["$currentDate"]


def test_the_current_date_is_a_date_or_a_timestamp() -> None:
    after = updated({}, {"$currentDate": {"a": True, "b": {"$type": "timestamp"}}})

    assert isinstance(after["a"], datetime)
    assert isinstance(after["b"], Timestamp)


def test_the_dollar_is_the_element_the_filter_matched() -> None:
    after = updated({"a": [{"n": 1}, {"n": 5}]}, {"$set": {"a.$.n": 9}}, {"a.n": {"$gt": 3}})

    assert after == {"a": [{"n": 1}, {"n": 9}]}


# What it says, document, update, array filters, result.
ARRAY_FILTERS: list[tuple[str, Document, Any, Any, Document]] = [
    ("values", {"a": [1, 5, 9]}, {"$set": {"a.$[x]": 0}}, [{"x": {"$gte": 5}}], {"a": [1, 0, 0]}),
    (
        "fields",
        {"a": [{"n": 1}, {"n": 2}]},
        {"$inc": {"a.$[x].n": 10}},
        [{"x.n": 2}],
        {"a": [{"n": 1}, {"n": 12}]},
    ),
    (
        "either",
        {"a": [1, 2, 3]},
        {"$mul": {"a.$[x]": 10}},
        [{"$or": [{"x": 1}, {"x": 3}]}],
        {"a": [10, 2, 30]},
    ),
    (
        "inner arrays",
        {"a": [{"b": [1, 2]}]},
        {"$set": {"a.$[].b.$[x]": 0}},
        [{"x": 2}],
        {"a": [{"b": [1, 0]}]},
    ),
]


@pytest.mark.parametrize(
    ("document", "update", "filters", "result"),
    [pytest.param(*rest, id=says) for says, *rest in ARRAY_FILTERS],
)
def test_array_filters_choose(document: Any, update: Any, filters: Any, result: Any) -> None:
    assert updated(document, update, array_filters=filters) == result


# What it says, document, update, code.
REFUSALS: list[tuple[str, Document, Any, int]] = [
    ("an unknown operator", {}, {"$foo": {"a": 1}}, ErrorCode.FailedToParse),
    ("an operator without fields", {}, {"$set": 5}, ErrorCode.FailedToParse),
    (
        "one place written twice",
        {},
        {"$set": {"a": 1}, "$inc": {"a": 1}},
        ErrorCode.ConflictingUpdateOperators,
    ),
    (
        "a place inside another",
        {},
        {"$set": {"a.b": 1, "a": 1}},
        ErrorCode.ConflictingUpdateOperators,
    ),
    (
        "renamed onto a written place",
        {},
        {"$rename": {"a": "b"}, "$set": {"b": 1}},
        ErrorCode.ConflictingUpdateOperators,
    ),
    ("an empty name", {}, {"$set": {"a..b": 1}}, ErrorCode.EmptyFieldName),
    ("a name with a dollar", {}, {"$set": {"$a": 1}}, ErrorCode.DollarPrefixedFieldName),
    ("another id", {"_id": 1}, {"$set": {"_id": 2}}, ErrorCode.ImmutableField),
    ("another id in a replacement", {"_id": 1}, {"_id": 2}, ErrorCode.ImmutableField),
    ("another id by a pipeline", {"_id": 1}, [{"$set": {"_id": 2}}], ErrorCode.ImmutableField),
    ("through a number", {"a": 5}, {"$set": {"a.b": 1}}, ErrorCode.PathNotViable),
    ("a name in an array", {"a": [1]}, {"$set": {"a.b": 1}}, ErrorCode.PathNotViable),
    ("a position a million away", {"a": [1]}, {"$set": {"a.9999999": 1}}, ErrorCode.BadValue),
    ("counting text", {"a": "x"}, {"$inc": {"a": 1}}, ErrorCode.TypeMismatch),
    ("counting by text", {}, {"$inc": {"a": "x"}}, ErrorCode.TypeMismatch),
    ("beyond 64 bits", {"a": Int64(2**63 - 1)}, {"$inc": {"a": 1}}, ErrorCode.BadValue),
    ("pushing to a number", {"a": 5}, {"$push": {"a": 1}}, ErrorCode.BadValue),
    (
        "pushing with an unknown clause",
        {},
        {"$push": {"a": {"$each": [], "$x": 1}}},
        ErrorCode.BadValue,
    ),
    ("pushing a clause without each", {}, {"$push": {"a": {"$slice": 1}}}, ErrorCode.BadValue),
    ("each of no array", {}, {"$push": {"a": {"$each": 1}}}, ErrorCode.BadValue),
    ("popping from a number", {"a": 5}, {"$pop": {"a": 1}}, ErrorCode.TypeMismatch),
    ("popping the second", {"a": [1]}, {"$pop": {"a": 2}}, ErrorCode.FailedToParse),
    ("pulling from a number", {"a": 5}, {"$pull": {"a": 1}}, ErrorCode.BadValue),
    ("no position", {"a": [1]}, {"$set": {"a.$": 1}}, ErrorCode.BadValue),
    ("a name without a filter", {"a": [1]}, {"$set": {"a.$[x]": 1}}, ErrorCode.BadValue),
    ("all elements of a number", {"a": 1}, {"$set": {"a.$[]": 1}}, ErrorCode.BadValue),
    ("a stage that may not update", {}, [{"$match": {}}], ErrorCode.InvalidOptions),
    ("an update that is none", {}, 5, ErrorCode.FailedToParse),
    (
        "operators in a replacement",
        {},
        {"a": 1, "$set": {"b": 1}},
        ErrorCode.DollarPrefixedFieldName,
    ),
    ("bits of a fraction", {"a": 1.5}, {"$bit": {"a": {"or": 1}}}, ErrorCode.BadValue),
    ("a date of no kind", {}, {"$currentDate": {"a": {"$type": "day"}}}, ErrorCode.BadValue),
]


@pytest.mark.parametrize(
    ("document", "update", "code"), [pytest.param(*rest, id=says) for says, *rest in REFUSALS]
)
def test_an_update_is_refused(document: Document, update: Any, code: int) -> None:
    with pytest.raises(ServerError) as refusal:
        updated(document, update)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    "filters", [[{"x": 1}, {"x": 2}], [{"x": 1, "y": 1}], [{"x": 1}, {"y": 1}], [{"X": 1}], [5]]
)
def test_array_filters_that_make_no_sense_are_refused(filters: Any) -> None:
    with pytest.raises(ServerError):
        updated({"a": [1]}, {"$set": {"a.$[x]": 1}}, array_filters=filters)


def test_many_documents_cannot_have_one_replacement() -> None:
    with pytest.raises(ServerError, match="multi update"):
        compile_update({"a": 1}, {}, is_multi=True)


INSERTIONS = [
    (
        "equalities of the filter",
        {"a": 1, "b.c": 2, "n": {"$gt": 3}},
        {"$set": {"x": 1}},
        {"a": 1, "b": {"c": 2}, "x": 1},
    ),
    (
        "what and, eq and in say",
        {"$and": [{"a": {"$eq": 1}}, {"b": {"$in": [2]}}, {"c": {"$in": [3, 4]}}]},
        {"$set": {"x": 1}},
        {"a": 1, "b": 2, "x": 1},
    ),
    (
        "fields only for new documents",
        {"a": 1},
        {"$setOnInsert": {"new": True}, "$inc": {"n": 1}},
        {"a": 1, "n": 1, "new": True},
    ),
    ("a replacement and the id", {"_id": 5, "a": 1}, {"b": 2}, {"_id": 5, "b": 2}),
    (
        "what a pipeline makes of it",
        {"_id": 5, "a": 1},
        [{"$set": {"b": {"$add": ["$a", 1]}}}],
        {"_id": 5, "a": 1, "b": 2},
    ),
]


@pytest.mark.parametrize(
    ("query", "update", "result"), [pytest.param(*rest, id=says) for says, *rest in INSERTIONS]
)
def test_an_upsert_inserts(query: Document, update: Any, result: Document) -> None:
    before = copy.deepcopy(query)

    assert compile_update(update, query).insertion() == result
    assert query == before


def test_a_filter_that_names_a_field_twice_cannot_be_upserted() -> None:
    with pytest.raises(ServerError) as refusal:
        compile_update({"$set": {"x": 1}}, {"a": {"b": 1}, "a.b": 1}).insertion()

    assert refusal.value.code == ErrorCode.NotSingleValueField


def test_one_compiled_update_serves_many_documents() -> None:
    update = compile_update({"$push": {"a": 1}, "$set": {"b": {}}}, {})

    first, second = update.apply({}), update.apply({"a": [5]})

    assert first == {"a": [1], "b": {}}
    assert second == {"a": [5, 1], "b": {}}


def test_updates_of_the_same_fields_share_nothing_but_their_names() -> None:
    first = compile_update({"$set": {"state": "a"}, "$inc": {"score": 1}})
    second = compile_update({"$set": {"state": "b"}, "$inc": {"score": 5}})

    assert first.apply({"_id": 1, "score": 1}) == {"_id": 1, "score": 2, "state": "a"}
    assert second.apply({"_id": 1, "score": 1}) == {"_id": 1, "score": 6, "state": "b"}
    for _ in range(2):  # a refusal is not remembered as something else
        with pytest.raises(ServerError):
            compile_update({"$set": {"state": "a"}, "$inc": {"state": 1}})


def test_a_collation_governs_sets_and_extremes() -> None:
    scope = Scope(fold=folding({"locale": "en", "strength": 2}))

    assert updated({"a": ["x"]}, {"$addToSet": {"a": "X"}}, scope=scope) == {"a": ["x"]}
    assert updated({"a": "b"}, {"$max": {"a": "C"}}, scope=scope) == {"a": "C"}
    assert updated({"a": ["x", "y"]}, {"$pull": {"a": "X"}}, scope=scope) == {"a": ["y"]}


@pytest.mark.parametrize(
    "change",
    [
        {"$set": {"tags": ["c"]}},
        {"$unset": {"inside": ""}},
        {"$inc": {"count": 2}},
        {"$push": {"tags": "c"}},
        {"$push": {"tags": {"$each": ["c", "a"], "$sort": 1, "$slice": 2, "$position": 0}}},
        {"$addToSet": {"tags": {"$each": ["a", "c"]}}},
        {"$pull": {"rows": {"state": "old"}}},
        {"$pullAll": {"tags": ["a"]}},
        {"$pop": {"rows": -1}},
        {"$bit": {"count": {"or": 8}}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_update_of_whole_fields_leaves_the_values_they_had_as_they_were(
    change: Document,
) -> None:
    before: Document = {
        "_id": 1,
        "count": 1,
        "tags": ["a", "b"],
        "inside": {"x": 1},
        "rows": [{"state": "old"}, {"state": "new"}],
    }
    kept = copy.deepcopy(before)
    update = compile_update(change)

    after = update.apply(dict(before))

    assert not update.reaches_inside
    assert before == kept
    assert after != before


def test_an_update_inside_a_field_says_so() -> None:
    assert compile_update({"$set": {"inside.x": 2}}).reaches_inside
    assert compile_update({"$rename": {"count": "inside.count"}}).reaches_inside
    assert compile_update([{"$set": {"x": 1}}]).reaches_inside
