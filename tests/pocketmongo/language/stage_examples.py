"""For every aggregation stage what it makes of a few documents.

https://www.mongodb.com/docs/manual/reference/operator/aggregation-pipeline/
"""

from __future__ import annotations

from bson import Int64

from tests.pocketmongo.language.stage_documents import (
    EVENTS,
    FOREIGN,
    Example,
    numbered,
)
from tests.pocketmongo.language.window_examples import FILLING, WINDOWS

CHOOSING = [
    Example(
        "documents that match",
        [{"$match": {"v": {"$gt": 1}}}, {"$unset": ["tags", "at"]}],
        EVENTS,
        [
            {"_id": 2, "camp": "A", "type": "open", "v": 2},
            {"_id": 3, "camp": "B", "type": "sent", "v": 5},
        ],
    ),
    Example(
        "sorted both ways",
        [{"$sort": {"camp": -1, "v": 1}}, {"$project": {"v": 1}}],
        EVENTS,
        [
            {"_id": 3, "v": 5},
            {"_id": 1, "v": 1},
            {"_id": 2, "v": 2},
        ],
    ),
    Example(
        "one after the first",
        [{"$skip": 1}, {"$limit": 1}],
        numbered(7, 8, 9),
        [{"_id": 2, "v": 8}],
    ),
    Example(
        "a sample no bigger than all",
        [{"$sample": {"size": 5}}, {"$count": "n"}],
        EVENTS,
        [{"n": 3}],
    ),
    Example("no count of nothing", [{"$match": {"v": 99}}, {"$count": "n"}], EVENTS, []),
    Example(
        "documents from nowhere", [{"$documents": [{"a": 1}, {"a": 2}]}], [], [{"a": 1}, {"a": 2}]
    ),
]

RESHAPING = [
    Example(
        "fields kept and computed",
        [{"$project": {"_id": 0, "v": 1, "w": {"x": {"$add": ["$v", 1]}}}}],
        numbered(4),
        [{"v": 4, "w": {"x": 5}}],
    ),
    Example("fields left out", [{"$project": {"v": 0}}], numbered(4), [{"_id": 1}]),
    Example(
        "a field inside every document of an array",
        [{"$project": {"_id": 0, "a.b": 1}}],
        [{"_id": 1, "a": [{"b": 1, "c": 2}, 5, {"c": 3}]}],
        [{"a": [{"b": 1}, {}]}],
    ),
    Example(
        "fields added, also in arrays",
        [{"$addFields": {"a.x": "$_id"}}],
        [{"_id": 1, "a": [{"b": 1}, 5]}],
        [{"_id": 1, "a": [{"b": 1, "x": 1}, {"x": 1}]}],
    ),
    Example(
        "set is the same",
        [{"$set": {"w": "$v", "v": "$$REMOVE"}}],
        numbered(4),
        [{"_id": 1, "w": 4}],
    ),
    Example(
        "an inner field taken away",
        [{"$unset": "a.b"}],
        [{"a": {"b": 1, "c": 2}}],
        [{"a": {"c": 2}}],
    ),
    Example("another root", [{"$replaceRoot": {"newRoot": "$a"}}], [{"a": {"b": 1}}], [{"b": 1}]),
    Example("another root in short", [{"$replaceWith": {"x": "$v"}}], numbered(4), [{"x": 4}]),
    Example(
        "one document for each element",
        [{"$unwind": "$v"}],
        numbered([1, 2], [], None, 3),
        [
            {"_id": 1, "v": 1},
            {"_id": 1, "v": 2},
            {"_id": 4, "v": 3},
        ],
    ),
    Example(
        "one for each element, numbered, and the empty ones too",
        [{"$unwind": {"path": "$v", "includeArrayIndex": "i", "preserveNullAndEmptyArrays": True}}],
        numbered([7], [], None, 3),
        [
            {"_id": 1, "v": 7, "i": Int64(0)},
            {"_id": 2, "i": None},
            {"_id": 3, "v": None, "i": None},
            {"_id": 4, "v": 3, "i": None},
        ],
    ),
    Example(
        "what is secret is cut out on every level",
        [{"$redact": {"$cond": [{"$eq": ["$secret", True]}, "$$PRUNE", "$$DESCEND"]}}],
        [{"a": {"secret": True}, "b": [{"secret": True}, {"c": 1}], "d": {"e": {"secret": True}}}],
        [{"b": [{"c": 1}], "d": {}}],
    ),
]

