"""What a filter finds. The manual: docs/reference/operator/query, bson-type-comparison-order."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from bson import Decimal128, Int64, ObjectId, Regex
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from tests.pocketmongo.running import Document

CASELESS = {"locale": "en", "strength": 2}
Cases = dict[str, tuple[Document, list[int]]]


def ids(found: Any) -> list[Any]:
    return sorted(document["_id"] for document in found)


@pytest.fixture
def things(collection: Collection[Document]) -> Collection[Document]:
    collection.insert_many(
        [
            {
                "_id": 1,
                "n": 5,
                "s": "Abc",
                "t": ["x", "y"],
                "sub": {"a": 1, "b": 2},
                "items": [{"sku": "a", "q": 5}, {"sku": "b", "q": 50}],
            },
            {
                "_id": 2,
                "n": 7.5,
                "s": "abd",
                "t": ["y"],
                "sub": {"b": 2, "a": 1},
                "items": [{"sku": "a", "q": 70}],
            },
            {"_id": 3, "n": None, "s": "zzz", "t": [], "sub": {"a": 1}},
            {"_id": 4, "s": "été", "n": "5"},
            {"_id": 5, "n": True, "s": None},
        ]
    )
    return collection


FILTERS: Cases = {
    "everything": ({}, [1, 2, 3, 4, 5]),
    "above a number skips strings, bools and null": ({"n": {"$gt": 1}}, [1, 2]),
    "below a number skips strings, bools and null": ({"n": {"$lt": 100}}, [1, 2]),
    "at least a string skips numbers": ({"n": {"$gte": "0"}}, [4]),
    "unequal finds what lacks the field too": ({"n": {"$ne": 5}}, [2, 3, 4, 5]),
    "none of finds what lacks the field too": ({"s": {"$nin": ["Abc", "zzz"]}}, [2, 4, 5]),
    "not above": ({"n": {"$not": {"$gt": 6}}}, [1, 3, 4, 5]),
    "neither nor": ({"$nor": [{"n": 5}, {"s": "zzz"}]}, [2, 4, 5]),
    "a value in an array": ({"t": "y"}, [1, 2]),
    "all values in an array": ({"t": {"$all": ["x", "y"]}}, [1]),
    "an array of a size": ({"t": {"$size": 1}}, [2]),
    "a whole array": ({"t": ["y"]}, [2]),
    "the empty array": ({"t": []}, [3]),
    "one of, in an array": ({"t": {"$in": ["x", "q"]}}, [1]),
    "no such value in an array": ({"t": {"$ne": "x"}}, [2, 3, 4, 5]),
    "a place in an array": ({"t.0": "y"}, [2]),
    "one element meets both": ({"items": {"$elemMatch": {"sku": "a", "q": {"$gt": 10}}}}, [2]),
    "a path through an array": ({"items.sku": "a"}, [1, 2]),
    "two elements meet one each": ({"items.sku": "b", "items.q": {"$lt": 10}}, [1]),
    "above, through an array": ({"items.q": {"$gt": 60}}, [2]),
    "a place, then a field": ({"items.1.sku": "b"}, [1]),
    "one of, through an array": ({"items.sku": {"$in": ["b"]}}, [1]),
    "a subdocument minds the order of its fields": ({"sub": {"a": 1, "b": 2}}, [1]),
    "fields of a subdocument do not": ({"sub.a": 1, "sub.b": 2}, [1, 2]),
    "the field exists": ({"n": {"$exists": True}}, [1, 2, 3, 4, 5]),
    "the field does not exist": ({"t": {"$exists": False}}, [4, 5]),
    "any number": ({"n": {"$type": "number"}}, [1, 2]),
    "a type by its name": ({"n": {"$type": "string"}}, [4]),
    "one of two types": ({"n": {"$type": ["bool", "null"]}}, [3, 5]),
    "a type by its number": ({"n": {"$type": 8}}, [5]),
    "a remainder": ({"n": {"$mod": [5, 0]}}, [1]),
    "bits": ({"n": {"$bitsAllSet": 5}}, [1]),
    "a pattern with an option": ({"s": {"$regex": "^ab", "$options": "i"}}, [1, 2]),
    "a pattern of Python's": ({"s": re.compile("^ab", re.I)}, [1, 2]),
    "a pattern without options": ({"s": {"$regex": "^ab"}}, [2]),
    "a pattern of BSON's": ({"s": Regex("C$", "i")}, [1]),
    "a pattern among values": ({"s": {"$in": [re.compile("^z"), "Abc"]}}, [1, 3]),
    "not a pattern": ({"s": {"$not": re.compile("^z")}}, [1, 2, 4, 5]),
    "a pattern in an array": ({"t": re.compile("^x")}, [1]),
    "and of ors": (
        {"$and": [{"$or": [{"n": 5}, {"s": "zzz"}]}, {"$or": [{"_id": 3}, {"_id": 4}]}]},
        [3],
    ),
    "two conditions on one field": ({"_id": {"$gt": 1, "$lt": 4}}, [2, 3]),
}


@pytest.mark.parametrize("case", FILTERS)
def test_a_filter_finds(case: str, things: Collection[Document]) -> None:
    query, expected = FILTERS[case]

    assert ids(things.find(query)) == expected
    assert things.count_documents(query) == len(expected)
    assert ids(things.aggregate([{"$match": query}])) == expected


@pytest.mark.parametrize("case", FILTERS)
def test_a_filter_finds_the_same_with_indexes(case: str, things: Collection[Document]) -> None:
    query, expected = FILTERS[case]
    for keys in ("n", "s", "t", "items.sku", "items.q", "sub", "sub.a"):
        things.create_index(keys)

    assert ids(things.find(query)) == expected


NOON = datetime(2026, 1, 1, 12, 0, 0, 123000, tzinfo=UTC)
PARIS = timezone(timedelta(hours=2))
OIDS = [ObjectId(), ObjectId(), ObjectId()]

# name: (documents, filters with what they find)
COLLECTIONS: dict[str, tuple[list[Any], list[tuple[Any, list[int]]]]] = {
    "null is also a missing field, and true is not one": (
        [None, ..., 1, True, 5.0, Int64(5)],
        [
            (None, [0, 1]),
            (1, [2]),
            (True, [3]),
            (5, [4, 5]),
            ({"$ne": None}, [2, 3, 4, 5]),
            ({"$exists": False}, [1]),
        ],
    ),
    "every type has its name": (
        [1, Int64(2**40), 1.0, NOON, OIDS[0], {"a": 1}, b"x", Decimal128("1.5"), [{}], True],
        [
            ({"$type": "int"}, [0]),
            ({"$type": "long"}, [1]),
            ({"$type": "double"}, [2]),
            ({"$type": "date"}, [3]),
            ({"$type": "objectId"}, [4]),
            ({"$type": "object"}, [5, 8]),
            ({"$type": "binData"}, [6]),
            ({"$type": "decimal"}, [7]),
            ({"$type": "array"}, [8]),
            ({"$type": "bool"}, [9]),
        ],
    ),
    "an object id is not its text": (
        [OIDS[0], OIDS[1], str(OIDS[0])],
        [
            (OIDS[0], [0]),
            (str(OIDS[0]), [2]),
            ({"$in": OIDS[:2]}, [0, 1]),
            ({"$ne": OIDS[1]}, [0, 2]),
            ({"$gt": OIDS[0]}, [1]),
        ],
    ),
    "dates, whatever their zone": (
        [NOON + timedelta(minutes=minutes) for minutes in range(5)],
        [
            (NOON, [0]),
            (NOON.astimezone(PARIS), [0]),
            ({"$gte": NOON + timedelta(minutes=1), "$lt": NOON + timedelta(minutes=3)}, [1, 2]),
            ({"$gt": (NOON + timedelta(minutes=3)).astimezone(PARIS)}, [4]),
        ],
    ),
    "dates before 1970, of milliseconds and in the year 9999": (
        [
            datetime(1950, 1, 1, tzinfo=UTC),
            datetime(2026, 1, 1, 0, 0, 0, 5000, tzinfo=UTC),
            datetime(2026, 1, 1, tzinfo=UTC),
            datetime(9999, 12, 31, tzinfo=UTC),
        ],
        [
            ({"$lt": datetime(1970, 1, 1, tzinfo=UTC)}, [0]),
            ({"$gt": datetime(2026, 1, 1, tzinfo=UTC)}, [1, 3]),
        ],
    ),
    "patterns with dots, quotes, lines and backslashes": (
        ["a.b", "axb", 'it\'s "q"', "l1\nl2", "c\\d"],
        [
            ({"$regex": "a\\.b"}, [0]),
            ({"$regex": re.escape('it\'s "q"')}, [2]),
            ({"$regex": "^l2", "$options": "m"}, [3]),
            ({"$regex": "l1.l2", "$options": "s"}, [3]),
            ({"$regex": "c\\\\d"}, [4]),
        ],
    ),
    "money compares by its value": (
        [Decimal128("9.90"), Decimal128("10.10"), Decimal128("100"), 10],
        [
            ({"$gt": Decimal128("10")}, [1, 2]),
            ({"$gt": 10}, [1, 2]),
            (Decimal128("10.0"), [3]),
        ],
    ),
}


@pytest.mark.parametrize("is_indexed", [False, True], ids=["scanned", "indexed"])
@pytest.mark.parametrize("case", COLLECTIONS)
def test_values_compare(case: str, is_indexed: bool, collection: Collection[Document]) -> None:
    values, filters = COLLECTIONS[case]
    if is_indexed:
        collection.create_index("v")
    collection.insert_many(
        {"_id": place} if value is ... else {"_id": place, "v": value}
        for place, value in enumerate(values)
    )

    for query, expected in filters:
        assert ids(collection.find({"v": query})) == expected, query


COMPUTED: Cases = {
    "one field against another": ({"$expr": {"$lt": ["$sent", "$cap"]}}, [2]),
    "a difference": (
        {"$expr": {"$gte": [{"$subtract": ["$cap", "$sent"]}, 0]}, "_id": {"$gt": 1}},
        [2],
    ),
    "beside another filter": ({"$expr": {"$lte": ["$sent", "$cap"]}, "owner": "a"}, [1]),
    "dates apart by a day": ({"$expr": {"$gt": [{"$subtract": ["$b", "$a"]}, 86_400_000]}}, [1]),
    "a condition": ({"$expr": {"$cond": [{"$eq": ["$owner", "b"]}, True, False]}}, [2, 3]),
}


@pytest.mark.parametrize("case", COMPUTED)
def test_an_expression_filters(case: str, collection: Collection[Document]) -> None:
    query, expected = COMPUTED[case]
    later = [timedelta(hours=30), timedelta(hours=2), timedelta(hours=1)]
    collection.insert_many(
        [
            {"_id": 1, "sent": 5, "cap": 5, "owner": "a", "a": NOON, "b": NOON + later[0]},
            {"_id": 2, "sent": 3, "cap": 5, "owner": "b", "a": NOON, "b": NOON + later[1]},
            {"_id": 3, "sent": 9, "cap": 5, "owner": "b", "a": NOON, "b": NOON + later[2]},
        ]
    )

    assert ids(collection.find(query)) == expected


def test_expressions_choose_what_is_updated_and_deleted(collection: Collection[Document]) -> None:
    collection.insert_many({"_id": n, "s": 5 - n, "c": 3} for n in range(5))
    query = {"$expr": {"$lt": ["$s", "$c"]}}

    assert collection.update_many(query, {"$set": {"z": 1}}).modified_count == 2
    assert collection.delete_many(query).deleted_count == 2
    assert collection.distinct("_id") == [0, 1, 2]


@pytest.mark.parametrize("is_indexed", [False, True], ids=["scanned", "indexed"])
def test_ten_thousand_values_at_once(is_indexed: bool, collection: Collection[Document]) -> None:
    if is_indexed:
        collection.create_index("e")
    collection.insert_many({"_id": n, "e": f"u{n}@x"} for n in range(12_000))
    first = [f"u{n}@x" for n in range(10_000)]
    even = [f"u{n}@x" for n in range(0, 20_000, 2)]

    assert collection.count_documents({"e": {"$in": first}}) == 10_000
    assert len(list(collection.find({"e": {"$in": even}}, {"_id": 1}))) == 6000
    assert collection.count_documents({"e": {"$nin": first}}) == 2000


def test_ten_thousand_object_ids_at_once(collection: Collection[Document]) -> None:
    inserted = collection.insert_many({"n": n} for n in range(10_500)).inserted_ids

    assert len(list(collection.find({"_id": {"$in": inserted[:10_000]}}))) == 10_000
    assert collection.count_documents({"_id": {"$nin": inserted[:10_000]}}) == 500


def test_forty_thousand_values_at_once(collection: Collection[Document]) -> None:
    collection.insert_many({"n": n} for n in range(100))
    many = {"n": {"$in": list(range(40_000))}}

    assert collection.count_documents(many) == len(list(collection.find(many))) == 100


def test_a_collation_forgets_case(collection: Collection[Document]) -> None:
    collection.insert_many(
        [{"_id": 1, "e": "Bob"}, {"_id": 2, "e": "alice"}, {"_id": 3, "e": "bob"}]
    )

    assert ids(collection.find({"e": "BOB"}).collation(CASELESS)) == [1, 3]
    assert collection.count_documents({"e": "BOB"}, collation=CASELESS) == 2
    assert collection.count_documents({"e": "BOB"}) == 0
    found = collection.find().sort([("e", 1), ("_id", 1)]).collation(CASELESS)
    assert [document["_id"] for document in found] == [2, 1, 3]


def test_text_is_found_by_its_words(collection: Collection[Document]) -> None:
    collection.create_index([("title", "text"), ("body", "text")])
    collection.insert_many(
        [
            {"_id": 1, "title": "Sales outreach", "body": "hello"},
            {"_id": 2, "title": "other", "body": "cold outreach mail"},
            {"_id": 3, "title": "nothing", "body": "here"},
        ]
    )
    score = {"score": {"$meta": "textScore"}}

    assert ids(collection.find({"$text": {"$search": "outreach"}})) == [1, 2]
    assert ids(collection.find({"$text": {"$search": '"cold outreach"'}})) == [2]
    assert ids(collection.find({"$text": {"$search": "outreach -cold"}})) == [1]
    best = list(collection.find({"$text": {"$search": "sales"}}, score).sort(list(score.items())))
    assert best[0]["_id"] == 1
    assert best[0]["score"] > 0


@pytest.mark.parametrize(
    ("query", "code"),
    [({"a": {"$foo": 1}}, 2), ({"$foo": 1}, 2), ({"$text": {"$search": "x"}}, 27)],
    ids=["an unknown operator", "an unknown logic", "text without a text index"],
)
def test_a_filter_nobody_understands_is_refused(
    query: Document, code: int, collection: Collection[Document]
) -> None:
    collection.insert_one({"a": 1})

    with pytest.raises(OperationFailure) as caught:
        collection.find_one(query)

    assert caught.value.code == code
