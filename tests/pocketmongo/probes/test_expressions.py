"""What expressions give. The manual: docs/reference/operator/aggregation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Int64
from pymongo.collection import Collection

from tests.pocketmongo.running import Document

LATE = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
DOCUMENT = {
    "_id": 1,
    "f": "A",
    "nothing": None,
    "list": [1, 5, 9],
    "state": "b",
    "pairs": [{"k": "x", "v": 1}],
    "a": 7,
    "b": 2,
    "t": LATE,
    "mail": " Ann@Acme.com ",
}
STATES = [
    {"case": {"$eq": ["$state", "a"]}, "then": 1},
    {"case": {"$eq": ["$state", "b"]}, "then": 2},
]
TRIMMED = {"$trim": {"input": "$mail"}}

EXPRESSIONS: dict[str, tuple[Any, Any]] = {
    "concat and ifNull": ({"$concat": ["$f", " ", {"$ifNull": ["$nothing", "?"]}]}, "A ?"),
    "concat with null": ({"$concat": ["$f", "$nothing"]}, None),
    "cond": (
        {"$cond": {"if": {"$gt": [{"$size": "$list"}, 2]}, "then": "big", "else": "s"}},
        "big",
    ),
    "switch": ({"$switch": {"branches": STATES, "default": 0}}, 2),
    "arrayElemAt from the end": ({"$arrayElemAt": ["$list", -1]}, 9),
    "filter": ({"$filter": {"input": "$list", "as": "x", "cond": {"$gte": ["$$x", 5]}}}, [5, 9]),
    "map": ({"$map": {"input": "$list", "as": "x", "in": {"$multiply": ["$$x", 2]}}}, [2, 10, 18]),
    "reduce": (
        {"$reduce": {"input": "$list", "initialValue": 0, "in": {"$add": ["$$value", "$$this"]}}},
        15,
    ),
    "toString": ({"$toString": "$_id"}, "1"),
    "toUpper": ({"$toUpper": "$state"}, "B"),
    "arrayToObject": ({"$arrayToObject": "$pairs"}, {"x": 1}),
    "objectToArray": ({"$objectToArray": {"x": 1}}, [{"k": "x", "v": 1}]),
    "divide": ({"$divide": ["$a", "$b"]}, 3.5),
    "round": ({"$round": [{"$divide": ["$a", 3]}, 2]}, 2.33),
    "mod": ({"$mod": ["$a", 4]}, 3),
    "dateAdd a month": (
        {"$dateAdd": {"startDate": "$t", "unit": "month", "amount": 1}},
        LATE.replace(month=2, day=28),
    ),
    "dateDiff counts midnights": (
        {"$dateDiff": {"startDate": "$t", "endDate": LATE + timedelta(hours=1), "unit": "day"}},
        Int64(1),
    ),
    "year": ({"$year": "$t"}, 2026),
    "dayOfWeek": ({"$dayOfWeek": "$t"}, 7),
    "hour somewhere": ({"$hour": {"date": "$t", "timezone": "Europe/Paris"}}, 0),
    "subtract dates": ({"$subtract": [LATE + timedelta(seconds=1), "$t"]}, Int64(1000)),
    "trim": (TRIMMED, "Ann@Acme.com"),
    "split": ({"$arrayElemAt": [{"$split": [{"$toLower": TRIMMED}, "@"]}, 1]}, "acme.com"),
    "regexMatch": ({"$regexMatch": {"input": "$mail", "regex": "acme", "options": "i"}}, True),
    "regexFind": (
        {"$regexFind": {"input": "$mail", "regex": "(A)nn"}},
        {"match": "Ann", "idx": 1, "captures": ["A"]},
    ),
    "replaceAll": (
        {"$replaceAll": {"input": "$mail", "find": "A", "replacement": "_"}},
        " _nn@_cme.com ",
    ),
    "substrCP": ({"$substrCP": [TRIMMED, 0, 3]}, "Ann"),
    "strLenCP": ({"$strLenCP": "$mail"}, 14),
    "indexOfCP": ({"$indexOfCP": ["$mail", "@"]}, 4),
    "let": (
        {"$let": {"vars": {"q": {"$add": ["$a", 1]}}, "in": {"$multiply": ["$$q", 3]}}},
        24,
    ),
    "the whole document": ({"$eq": ["$$ROOT._id", "$_id"]}, True),
    "sets": ({"$setUnion": [[1, 2], [2, 3]]}, [1, 2, 3]),
    "in": ({"$in": [5, "$list"]}, True),
    "type": ({"$type": "$missing"}, "missing"),
    "a comparison of types": ({"$gt": ["text", 5]}, True),
    "literal": ({"$literal": "$f"}, "$f"),
}


@pytest.mark.parametrize("case", EXPRESSIONS)
def test_an_expression_gives(case: str, collection: Collection[Document]) -> None:
    expression, expected = EXPRESSIONS[case]
    collection.insert_one(DOCUMENT.copy())

    [result] = collection.aggregate([{"$project": {"_id": 0, "x": expression}}])

    assert result == {"x": expected}
    assert type(result["x"]) is type(expected)


def test_a_field_may_be_removed_by_an_expression(collection: Collection[Document]) -> None:
    collection.insert_one(DOCUMENT.copy())

    [result] = collection.aggregate([{"$project": {"x": {"$cond": [True, "$$REMOVE", 1]}}}])

    assert result == {"_id": 1}


def test_now_is_now_and_variables_may_be_given(collection: Collection[Document]) -> None:
    collection.insert_one(DOCUMENT.copy())

    [result] = collection.aggregate(
        [{"$match": {"$expr": {"$eq": ["$a", "$$wanted"]}}}, {"$project": {"now": "$$NOW"}}],
        let={"wanted": 7},
    )

    assert abs(result["now"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_deviation_is_that_of_the_whole(collection: Collection[Document]) -> None:
    collection.insert_many({"v": n} for n in range(12))

    [result] = collection.aggregate([{"$group": {"_id": None, "d": {"$stdDevPop": "$v"}}}])

    assert result["d"] == pytest.approx(3.452, abs=0.01)