GROUPING = [
    Example(
        "groups",
        [
            {
                "$group": {
                    "_id": "$camp",
                    "n": {"$count": {}},
                    "sum": {"$sum": "$v"},
                    "avg": {"$avg": "$v"},
                    "min": {"$min": "$v"},
                    "max": {"$max": "$v"},
                    "first": {"$first": "$type"},
                    "last": {"$last": "$type"},
                    "all": {"$push": "$v"},
                    "set": {"$addToSet": "$camp"},
                }
            }
        ],
        EVENTS,
        [
            {
                "_id": "A",
                "n": 2,
                "sum": 3,
                "avg": 1.5,
                "min": 1,
                "max": 2,
                "first": "sent",
                "last": "open",
                "all": [1, 2],
                "set": ["A"],
            },
            {
                "_id": "B",
                "n": 1,
                "sum": 5,
                "avg": 5.0,
                "min": 5,
                "max": 5,
                "first": "sent",
                "last": "sent",
                "all": [5],
                "set": ["B"],
            },
        ],
    ),
    Example(
        "groups of a few",
        [
            {
                "$group": {
                    "_id": None,
                    "top": {"$top": {"sortBy": {"v": -1}, "output": "$v"}},
                    "topN": {"$topN": {"sortBy": {"v": -1}, "output": "$v", "n": 2}},
                    "bottom": {"$bottom": {"sortBy": {"v": -1}, "output": "$v"}},
                    "bottomN": {"$bottomN": {"sortBy": {"v": -1}, "output": "$v", "n": 2}},
                    "firstN": {"$firstN": {"input": "$v", "n": 2}},
                    "lastN": {"$lastN": {"input": "$v", "n": 2}},
                    "minN": {"$minN": {"input": "$v", "n": 2}},
                    "maxN": {"$maxN": {"input": "$v", "n": 2}},
                    "merged": {"$mergeObjects": {"v": "$v"}},
                    "pop": {"$stdDevPop": "$v"},
                    "samp": {"$stdDevSamp": "$v"},
                    "median": {"$median": {"input": "$v", "method": "approximate"}},
                    "p": {"$percentile": {"input": "$v", "p": [1.0], "method": "approximate"}},
                }
            }
        ],
        numbered(2, 4),
        [
            {
                "_id": None,
                "top": 4,
                "topN": [4, 2],
                "bottom": 2,
                "bottomN": [4, 2],
                "firstN": [2, 4],
                "lastN": [2, 4],
                "minN": [2, 4],
                "maxN": [4, 2],
                "merged": {"v": 4},
                "pop": 1.0,
                "samp": 2.0**0.5,
                "median": 2.0,
                "p": [4.0],
            },
        ],
    ),
    Example(
        "missing and null are one group",
        [{"$group": {"_id": "$v", "n": {"$sum": 1}}}],
        [{"v": None}, {}, {"v": 1}, {"v": 1.0}],
        [{"_id": None, "n": 2}, {"_id": 1, "n": 2}],
    ),
    Example(
        "the most frequent first",
        [{"$sortByCount": "$type"}],
        EVENTS,
        [{"_id": "sent", "count": 2}, {"_id": "open", "count": 1}],
    ),
    Example(
        "buckets, the default in its order",
        [{"$bucket": {"groupBy": "$v", "boundaries": [0, 2, 4], "default": -1}}],
        numbered(1, 2, 3, 9),
        [{"_id": -1, "count": 1}, {"_id": 0, "count": 1}, {"_id": 2, "count": 2}],
    ),
    Example(
        "even buckets",
        [{"$bucketAuto": {"groupBy": "$v", "buckets": 2}}],
        numbered(1, 2, 3, 4),
        [{"_id": {"min": 1, "max": 3}, "count": 2}, {"_id": {"min": 3, "max": 4}, "count": 2}],
    ),
]

JOINING = [
    Example(
        "joined by a field",
        [{"$lookup": {"from": "foreign", "localField": "v", "foreignField": "_id", "as": "f"}}],
        numbered(["A", "B"], "Z", []),
        [
            {"_id": 1, "v": ["A", "B"], "f": FOREIGN[:2]},
            {"_id": 2, "v": "Z", "f": []},
            {"_id": 3, "v": [], "f": []},
        ],
    ),
    Example(
        "joined by a pipeline",
        [
            {
                "$lookup": {
                    "from": "foreign",
                    "let": {"who": "$v"},
                    "as": "f",
                    "pipeline": [
                        {"$match": {"$expr": {"$eq": ["$owner", "$$who"]}}},
                        {"$project": {"owner": 1}},
                    ],
                }
            }
        ],
        numbered("bob"),
        [{"_id": 1, "v": "bob", "f": [{"_id": "B", "owner": "bob"}]}],
    ),
    Example(
        "joined with documents from nowhere",
        [{"$lookup": {"as": "f", "pipeline": [{"$documents": [{"x": 1}]}]}}],
        numbered(1),
        [{"_id": 1, "v": 1, "f": [{"x": 1}]}],
    ),
    Example(
        "followed to the end",
        [
            {
                "$graphLookup": {
                    "from": "foreign",
                    "startWith": "$v",
                    "connectFromField": "parent",
                    "connectToField": "_id",
                    "as": "f",
                    "depthField": "d",
                }
            },
            {"$project": {"f._id": 1, "f.d": 1}},
        ],
        numbered("C"),
        [
            {
                "_id": 1,
                "f": [
                    {"_id": "C", "d": Int64(0)},
                    {"_id": "B", "d": Int64(1)},
                    {"_id": "A", "d": Int64(2)},
                ],
            }
        ],
    ),
    Example(
        "with the others",
        [{"$unionWith": {"coll": "foreign", "pipeline": [{"$limit": 1}]}}],
        numbered(1),
        [{"_id": 1, "v": 1}, FOREIGN[0]],
    ),
    Example(
        "several answers at once",
        [{"$facet": {"n": [{"$count": "n"}], "first": [{"$limit": 1}]}}],
        numbered(7, 8),
        [{"n": [{"n": 2}], "first": [{"_id": 1, "v": 7}]}],
    ),
]


EXAMPLES = [*CHOOSING, *RESHAPING, *GROUPING, *JOINING, *WINDOWS, *FILLING]
