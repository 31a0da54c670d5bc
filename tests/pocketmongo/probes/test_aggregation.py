"""What pipelines return. The manual: docs/reference/operator/aggregation-pipeline."""

from __future__ import annotations

from typing import Any

import pytest
from bson import ObjectId
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import OperationFailure

from tests.pocketmongo.probes.pipelines import CAMPAIGNS, EVENTS, MONDAY, PIPELINES, hours
from tests.pocketmongo.running import Document

CASELESS = {"locale": "en", "strength": 2}


@pytest.fixture
def events(database: Database[Document]) -> Collection[Document]:
    database.campaigns.insert_many(CAMPAIGNS)
    database.events.insert_many(EVENTS)
    return database.events


@pytest.mark.parametrize("case", PIPELINES)
def test_a_pipeline_returns(case: str, events: Collection[Document]) -> None:
    pipeline, expected = PIPELINES[case]

    assert list(events.aggregate(pipeline)) == expected


def test_joins_follow_object_ids(database: Database[Document]) -> None:
    reference = ObjectId()
    database.campaigns.insert_one({"_id": reference, "name": "A"})
    database.events.insert_one({"_id": 1, "of": reference})
    join = {"from": "campaigns", "localField": "of", "foreignField": "_id", "as": "c"}

    [event] = database.events.aggregate([{"$lookup": join}])

    assert event == {"_id": 1, "of": reference, "c": [{"_id": reference, "name": "A"}]}


def test_a_tree_is_climbed(database: Database[Document]) -> None:
    database.tree.insert_many([{"_id": 1, "p": None}, {"_id": 2, "p": 1}, {"_id": 3, "p": 2}])
    climb = {
        "from": "tree",
        "startWith": "$p",
        "connectFromField": "p",
        "connectToField": "_id",
        "as": "above",
    }

    [leaf] = database.tree.aggregate([{"$match": {"_id": 3}}, {"$graphLookup": climb}])

    assert sorted(each["_id"] for each in leaf["above"]) == [1, 2]


def test_a_sample_has_the_size_asked_for(events: Collection[Document]) -> None:
    found = [each["_id"] for each in events.aggregate([{"$sample": {"size": 3}}])]

    assert len(set(found)) == 3


def test_gaps_in_days_are_filled(database: Database[Document]) -> None:
    database.days.insert_many([{"d": MONDAY, "n": 1}, {"d": hours(72), "n": 4}])

    filled = database.days.aggregate(
        [
            {"$densify": {"field": "d", "range": {"step": 1, "unit": "day", "bounds": "full"}}},
            {"$fill": {"sortBy": {"d": 1}, "output": {"n": {"value": 0}}}},
            {"$sort": {"d": 1}},
            {"$project": {"_id": 0}},
        ]
    )

    counts = [1, 0, 0, 4]
    assert list(filled) == [{"d": hours(24 * day), "n": n} for day, n in enumerate(counts)]


def test_a_merge_replaces_merges_or_keeps(events: Collection[Document]) -> None:
    stats = events.database.stats

    def merge(step: int, **how: Any) -> None:
        group = {"_id": "$campaign", "n": {"$sum": step}}
        events.aggregate([{"$group": group}, {"$merge": {"into": "stats", **how}}])

    merge(1, on="_id", whenMatched="replace", whenNotMatched="insert")
    assert list(stats.find().sort("_id")) == [{"_id": 1, "n": 6}, {"_id": 2, "n": 6}]
    stats.update_one({"_id": 1}, {"$set": {"keep": 1}})
    merge(2)
    assert stats.find_one({"_id": 1}) == {"_id": 1, "n": 12, "keep": 1}
    merge(3, whenMatched="keepExisting")
    assert stats.find_one({"_id": 1}) == {"_id": 1, "n": 12, "keep": 1}
    merge(4, whenMatched="replace")
    assert stats.find_one({"_id": 1}) == {"_id": 1, "n": 24}
    with pytest.raises(OperationFailure):
        merge(5, whenMatched="fail")


