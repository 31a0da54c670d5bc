"""Every value comes back as it was stored. The manual: docs/reference/bson-types."""

from __future__ import annotations

import math
import os
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from bson import (
    Binary,
    Code,
    DBRef,
    Decimal128,
    Int64,
    MaxKey,
    MinKey,
    ObjectId,
    Regex,
    Timestamp,
)
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DocumentTooLarge, OperationFailure

from tests.pocketmongo.conftest import NewClient
from tests.pocketmongo.running import Document

INDIA = timezone(timedelta(hours=5, minutes=30))
MEGABYTE = 2**20
SIXTEEN = 16 * MEGABYTE

VALUES: list[Any] = [
    ObjectId("6b0399d70ce52e5ec0215bab"),
    "été 😀 'q' \"dq\" \\ \n\t",
    "",
    "a\x00b",
    "$dollar",
    "null",
    "2026-01-01T00:00:00Z",
    "6b0399d70ce52e5ec0215bab",
    '{"$oid": "x"}',
    0,
    -1,
    2**31 - 1,
    Int64(5),
    Int64(2**53 + 1),
    Int64(2**63 - 1),
    Int64(-(2**63)),
    1.0,
    0.1 + 0.2,
    1e308,
    float("inf"),
    float("-inf"),
    True,
    False,
    None,
    [],
    {},
    datetime(2026, 11, 23, 1, 2, 3, 456000, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC),
    datetime(9999, 12, 31, tzinfo=UTC),
    Decimal128("19.90"),
    Decimal128("0.1234567890123456789012345678901234"),
    b"\x00\x01\xff",
    Binary(b"xy", 128),
    Binary(UUID(int=5).bytes, 4),
    Regex("^a", "i"),
    Timestamp(5, 1),
    MinKey(),
    MaxKey(),
    Code("x"),
    Code("x", {"a": 1}),
    DBRef("coll", ObjectId("6b0399d70ce52e5ec0215bab")),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_comes_back_as_it_was(value: Any, collection: Collection[Document]) -> None:
    collection.insert_one({"_id": 1, "v": value, "in": {"v": value}, "list": [value]})
    collection.update_one({"_id": 1}, {"$set": {"set": value, "x": 1}, "$push": {"p": value}})

    read = collection.find_one() or {}

    for back in (read["v"], read["in"]["v"], read["list"][0], read["set"], read["p"][0]):
        assert back == value
        assert type(back) is type(value)


def test_a_number_that_is_none_and_a_negative_zero_come_back(
    collection: Collection[Document],
) -> None:
    collection.insert_one({"nan": float("nan"), "zero": -0.0})

    read = collection.find_one() or {}

    assert math.isnan(read["nan"])
    assert math.copysign(1, read["zero"]) == -1


def test_dates_are_kept_to_the_millisecond_and_in_utc(
    collection: Collection[Document], new_client: NewClient
) -> None:
    collection.insert_one(
        {
            "_id": 1,
            "fine": datetime(2026, 1, 1, 0, 0, 0, 123456, tzinfo=UTC),
            "india": datetime(2026, 1, 1, 12, tzinfo=INDIA),
        }
    )
    naive = new_client(tz_aware=False)[collection.database.name].things

    assert collection.find_one() == {
        "_id": 1,
        "fine": datetime(2026, 1, 1, 0, 0, 0, 123000, tzinfo=UTC),
        "india": datetime(2026, 1, 1, 6, 30, tzinfo=UTC),
    }
    read = naive.find_one() or {}
    assert read["india"] == datetime(2026, 1, 1, 6, 30, tzinfo=UTC).replace(tzinfo=None)


def test_money_sorts_and_adds_exactly(collection: Collection[Document]) -> None:
    collection.insert_many({"_id": n, "p": Decimal128(n)} for n in ("9.90", "100", "10.10"))

    collection.update_one({"_id": "9.90"}, {"$inc": {"p": Decimal128("0.05")}})

    assert [price["_id"] for price in collection.find().sort("p")] == ["9.90", "10.10", "100"]
    [total] = collection.aggregate([{"$group": {"_id": None, "t": {"$sum": "$p"}}}])
    assert total["t"] == Decimal128("120.05")


def test_a_megabyte_of_noise_comes_back(collection: Collection[Document]) -> None:
    noise = os.urandom(MEGABYTE)

    collection.insert_one({"v": noise})

    assert (collection.find_one() or {})["v"] == noise


def test_a_uuid_is_a_value_and_a_key(new_client: NewClient, database: Database[Document]) -> None:
    things = new_client(uuidRepresentation="standard")[database.name].things
    key = UUID(int=2**100)

    things.insert_one({"_id": key, "u": key})

    assert things.find_one({"u": key}) == things.find_one({"_id": key}) == {"_id": key, "u": key}


def test_a_pattern_of_pythons_is_stored_as_one_of_bsons(collection: Collection[Document]) -> None:
    collection.insert_one({"r": re.compile("x", re.I)})

    assert (collection.find_one() or {})["r"] == Regex("x", "iu")


def test_names_of_fields_keep_their_order_and_may_hold_anything(
    collection: Collection[Document],
) -> None:
    names = ["z", "a", "a.b", "it's", 'd"q', "é k", "x y", "", "0", "select", "%s", "a--b"]
    document: Document = {"_id": 1, **{name: place for place, name in enumerate(names)}}
    document["m"] = {"z": 1, "a": {"$price": 5}}

    collection.insert_one(dict(document))

    read = collection.find_one() or {}
    assert list(read.items()) == list(document.items())
    assert list(read["m"]) == ["z", "a"]


def test_names_the_engine_uses_itself_mean_nothing(collection: Collection[Document]) -> None:
    document = {"_id": 1, "id": 0, "data": "x", "rowid": 5, "rid": 1, "key": "k", "v": [1]}

    collection.insert_one(dict(document))

    assert collection.find_one({"id": 0, "data": "x", "rowid": 5}) == document
    assert list(collection.find().sort([("rowid", 1), ("key", 1)])) == [document]


def test_text_that_looks_like_sql_is_text(database: Database[Document]) -> None:
    things = database["c'); DROP TABLE x;--"]
    document = {"_id": "'; DROP TABLE c; --", "k'); DELETE FROM c; --": 1}

    things.insert_one(dict(document))

    assert things.count_documents({"k'); DELETE FROM c; --": 1}) == 1
    assert things.find_one({"_id": "'; DROP TABLE c; --"}) == document


def test_collections_may_have_any_name(database: Database[Document]) -> None:
    names = ["audit.log", "a.b.c", "x-y", "camelCase", "camelcase", "select", "été", "1abc", "_x"]

    for place, name in enumerate(names):
        database[name].insert_one({"_id": place})

    assert [database[name].distinct("_id") for name in names] == [[n] for n in range(len(names))]
    assert sorted(database.list_collection_names()) == sorted(names)


def test_numbers_keep_their_type_through_arithmetic(collection: Collection[Document]) -> None:
    collection.insert_one({"_id": 1, "a": [1, 1.0, 2.5], "f": 1.0, "i": 1, "l": Int64(1)})

    collection.update_one({"_id": 1}, {"$inc": {"f": 1, "i": 1, "l": 1}})
    collection.update_one({"_id": 1}, {"$inc": {"i": 2**31}})

    read = collection.find_one() or {}
    assert [type(number) for number in read["a"]] == [int, float, float]
    assert (type(read["f"]), type(read["l"])) == (float, Int64)
    assert read["i"] == 2**31 + 2


EVERYTHING = {
    "_id": ObjectId(),
    "t": datetime(2026, 1, 1, tzinfo=UTC),
    "b": b"\x01\xff",
    "dec": Decimal128("1.10"),
    "f": 1.0,
    "big": Int64(2**60),
    "ref": ObjectId(),
    "none": None,
}


def test_types_survive_a_pipeline(collection: Collection[Document]) -> None:
    collection.insert_one(dict(EVERYTHING))
    group = {"_id": "$ref", "t": {"$first": "$t"}, "m": {"$max": "$t"}, "d": {"$push": "$dec"}}
    fields = dict.fromkeys(EVERYTHING, 1)

    assert list(collection.aggregate([{"$match": {"f": 1}}, {"$sort": {"t": 1}}])) == [EVERYTHING]
    assert list(collection.aggregate([{"$project": fields}])) == [EVERYTHING]
    assert list(collection.aggregate([{"$group": group}])) == [
        {
            "_id": EVERYTHING["ref"],
            "t": EVERYTHING["t"],
            "m": EVERYTHING["t"],
            "d": [EVERYTHING["dec"]],
        }
    ]


def test_sixteen_megabytes_are_stored_and_no_more(collection: Collection[Document]) -> None:
    collection.insert_one({"_id": 1, "v": "x" * (SIXTEEN - 1000)})

    with pytest.raises((DocumentTooLarge, OperationFailure)):
        collection.insert_one({"_id": 2, "v": "x" * (SIXTEEN + 10)})
    with pytest.raises(OperationFailure):
        collection.update_one({"_id": 1}, {"$set": {"w": "x" * 2000}})

    assert collection.distinct("_id") == [1]
    assert len((collection.find_one() or {})["v"]) == SIXTEEN - 1000


def test_deep_wide_and_long_documents_are_stored(collection: Collection[Document]) -> None:
    deep: Document = {"x": 1}
    for _ in range(90):
        deep = {"d": deep}
    wide = {f"k{n}": n for n in range(5000)}

    collection.insert_many([{"_id": 1, **deep}, {"_id": 2, **wide}, {"_id": 3, "a": [1] * 10_000}])
    collection.update_one({"_id": 3}, {"$push": {"a": 2}})

    assert collection.find_one({"_id": 1}) == {"_id": 1, **deep}
    assert collection.find_one({"_id": 2}) == {"_id": 2, **wide}
    assert len((collection.find_one({"_id": 3}) or {})["a"]) == 10_001
