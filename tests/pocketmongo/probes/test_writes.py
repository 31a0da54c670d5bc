"""What writes report, and what upserts make. The manual: docs/reference/command/update."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from pymongo import (
    DeleteOne,
    InsertOne,
    MongoClient,
    ReplaceOne,
    ReturnDocument,
    UpdateMany,
    UpdateOne,
    WriteConcern,
)
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, WriteError

from tests.pocketmongo.many import eventually
from tests.pocketmongo.running import Document

CASELESS = {"locale": "en", "strength": 2}
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def without_id(document: Document | None) -> Document:
    return {key: value for key, value in (document or {}).items() if key != "_id"}


def test_an_insert_returns_the_id_it_stored(collection: Collection[Document]) -> None:
    inserted = collection.insert_one({"x": 1})

    assert isinstance(inserted.inserted_id, ObjectId)
    assert collection.find_one() == {"_id": inserted.inserted_id, "x": 1}


def test_an_ordered_insert_stops_at_the_first_duplicate(collection: Collection[Document]) -> None:
    collection.create_index("k", unique=True)
    collection.insert_one({"k": 3})

    with pytest.raises(BulkWriteError) as caught:
        collection.insert_many({"k": n} for n in range(6))

    assert caught.value.details["nInserted"] == 3
    [error] = caught.value.details["writeErrors"]
    assert (error["index"], error["code"], error["op"]["k"]) == (3, 11000, 3)
    assert collection.count_documents({}) == 4


def test_an_unordered_insert_reports_every_duplicate(collection: Collection[Document]) -> None:
    collection.create_index("k", unique=True)
    collection.insert_many([{"k": 1}, {"k": 4}])

    with pytest.raises(BulkWriteError) as caught:
        collection.insert_many(({"k": n} for n in range(6)), ordered=False)

    details = caught.value.details
    assert details["nInserted"] == 4
    assert [(error["index"], error["code"]) for error in details["writeErrors"]] == [
        (1, 11000),
        (4, 11000),
    ]
    assert collection.count_documents({}) == 6


def test_a_bulk_write_of_everything_counts_everything(collection: Collection[Document]) -> None:
    collection.insert_many([{"_id": 1, "v": 1}, {"_id": 2, "v": 2}, {"_id": 3, "v": 3}])

    result = collection.bulk_write(
        [
            InsertOne({"_id": 4, "v": 4}),
            UpdateOne({"_id": 1}, {"$set": {"v": 10}}),
            UpdateMany({"v": {"$gte": 3}}, {"$inc": {"v": 1}}),
            ReplaceOne({"_id": 2}, {"v": 20}),
            UpdateOne({"_id": 9}, {"$set": {"v": 9}, "$setOnInsert": {"n": 1}}, upsert=True),
            DeleteOne({"_id": 3}),
            UpdateOne({"_id": 1}, {"$set": {"v": 10}}),
        ]
    )

    assert (result.inserted_count, result.matched_count, result.modified_count) == (1, 6, 6)
    assert (result.deleted_count, result.upserted_count, result.upserted_ids) == (1, 1, {4: 9})
    assert {document["_id"]: document["v"] for document in collection.find()} == {
        1: 10,
        2: 20,
        4: 5,
        9: 9,
    }


def test_an_unordered_bulk_write_does_all_it_can(collection: Collection[Document]) -> None:
    collection.create_index("k", unique=True)
    collection.insert_one({"_id": 0, "k": 0})

    with pytest.raises(BulkWriteError) as caught:
        collection.bulk_write(
            [
                InsertOne({"k": 0}),
                InsertOne({"k": 1}),
                UpdateOne({"k": 5}, {"$set": {"z": 1}}, upsert=True),
                InsertOne({"k": 1}),
                UpdateOne({"k": 1}, {"$set": {"k": 0}}),
            ],
            ordered=False,
        )

    details = caught.value.details
    assert sorted(error["index"] for error in details["writeErrors"]) == [0, 3, 4]
    assert {error["code"] for error in details["writeErrors"]} == {11000}
    assert (details["nInserted"], details["nUpserted"]) == (1, 1)


def test_what_did_not_change_is_not_counted_as_modified(collection: Collection[Document]) -> None:
    collection.insert_many([{"_id": 1, "v": 1}, {"_id": 2, "v": 1}])

    result = collection.bulk_write(
        [UpdateOne({"_id": 1}, {"$set": {"v": 1}}), UpdateOne({"_id": 2}, {"$set": {"v": 2}})]
    )

    assert (result.matched_count, result.modified_count) == (2, 1)


def test_a_client_writes_to_several_collections_in_one_go(
    database: Database[Document], client: MongoClient[Document]
) -> None:
    name = database.name

    result = client.bulk_write(
        [
            InsertOne({"_id": 1}, namespace=f"{name}.a"),
            UpdateOne({"_id": 2}, {"$set": {"v": 1}}, upsert=True, namespace=f"{name}.b"),
            UpdateMany({}, {"$set": {"w": 1}}, namespace=f"{name}.b"),
            DeleteOne({"_id": 1}, namespace=f"{name}.a"),
        ],
        verbose_results=True,
    )

    assert (result.inserted_count, result.upserted_count, result.deleted_count) == (1, 1, 1)
    assert result.insert_results[0].inserted_id == 1
    assert result.update_results[1].upserted_id == 2
    assert result.update_results[2].modified_count == 1
    assert database.b.find_one() == {"_id": 2, "v": 1, "w": 1}


def test_an_upsert_takes_equalities_from_its_filter(collection: Collection[Document]) -> None:
    update = {"$set": {"x": 1}, "$setOnInsert": {"created": 5}}

    made = collection.update_one({"a": 1, "e": "a", "n": {"$gt": 3}}, update, upsert=True)
    found = collection.update_one(
        {"a": 1, "e": "a"}, {"$set": {"x": 2}, "$setOnInsert": {"created": 6}}, upsert=True
    )

    assert isinstance(made.upserted_id, ObjectId)
    assert (made.matched_count, made.modified_count) == (0, 0)
    assert (found.matched_count, found.modified_count, found.upserted_id) == (1, 1, None)
    assert without_id(collection.find_one()) == {"a": 1, "e": "a", "x": 2, "created": 5}


def test_an_upsert_takes_paths_and_equalities_in_an_and(collection: Collection[Document]) -> None:
    query = {"a.b": 1, "$and": [{"c": {"$eq": 2}}, {"d": {"$in": [7, 8]}}]}

    collection.update_one(query, {"$set": {"z": 1}}, upsert=True)

    assert without_id(collection.find_one()) == {"a": {"b": 1}, "c": 2, "z": 1}


@pytest.mark.parametrize("key", ["k1", 7, {"a": 1, "b": "x"}, NOON], ids=repr)
def test_an_upsert_takes_any_id(key: object, collection: Collection[Document]) -> None:
    made = collection.update_one({"_id": key}, {"$inc": {"v": 1}}, upsert=True)
    collection.update_one({"_id": key}, {"$inc": {"v": 1}}, upsert=True)

    assert made.upserted_id == key
    assert list(collection.find()) == [{"_id": key, "v": 2}]


def test_a_replacement_keeps_the_id(collection: Collection[Document]) -> None:
    made = collection.replace_one({"_id": 5}, {"a": 1}, upsert=True)
    replaced = collection.replace_one({"_id": 5}, {"b": 2})

    assert made.upserted_id == 5
    assert (replaced.matched_count, replaced.modified_count) == (1, 1)
    assert list(collection.find()) == [{"_id": 5, "b": 2}]


def test_updates_and_deletes_of_many_count(collection: Collection[Document]) -> None:
    collection.insert_many({"a": n % 2, "v": 0, "t": ["x"] if n % 2 else []} for n in range(10))

    some = collection.update_many({"t": "x"}, {"$set": {"v": 1}})
    every = collection.update_many({}, {"$set": {"v": 1}})

    assert (some.matched_count, some.modified_count) == (5, 5)
    assert (every.matched_count, every.modified_count) == (10, 5)
    assert collection.delete_many({"a": 0}).deleted_count == 5
    assert collection.delete_one({"t": "x"}).deleted_count == 1
    assert collection.delete_one({"a": 7}).deleted_count == 0
    assert collection.count_documents({}) == 4


def test_find_and_update_returns_before_or_after(collection: Collection[Document]) -> None:
    collection.insert_many({"_id": n, "p": n % 3, "s": "q"} for n in range(6))
    run = {"$set": {"s": "r"}}

    last = collection.find_one_and_update(
        {"s": "q"}, run, sort=[("p", -1), ("_id", -1)], return_document=ReturnDocument.AFTER
    )
    before = collection.find_one_and_update({"_id": 0}, run)
    part = collection.find_one_and_update(
        {"_id": 1}, run, projection={"s": 1, "_id": 0}, return_document=ReturnDocument.AFTER
    )

    assert last == {"_id": 5, "p": 2, "s": "r"}
    assert before == {"_id": 0, "p": 0, "s": "q"}
    assert part == {"s": "r"}
    assert collection.find_one_and_update({"_id": 99}, run) is None


def test_find_and_update_makes_what_is_missing(collection: Collection[Document]) -> None:
    count = {"$inc": {"n": 1}}

    after = collection.find_one_and_update(
        {"_id": "a"}, count, upsert=True, return_document=ReturnDocument.AFTER
    )

    assert after == {"_id": "a", "n": 1}
    assert collection.find_one_and_update({"_id": "b"}, count, upsert=True) is None
    assert collection.find_one({"_id": "b"}) == {"_id": "b", "n": 1}


def test_find_and_update_takes_a_pipeline(collection: Collection[Document]) -> None:
    collection.insert_one({"_id": 1, "a": 2})

    after = collection.find_one_and_update(
        {"_id": 1}, [{"$set": {"a": {"$add": ["$a", 1]}}}], return_document=ReturnDocument.AFTER
    )

    assert after == {"_id": 1, "a": 3}


def test_find_and_delete_and_find_and_replace(collection: Collection[Document]) -> None:
    collection.insert_many({"_id": n} for n in range(3))

    deleted = collection.find_one_and_delete({}, sort=[("_id", -1)])
    replaced = collection.find_one_and_replace(
        {"_id": 0}, {"z": 1}, return_document=ReturnDocument.AFTER
    )

    assert deleted == {"_id": 2}
    assert replaced == {"_id": 0, "z": 1}
    assert list(collection.find().sort("_id")) == [{"_id": 0, "z": 1}, {"_id": 1}]


def test_jobs_whose_lease_ran_out_are_claimed_again(collection: Collection[Document]) -> None:
    minutes = timedelta(minutes=5)
    collection.insert_many(
        [
            {"_id": 1, "st": "run", "lease": NOON - minutes},
            {"_id": 2, "st": "q", "lease": None},
            {"_id": 3, "st": "run", "lease": NOON + minutes},
        ]
    )
    free = {"$or": [{"st": "q"}, {"st": "run", "lease": {"$lt": NOON}}]}
    take = {"$set": {"st": "run", "lease": NOON + 2 * minutes}}

    claimed = [collection.find_one_and_update(free, take, sort=[("_id", 1)]) for _ in range(3)]

    assert [job and job["_id"] for job in claimed] == [1, 2, None]


def test_writes_take_a_collation_and_an_order(collection: Collection[Document]) -> None:
    collection.insert_many({"_id": n, "p": -n, "a": "xX"[n % 2]} for n in range(3))

    one = collection.update_one({"a": "X"}, {"$set": {"m": 1}}, collation=CASELESS)
    many = collection.update_many({"a": "x"}, {"$set": {"m": 2}}, collation=CASELESS)
    collection.update_one({}, {"$set": {"first": True}}, sort={"p": 1})

    assert (one.matched_count, many.matched_count) == (1, 3)
    assert collection.find_one({"first": True}, {"_id": 1}) == {"_id": 2}


def test_a_write_for_the_majority_is_acknowledged(database: Database[Document]) -> None:
    concern = WriteConcern(w="majority", j=True, wtimeout=5000)

    result = database.get_collection("c", write_concern=concern).insert_one({"a": 1})

    assert result.acknowledged
    assert database.c.count_documents({}) == 1


def test_writes_nobody_waits_for_arrive(database: Database[Document]) -> None:
    silent = database.get_collection("c", write_concern=WriteConcern(w=0))

    for number in range(5):
        silent.insert_one({"_id": number})

    assert eventually(lambda: database.c.count_documents({}) == 5)
    assert database.c.distinct("_id") == [0, 1, 2, 3, 4]


def test_a_validator_refuses_what_does_not_fit(database: Database[Document]) -> None:
    schema = {"required": ["email"], "properties": {"email": {"bsonType": "string"}}}
    database.create_collection("v", validator={"$jsonSchema": schema})
    database.v.insert_one({"email": "x"})

    with pytest.raises(WriteError) as inserted:
        database.v.insert_one({"a": 1})
    with pytest.raises(WriteError) as updated:
        database.v.update_one({}, {"$set": {"email": 5}})

    assert (inserted.value.code, updated.value.code) == (121, 121)  # DocumentValidationFailure
    assert database.v.count_documents({}) == 1
