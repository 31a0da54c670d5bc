"""Which index answers which question: decided without a database."""

from __future__ import annotations

from typing import Any

import pytest

from pocketmongo.errors import ServerError
from pocketmongo.keys import encode_key
from pocketmongo.planning import KeyRange, choose_plan
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.indexes import Index
from pocketmongo.values import Document


def a_collection(*keys: Document, is_multikey: bool = False, **options: Any) -> Collection:
    indexes = {}
    for number, key in enumerate(keys, start=1):
        name = "_".join(key)
        indexes[name] = Index(
            number, {"key": key, "name": name, **options}, is_multikey=is_multikey
        )
    return Collection(1, "shop", "things", {}, indexes)


def chosen(collection: Collection, query: Document, **options: Any) -> str | None:
    plan = choose_plan(collection, query, **options)
    return plan.index.name if plan.index else None


def test_a_value_of_the_id_is_looked_up_whatever_else_is_asked() -> None:
    collection = a_collection({"state": 1})

    assert chosen(collection, {"state": "new", "_id": 7}) == "_id_"
    assert choose_plan(collection, {"_id": 7}).ranges == [KeyRange(encode_key(7), None)]


def test_of_two_indexes_the_one_that_fixes_more_fields_is_read() -> None:
    collection = a_collection({"account": 1}, {"account": 1, "state": 1})

    assert chosen(collection, {"account": "acme", "state": "new"}) == "account_state"
    assert chosen(collection, {"account": "acme", "size": 3}) == "account"


def test_without_a_condition_on_its_first_field_an_index_is_not_read() -> None:
    assert chosen(a_collection({"account": 1, "state": 1}), {"state": "new"}) is None


@pytest.mark.parametrize("direction", [1, -1])
def test_a_range_after_an_equality_is_one_range_of_keys(direction: int) -> None:
    collection = a_collection({"account": 1, "due": direction})

    plan = choose_plan(collection, {"account": "acme", "due": {"$gte": 3, "$lt": 8}})

    assert len(plan.ranges) == 1
    assert plan.is_exact
    field = collection.indexes["account_due"].fields[1]
    inside = [encode_key("acme") + field.oriented(encode_key(value)) for value in (3, 5.5, 7)]
    outside = [encode_key("acme") + field.oriented(encode_key(value)) for value in (2, 8, "5")]
    low, high = plan.ranges[0]
    assert high is not None
    assert all(low <= key < high for key in inside)
    assert not any(low <= key < high for key in outside)


def test_a_list_of_values_is_one_lookup_each() -> None:
    plan = choose_plan(a_collection({"state": 1}), {"state": {"$in": ["b", "a", "b"]}})

    assert plan.ranges == [KeyRange(encode_key("a"), None), KeyRange(encode_key("b"), None)]


@pytest.mark.parametrize(
    ("sort", "is_sorted", "is_reversed"),
    [
        ([("due", 1)], True, False),
        ([("due", -1)], True, True),
        ([("account", 1), ("due", 1)], True, False),
        ([("due", 1), ("size", 1)], False, False),
        ([("size", 1)], False, False),
    ],
)
def test_an_index_sorts_by_the_fields_after_those_that_are_fixed(
    sort: list[tuple[str, int]], is_sorted: bool, is_reversed: bool
) -> None:
    plan = choose_plan(a_collection({"account": 1, "due": 1}), {"account": "acme"}, sort)

    assert (plan.is_sorted, plan.is_reversed) == (is_sorted, is_reversed)


def test_an_index_with_arrays_neither_sorts_nor_decides_alone() -> None:
    plan = choose_plan(
        a_collection({"tags": 1}, is_multikey=True), {"tags": {"$gt": 1, "$lt": 5}}, [("tags", 1)]
    )

    assert plan.index is not None
    assert not plan.is_sorted
    assert not plan.is_exact
    # [0, 9] matches by two elements, neither of which lies between: the end must be open.
    low, high = plan.ranges[0]
    assert high is not None
    assert low <= encode_key(9) < high


