"""Which index a query uses, as explain tells. The manual: docs/reference/explain-results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo.collection import Collection

from tests.pocketmongo.running import Document


@pytest.fixture
def things(collection: Collection[Document]) -> Collection[Document]:
    collection.create_index([("account", 1), ("state", 1), ("due", -1)])
    collection.create_index("email", unique=True)
    collection.create_index("open", partialFilterExpression={"state": "open"})
    collection.create_index("maybe", sparse=True)
    collection.create_index("tags")
    collection.insert_many(
        {
            "_id": n,
            "account": n % 2,
            "state": ["open", "done"][n % 3 == 0],
            "due": n,
            "email": f"{n}@x.test",
            "open": n,
            "tags": [n, -n],
        }
        for n in range(30)
    )
    return collection


def stages(plan: Any) -> Iterator[tuple[str, str | None]]:
    """Every stage of a plan, with the index it reads."""
    if isinstance(plan, dict):
        if "stage" in plan:
            yield plan["stage"], plan.get("indexName")
        for value in plan.values():
            yield from stages(value)
    elif isinstance(plan, list):
        for value in plan:
            yield from stages(value)


def explained(things: Collection[Document], command: Document) -> dict[str, str | None]:
    answer = things.database.command("explain", command, verbosity="queryPlanner")
    return dict(stages(answer["queryPlanner"]["winningPlan"]))


COMPOUND = "account_1_state_1_due_-1"
PLANS: dict[str, tuple[Document, str | None]] = {
    "equality": ({"filter": {"email": "3@x.test"}}, "email_1"),
    "the id": ({"filter": {"_id": {"$in": [1, 2]}}}, "_id_"),
    "a prefix": ({"filter": {"account": 1}}, COMPOUND),
    "a prefix and a range": ({"filter": {"account": 1, "state": {"$gt": "a"}}}, COMPOUND),
    "one of": ({"filter": {"account": {"$in": [0, 1]}, "state": "open"}}, COMPOUND),
    "a range": ({"filter": {"email": {"$gte": "1", "$lt": "2"}}}, "email_1"),
    "within an and": ({"filter": {"$and": [{"email": "3@x.test"}, {"due": 3}]}}, "email_1"),
    "an element of an array": ({"filter": {"tags": -3}}, "tags_1"),
    "inside a partial index": ({"filter": {"open": 3, "state": "open"}}, "open_1"),
    "beside a partial index": ({"filter": {"open": 3}}, None),
    "null is not in a sparse index": ({"filter": {"maybe": None}}, None),
    "no prefix": ({"filter": {"state": "open"}}, None),
    "no index": ({"filter": {"nothing": 1}}, None),
    "a hint": ({"filter": {"due": 3}, "hint": COMPOUND}, COMPOUND),
    "a hint at nature": ({"filter": {"email": "3@x.test"}, "hint": {"$natural": 1}}, None),
    "a sort": ({"sort": {"email": 1}}, "email_1"),
}


@pytest.mark.parametrize("case", PLANS)
def test_a_find_uses(case: str, things: Collection[Document]) -> None:
    options, index = PLANS[case]

    plan = explained(things, {"find": "things", **options})

    if index is None:
        assert "COLLSCAN" in plan
    elif index == "_id_":
        assert "COLLSCAN" not in plan
    else:
        assert plan.get("IXSCAN") == index
        assert "COLLSCAN" not in plan


SORTS: dict[str, tuple[Document, Document, bool]] = {
    "in the order of the index": ({"account": 1, "state": "open"}, {"due": -1}, True),
    "against the order of the index": ({"account": 1, "state": "open"}, {"due": 1}, True),
    "behind a prefix": ({"account": 1}, {"state": 1, "due": -1}, True),
    "with a range between": ({"account": {"$gt": 0}}, {"due": 1}, False),
    "in mixed order": ({"account": 1}, {"state": 1, "due": 1}, False),
    "by an array": ({}, {"tags": 1, "due": 1}, False),
}


@pytest.mark.parametrize("case", SORTS)
def test_a_sort_is_read_from_the_index_where_it_can_be(
    case: str, things: Collection[Document]
) -> None:
    query, sort, is_free = SORTS[case]

    plan = explained(things, {"find": "things", "filter": query, "sort": sort})

    assert ("SORT" not in plan) is is_free
    found = things.find(query).sort(list(sort.items())).to_list()
    scanned = things.find(query).sort(list(sort.items())).hint({"$natural": 1}).to_list()
    key = list(sort)
    assert [[each[name] for name in key] for each in found] == [
        [each[name] for name in key] for each in scanned
    ]


@pytest.mark.parametrize(
    "command",
    [
        {"count": "things", "query": {"account": 1, "state": "open"}},
        {"distinct": "things", "key": "state", "query": {"account": 1}},
        {"update": "things", "updates": [{"q": {"account": 1}, "u": {"$set": {"x": 1}}}]},
        {"delete": "things", "deletes": [{"q": {"account": 1}, "limit": 1}]},
        {"findAndModify": "things", "query": {"account": 1}, "update": {"$set": {"x": 1}}},
    ],
    ids=lambda command: next(iter(command)),
)
def test_other_commands_use_indexes_too(command: Document, things: Collection[Document]) -> None:
    plan = explained(things, command)

    assert "COLLSCAN" not in plan
    assert COMPOUND in plan.values()
    assert things.count_documents({"x": 1}) == 0


def test_a_pipeline_uses_an_index(things: Collection[Document]) -> None:
    pipeline = [{"$match": {"account": 1, "state": "open"}}, {"$sort": {"due": -1}}]

    answer = things.database.command(
        "explain",
        {"aggregate": "things", "pipeline": pipeline, "cursor": {}},
        verbosity="queryPlanner",
    )

    plan = dict(stages(answer))
    assert plan.get("IXSCAN") == COMPOUND
    assert "COLLSCAN" not in plan


def test_the_driver_can_explain(things: Collection[Document]) -> None:
    plan = dict(stages(things.find({"account": 1}).explain()["queryPlanner"]["winningPlan"]))

    assert plan["IXSCAN"] == COMPOUND


def test_explain_counts_what_it_looked_at(things: Collection[Document]) -> None:
    command = {"find": "things", "filter": {"account": 1, "state": "open", "due": {"$lt": 10}}}

    answer = things.database.command("explain", command, verbosity="executionStats")

    found = things.count_documents(command["filter"])  # type: ignore[arg-type]
    assert answer["executionStats"]["nReturned"] == found
    assert answer["executionStats"]["totalDocsExamined"] == found


def test_explaining_changes_nothing_and_makes_nothing(collection: Collection[Document]) -> None:
    command = {"delete": "things", "deletes": [{"q": {}, "limit": 0}]}

    collection.database.command("explain", command, verbosity="queryPlanner")

    assert collection.database.list_collection_names() == []
