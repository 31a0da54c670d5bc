"""What the server does not do it refuses: by MongoDB's own code, naming what is missing."""

from __future__ import annotations

import struct
import zlib

import bson
import pytest
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import OperationFailure, ServerSelectionTimeoutError

from tests.pocketmongo.conftest import NewClient
from tests.pocketmongo.running import Client, Document, Server
from tests.pocketmongo.wire import a_frame, a_message, a_wire, failure

BAD_VALUE = 2
FAILED_TO_PARSE = 9
COMMAND_NOT_FOUND = 59
CANNOT_CREATE_INDEX = 67
INVALID_OPTIONS = 72
COMMAND_NOT_SUPPORTED = 115
INVALID_INDEX_OPTION = 197
NOT_IMPLEMENTED = 238
NO_QUERY_PLANS = 291
UNKNOWN_FIELD = 40415
UNKNOWN_STAGE = 40324

UNSUPPORTED = {BAD_VALUE, COMMAND_NOT_SUPPORTED, NOT_IMPLEMENTED}
POINT = {"type": "Point", "coordinates": [2.3, 48.8]}
GEO_FILTERS: dict[str, Document] = {
    "near": {"at": {"$near": {"$geometry": POINT, "$maxDistance": 50_000}}},
    "nearSphere": {"at": {"$nearSphere": {"$geometry": POINT}}},
    "geoWithin": {"at": {"$geoWithin": {"$centerSphere": [[2.3, 48.8], 0.1]}}},
    "geoIntersects": {"at": {"$geoIntersects": {"$geometry": POINT}}},
}


@pytest.mark.parametrize("case", GEO_FILTERS)
def test_geography_is_refused(case: str, database: Database[Document]) -> None:
    database.c.insert_one({"at": POINT})

    with pytest.raises(OperationFailure, match=r"(?i)geo|near") as caught:
        database.c.find_one(GEO_FILTERS[case])

    assert caught.value.code in UNSUPPORTED | {NO_QUERY_PLANS}


def test_the_geographic_stage_is_refused(database: Database[Document]) -> None:
    database.c.insert_one({"at": POINT})

    with pytest.raises(OperationFailure, match=r"(?i)geo") as caught:
        database.c.aggregate([{"$geoNear": {"near": POINT, "distanceField": "d"}}])

    assert caught.value.code in UNSUPPORTED | {UNKNOWN_STAGE, NO_QUERY_PLANS}


def test_encryption_is_refused_and_the_plain_line_stays_open(
    server: Server, client: Client
) -> None:
    encrypted: Client = MongoClient(
        server.uri, tls=True, tlsInsecure=True, serverSelectionTimeoutMS=1500
    )

    with encrypted, pytest.raises(ServerSelectionTimeoutError):
        encrypted.admin.command("ping")

    assert client.admin.command("ping")["ok"] == 1.0


def test_compression_is_not_negotiated_and_goes_uncompressed(
    new_client: NewClient, database: Database[Document], client: Client
) -> None:
    things = new_client(compressors="zlib")[database.name].things

    things.insert_one({"x": "y" * 1000})

    assert not client.admin.command("hello", compression=["zlib"]).get("compression")
    assert things.count_documents({}) == 1


def test_a_compressed_message_is_hung_up_on_or_refused(server: Server) -> None:
    whole = a_message(bson.encode({"ping": 1, "$db": "admin"}))
    body = struct.pack("<iiB", 2013, len(whole) - 16, 2) + zlib.compress(whole[16:])

    with a_wire(server, timeout=5) as wire:
        wire.send(a_frame(body, operation=2012))

        try:
            reply = wire.receive()
        except ConnectionError:
            return
    assert reply["ok"] == 0.0


