"""What an update leaves. The manual: docs/reference/operator/update."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from pymongo.collection import Collection
from pymongo.errors import OperationFailure, WriteError

from tests.pocketmongo.running import Document

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NEW_YEAR + timedelta(days=1)
OID = ObjectId()

# name: (document before, update, document after); `_id` is always 1 and left out.
UPDATES: dict[str, tuple[Document, Any, Document]] = {
    "many operators at once": (
        {"a": 1, "b": 2, "c": 5, "d": 5, "e": 1, "f": 1},
        {
            "$inc": {"a": 2, "new.x": 1},
            "$mul": {"b": 3},
            "$min": {"c": 3},
            "$max": {"d": 9},
            "$unset": {"e": ""},
            "$rename": {"f": "g"},
        },
        {"a": 3, "b": 6, "c": 3, "d": 9, "g": 1, "new": {"x": 1}},
    ),
    "the later and the earlier date": (
        {"last": NEW_YEAR},
        {"$max": {"last": LATER}, "$min": {"first": NEW_YEAR}},
        {"last": LATER, "first": NEW_YEAR},
    ),
    "set a path, a subdocument and null": (
        {},
        {"$set": {"a.b.c": 1, "d": {"e": [1, {"f": None}]}, "n": None}},
        {"a": {"b": {"c": 1}}, "d": {"e": [1, {"f": None}]}, "n": None},
    ),
    "set a place in an array": ({"a": [1, 2, 3]}, {"$set": {"a.1": 9}}, {"a": [1, 9, 3]}),
    "set a place beyond an array": ({"a": [1]}, {"$set": {"a.3": 9}}, {"a": [1, None, None, 9]}),
    "unset a place in an array leaves null": (
        {"a": [1, 2]},
        {"$unset": {"a.0": ""}},
        {"a": [None, 2]},
    ),
    "push": ({"a": [1]}, {"$push": {"a": 2}}, {"a": [1, 2]}),
    "push makes the array": ({}, {"$push": {"a": 2}}, {"a": [2]}),
    "push a subdocument with its types": (
        {},
        {"$push": {"ev": {"at": NEW_YEAR, "by": OID, "n": 1.0}}},
        {"ev": [{"at": NEW_YEAR, "by": OID, "n": 1.0}]},
    ),
    "push each, sorted, the last three": (
        {"h": [{"n": 5}, {"n": 1}]},
        {"$push": {"h": {"$each": [{"n": 9}, {"n": 3}], "$sort": {"n": 1}, "$slice": -3}}},
        {"h": [{"n": 3}, {"n": 5}, {"n": 9}]},
    ),
    "push to a position": (
        {"q": [1, 2]},
        {"$push": {"q": {"$each": [0], "$position": 0}}},
        {"q": [0, 1, 2]},
    ),
    "add to a set": (
        {"t": ["a"], "s": [{"x": 1, "y": 2}]},
        {"$addToSet": {"t": {"$each": ["a", "b", "b"]}, "s": {"x": 1, "y": 2}}},
        {"t": ["a", "b"], "s": [{"x": 1, "y": 2}]},
    ),
    "pull by condition and by subdocument": (
        {"t": [1, 2, 3, 4], "s": [{"k": 1, "v": 1}, {"k": 2, "v": 5}]},
        {"$pull": {"t": {"$gte": 3}, "s": {"k": 2}}},
        {"t": [1, 2], "s": [{"k": 1, "v": 1}]},
    ),
    "pull by value and from a list": (
        {"t": [1, 2, 1], "p": [1, 2, 3]},
        {"$pull": {"t": 1, "p": {"$in": [3]}}},
        {"t": [2], "p": [1, 2]},
    ),
    "pull all and pop": (
        {"t": [1, 2, 1], "p": [1, 2, 3], "q": [1, 2]},
        {"$pullAll": {"t": [1]}, "$pop": {"p": -1, "q": 1}},
        {"t": [2], "p": [2, 3], "q": [1]},
    ),
    "every element": (
        {"s": [{"v": 1}, {"v": 2}], "a": [1, 2, 3]},
        {"$inc": {"s.$[].v": 10, "a.1": 5}},
        {"s": [{"v": 11}, {"v": 12}], "a": [1, 7, 3]},
    ),
    "bits": ({"b": 12}, {"$bit": {"b": {"and": 10}}}, {"b": 8}),
    "a pipeline": (
        {"a": 2, "b": 3},
        [{"$set": {"sum": {"$add": ["$a", "$b"]}}}, {"$unset": "b"}],
        {"a": 2, "sum": 5},
    ),
}


@pytest.mark.parametrize("case", UPDATES)
def test_an_update_leaves(case: str, collection: Collection[Document]) -> None:
    before, update, after = UPDATES[case]
    collection.insert_one({"_id": 1, **before})

    result = collection.update_one({"_id": 1}, update)

    assert (result.matched_count, result.modified_count) == (1, 1)
    assert collection.find_one() == {"_id": 1, **after}


UNCHANGED: dict[str, tuple[Document, Document]] = {
    "the same value": ({"a": 1}, {"$set": {"a": 1}}),
    "what the set already has": ({"t": ["a"]}, {"$addToSet": {"t": "a"}}),
    "a field that is not there": ({"a": 1}, {"$unset": {"b": ""}}),
    "a lower maximum": ({"a": 5}, {"$max": {"a": 3}}),
    "nothing to pull": ({"t": ["a"]}, {"$pull": {"t": "b"}}),
    "what is only for inserts": ({"a": 1}, {"$setOnInsert": {"b": 1}}),
}


@pytest.mark.parametrize("case", UNCHANGED)
def test_an_update_that_changes_nothing_says_so(
    case: str, collection: Collection[Document]
) -> None:
    before, update = UNCHANGED[case]
    collection.insert_one({"_id": 1, **before})

    result = collection.update_one({"_id": 1}, update)

    assert (result.matched_count, result.modified_count) == (1, 0)
    assert collection.find_one() == {"_id": 1, **before}


# name: (document, filter, update, array filters, document after)
Positional = tuple[Document, Document, Document, list[Document] | None, Document]
POSITIONAL: dict[str, Positional] = {
    "the element the filter found": (
        {"steps": [{"id": "a", "st": 0}, {"id": "b", "st": 0}]},
        {"steps.id": "b"},
        {"$set": {"steps.$.st": 1}},
        None,
        {"steps": [{"id": "a", "st": 0}, {"id": "b", "st": 1}]},
    ),
    "the element that met all conditions": (
        {"s": [{"id": 1, "q": 5}, {"id": 2, "q": 50}]},
        {"s": {"$elemMatch": {"id": 2, "q": {"$gt": 10}}}},
        {"$inc": {"s.$.q": 1}},
        None,
        {"s": [{"id": 1, "q": 5}, {"id": 2, "q": 51}]},
    ),
    "elements a filter names": (
        {"s": [{"id": 1}, {"id": 2}]},
        {},
        {"$set": {"s.$[e].done": True}},
        [{"e.id": 2}],
        {"s": [{"id": 1}, {"id": 2, "done": True}]},
    ),
    "elements within elements": (
        {"s": [{"q": 5, "x": [{"y": 1}]}, {"q": 50, "x": [{"y": 1}, {"y": 2}]}]},
        {},
        {"$set": {"s.$[e].ok": 1, "s.$[e].x.$[f].z": 1}},
        [{"e.q": {"$gte": 10}}, {"f.y": 1}],
        {"s": [{"q": 5, "x": [{"y": 1}]}, {"q": 50, "x": [{"y": 1, "z": 1}, {"y": 2}], "ok": 1}]},
    ),
}


@pytest.mark.parametrize("case", POSITIONAL)
def test_an_update_reaches_into_an_array(case: str, collection: Collection[Document]) -> None:
    before, query, update, filters, after = POSITIONAL[case]
    collection.insert_many([{"_id": 1, **before}, {"_id": 2, **before}])

    one = collection.update_one({"_id": 1, **query}, update, array_filters=filters)
    two = collection.find_one_and_update(
        {"_id": 2, **query}, update, array_filters=filters, return_document=True
    )

    assert one.modified_count == 1
    assert collection.find_one({"_id": 1}) == {"_id": 1, **after}
    assert two == {"_id": 2, **after}


# name: (document, update, MongoDB's code)
ERRORS: dict[str, tuple[Document, Any, int]] = {
    "adding to text": ({"s": "x"}, {"$inc": {"s": 1}}, 14),
    "adding text": ({"n": 1}, {"$inc": {"n": "x"}}, 14),
    "one path twice": ({"a": 1}, {"$set": {"a": 1}, "$inc": {"a": 1}}, 40),
    "a path and what lies on it": ({}, {"$set": {"a": 1, "a.b": 1}}, 40),
    "an unknown operator": ({"a": 1}, {"$foo": {"a": 1}}, 9),
    "another id": ({"a": 1}, {"$set": {"_id": 2}}, 66),
    "pushing to a number": ({"a": 1}, {"$push": {"a": 1}}, 2),
    "a path through a number": ({"a": 1}, {"$set": {"a.b": 1}}, 28),
    "a position nothing was found for": ({"a": [1]}, {"$set": {"a.$": 1}}, 2),
}


@pytest.mark.parametrize("case", ERRORS)
def test_an_update_that_cannot_be_is_an_error_and_changes_nothing(
    case: str, collection: Collection[Document]
) -> None:
    before, update, code = ERRORS[case]
    collection.insert_one({"_id": 1, **before})

    with pytest.raises(WriteError) as written:
        collection.update_one({"_id": 1}, update)
    with pytest.raises(OperationFailure) as found:
        collection.find_one_and_update({"_id": 1}, update)

    assert (written.value.code, found.value.code) == (code, code)
    assert collection.find_one() == {"_id": 1, **before}


def test_the_current_date_is_a_date(collection: Collection[Document]) -> None:
    collection.insert_one({"_id": 1})

    collection.update_one({"_id": 1}, {"$currentDate": {"at": True}})

    stored = collection.find_one() or {}
    assert abs(stored["at"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_an_array_filter_nobody_uses_is_an_error(collection: Collection[Document]) -> None:
    collection.insert_one({"_id": 1, "a": [1]})

    with pytest.raises(WriteError) as caught:
        collection.update_one({}, {"$set": {"b": 1}}, array_filters=[{"e": 1}])

    assert caught.value.code == 9
