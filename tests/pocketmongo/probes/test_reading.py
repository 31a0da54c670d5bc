"""Order, projections, cursors, counting. The manual: docs/reference/method/db.collection.find."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import bson
import pytest
from bson import ObjectId
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import OperationFailure

from tests.pocketmongo.running import Document

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def order(found: Any) -> list[Any]:
    return [document["_id"] for document in found]


# name: (values of `v`, … for none; their order, ascending)
ORDERS: dict[str, tuple[list[Any], list[int]]] = {
    "types in BSON's order": (
        ["a", 3, ..., True, NEW_YEAR, ObjectId(), {"a": 1}, 2.5, b"x"],
        [2, 7, 1, 0, 6, 8, 5, 3, 4],
    ),
    "strings by their bytes": (["b", "B", "a", "é"], [1, 2, 0, 3]),
    "numbers by value whatever their type": ([2, 1.5, bson.Int64(3), -0.5], [3, 1, 0, 2]),
    "dates by time": (
        [NEW_YEAR, NEW_YEAR - timedelta(days=300), NEW_YEAR.replace(year=1950)],
        [2, 1, 0],
    ),
    "an array by its least element": ([[5, 1], [2, 3], [9], 4], [0, 1, 3, 2]),
    "nothing before an empty array before numbers": ([1, [], ...], [1, 2, 0]),
}


@pytest.mark.parametrize("is_indexed", [False, True], ids=["scanned", "indexed"])
@pytest.mark.parametrize("case", ORDERS)
def test_a_sort_puts(case: str, is_indexed: bool, collection: Collection[Document]) -> None:
    values, expected = ORDERS[case]
    if is_indexed:
        collection.create_index([("v", 1), ("_id", 1)])
    collection.insert_many(
        {"_id": place} if value is ... else {"_id": place, "v": value}
        for place, value in enumerate(values)
    )

    assert order(collection.find().sort([("v", 1), ("_id", 1)])) == expected
    assert order(collection.aggregate([{"$sort": {"v": 1, "_id": 1}}])) == expected


def test_a_descending_sort_takes_an_array_by_its_greatest_element(
    collection: Collection[Document],
) -> None:
    collection.insert_many([{"_id": 1, "v": [5, 1]}, {"_id": 2, "v": [2, 3]}, {"_id": 3, "v": [9]}])

    assert order(collection.find().sort("v", -1)) == [3, 1, 2]


def test_a_sort_by_two_fields_skips_and_stops(collection: Collection[Document]) -> None:
    collection.insert_many({"_id": n, "a": n % 3, "b": -n, "c": {"d": 9 - n}} for n in range(9))

    found = collection.find().sort([("a", -1), ("b", 1)]).skip(1).limit(4)

    assert order(found) == [5, 2, 7, 4]
    assert order(collection.find(sort=[("_id", -1)], limit=2, skip=3)) == [5, 4]
    assert order(collection.find().sort("c.d", 1).limit(2)) == [8, 7]


def test_pages_by_key_meet_everything_once(collection: Collection[Document]) -> None:
    inserted = collection.insert_many(
        {"c": NEW_YEAR + timedelta(seconds=n // 3)} for n in range(20)
    ).inserted_ids
    seen: list[ObjectId] = []
    query: Document = {}

    while page := list(collection.find(query).sort([("c", 1), ("_id", 1)]).limit(7)):
        seen += order(page)
        last = page[-1]
        after = {"c": last["c"], "_id": {"$gt": last["_id"]}}
        query = {"$or": [{"c": {"$gt": last["c"]}}, after]}

    assert seen == inserted


@pytest.fixture
def thing(collection: Collection[Document]) -> Collection[Document]:
    collection.insert_one(
        {
            "_id": 1,
            "s": "Abc",
            "t": ["x", "y"],
            "sub": {"a": 1, "b": 2},
            "items": [{"sku": "a", "q": 5}, {"sku": "b", "q": 50}],
        }
    )
    return collection


PROJECTIONS: dict[str, tuple[Any, Document]] = {
    "one field": ({"s": 1}, {"_id": 1, "s": "Abc"}),
    "names": (["s", "nope"], {"_id": 1, "s": "Abc"}),
    "a path": ({"_id": 0, "sub.a": 1}, {"sub": {"a": 1}}),
    "a path through an array": (
        {"_id": 0, "items.sku": 1},
        {"items": [{"sku": "a"}, {"sku": "b"}]},
    ),
    "all but": ({"items": 0, "t": 0, "sub.b": 0}, {"_id": 1, "s": "Abc", "sub": {"a": 1}}),
    "all but the id": (
        {"_id": 0, "items": 0, "sub": 0},
        {"s": "Abc", "t": ["x", "y"]},
    ),
    "a slice": ({"t": {"$slice": 1}, "s": 1}, {"_id": 1, "s": "Abc", "t": ["x"]}),
    "a slice from the end": (
        {"t": {"$slice": [-1, 1]}, "s": 1},
        {"_id": 1, "s": "Abc", "t": ["y"]},
    ),
    "the element that meets": (
        {"items": {"$elemMatch": {"sku": "b"}}},
        {"_id": 1, "items": [{"sku": "b", "q": 50}]},
    ),
    "computed": (
        {"_id": 0, "k": {"$concat": ["$s", "!"]}, "n": {"$size": "$t"}},
        {"k": "Abc!", "n": 2},
    ),
}


@pytest.mark.parametrize("case", PROJECTIONS)
def test_a_projection_returns(case: str, thing: Collection[Document]) -> None:
    projection, expected = PROJECTIONS[case]

    assert thing.find_one({"_id": 1}, projection) == expected


def test_a_projection_returns_the_element_the_filter_found(thing: Collection[Document]) -> None:
    found = thing.find_one({"items.sku": "b"}, {"items.$": 1})

    assert found == {"_id": 1, "items": [{"sku": "b", "q": 50}]}


def test_a_projection_cannot_both_name_and_leave_out(thing: Collection[Document]) -> None:
    with pytest.raises(OperationFailure) as caught:
        thing.find_one({}, {"s": 1, "t": 0})

    assert caught.value.code in {31253, 31254}


def test_counting(collection: Collection[Document], database: Database[Document]) -> None:
    collection.insert_many({"a": n} for n in range(20))

    assert collection.count_documents({"a": {"$gte": 5}}) == 15
    assert collection.count_documents({}, skip=5, limit=10) == 10
    assert collection.estimated_document_count() == 20
    assert database.nothing.count_documents({}) == 0
    assert database.nothing.estimated_document_count() == 0


def test_distinct_values(thing: Collection[Document]) -> None:
    reference = ObjectId()
    thing.insert_many({"at": NEW_YEAR, "of": reference, "s": "z"} for _ in range(2))

    assert thing.distinct("t") == ["x", "y"]
    assert thing.distinct("items.sku") == ["a", "b"]
    assert thing.distinct("s", {"_id": 1}) == ["Abc"]
    assert thing.distinct("at") == [NEW_YEAR]
    assert thing.distinct("of") == [reference]


def test_an_order_or_an_index_may_be_asked_for(collection: Collection[Document]) -> None:
    collection.create_index("a")
    collection.insert_many({"_id": n, "a": -n} for n in range(3))

    assert order(collection.find({"a": {"$lt": 1}}).hint("a_1")) == [2, 1, 0]
    assert order(collection.find().sort("$natural", -1)) == [2, 1, 0]
    with pytest.raises(OperationFailure) as caught:
        collection.find({"a": 1}).hint("nope_1").to_list()
    assert caught.value.code == 2  # BadValue


def test_a_comment_a_time_limit_and_disk_use_may_be_given(thing: Collection[Document]) -> None:
    found = thing.find().comment("hi").max_time_ms(5000).allow_disk_use(True)

    assert order(found) == [1]


def test_a_query_that_takes_too_long_is_ended(collection: Collection[Document]) -> None:
    collection.insert_many({"_id": n, "s": "x" * 50} for n in range(20_000))

    with pytest.raises(OperationFailure) as caught:
        collection.find({"s": {"$regex": "y"}}).sort("s").max_time_ms(1).to_list()

    assert caught.value.code == 50  # MaxTimeMSExpired


def test_a_cursor_over_fifty_thousand_documents_keeps_its_order(
    collection: Collection[Document],
) -> None:
    for start in range(0, 50_000, 10_000):
        collection.insert_many({"_id": n, "p": "x" * 50} for n in range(start, start + 10_000))

    found = collection.find({}, batch_size=500).sort("_id", 1)

    assert order(found) == list(range(50_000))


def test_a_cursor_stops_rewinds_and_is_listed(collection: Collection[Document]) -> None:
    collection.insert_many({"_id": n} for n in range(300))
    cursor = collection.find().sort("_id", 1).batch_size(10)

    first = next(cursor)
    cursor.rewind()

    assert next(cursor) == first == {"_id": 0}
    assert len(list(collection.find().limit(-5))) == 5
    assert collection.find().sort("_id", 1)[3] == {"_id": 3}
    assert len(collection.find().batch_size(7).to_list()) == 300
    assert len(collection.find().to_list(25)) == 25


def test_updating_what_a_cursor_passes_neither_repeats_nor_loops(
    collection: Collection[Document],
) -> None:
    collection.create_index("v")
    collection.insert_many({"_id": n, "v": 0} for n in range(500))

    seen = []
    for document in collection.find({"v": 0}).batch_size(50):
        seen.append(document["_id"])
        collection.update_one({"_id": document["_id"]}, {"$set": {"v": 1, "pad": "y" * 50}})

    assert len(seen) == len(set(seen)) == 500
    assert collection.count_documents({"v": 1}) == 500


def test_batches_may_be_read_raw(collection: Collection[Document]) -> None:
    collection.insert_many({"_id": n} for n in range(3))

    [batch] = collection.find_raw_batches({}).to_list()

    assert order(bson.decode_all(cast(bytes, batch))) == [0, 1, 2]


def test_reading_makes_no_collection(database: Database[Document]) -> None:
    things = database.things

    assert things.find_one({"a": 1}) is None
    assert things.count_documents({}) == 0
    assert things.distinct("a") == []
    assert list(things.aggregate([{"$match": {}}])) == []
    assert things.update_one({"a": 1}, {"$set": {"b": 1}}).matched_count == 0
    assert database.list_collection_names() == []
