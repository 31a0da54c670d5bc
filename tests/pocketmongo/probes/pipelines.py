"""Pipelines over twelve events of two campaigns, and what they return."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tests.pocketmongo.running import Document

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def hours(number: int) -> datetime:
    return MONDAY + timedelta(hours=number)


KINDS = ("sent", "open", "reply")
CAMPAIGNS = [{"_id": 1, "name": "A"}, {"_id": 2, "name": "B"}]
EVENTS = [
    {
        "_id": n,
        "campaign": 1 + n % 2,
        "kind": KINDS[n % 3],
        "at": hours(10 * n),
        "v": n,
        "tags": ["x", "y"][: n % 3],
    }
    for n in range(12)
]

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
