"""Databases, collections and what a server tells of itself. The manual: docs/reference/command."""

from __future__ import annotations

import re
import secrets

import pytest
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import CollectionInvalid, OperationFailure
from pymongo.server_api import ServerApi

from tests.pocketmongo.conftest import NewClient
from tests.pocketmongo.running import Client, Document, Server
from tests.pocketmongo.wire import a_wire


def test_the_server_tells_its_version(client: Client) -> None:
    info = client.server_info()

    assert re.match(r"\d+\.\d+\.\d+", info["version"])
    assert info["versionArray"][0] >= 8


def test_databases_do_not_see_each_other_and_are_dropped_alone(
    database: Database[Document], client: Client
) -> None:
    other = client[f"{database.name}_other"]
    database.c.insert_one({"_id": 1})
    other.c.create_index("k", unique=True)
    other.c.insert_one({"_id": 2, "k": 1})
    assert {database.name, other.name} <= set(client.list_database_names())

    client.drop_database(other.name)

    assert other.name not in client.list_database_names()
    assert list(database.c.find()) == [{"_id": 1}]
    assert other.c.count_documents({}) == 0
    other.c.insert_many([{"k": 1}, {"k": 1}])
    client.drop_database(other.name)


def test_collections_are_listed_renamed_and_dropped(database: Database[Document]) -> None:
    database.a.create_index("k", unique=True)
    database.a.insert_one({"_id": 1, "k": 1})
    database.b.insert_one({})

    database.b.drop()
    database.a.rename("z")

    assert database.list_collection_names() == ["z"]
    assert database.list_collection_names(filter={"name": "z"}) == ["z"]
    assert database.z.find_one() == {"_id": 1, "k": 1}
    assert "k_1" in database.z.index_information()
    with pytest.raises(CollectionInvalid):
        database.create_collection("z")


def test_a_rename_replaces_only_what_it_may(database: Database[Document]) -> None:
    database.a.insert_one({"_id": 1})
    database.b.insert_one({"_id": 2})

    with pytest.raises(OperationFailure) as caught:
        database.a.rename("b")
    database.a.rename("b", dropTarget=True)

    assert caught.value.code == 48  # NamespaceExists
    assert list(database.b.find()) == [{"_id": 1}]
    with pytest.raises(OperationFailure) as caught:
        database.nothing.rename("c")
    assert caught.value.code == 26  # NamespaceNotFound


def test_making_a_collection_twice_is_refused(database: Database[Document]) -> None:
    database.command("create", "q", capped=True, size=4096)

    with pytest.raises(OperationFailure) as caught:
        database.command("create", "q")

    assert caught.value.code == 48  # NamespaceExists


def test_a_capped_collection_forgets_the_oldest(database: Database[Document]) -> None:
    database.create_collection("few", capped=True, size=100_000, max=3)
    database.create_collection("small", capped=True, size=4096)

    database.few.insert_many({"_id": n} for n in range(5))
    database.small.insert_many({"_id": n, "text": "x" * 500} for n in range(50))

    assert [document["_id"] for document in database.few.find()] == [2, 3, 4]
    kept = [document["_id"] for document in database.small.find()]
    assert 1 <= len(kept) <= 8
    assert kept == list(range(50 - len(kept), 50))


@pytest.mark.parametrize(
    "command",
    [
        {"ping": 1},
        {"hello": 1},
        {"buildInfo": 1},
        {"dbStats": 1},
        {"collStats": "c"},
        {"validate": "c"},
        {"connectionStatus": 1},
        {"listCommands": 1},
    ],
    ids=lambda command: next(iter(command)),
)
def test_a_command_is_answered(command: Document, database: Database[Document]) -> None:
    database.c.insert_one({})

    assert database.command(command)["ok"] == 1.0


@pytest.mark.parametrize(
    "command",
    [
        {"serverStatus": 1},
        {"hostInfo": 1},
        {"getParameter": 1, "featureCompatibilityVersion": 1},
        {"getCmdLineOpts": 1},
    ],
    ids=lambda command: next(iter(command)),
)
def test_a_command_of_the_administrator_is_answered(command: Document, client: Client) -> None:
    assert client.admin.command(command)["ok"] == 1.0


def test_statistics_count(database: Database[Document]) -> None:
    database.c.create_index("k")
    database.c.insert_many([{"k": 1}, {"k": 2}])

    assert database.command("collStats", "c")["count"] == 2
    assert database.command("collStats", "c")["nindexes"] == 2
    assert database.command("dbStats")["objects"] == 2
    assert database.command("validate", "c")["valid"] is True


def test_a_command_nobody_knows_is_refused(database: Database[Document]) -> None:
    with pytest.raises(OperationFailure, match="fooBar") as caught:
        database.command("fooBar")

    assert caught.value.code == 59  # CommandNotFound


def test_the_stable_api_is_spoken(new_client: NewClient, database: Database[Document]) -> None:
    things = new_client(server_api=ServerApi("1"))[database.name].things

    things.insert_one({"_id": 1})

    assert things.find_one() == {"_id": 1}


def test_databases_may_have_long_and_foreign_names(client: Client) -> None:
    mark = secrets.token_hex(4)

    for name in (f"t-{mark}", f"t_{mark}_" + "x" * 45, f"été_{mark}"):
        client[name].c.insert_one({"_id": 1})
        assert client[name].c.count_documents({}) == 1
        client.drop_database(name)


@pytest.mark.parametrize("name", ["", "a" * 64, "a/b", 'a"b', "a b", "a$b"], ids=repr)
def test_databases_may_not_have_any_name(name: str, server: Server) -> None:
    with a_wire(server) as wire:
        reply = wire.ask({"insert": "c", "documents": [{}]}, database=name)

    assert reply["code"] == 73  # InvalidNamespace


@pytest.mark.parametrize("name", ["", ".a", "a\0b"], ids=repr)
def test_collections_may_not_have_any_name(name: str, server: Server) -> None:
    with a_wire(server) as wire:
        reply = wire.ask({"insert": name, "documents": [{}]})

    assert reply["code"] == 73  # InvalidNamespace


def test_an_option_of_a_collection_may_be_changed(database: Database[Document]) -> None:
    database.c.create_index("t", expireAfterSeconds=60)

    database.command("collMod", "c", index={"name": "t_1", "expireAfterSeconds": 120})
    database.command("collMod", "c", validator={"a": {"$exists": True}})

    assert database.c.index_information()["t_1"]["expireAfterSeconds"] == 120
    with pytest.raises(OperationFailure) as caught:
        database.c.insert_one({"b": 1})
    assert caught.value.code == 121  # DocumentValidationFailure


def test_a_collation_of_a_collection_is_that_of_its_queries(
    database: Database[Document],
) -> None:
    things: Collection[Document] = database.create_collection(
        "things", collation={"locale": "en", "strength": 2}
    )
    things.insert_many([{"_id": "A"}, {"_id": "b"}])

    assert things.count_documents({"_id": "a"}) == 1
    with pytest.raises(OperationFailure) as caught:
        things.insert_one({"_id": "B"})
    assert caught.value.code == 11000