def test_out_replaces_a_collection_but_not_its_indexes(events: Collection[Document]) -> None:
    target = events.database.target
    target.create_index("n")
    target.insert_one({"_id": 99})

    answer = events.aggregate(
        [{"$group": {"_id": "$campaign", "n": {"$sum": 1}}}, {"$out": "target"}]
    )

    assert list(answer) == []
    assert target.distinct("_id") == [1, 2]
    assert "n_1" in target.index_information()


def test_a_funnel_counts_people_once(database: Database[Document]) -> None:
    seen = [(1, "sent"), (1, "open"), (2, "sent"), (3, "sent"), (3, "open"), (3, "reply")]
    database.seen.insert_many({"person": person, "event": event} for person, event in seen)

    [funnel] = database.seen.aggregate(
        [
            {"$group": {"_id": "$person", "events": {"$addToSet": "$event"}}},
            {"$project": {"o": {"$in": ["open", "$events"]}, "r": {"$in": ["reply", "$events"]}}},
            {
                "$group": {
                    "_id": None,
                    "n": {"$sum": 1},
                    "o": {"$sum": {"$cond": ["$o", 1, 0]}},
                    "r": {"$sum": {"$toInt": "$r"}},
                }
            },
        ]
    )

    assert funnel == {"_id": None, "n": 3, "o": 2, "r": 1}


def test_sums_pass_over_what_is_no_number(collection: Collection[Document]) -> None:
    collection.insert_many([{"v": 1}, {"v": 2}, {}, {"v": "x"}, {"v": None}])
    group = {
        "_id": None,
        "s": {"$sum": "$v"},
        "a": {"$avg": "$v"},
        "m": {"$max": "$v"},
        "p": {"$push": "$v"},
    }

    [result] = collection.aggregate([{"$group": group}])

    assert result == {"_id": None, "s": 3, "a": 1.5, "m": "x", "p": [1, 2, "x", None]}
    assert type(result["s"]) is int


def test_groups_by_nothing_by_arrays_and_by_subdocuments(collection: Collection[Document]) -> None:
    collection.insert_many([{"k": None}, {}, {"k": [1, 2]}, {"k": [1, 2]}, {"k": {"a": 1}}])

    groups = collection.aggregate([{"$group": {"_id": "$k", "n": {"$sum": 1}}}])

    found = {repr(group["_id"]): group["n"] for group in groups}
    assert found == {"None": 2, "[1, 2]": 2, "{'a': 1}": 1}


def test_a_pipeline_takes_a_collation_and_small_batches(collection: Collection[Document]) -> None:
    collection.insert_many({"_id": n, "s": "Ab" if n % 2 else "aB"} for n in range(500))

    batches = collection.aggregate([{"$match": {}}], batchSize=7, allowDiskUse=True)
    counted = collection.aggregate([{"$match": {"s": "AB"}}, {"$count": "n"}], collation=CASELESS)

    assert len(list(batches)) == 500
    assert list(counted) == [{"n": 500}]


def test_a_view_is_read_like_a_collection(database: Database[Document]) -> None:
    database.things.insert_many([{"_id": 1, "a": 1}, {"_id": 2, "a": 2}])
    database.create_collection("view", viewOn="things", pipeline=[{"$match": {"a": 2}}])

    assert list(database.view.find()) == [{"_id": 2, "a": 2}]
    assert database.view.count_documents({}) == 1
    with pytest.raises(OperationFailure) as caught:
        database.view.insert_one({})
    assert caught.value.code == 166  # CommandNotSupportedOnView


@pytest.mark.parametrize(
    ("stage", "codes"),
    [
        ({"$foo": 1}, {40324}),
        ({"$project": {"x": {"$foo": 1}}}, {168, 31325}),
        ({"$project": {"x": {"$divide": ["$a", 0]}}}, {2, 16608}),
        ({"$project": {"x": {"$toInt": "abc"}}}, {241}),
        ({"$limit": 0}, {15958}),
        ({"$match": {"a": {"$foo": 1}}}, {2}),
    ],
    ids=["stage", "expression", "division by zero", "conversion", "limit", "filter"],
)
def test_a_pipeline_that_cannot_be_is_an_error(
    stage: Document, codes: set[int], collection: Collection[Document]
) -> None:
    collection.insert_one({"a": 1})

    with pytest.raises(OperationFailure) as caught:
        collection.aggregate([stage])

    assert caught.value.code in codes