# name: (command, MongoDB's codes, what the message names)
COMMANDS: dict[str, tuple[Document, set[int], str]] = {
    "time series": (
        {"create": "c", "timeseries": {"timeField": "t"}},
        UNSUPPORTED | {INVALID_OPTIONS, UNKNOWN_FIELD},
        "time",
    ),
    "encrypted fields": (
        {"create": "c", "encryptedFields": {"fields": []}},
        UNSUPPORTED | {INVALID_OPTIONS, UNKNOWN_FIELD},
        "encryptedFields",
    ),
    "a storage engine": (
        {"create": "c", "storageEngine": {"wiredTiger": {}}},
        UNSUPPORTED | {INVALID_OPTIONS, UNKNOWN_FIELD},
        "storageEngine",
    ),
    "map and reduce": (
        {"mapReduce": "c", "map": "f", "reduce": "g", "out": {"inline": 1}},
        UNSUPPORTED | {COMMAND_NOT_FOUND},
        "mapReduce",
    ),
    "shards": ({"shardCollection": "a.c", "key": {"a": 1}}, {COMMAND_NOT_FOUND}, "shardCollection"),
    "fail points": (
        {"configureFailPoint": "x", "mode": "off"},
        {COMMAND_NOT_FOUND},
        "configureFailPoint",
    ),
    "JavaScript in a filter": ({"find": "c", "filter": {"$where": "1"}}, UNSUPPORTED, "where"),
    "JavaScript in a pipeline": (
        {
            "aggregate": "c",
            "cursor": {},
            "pipeline": [
                {"$project": {"x": {"$function": {"body": "f", "args": [], "lang": "js"}}}}
            ],
        },
        UNSUPPORTED | {168, 31325, 31264},
        "function",
    ),
    "Atlas search": (
        {"aggregate": "c", "cursor": {}, "pipeline": [{"$search": {"text": {}}}]},
        UNSUPPORTED | {UNKNOWN_STAGE, 31082, 6047401},
        "search",
    ),
    "a write to more members than there are": (
        {"insert": "c", "documents": [{}], "writeConcern": {"w": 5}},
        {100},  # UnsatisfiableWriteConcern
        "",
    ),
    "a read concern nobody knows": (
        {"find": "c", "readConcern": {"level": "bogus"}},
        {BAD_VALUE, FAILED_TO_PARSE, INVALID_OPTIONS},
        "bogus",
    ),
    "a tailable cursor on what is not capped": (
        {"find": "c", "tailable": True},
        {BAD_VALUE},
        "cap",
    ),
    "a collation of no language": (
        {"find": "c", "collation": {"locale": "xx_nope"}},
        UNSUPPORTED,
        "xx_nope",
    ),
    "a collation with an unknown field": (
        {"find": "c", "collation": {"locale": "en", "nope": 1}},
        {BAD_VALUE, FAILED_TO_PARSE, INVALID_OPTIONS, UNKNOWN_FIELD},
        "nope",
    ),
    "a time to live over two fields": (
        {
            "createIndexes": "c",
            "indexes": [{"key": {"a": 1, "b": 1}, "name": "x", "expireAfterSeconds": 5}],
        },
        {CANNOT_CREATE_INDEX},
        "TTL|expireAfterSeconds",
    ),
    "an index both sparse and partial": (
        {
            "createIndexes": "c",
            "indexes": [
                {"key": {"a": 1}, "name": "x", "sparse": True, "partialFilterExpression": {"a": 1}}
            ],
        },
        {CANNOT_CREATE_INDEX},
        "sparse",
    ),
    "a partial index of a filter it cannot have": (
        {
            "createIndexes": "c",
            "indexes": [
                {"key": {"a": 1}, "name": "x", "partialFilterExpression": {"a": {"$nin": [1]}}}
            ],
        },
        {CANNOT_CREATE_INDEX},
        "",
    ),
    "an index of an unknown kind": (
        {"createIndexes": "c", "indexes": [{"key": {"a": "nope"}, "name": "x"}]},
        {CANNOT_CREATE_INDEX},
        "nope",
    ),
    "an index with an unknown option": (
        {"createIndexes": "c", "indexes": [{"key": {"a": 1}, "name": "x", "nope": 1}]},
        {INVALID_INDEX_OPTION},
        "nope",
    ),
    "a group by no accumulator": (
        {"aggregate": "c", "cursor": {}, "pipeline": [{"$group": {"_id": 1, "x": 5}}]},
        {40234},
        "accumulator",
    ),
    "a stage with two names": (
        {"aggregate": "c", "cursor": {}, "pipeline": [{"$limit": 1, "$skip": 1}]},
        {40323},
        "",
    ),
    "a version of the API nobody knows": ({"ping": 1, "apiVersion": "9"}, {322}, ""),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_it_refuses(case: str, server: Server, database: Database[Document]) -> None:
    command, codes, named = COMMANDS[case]
    collection_is_there = not next(iter(command)).startswith("create")
    if collection_is_there:
        database.c.insert_one({"_id": 1})

    with a_wire(server) as wire:
        reply = wire.ask(command, database=database.name)

    assert failure(reply)["code"] in codes, reply
    if named:
        assert any(each.lower() in failure(reply)["errmsg"].lower() for each in named.split("|"))


UPDATE = {"q": {}, "u": {"$set": {"a": 1}}}
UNKNOWN_FIELDS: dict[str, Document] = {
    "find": {"find": "c", "nope": 1},
    "insert": {"insert": "c", "documents": [{}], "nope": 1},
    "update": {"update": "c", "updates": [UPDATE], "nope": 1},
    "an update": {"update": "c", "updates": [{**UPDATE, "nope": 1}]},
    "delete": {"delete": "c", "deletes": [{"q": {}, "limit": 1}], "nope": 1},
    "a delete": {"delete": "c", "deletes": [{"q": {}, "limit": 1, "nope": 1}]},
    "findAndModify": {"findAndModify": "c", "query": {}, "remove": True, "nope": 1},
    "aggregate": {"aggregate": "c", "pipeline": [], "cursor": {}, "nope": 1},
    "count": {"count": "c", "nope": 1},
    "distinct": {"distinct": "c", "key": "a", "nope": 1},
    "getMore": {"getMore": bson.Int64(1), "collection": "c", "nope": 1},
    "killCursors": {"killCursors": "c", "cursors": [], "nope": 1},
    "create": {"create": "d", "nope": 1},
    "createIndexes": {
        "createIndexes": "c",
        "indexes": [{"key": {"a": 1}, "name": "a_1"}],
        "nope": 1,
    },
    "dropIndexes": {"dropIndexes": "c", "index": "*", "nope": 1},
    "drop": {"drop": "c", "nope": 1},
    "listCollections": {"listCollections": 1, "nope": 1},
    "listIndexes": {"listIndexes": "c", "nope": 1},
    "collMod": {"collMod": "c", "nope": 1},
}


@pytest.mark.parametrize("case", UNKNOWN_FIELDS)
def test_a_field_nobody_knows_is_refused_and_named(
    case: str, server: Server, database: Database[Document]
) -> None:
    database.c.insert_one({"_id": 1})

    with a_wire(server) as wire:
        reply = wire.ask(UNKNOWN_FIELDS[case], database=database.name)

    assert (reply["ok"], reply.get("code")) == (0.0, UNKNOWN_FIELD), reply
    assert "nope" in reply["errmsg"]
    assert list(database.c.find()) == [{"_id": 1}]
