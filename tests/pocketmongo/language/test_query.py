"""Filters: which documents match, and which filters are refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bson import Binary, DBRef, Decimal128, Int64, MinKey, ObjectId, Regex

from pocketmongo.collation import folding
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.query import Scope, compile_filter, matched_position
from pocketmongo.query.operators import FIELD_OPERATORS
from pocketmongo.query.schema import SCHEMA_KEYWORDS
from pocketmongo.text import TextIndex
from tests.pocketmongo.language.values import NEW_YEAR, Document

NAN = float("nan")
ITEMS = {"items": [{"sku": "a", "q": 5}, {"sku": "b", "q": 50}]}

# Filter, a document that matches, one that does not.
MATCHES = [
    ("a number of any type", {"a": 5}, {"a": Decimal128("5.0")}, {"a": "5"}),
    ("true is not one", {"a": True}, {"a": True}, {"a": 1}),
    ("null is missing as well", {"a": None}, {}, {"a": 0}),
    ("an element of an array", {"a": 1}, {"a": [3, 1]}, {"a": [[1]]}),
    ("an array whole", {"a": [1, 2]}, {"a": [1, 2]}, {"a": [2, 1]}),
    (
        "a document in its order",
        {"a": {"x": 1, "y": 2}},
        {"a": {"x": 1, "y": 2}},
        {"a": {"y": 2, "x": 1}},
    ),
    (
        "an ObjectId is not its text",
        {"a": ObjectId("a" * 24)},
        {"a": ObjectId("a" * 24)},
        {"a": "a" * 24},
    ),
    ("a reference", {"a.$id": 7}, {"a": DBRef("c", 7)}, {"a": DBRef("c", 8)}),
    ("through arrays", {"items.q": {"$gt": 40}}, ITEMS, {"items": [{"q": 5}]}),
    ("a position", {"items.1.sku": "b"}, ITEMS, {"items": [{"sku": "b"}]}),
    (
        "conditions met by different elements",
        {"items.sku": "b", "items.q": 5},
        ITEMS,
        {"items": []},
    ),
    ("equal", {"a": {"$eq": 1}}, {"a": 1}, {"a": 2}),
    ("unequal means no element is equal", {"a": {"$ne": 1}}, {"a": [2]}, {"a": [2, 1]}),
    ("greater, of the same type", {"a": {"$gt": 1}}, {"a": 2}, {"a": "2"}),
    ("greater or equal", {"a": {"$gte": NEW_YEAR}}, {"a": NEW_YEAR}, {"a": 9}),
    ("less", {"a": {"$lt": "b"}}, {"a": "a"}, {"a": 0}),
    ("less or equal null is null", {"a": {"$lte": None}}, {}, {"a": 0}),
    ("nothing is less than NaN", {"a": {"$lt": 5}}, {"a": 1}, {"a": NAN}),
    ("NaN is as great as itself", {"a": {"$gte": NAN}}, {"a": NAN}, {"a": 5}),
    ("everything is above MinKey", {"a": {"$gt": MinKey()}}, {"a": "x"}, {}),
    ("one of", {"a": {"$in": [1, "x", None]}}, {}, {"a": 2}),
    ("one of a few patterns", {"a": {"$in": [re.compile("^x"), 1]}}, {"a": "xy"}, {"a": "yx"}),
    ("none of", {"a": {"$nin": [1]}}, {}, {"a": [1]}),
    ("there", {"a": {"$exists": True}}, {"a": None}, {}),
    ("not there", {"a.b": {"$exists": 0}}, {"a": 5}, {"a": {"b": 1}}),
    ("of a type", {"a": {"$type": ["int", "string"]}}, {"a": ["x"]}, {"a": 2.0}),
    ("of any number type", {"a": {"$type": "number"}}, {"a": Int64(1)}, {"a": True}),
    ("an array", {"a": {"$type": "array"}}, {"a": []}, {"a": {}}),
    ("a pattern", {"a": {"$regex": "^AB", "$options": "i"}}, {"a": "abc"}, {"a": "cab"}),
    ("a BSON pattern", {"a": Regex("b$")}, {"a": ["ab"]}, {"a": "ba"}),
    ("letters of the ASCII kind", {"a": {"$regex": r"^\w+$"}}, {"a": "ab"}, {"a": "é"}),
    ("letters of all kinds", {"a": {"$regex": r"(*UCP)^\w+$"}}, {"a": "é"}, {"a": "-"}),
    ("not", {"a": {"$not": {"$gt": 1}}}, {}, {"a": 2}),
    ("not a pattern", {"a": {"$not": re.compile("x")}}, {"a": "y"}, {"a": "x"}),
    ("a remainder", {"a": {"$mod": [4, -3]}}, {"a": -7}, {"a": 7}),
    ("a size", {"a": {"$size": 2}}, {"a": [1, 2]}, {"a": [1]}),
    ("all", {"a": {"$all": [1, 2]}}, {"a": [2, 3, 1]}, {"a": [1]}),
    ("all of nothing", {"$or": [{"a": {"$all": []}}, {"b": 1}]}, {"b": 1}, {"a": []}),
    (
        "one element that fits",
        {"items": {"$elemMatch": {"sku": "a", "q": {"$lt": 9}}}},
        ITEMS,
        {"items": [{"sku": "a", "q": 50}, {"sku": "b", "q": 5}]},
    ),
    (
        "one value that fits",
        {"a": {"$elemMatch": {"$gt": 1, "$lt": 3}}},
        {"a": [0, 2]},
        {"a": [0, 4]},
    ),
    (
        "one of two ways to fit",
        {"a": {"$elemMatch": {"$or": [{"x": 1}, {"y": 1}]}}},
        {"a": [{"y": 1}]},
        {"a": [{"y": 2}]},
    ),
    (
        "all elements asked for",
        {"a": {"$all": [{"$elemMatch": {"x": 1}}, {"$elemMatch": {"y": 2}}]}},
        {"a": [{"x": 1}, {"y": 2}]},
        {"a": [{"x": 1}]},
    ),
    ("bits set", {"a": {"$bitsAllSet": [0, 2]}}, {"a": 5}, {"a": 4}),
    ("any bit set", {"a": {"$bitsAnySet": 5}}, {"a": 4}, {"a": 2}),
    ("bits clear", {"a": {"$bitsAllClear": b"\x05"}}, {"a": 2}, {"a": 4}),
    ("any bit clear", {"a": {"$bitsAnyClear": [0, 1]}}, {"a": Binary(b"\x01")}, {"a": 3}),
    ("and", {"$and": [{"a": 1}, {"b": 2}]}, {"a": 1, "b": 2}, {"a": 1}),
    ("or", {"$or": [{"a": 1}, {"b": 2}]}, {"b": 2}, {"a": 2}),
    ("neither", {"$nor": [{"a": 1}, {"b": 2}]}, {}, {"a": 1}),
    (
        "an expression",
        {"$expr": {"$lt": ["$sent", "$cap"]}},
        {"sent": 1, "cap": 2},
        {"sent": 2, "cap": 2},
    ),
    ("a comment changes nothing", {"a": 1, "$comment": "why"}, {"a": 1}, {"a": 2}),
    ("always or never", {"$sampleRate": 1.0, "a": 1}, {"a": 1}, {"a": 2}),
]


@pytest.mark.parametrize(
    ("query", "matching", "other"), [pytest.param(*rest, id=says) for says, *rest in MATCHES]
)
def test_a_filter_matches(query: Document, matching: Document, other: Document) -> None:
    matches = compile_filter(query)

    assert matches(matching)
    assert not matches(other)


def test_no_operator_is_without_an_example() -> None:
    text = repr([case[1] for case in MATCHES])

    assert [name for name in FIELD_OPERATORS if f"'{name}'" not in text] == []


REFUSALS = [
    ("an unknown operator", {"a": {"$foo": 1}}, ErrorCode.BadValue),
    ("an unknown operator beside a known one", {"a": {"$gt": 1, "b": 2}}, ErrorCode.BadValue),
    ("an unknown operator at the top", {"$foo": 1}, ErrorCode.BadValue),
    ("a filter that is no document", 5, ErrorCode.TypeMismatch),
    ("or of nothing", {"$or": []}, ErrorCode.BadValue),
    ("one of no array", {"a": {"$in": 1}}, ErrorCode.BadValue),
    ("operators inside in", {"a": {"$in": [{"$gt": 1}]}}, ErrorCode.BadValue),
    ("unequal to a pattern", {"a": {"$ne": re.compile("x")}}, ErrorCode.BadValue),
    ("options of no pattern", {"a": {"$options": "i"}}, ErrorCode.BadValue),
    ("a pattern that is broken", {"a": {"$regex": "("}}, 51091),
    ("an unknown option", {"a": {"$regex": "a", "$options": "q"}}, 51108),
    ("options given twice", {"a": {"$regex": Regex("a", "i"), "$options": "m"}}, 51075),
    ("a remainder of zero", {"a": {"$mod": [0, 1]}}, ErrorCode.BadValue),
    ("half a size", {"a": {"$size": 1.5}}, ErrorCode.BadValue),
    ("an unknown type", {"a": {"$type": "text"}}, ErrorCode.BadValue),
    ("not of a value", {"a": {"$not": 5}}, ErrorCode.BadValue),
    ("bits below zero", {"a": {"$bitsAllSet": -1}}, ErrorCode.BadValue),
    ("an expression inside an element", {"a": {"$elemMatch": {"$expr": True}}}, ErrorCode.BadValue),
    ("places on earth", {"a": {"$near": [0, 0]}}, ErrorCode.NotImplemented),
    ("JavaScript", {"$where": "true"}, ErrorCode.NotImplemented),
    ("a text search without an index", {"$text": {"$search": "x"}}, ErrorCode.IndexNotFound),
]


@pytest.mark.parametrize(
    ("query", "code"), [pytest.param(*rest, id=says) for says, *rest in REFUSALS]
)
def test_a_filter_is_refused(query: Any, code: int) -> None:
    with pytest.raises(ServerError) as refusal:
        compile_filter(query)

    assert refusal.value.code == code


def test_a_collation_ignores_case_where_it_says_so() -> None:
    scope = Scope(fold=folding({"locale": "en", "strength": 2}))

    assert compile_filter({"a": "BOB"}, scope)({"a": "bob"})
    assert compile_filter({"a": {"$in": ["BOB"]}}, scope)({"a": ["bob"]})
    assert compile_filter({"a": {"$gt": "A"}}, scope)({"a": "b"})
    assert not compile_filter({"a": re.compile("BOB")}, scope)({"a": "bob"})


def test_variables_are_seen_by_expressions() -> None:
    matches = compile_filter({"$expr": {"$eq": ["$a", "$$x"]}}, Scope(variables={"x": 3}))

    assert matches({"a": 3})
    assert not matches({"a": 4})


# Schema, a value of `a` that satisfies it, one that does not.
SCHEMAS: list[tuple[str, Document, Any, Any]] = [
    ("bsonType", {"bsonType": ["int", "long"]}, 5, 5.0),
    ("type", {"type": "number"}, 5.0, "5"),
    ("enum", {"enum": [1, "x"]}, 1.0, 2),
    ("minimum", {"minimum": 3}, 3, 2),
    ("maximum", {"maximum": 3}, 3, Decimal128("3.1")),
    ("exclusiveMinimum", {"minimum": 3, "exclusiveMinimum": True}, 4, 3),
    ("exclusiveMaximum", {"maximum": 3, "exclusiveMaximum": True}, 2, 3),
    ("multipleOf", {"multipleOf": 0.1}, 0.3, 0.35),
    ("minLength", {"minLength": 2}, "ab", "a"),
    ("maxLength", {"maxLength": 2}, "ab", "abc"),
    ("pattern", {"pattern": "^a"}, "ab", "ba"),
    ("required", {"required": ["x"]}, {"x": None}, {"y": 1}),
    ("properties", {"properties": {"x": {"bsonType": "int"}}}, {"y": 1}, {"x": "1"}),
    (
        "patternProperties",
        {"patternProperties": {"^n": {"type": "number"}}},
        {"n1": 1},
        {"n1": "1"},
    ),
    (
        "additionalProperties",
        {"properties": {"x": {}}, "additionalProperties": False},
        {"x": 1},
        {"y": 1},
    ),
    (
        "additionalProperties with a schema",
        {"additionalProperties": {"type": "string"}},
        {"y": "1"},
        {"y": 1},
    ),
    ("minProperties", {"minProperties": 1}, {"x": 1}, {}),
    ("maxProperties", {"maxProperties": 1}, {"x": 1}, {"x": 1, "y": 2}),
    ("dependencies", {"dependencies": {"x": ["y"]}}, {"x": 1, "y": 1}, {"x": 1}),
    ("items", {"items": {"type": "string"}}, ["a"], ["a", 1]),
    ("items in order", {"items": [{"type": "string"}]}, ["a", 1], [1, "a"]),
    ("additionalItems", {"items": [{"type": "string"}], "additionalItems": False}, ["a"], ["a", 1]),
    ("minItems", {"minItems": 1}, [1], []),
    ("maxItems", {"maxItems": 1}, [1], [1, 2]),
    ("uniqueItems", {"uniqueItems": True}, [1, 2], [1, 1.0]),
    ("allOf", {"allOf": [{"minimum": 1}, {"maximum": 2}]}, 2, 3),
    ("anyOf", {"anyOf": [{"maximum": 1}, {"minimum": 5}]}, 6, 3),
    ("oneOf", {"oneOf": [{"minimum": 1}, {"minimum": 5}]}, 3, 6),
    ("not", {"not": {"type": "string"}}, 1, "x"),
    ("title and description", {"title": "t", "description": "d", "type": "number"}, 1, "x"),
]


@pytest.mark.parametrize(
    ("schema", "good", "bad"), [pytest.param(*rest, id=says) for says, *rest in SCHEMAS]
)
def test_a_schema_accepts_and_rejects(schema: Document, good: Any, bad: Any) -> None:
    matches = compile_filter({"$jsonSchema": {"properties": {"a": schema}}})

    assert matches({"a": good})
    assert matches({})
    assert not matches({"a": bad})


def test_no_schema_keyword_is_without_an_example() -> None:
    used = {keyword for _, schema, *_ in SCHEMAS for keyword in schema}

    assert set(SCHEMA_KEYWORDS) - used == set()


def test_additional_properties_count_the_id_too() -> None:
    matches = compile_filter(
        {"$jsonSchema": {"properties": {"x": {}}, "additionalProperties": False}}
    )

    assert not matches({"_id": 1, "x": 1})


@pytest.mark.parametrize("schema", [{"format": "email"}, {"type": "integer"}, {"$ref": "#"}])
def test_a_schema_keyword_mongodb_lacks_is_refused(schema: Document) -> None:
    with pytest.raises(ServerError) as refusal:
        compile_filter({"$jsonSchema": schema})

    assert refusal.value.code == ErrorCode.FailedToParse


TEXTS = [
    ("a word in another form", "mails", True),
    ("any of the words", "absent outreach", True),
    ("none of the words", "absent", False),
    ("only stop words", "the and", False),
    ("a phrase", '"cold outreach"', True),
    ("a phrase in another order", '"outreach cold"', False),
    ("an excluded word", "outreach -cold", False),
    ("without accents", "resume", True),
]


@pytest.mark.parametrize(
    ("search", "is_found"), [pytest.param(*rest, id=says) for says, *rest in TEXTS]
)
def test_a_text_search_finds(search: str, is_found: bool) -> None:
    scope = Scope(text=TextIndex(["title", "tags"]))
    document = {"title": "Cold outreach: a mail", "tags": ["résumé"], "body": "absent"}

    assert compile_filter({"$text": {"$search": search}}, scope)(document) is is_found


def test_a_better_answer_scores_more() -> None:
    index = TextIndex(["$**"])

    once = index.score({"$search": "mail"}, {"a": "one mail among many other words"})
    twice = index.score({"$search": "mail"}, {"a": {"b": "mail mail"}})

    assert 0 < once < twice


@pytest.mark.parametrize(
    "search",
    [
        {"$search": 5},
        {"$search": "x", "$language": "german"},
        {"$search": "x", "$caseSensitive": True},
        {"$search": "x", "y": 1},
    ],
)
def test_a_text_search_beyond_us_is_refused(search: Any) -> None:
    with pytest.raises(ServerError):
        TextIndex(["a"]).matcher(search)


POSITIONS = [
    ("the element that equals", [1, 5, 5], {"a": 5}, 1),
    ("the element in the range", [1, 5, 9], {"a": {"$gte": 5, "$exists": True}}, 1),
    ("the element that matches", [{"x": 1}, {"x": 2}], {"a": {"$elemMatch": {"x": 2}}}, 1),
    ("the element with the field", [{"x": 1}, {"x": 2}], {"a.x": {"$gt": 1}}, 1),
    ("inside and", [1, 2], {"$and": [{"a": 2}]}, 1),
    ("all conditions before any", [{"x": 1}, {"x": 1, "y": 2}], {"a.x": 1, "a.y": 2}, 1),
    ("no condition on the array", [1], {"b": 1}, None),
]


@pytest.mark.parametrize(
    ("array", "query", "position"), [pytest.param(*rest, id=says) for says, *rest in POSITIONS]
)
def test_the_matched_position_is(array: list[Any], query: Document, position: int | None) -> None:
    assert matched_position(array, "a", query, Scope()) == position
