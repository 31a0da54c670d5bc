"""A write that is sent again, because its reply was lost, is done once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from bson import Int64
from pymongo import InsertOne, MongoClient, ReturnDocument, UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database

from tests.pocketmongo.proxy import Proxy, a_proxy
from tests.pocketmongo.running import Client, Document, Server, a_server
from tests.pocketmongo.wire import Wire, a_session_id, a_wire

TRANSACTION_TOO_OLD = 225


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    with a_wire(server) as wire:
        yield wire


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    with a_proxy(server) as proxy:
        yield proxy


@pytest.fixture
def shaky(proxy: Proxy, database: Database[Document]) -> Iterator[Collection[Document]]:
    """The collection as seen through the proxy."""
    client: Client = MongoClient(proxy.uri, serverSelectionTimeoutMS=5000)
    with client:
        yield client[database.name].things


def increment(number: int) -> Document:
    update = {"q": {"_id": 1}, "u": {"$inc": {"n": 1}}}
    return {"update": "things", "updates": [update], "txnNumber": Int64(number)}


def test_the_same_update_twice_counts_once_and_is_answered_the_same(
    wire: Wire, collection: Collection[Document]
) -> None:
    collection.insert_one({"_id": 1, "n": 0})
    command = {**increment(1), "lsid": a_session_id()}
    name = collection.database.name

    first, again = wire.ask(command, database=name), wire.ask(command, database=name)

    assert (first["n"], first["nModified"]) == (again["n"], again["nModified"]) == (1, 1)
    assert collection.find_one() == {"_id": 1, "n": 1}


def test_it_counts_once_over_another_connection_too(
    server: Server, collection: Collection[Document]
) -> None:
    collection.insert_one({"_id": 1, "n": 0})
    command = {**increment(1), "lsid": a_session_id()}

    for _ in range(3):
        with a_wire(server) as wire:
            assert wire.ask(command, database=collection.database.name)["n"] == 1

    assert collection.find_one() == {"_id": 1, "n": 1}


def test_the_next_number_is_another_write(wire: Wire, collection: Collection[Document]) -> None:
    collection.insert_one({"_id": 1, "n": 0})
    session = a_session_id()

    for number in (1, 2, 3):
        wire.ask({**increment(number), "lsid": session}, database=collection.database.name)

    assert collection.find_one() == {"_id": 1, "n": 3}


def test_a_number_from_the_past_is_refused(wire: Wire, collection: Collection[Document]) -> None:
    session, name = a_session_id(), collection.database.name
    wire.ask({**increment(5), "lsid": session}, database=name)

    reply = wire.ask({**increment(4), "lsid": session}, database=name)

    assert (reply["ok"], reply["code"]) == (0.0, TRANSACTION_TOO_OLD)


def test_two_sessions_do_not_share_their_numbers(
    wire: Wire, collection: Collection[Document]
) -> None:
    collection.insert_one({"_id": 1, "n": 0})

    for _ in range(2):
        wire.ask({**increment(1), "lsid": a_session_id()}, database=collection.database.name)

    assert collection.find_one() == {"_id": 1, "n": 2}


def test_a_lost_write_is_done_once_even_when_the_server_died_in_between() -> None:
    with a_server() as server:
        with a_wire(server) as wire:
            wire.ask({"insert": "things", "documents": [{"_id": 1, "n": 0}]})
            command = {**increment(1), "lsid": a_session_id()}
            wire.ask(command)

        server.kill()
        server.start()
        with a_wire(server) as wire:
            again = wire.ask(command)
            found = wire.ask({"find": "things"})

    assert (again["ok"], again["n"]) == (1.0, 1)
    assert found["cursor"]["firstBatch"] == [{"_id": 1, "n": 1}]


RETRIED: dict[str, tuple[str, Callable[[Collection[Document]], object]]] = {
    "insert_one": ("insert", lambda things: things.insert_one({"_id": 2, "n": 1}).inserted_id),
    "insert_many": (
        "insert",
        lambda things: things.insert_many([{"_id": 2, "n": 1}]).inserted_ids,
    ),
    "update_one": (
        "update",
        lambda things: things.update_one({"_id": 1}, {"$inc": {"n": 1}}).modified_count,
    ),
    "upsert": (
        "update",
        lambda things: things.update_one({"_id": 2}, {"$inc": {"n": 1}}, upsert=True).upserted_id,
    ),
    "find_one_and_update": (
        "findAndModify",
        lambda things: things.find_one_and_update(
            {"_id": 1}, {"$inc": {"n": 1}}, return_document=ReturnDocument.AFTER
        ),
    ),
    "bulk_write": (
        "insert",
        lambda things: (
            things.bulk_write(
                [InsertOne({"_id": 2, "n": 0}), UpdateOne({"_id": 2}, {"$inc": {"n": 1}})]
            ).modified_count
        ),
    ),
}


@pytest.mark.parametrize("name", RETRIED)
def test_the_driver_sends_it_again_and_it_is_done_once(
    name: str, collection: Collection[Document], shaky: Collection[Document], proxy: Proxy
) -> None:
    command, write = RETRIED[name]
    collection.insert_one({"_id": 1, "n": 0})

    proxy.swallow_reply_to(command)
    answer = write(shaky)

    assert answer
    assert proxy.swallowed == 1
    assert sum(document["n"] for document in collection.find()) == 1


def test_a_delete_sent_again_still_says_what_it_deleted(
    collection: Collection[Document], shaky: Collection[Document], proxy: Proxy
) -> None:
    collection.insert_many([{"_id": 1, "kind": "a"}, {"_id": 2, "kind": "a"}])

    proxy.swallow_reply_to("delete")
    deleted = shaky.delete_one({"kind": "a"})

    assert proxy.swallowed == 1
    assert deleted.deleted_count == 1
    assert collection.count_documents({}) == 1


def test_a_commit_sent_again_commits_once(
    collection: Collection[Document], shaky: Collection[Document], proxy: Proxy
) -> None:
    collection.insert_one({"_id": 1, "n": 0})

    with shaky.database.client.start_session() as session, session.start_transaction():
        shaky.update_one({"_id": 1}, {"$inc": {"n": 1}}, session=session)
        proxy.swallow_reply_to("commitTransaction")

    assert proxy.swallowed == 1
    assert collection.find_one() == {"_id": 1, "n": 1}