def an_index_with_arrays_in(place: int) -> Collection:
    collection = a_collection({"account": 1, "tags": 1, "name": 1, "_id": 1}, is_multikey=True)
    next(iter(collection.indexes.values())).array_places = 1 << place
    return collection


@pytest.mark.parametrize(
    ("place", "is_sorted", "is_exact"), [(1, True, True), (2, False, False), (3, False, False)]
)
def test_one_element_of_an_array_leaves_the_order_of_what_is_behind_it(
    place: int, is_sorted: bool, is_exact: bool
) -> None:
    query = {"account": "acme", "tags": "vip", "name": {"$gte": "a", "$lt": "b"}}

    plan = choose_plan(an_index_with_arrays_in(place), query, [("name", 1), ("_id", 1)])

    assert (plan.is_sorted, plan.is_exact) == (is_sorted, is_exact)
    low, high = plan.ranges[0]
    assert high is not None
    assert low < encode_key("acme") + encode_key("vip") + encode_key("ax")
    # Where names may be arrays, one element may meet the one comparison and one the other.
    reaches_z = encode_key("acme") + encode_key("vip") + encode_key("z") < high
    assert reaches_z == (place == 2)


@pytest.mark.parametrize("tags", [{"$in": ["vip", "new"]}, {"$gte": "vip"}])
def test_elements_of_an_array_that_are_not_one_may_find_a_document_twice(tags: Document) -> None:
    query = {"account": "acme", "tags": tags}

    plan = choose_plan(an_index_with_arrays_in(1), query, [("name", 1)])

    assert (plan.is_sorted, plan.is_exact) == (False, False)


def test_comparisons_of_one_element_bound_the_keys_on_both_sides() -> None:
    collection = a_collection({"words": 1}, is_multikey=True)
    asked = {"$elemMatch": {"$gte": "an", "$lt": "ao"}}

    plan = choose_plan(collection, {"words": asked})
    beside_another = choose_plan(collection, {"$and": [{"words": {"$gt": "zz"}}, {"words": asked}]})

    assert plan.ranges == [(encode_key("an"), encode_key("ao"))]
    assert not plan.is_exact, "only an array has elements"
    assert beside_another.ranges[0].high != encode_key("ao")


def test_fields_of_one_array_are_not_narrowed_together() -> None:
    plan = choose_plan(
        a_collection({"items.sku": 1, "items.size": 1}, is_multikey=True),
        {"items.sku": "x", "items.size": 4},
    )

    assert plan.ranges[0].high is not None, "another element may have the size"


@pytest.mark.parametrize(
    ("query", "is_exact"),
    [
        ({"state": "new"}, True),
        ({"state": None}, False),
        ({"state": {"a": 1}}, False),
        ({"state": "new", "size": 3}, False),
        ({"state": "new", "$expr": True}, False),
        ({"$and": [{"state": "new"}]}, True),
        ({"$or": [{"state": "new"}]}, False),
    ],
)
def test_keys_alone_decide_only_where_nothing_else_is_asked(
    query: Document, is_exact: bool
) -> None:
    assert choose_plan(a_collection({"state": 1}), query).is_exact is is_exact


def test_a_sparse_index_is_not_read_for_those_it_leaves_out() -> None:
    collection = a_collection({"email": 1}, sparse=True)

    assert chosen(collection, {"email": "a@b.test"}) == "email"
    assert chosen(collection, {"email": None}) is None
    assert chosen(collection, {}, sort=[("email", 1)]) is None


