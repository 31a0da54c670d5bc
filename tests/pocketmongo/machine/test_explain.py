"""What explain says, over the wire."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo.collection import Collection

from tests.pocketmongo.running import Document


@pytest.fixture
def things(collection: Collection[Document]) -> Collection[Document]:
    collection.insert_many([{"_id": n, "a": n % 5, "b": n} for n in range(50)])
    collection.create_index([("a", 1), ("b", 1)])
    return collection


def explained(things: Collection[Document], command: Document) -> Document:
    return things.database.command("explain", command, verbosity="executionStats")


def stages(plan: Any) -> list[str]:
    names = []
    while plan is not None:
        names.append(plan["stage"])
        plan = plan.get("inputStage")
    return names


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ({"filter": {"a": 1}}, ["FETCH", "IXSCAN"]),
        ({"filter": {"b": 1}}, ["COLLSCAN"]),
        ({"filter": {"a": 1}, "sort": {"b": -1}}, ["FETCH", "IXSCAN"]),
        ({"filter": {"a": 1}, "sort": {"c": 1}}, ["SORT", "FETCH", "IXSCAN"]),
        ({"filter": {"b": 3}, "skip": 1, "limit": 2}, ["LIMIT", "SKIP", "COLLSCAN"]),
        ({"filter": {"_id": 3}}, ["FETCH", "IXSCAN"]),
        ({"filter": {"_id": {"$gt": 3}}, "sort": {"_id": 1}}, ["FETCH", "IXSCAN"]),
    ],
)
def test_a_find_tells_its_stages(
    command: Document, expected: list[str], things: Collection[Document]
) -> None:
    reply = explained(things, {"find": things.name, **command})

    assert stages(reply["queryPlanner"]["winningPlan"]) == expected


def test_a_count_by_keys_reads_no_document(things: Collection[Document]) -> None:
    reply = explained(things, {"count": things.name, "query": {"a": 2, "b": {"$lt": 20}}})

    assert stages(reply["queryPlanner"]["winningPlan"]) == ["COUNT_SCAN"]
    assert reply["executionStats"]["nReturned"] == 4
    assert reply["executionStats"]["totalDocsExamined"] == 0


def test_only_what_lies_in_the_range_is_examined(things: Collection[Document]) -> None:
    reply = explained(things, {"find": things.name, "filter": {"a": 2, "b": {"$gte": 40}}})

    statistics = reply["executionStats"]
    assert (statistics["nReturned"], statistics["totalDocsExamined"]) == (2, 2)


def test_the_stages_after_the_planned_beginning_are_listed(things: Collection[Document]) -> None:
    pipeline: list[Document] = [{"$match": {"a": 1}}, {"$group": {"_id": "$b"}}]

    reply = explained(things, {"aggregate": things.name, "pipeline": pipeline, "cursor": {}})

    first, second = reply["stages"]
    assert stages(first["$cursor"]["queryPlanner"]["winningPlan"]) == ["FETCH", "IXSCAN"]
    assert second == pipeline[1]


def test_explaining_an_update_changes_nothing(things: Collection[Document]) -> None:
    statement = {"q": {"a": 1}, "u": {"$set": {"b": 0}}, "multi": True}

    reply = explained(things, {"update": things.name, "updates": [statement]})

    assert "IXSCAN" in stages(reply["queryPlanner"]["winningPlan"])
    assert things.count_documents({"a": 1, "b": 0}) == 0
