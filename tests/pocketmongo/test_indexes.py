"""Unique, partial, sparse, compound and TTL indexes, as MongoDB's manual has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Int64, ObjectId
from pymongo import IndexModel
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, OperationFailure

from tests.pocketmongo.many import eventually
from tests.pocketmongo.running import Document

COUPLE = [("account", 1), ("email", 1)]
CASELESS = {"locale": "en", "strength": 2}
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
REFERENCE = ObjectId()

# (keys, options, documents that live side by side, one more that collides with them)
COLLISIONS: dict[str, tuple[Any, Document, list[Document], Document]] = {
    "a single field": ("email", {}, [{"email": "a"}, {"email": "b"}], {"email": "a"}),
    "a compound key": (
        COUPLE,
        {},
        [{"account": 1, "email": "a"}, {"account": 2, "email": "a"}],
        {"account": 1, "email": "a"},
    ),
    "a nested field": ("a.b", {}, [{"a": {"b": 1}}, {"a": {"b": 2}}], {"a": {"b": 1}}),
    "two documents without the field": ("email", {}, [{"x": 1}], {"x": 2}),
    "a compound key with a field missing": (COUPLE, {}, [{"account": 1}], {"account": 1}),
    "sparse, with the field": ("e", {"sparse": True}, [{}, {}, {"e": 1}], {"e": 1}),
    "partial, inside the filter": (
        "email",
        {"partialFilterExpression": {"state": "active"}},
        [
            {"email": "a", "state": "old"},
            {"email": "a", "state": "old"},
            {"email": "a", "state": "active"},
        ],
        {"email": "a", "state": "active"},
    ),
    "partial by existence": (
        "e",
        {"partialFilterExpression": {"e": {"$exists": True}}},
        [{}, {}, {"e": 1}],
        {"e": 1},
    ),
    "partial by type": (
        "e",
        {"partialFilterExpression": {"e": {"$type": "string"}}},
        [{"e": None}, {"e": None}, {}, {"e": "k"}],
        {"e": "k"},
    ),
    "values of arrays": ("names", {}, [{"names": ["a", "b"]}], {"names": ["b", "c"]}),
    "numbers of different types": ("k", {}, [{"k": 1}, {"k": "1"}, {"k": True}], {"k": 1.0}),
    "a long and an int": ("k", {}, [{"k": 1}], {"k": Int64(1)}),
    "object ids": ("k", {}, [{"k": REFERENCE}, {"k": ObjectId()}], {"k": REFERENCE}),
    "dates": ("k", {}, [{"k": NOON}, {"k": NOON + timedelta(milliseconds=1)}], {"k": NOON}),
    "strings but for their case": ("k", {"collation": CASELESS}, [{"k": "A@x"}], {"k": "a@X"}),
    "a field with a quote in its name": ("it's", {}, [{"it's": 1}], {"it's": 1}),
    "a field with a double quote in its name": ('q"q', {}, [{'q"q': 1}], {'q"q': 1}),
    "a field with a space in its name": ("x y", {}, [{"x y": 1}], {"x y": 1}),
    "a field with an accent in its name": ("été", {}, [{"été": 1}], {"été": 1}),
}


@pytest.mark.parametrize("case", COLLISIONS)
def test_a_unique_index_refuses_the_second_of(case: str, collection: Collection[Document]) -> None:
    keys, options, documents, collides = COLLISIONS[case]
    collection.create_index(keys, unique=True, **options)
    for document in documents:
        collection.insert_one(document.copy())

    with pytest.raises(DuplicateKeyError) as caught:
        collection.insert_one(collides.copy())

    assert caught.value.code == 11000
    assert collection.count_documents({}) == len(documents)


def test_a_duplicate_names_the_index_and_the_values(collection: Collection[Document]) -> None:
    collection.create_index(COUPLE, unique=True)
    collection.insert_one({"account": 1, "email": "a@x"})

    with pytest.raises(DuplicateKeyError, match=r"E11000.*account_1_email_1") as caught:
        collection.insert_one({"account": 1, "email": "a@x"})

    assert caught.value.details is not None
    assert caught.value.details["keyPattern"] == {"account": 1, "email": 1}
    assert caught.value.details["keyValue"] == {"account": 1, "email": "a@x"}


def test_an_id_is_unique_without_an_index_of_ours(collection: Collection[Document]) -> None:
    collection.insert_one({"_id": "x"})

    with pytest.raises(DuplicateKeyError):
        collection.insert_one({"_id": "x"})


def test_no_write_may_break_a_unique_index(collection: Collection[Document]) -> None:
    collection.create_index("k", unique=True)
    collection.insert_many([{"_id": 1, "k": 1}, {"_id": 2, "k": 2}])

    with pytest.raises(DuplicateKeyError):
        collection.update_one({"_id": 2}, {"$set": {"k": 1, "z": 1}})
    with pytest.raises(DuplicateKeyError):
        collection.replace_one({"_id": 2}, {"k": 1})
    with pytest.raises(DuplicateKeyError):
        collection.find_one_and_update({"_id": 2}, {"$set": {"k": 1}})

    assert collection.find_one({"_id": 2}) == {"_id": 2, "k": 2}


def test_a_document_may_keep_its_own_unique_value(collection: Collection[Document]) -> None:
    collection.create_index("k", unique=True)
    collection.insert_one({"_id": 1, "k": 1})

    assert collection.update_one({"_id": 1}, {"$set": {"k": 1, "n": 2}}).modified_count == 1


def test_a_document_that_leaves_a_partial_index_frees_its_value(
    collection: Collection[Document],
) -> None:
    collection.create_index("e", unique=True, partialFilterExpression={"state": "active"})
    collection.insert_one({"_id": 1, "e": "a", "state": "active"})

    collection.update_one({"_id": 1}, {"$set": {"state": "old"}})
    collection.insert_one({"_id": 2, "e": "a", "state": "active"})

    with pytest.raises(DuplicateKeyError):
        collection.update_one({"_id": 1}, {"$set": {"state": "active"}})


def test_a_unique_index_over_duplicates_is_not_made(collection: Collection[Document]) -> None:
    collection.insert_many([{"k": 1}, {"k": 1}])

    with pytest.raises(OperationFailure) as caught:
        collection.create_index("k", unique=True)

    assert caught.value.code == 11000
    assert set(collection.index_information()) == {"_id_"}


def test_making_an_index_twice_is_harmless(collection: Collection[Document]) -> None:
    models = [IndexModel([("a", 1)], name="by_a"), IndexModel([("b", -1), ("c", 1)], unique=True)]

    first, second = collection.create_indexes(models), collection.create_indexes(models)

    assert first == second == ["by_a", "b_-1_c_1"]
    assert set(collection.index_information()) == {"_id_", "by_a", "b_-1_c_1"}


def test_the_same_name_with_other_options_is_refused(collection: Collection[Document]) -> None:
    collection.create_index("k")

    with pytest.raises(OperationFailure) as caught:
        collection.create_index("k", unique=True)

    assert caught.value.code in {85, 86}  # IndexOptionsConflict, IndexKeySpecsConflict


def test_indexes_are_described_as_they_were_made(collection: Collection[Document]) -> None:
    collection.create_index([("a", 1), ("b", -1)], unique=True, name="ab")
    collection.create_index("t", expireAfterSeconds=60)
    collection.create_index("e", partialFilterExpression={"s": 1})
    collection.create_index("s", sparse=True)

    indexes = collection.index_information()

    assert indexes["_id_"]["key"] == [("_id", 1)]
    assert indexes["ab"]["key"] == [("a", 1), ("b", -1)]
    assert indexes["ab"]["unique"] is True
    assert indexes["t_1"]["expireAfterSeconds"] == 60
    assert indexes["e_1"]["partialFilterExpression"] == {"s": 1}
    assert indexes["s_1"]["sparse"] is True


def test_a_dropped_index_no_longer_refuses(collection: Collection[Document]) -> None:
    name = collection.create_index("k", unique=True)
    collection.insert_one({"k": 1})

    collection.drop_index(name)
    collection.insert_one({"k": 1})

    assert set(collection.index_information()) == {"_id_"}
    with pytest.raises(OperationFailure) as caught:
        collection.drop_index("nope")
    assert caught.value.code == 27  # IndexNotFound


def test_dropping_all_indexes_keeps_the_one_on_id(collection: Collection[Document]) -> None:
    collection.create_indexes([IndexModel("a"), IndexModel("b")])

    collection.drop_indexes()

    assert set(collection.index_information()) == {"_id_"}


def test_an_index_is_gone_with_its_collection(collection: Collection[Document]) -> None:
    collection.create_index("k", unique=True)
    collection.drop()

    collection.insert_many([{"k": 1}, {"k": 1}])

    assert collection.count_documents({}) == 2


def test_hashed_wildcard_and_hidden_indexes_are_made(collection: Collection[Document]) -> None:
    collection.create_index([("h", "hashed")])
    collection.create_index([("$**", 1)])
    collection.create_index("hid", hidden=True)

    assert set(collection.index_information()) == {"_id_", "h_hashed", "$**_1", "hid_1"}
    assert collection.index_information()["h_hashed"]["key"] == [("h", "hashed")]


def test_expired_documents_go_and_all_others_stay(collection: Collection[Document]) -> None:
    now = datetime.now(UTC)
    past, future = now - timedelta(seconds=30), now + timedelta(hours=1)
    collection.create_index("expires_at", expireAfterSeconds=0)
    collection.insert_many(
        [
            {"_id": "expired", "expires_at": past},
            {"_id": "one of several is past", "expires_at": [future, past]},
            {"_id": "later", "expires_at": future},
            {"_id": "never"},
            {"_id": "not a date", "expires_at": "yesterday"},
        ]
    )

    eventually(lambda: collection.count_documents({}) <= 3, within=75)

    assert sorted(collection.distinct("_id")) == ["later", "never", "not a date"]


def test_a_time_to_live_counts_from_the_date(collection: Collection[Document]) -> None:
    now = datetime.now(UTC)
    collection.create_index("made_at", expireAfterSeconds=3600)
    collection.insert_many(
        [
            {"_id": "new", "made_at": now},
            {"_id": "old", "made_at": now - timedelta(hours=2)},
        ]
    )

    eventually(lambda: collection.count_documents({}) <= 1, within=75)

    assert collection.distinct("_id") == ["new"]