@pytest.mark.parametrize(
    ("partial", "query", "is_used"),
    [
        ({"state": "new"}, {"due": 1, "state": "new"}, True),
        ({"state": "new"}, {"due": 1, "state": "old"}, False),
        ({"state": "new"}, {"due": 1}, False),
        ({"state": "new"}, {"due": 1, "state": {"$in": ["new"]}}, True),
        ({"size": {"$gt": 5}}, {"due": 1, "size": {"$gte": 6}}, True),
        ({"size": {"$gt": 5}}, {"due": 1, "size": {"$gte": 5}}, False),
        ({"size": {"$gt": 5}}, {"due": 1, "size": 7}, True),
        ({"due": {"$exists": True}}, {"due": {"$gt": 3}}, True),
        ({"due": {"$exists": True}}, {"due": None}, False),
        ({"due": {"$type": "string"}}, {"due": "monday"}, True),
        ({"due": {"$type": "int"}}, {"due": {"$gt": 3}}, False),
        ({"due": {"$type": "number"}}, {"due": {"$gt": 3}}, True),
    ],
)
def test_a_partial_index_is_read_only_for_questions_within_it(
    partial: Document, query: Document, is_used: bool
) -> None:
    collection = a_collection({"due": 1}, partialFilterExpression=partial)

    assert (chosen(collection, query) == "due") is is_used


def test_an_index_of_another_collation_is_not_read_for_text() -> None:
    collection = a_collection({"name": 1}, collation={"locale": "en", "strength": 2})

    assert chosen(collection, {"name": "ann"}) is None
    assert chosen(collection, {"name": 5}) == "name"
    assert chosen(collection, {"name": "ann"}, collation={"locale": "en", "strength": 2}) == "name"


def test_a_hint_is_followed_or_refused() -> None:
    collection = a_collection({"state": 1}, {"size": 1})

    assert chosen(collection, {"state": "new"}, hint="size") == "size"
    assert chosen(collection, {"state": "new"}, hint={"size": 1}) == "size"
    assert chosen(collection, {"state": "new"}, hint={"$natural": -1}) is None
    with pytest.raises(ServerError, match="hint provided does not correspond"):
        choose_plan(collection, {}, hint="nothing")


ALIKE = pytest.mark.parametrize(
    ("query", "other"),
    [
        ({"account": "acme", "due": {"$lte": 3}}, {"account": "other", "due": {"$lte": 8}}),
        ({"account": "acme", "due": 3}, {"account": "other", "due": 8}),
        ({"account": "acme"}, {"account": "other"}),
    ],
)


@ALIKE
def test_what_was_planned_before_is_planned_again_for_other_values(
    query: Document, other: Document
) -> None:
    collection = a_collection({"account": 1, "due": 1}, {"state": 1})

    choose_plan(collection, query, [("due", 1)])
    remembered = choose_plan(collection, other, [("due", 1)])

    fresh = choose_plan(a_collection({"account": 1, "due": 1}), other, [("due", 1)])
    assert len(collection.plans) == 1
    assert remembered.ranges == fresh.ranges
    assert (remembered.is_sorted, remembered.is_exact) == (True, True)


@pytest.mark.parametrize(
    "other",
    [
        {"state": None},
        {"state": ["new"]},
        {"state": {"$ne": "new"}},
        {"size": "new"},
        {"state": "new", "size": 3},
    ],
)
def test_what_only_looks_like_what_was_planned_before_is_planned_anew(other: Document) -> None:
    collection = a_collection({"state": 1})
    choose_plan(collection, {"state": "new"})

    plan = choose_plan(collection, other)

    fresh = choose_plan(a_collection({"state": 1}), other)
    assert (plan.index is None) == (fresh.index is None)
    assert (plan.ranges, plan.is_exact) == (fresh.ranges, fresh.is_exact)


@ALIKE
def test_an_index_that_met_an_array_since_is_not_taken_for_what_it_was(
    query: Document, other: Document
) -> None:
    collection = a_collection({"account": 1, "due": 1})
    before = choose_plan(collection, query, [("due", 1)])

    collection.indexes["account_due"].is_multikey = True
    after = choose_plan(collection, other, [("due", 1)])

    with_arrays = a_collection({"account": 1, "due": 1}, is_multikey=True)
    fresh = choose_plan(with_arrays, other, [("due", 1)])
    assert (before.is_sorted, before.is_exact) == (True, True)
    assert not after.is_sorted
    assert (after.ranges, after.is_exact) == (fresh.ranges, fresh.is_exact)
