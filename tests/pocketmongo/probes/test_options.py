"""An option is obeyed or refused, never ignored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pymongo.database import Database
from pymongo.errors import OperationFailure

from tests.pocketmongo.running import Document, Server
from tests.pocketmongo.wire import a_wire, failure

INTERNAL_ERROR = 1


def batch(reply: Document) -> list[Document]:
    return list(reply["cursor"]["firstBatch"])


def ids(reply: Document) -> list[Any]:
    return [document["_id"] for document in batch(reply)]


EN = {"locale": "en"}
# name: (command over three documents, whether the reply shows that the option was obeyed)
OPTIONS: dict[str, tuple[Document, Callable[[Document], bool]]] = {
    "returnKey": (
        {"find": "c", "filter": {"k": 1}, "hint": "k_1", "returnKey": True},
        lambda reply: batch(reply) == [{"k": 1}],
    ),
    "showRecordId": (
        {"find": "c", "showRecordId": True},
        lambda reply: all("$recordId" in each for each in batch(reply)),
    ),
    "min and max": (
        {"find": "c", "hint": "k_1", "min": {"k": 2}, "max": {"k": 3}},
        lambda reply: ids(reply) == ["B10"],
    ),
    "limit of one batch": (
        {"find": "c", "singleBatch": True, "batchSize": 1},
        lambda reply: len(batch(reply)) == 1 and reply["cursor"]["id"] == 0,
    ),
    "an empty first batch": (
        {"find": "c", "batchSize": 0},
        lambda reply: batch(reply) == [] and reply["cursor"]["id"] != 0,
    ),
    "let": (
        {"find": "c", "filter": {"$expr": {"$eq": ["$k", "$$x"]}}, "let": {"x": 2}},
        lambda reply: ids(reply) == ["B10"],
    ),
    "a language's order": (
        {"find": "c", "sort": {"_id": 1}, "collation": EN},
        lambda reply: ids(reply) == ["a9", "B10", "b9"],
    ),
    "numbers in text": (
        {"find": "c", "sort": {"_id": -1}, "collation": {**EN, "numericOrdering": True}},
        lambda reply: ids(reply) == ["B10", "b9", "a9"],
    ),
    "capitals first": (
        {"find": "d", "sort": {"_id": 1}, "collation": {**EN, "caseFirst": "upper"}},
        lambda reply: ids(reply) == ["A", "a"],
    ),
    "letters without accents": (
        {"find": "d", "filter": {"_id": "À"}, "collation": {**EN, "strength": 1}},
        lambda reply: sorted(ids(reply)) == ["A", "a"],
    ),
    "a hint for a count": (
        {"count": "c", "query": {}, "hint": "nope_1"},
        lambda reply: False,
    ),
    "a hint for a delete": (
        {"delete": "c", "deletes": [{"q": {"k": 1}, "limit": 1, "hint": "nope_1"}]},
        lambda reply: False,
    ),
    "a hint for a pipeline": (
        {"aggregate": "c", "pipeline": [{"$match": {}}], "cursor": {}, "hint": "nope_1"},
        lambda reply: False,
    ),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_an_option_is_obeyed_or_refused_but_never_ignored(
    case: str, server: Server, database: Database[Document]
) -> None:
    command, is_obeyed = OPTIONS[case]
    database.c.create_index("k")
    database.c.insert_many([{"_id": "a9", "k": 1}, {"_id": "B10", "k": 2}, {"_id": "b9", "k": 3}])
    database.d.insert_many([{"_id": "A"}, {"_id": "a"}])

    with a_wire(server) as wire:
        reply = wire.ask(command, database=database.name)

    if reply["ok"] == 0.0 or "writeErrors" in reply:
        assert failure(reply)["code"] != INTERNAL_ERROR, reply
        assert len(failure(reply)["errmsg"]) > 10
    else:
        assert is_obeyed(reply), reply


def test_a_validator_that_only_warns_lets_pass(database: Database[Document]) -> None:
    database.create_collection("v", validator={"a": 1}, validationAction="warn")

    database.v.insert_one({"b": 1})

    assert database.v.count_documents({}) == 1


def test_a_moderate_validator_spares_what_was_there(database: Database[Document]) -> None:
    database.v.insert_one({"_id": 1, "b": 1})
    database.command("collMod", "v", validator={"a": 1}, validationLevel="moderate")

    database.v.update_one({"_id": 1}, {"$set": {"b": 2}})

    with pytest.raises(OperationFailure) as caught:
        database.v.insert_one({"b": 1})
    assert caught.value.code == 121  # DocumentValidationFailure


def test_a_validator_can_be_passed_by(database: Database[Document]) -> None:
    database.create_collection("v", validator={"a": 1})

    database.v.insert_one({"b": 1}, bypass_document_validation=True)

    assert database.v.count_documents({}) == 1
