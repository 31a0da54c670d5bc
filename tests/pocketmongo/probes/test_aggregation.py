"""What pipelines return. The manual: docs/reference/operator/aggregation-pipeline."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import OperationFailure

from tests.pocketmongo.running import Document

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
KINDS = ("sent", "open", "reply")
CASELESS = {"locale": "en", "strength": 2}


def hours(number: int) -> datetime:
    return MONDAY + timedelta(hours=number)


@pytest.fixture
def events(database: Database[Document]) -> Collection[Document]:
    database.campaigns.insert_many([{"_id": 1, "name": "A"}, {"_id": 2, "name": "B"}])
    database.events.insert_many(
        {
            "_id": n,
            "campaign": 1 + n % 2,
            "kind": KINDS[n % 3],
            "at": hours(10 * n),
            "v": n,
            "tags": ["x", "y"][: n % 3],
        }
        for n in range(12)
    )
    return database.events


LAST_OF_CAMPAIGN = [
    {"$match": {"$expr": {"$and": [{"$eq": ["$campaign", "$$c"]}, {"$gte": ["$v", 8]}]}}},
    {"$sort": {"v": -1}},
    {"$limit": 1},
    {"$project": {"v": 1, "_id": 0}},
]
RUNNING_TOTAL = {
    "partitionBy": "$campaign",
    "sortBy": {"at": 1},
    "output": {
        "run": {"$sum": "$v", "window": {"documents": ["unbounded", "current"]}},
        "place": {"$documentNumber": {}},
        "mean": {"$avg": "$v", "window": {"documents": [-1, 0]}},
        "before": {"$shift": {"output": "$v", "by": -1, "default": None}},
    },
}
ONE_DAY = {"$sum": "$v", "window": {"range": [-24, 0], "unit": "hour"}}

# Over the twelve events above; what comes back, in order.
PIPELINES: dict[str, tuple[list[Document], list[Document]]] = {
    "groups with every common accumulator": (
        [
            {"$match": {"v": {"$gte": 2}, "campaign": 1}},
            {"$sort": {"_id": 1}},
            {
                "$group": {
                    "_id": "$campaign",
                    "sum": {"$sum": "$v"},
                    "avg": {"$avg": "$v"},
                    "min": {"$min": "$at"},
                    "max": {"$max": "$v"},
                    "n": {"$sum": 1},
                    "count": {"$count": {}},
                    "first": {"$first": "$v"},
                    "last": {"$last": "$kind"},
                    "all": {"$push": "$v"},
                }
            },
        ],
        [
            {
                "_id": 1,
                "sum": 30,
                "avg": 6.0,
                "min": hours(20),
                "max": 10,
                "n": 5,
                "count": 5,
                "first": 2,
                "last": "open",
                "all": [2, 4, 6, 8, 10],
            }
        ],
    ),
    "groups by two fields": (
        [
            {"$group": {"_id": {"c": "$campaign", "k": "$kind"}, "n": {"$sum": 1}}},
            {"$sort": {"_id.c": 1, "_id.k": 1}},
            {"$limit": 1},
        ],
        [{"_id": {"c": 1, "k": "open"}, "n": 2}],
    ),
    "one group of all, counting some": (
        [
            {
                "$group": {
                    "_id": None,
                    "n": {"$sum": {"$cond": [{"$eq": ["$kind", "sent"]}, 1, 0]}},
                }
            }
        ],
        [{"_id": None, "n": 4}],
    ),
    "groups by day": (
        [
            {
                "$group": {
                    "_id": {"$dateTrunc": {"date": "$at", "unit": "day"}},
                    "n": {"$sum": 1},
                }
            },
            {"$sort": {"_id": 1}},
            {"$limit": 2},
        ],
        [{"_id": MONDAY, "n": 3}, {"_id": hours(24), "n": 2}],
    ),
    "groups by week": (
        [
            {
                "$group": {
                    "_id": {"$dateTrunc": {"date": "$at", "unit": "week", "startOfWeek": "monday"}},
                    "n": {"$sum": 1},
                }
            }
        ],
        [{"_id": MONDAY, "n": 12}],
    ),
    "groups by the day somewhere else": (
        [
            {
                "$group": {
                    "_id": {
                        "$dateToString": {
                            "date": "$at",
                            "format": "%Y-%m-%d",
                            "timezone": "America/New_York",
                        }
                    },
                    "n": {"$sum": 1},
                }
            },
            {"$sort": {"_id": 1}},
            {"$limit": 1},
        ],
        [{"_id": "2026-01-04", "n": 1}],
    ),
    "joins for a list": (
        [
            {"$match": {"_id": 3}},
            {"$project": {"both": [1, "$campaign", 9]}},
            {
                "$lookup": {
                    "from": "campaigns",
                    "localField": "both",
                    "foreignField": "_id",
                    "as": "c",
                }
            },
            {"$project": {"names": "$c.name"}},
        ],
        [{"_id": 3, "names": ["A", "B"]}],
    ),
    "joins that find nothing": (
        [
            {"$match": {"_id": 3}},
            {"$lookup": {"from": "none", "localField": "v", "foreignField": "x", "as": "c"}},
            {"$project": {"c": 1}},
        ],
        [{"_id": 3, "c": []}],
    ),
    "joins by a pipeline": (
        [
            {"$group": {"_id": "$campaign"}},
            {
                "$lookup": {
                    "from": "events",
                    "let": {"c": "$_id"},
                    "pipeline": LAST_OF_CAMPAIGN,
                    "as": "last",
                }
            },
            {"$sort": {"_id": 1}},
        ],
        [{"_id": 1, "last": [{"v": 10}]}, {"_id": 2, "last": [{"v": 11}]}],
    ),
    "unwinding drops what is empty": (
        [{"$unwind": "$tags"}, {"$count": "n"}],
        [{"n": 12}],
    ),
    "unwinding keeps what is empty when asked": (
        [
            {
                "$unwind": {
                    "path": "$tags",
                    "preserveNullAndEmptyArrays": True,
                    "includeArrayIndex": "i",
                }
            },
            {"$sort": {"_id": 1, "i": 1}},
            {"$project": {"tags": 1, "i": 1}},
            {"$limit": 3},
        ],
        [
            {"_id": 0, "i": None},
            {"_id": 1, "tags": "x", "i": 0},
            {"_id": 2, "tags": "x", "i": 0},
        ],
    ),
    "a page and its total": (
        [
            {"$match": {"campaign": 1}},
            {
                "$facet": {
                    "total": [{"$count": "n"}],
                    "page": [
                        {"$sort": {"v": -1}},
                        {"$skip": 1},
                        {"$limit": 2},
                        {"$project": {"v": 1}},
                    ],
                }
            },
        ],
        [{"total": [{"n": 6}], "page": [{"_id": 8, "v": 8}, {"_id": 6, "v": 6}]}],
    ),
    "fields set, unset and merged": (
        [
            {"$match": {"_id": 3}},
            {"$set": {"x.y": {"$add": ["$v", 1]}}},
            {"$unset": ["tags", "at"]},
            {"$replaceRoot": {"newRoot": {"$mergeObjects": [{"k": 1}, "$$ROOT"]}}},
        ],
        [{"k": 1, "_id": 3, "campaign": 2, "kind": "sent", "v": 3, "x": {"y": 4}}],
    ),
    "a count by value": (
        [{"$match": {"_id": {"$lt": 4}}}, {"$sortByCount": "$kind"}, {"$limit": 1}],
        [{"_id": "sent", "count": 2}],
    ),
    "buckets": (
        [
            {
                "$bucket": {
                    "groupBy": "$v",
                    "boundaries": [0, 4, 8],
                    "default": "other",
                    "output": {"n": {"$sum": 1}, "s": {"$sum": "$v"}},
                }
            }
        ],
        [
            {"_id": 0, "n": 4, "s": 6},
            {"_id": 4, "n": 4, "s": 22},
            {"_id": "other", "n": 4, "s": 38},
        ],
    ),
    "buckets of equal size": (
        [{"$bucketAuto": {"groupBy": "$v", "buckets": 3}}],
        [
            {"_id": {"min": 0, "max": 4}, "count": 4},
            {"_id": {"min": 4, "max": 8}, "count": 4},
            {"_id": {"min": 8, "max": 11}, "count": 4},
        ],
    ),
    "a window over the documents before": (
        [
            {"$setWindowFields": RUNNING_TOTAL},
            {"$match": {"campaign": 1}},
            {"$sort": {"at": 1}},
            {"$project": {"_id": 0, "run": 1, "place": 1, "mean": 1, "before": 1}},
            {"$limit": 3},
        ],
        [
            {"run": 0, "place": 1, "mean": 0.0, "before": None},
            {"run": 2, "place": 2, "mean": 1.0, "before": 0},
            {"run": 6, "place": 3, "mean": 3.0, "before": 2},
        ],
    ),
    "a window over a day": (
        [
            {"$setWindowFields": {"sortBy": {"at": 1}, "output": {"d": ONE_DAY}}},
            {"$sort": {"at": 1}},
            {"$project": {"_id": 0, "d": 1}},
            {"$limit": 5},
        ],
        [{"d": 0}, {"d": 1}, {"d": 3}, {"d": 6}, {"d": 9}],
    ),
    "another collection after this one": (
        [
            {"$match": {"_id": 0}},
            {"$project": {"_id": 1}},
            {"$unionWith": {"coll": "campaigns", "pipeline": [{"$match": {"_id": 2}}]}},
        ],
        [{"_id": 0}, {"_id": 2, "name": "B"}],
    ),
    "the greatest, the middle": (
        [
            {
                "$group": {
                    "_id": None,
                    "top": {"$topN": {"n": 2, "sortBy": {"v": -1}, "output": "$v"}},
                    "few": {"$firstN": {"n": 1, "input": "$kind"}},
                    "mid": {"$percentile": {"input": "$v", "p": [0.5], "method": "approximate"}},
                }
            }
        ],
        [{"_id": None, "top": [11, 10], "few": ["sent"], "mid": [5.0]}],
    ),
    "a match after unwinding": (
        [
            {"$unwind": "$tags"},
            {
                "$match": {
                    "tags": "x",
                    "at": {"$gte": hours(50)},
                    "$or": [{"kind": {"$in": ["open"]}}, {"kind": re.compile("^rep")}],
                }
            },
            {"$sort": {"_id": 1}},
            {"$group": {"_id": None, "ids": {"$push": "$_id"}}},
        ],
        [{"_id": None, "ids": [5, 7, 8, 10, 11]}],
    ),
}


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
