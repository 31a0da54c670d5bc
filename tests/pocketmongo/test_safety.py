"""Nobody else gets in, and nothing sent over the wire takes the server down.

The fuzzer runs for 8 seconds, and for five minutes with QREV_FUZZ_SECONDS=300:
`QREV_FUZZ_SECONDS=300 make test ARGS=tests/pocketmongo/test_safety.py`.
"""

from __future__ import annotations

import os
import random
import stat
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import bson
import pytest
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from tests.pocketmongo.running import (
    Client,
    Document,
    Server,
    a_client,
    a_folder,
    a_server,
    refusal,
)
from tests.pocketmongo.wire import HEADER, OP_MSG, a_frame, a_message, a_wire, nested_bson

FUZZ_SECONDS = float(os.environ.get("QREV_FUZZ_SECONDS", "8"))
MEGABYTE = 2**20
PASSWORD = {"POCKETMONGO_PASSWORD": "s3cret", "EMB_PASSWORD": "s3cret"}


@pytest.fixture(scope="module")
def attacked() -> Iterator[Server]:
    """The server all attacks of this file go to."""
    with a_server() as server:
        yield server


@pytest.fixture
def target(attacked: Server) -> Iterator[Server]:
    """A server that must still answer, and hold little more memory, when the test is over."""
    if not attacked.is_alive:
        attacked.start()
    with a_wire(attacked) as wire:
        wire.ask({"dropDatabase": 1}, database="db")
        wire.ask({"update": "things", "updates": [{"q": {"_id": 1}, "u": {}, "upsert": True}]})
    before = attacked.memory
    yield attacked
    assert attacked.is_alive, attacked.log
    with a_wire(attacked) as wire:
        assert wire.ask({"find": "things"})["cursor"]["firstBatch"] == [{"_id": 1}]
    grown = attacked.memory - before
    assert grown < 100 * MEGABYTE, f"the server grew by {grown / MEGABYTE:.0f} MB"


def test_only_its_owner_may_read_the_file_and_all_beside_it() -> None:
    before = os.umask(0)
    try:
        with a_server() as server, a_client(server) as client:
            client.db.things.insert_one({"_id": 1})
            modes = {
                file.name: stat.S_IMODE(file.stat().st_mode)
                for file in server.folder.glob("data.sqlite*")
            }
    finally:
        os.umask(before)

    assert "data.sqlite" in modes
    assert set(modes.values()) == {0o600}, {name: oct(mode) for name, mode in modes.items()}


def test_only_its_owner_may_speak_through_the_socket() -> None:
    before = os.umask(0)
    try:
        with a_server("--unix", "FOLDER/db.sock") as server, a_client(server) as client:
            mode = stat.S_IMODE((server.folder / "db.sock").stat().st_mode)
            client.db.things.insert_one({"_id": 1})
    finally:
        os.umask(before)

    assert oct(mode) == "0o600"
    assert server.uri.startswith("mongodb://")


def test_a_socket_left_behind_by_a_kill_is_taken_over() -> None:
    with a_server("--unix", "FOLDER/db.sock") as server:
        server.kill()

        server.start()

        with a_client(server) as client:
            assert client.db.things.count_documents({}) == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_it_does_not_listen_beyond_loopback_without_a_user(host: str) -> None:
    with a_folder() as folder:
        assert "--user" in refusal(Server(folder, "--host", host))


def test_it_listens_on_loopback_alone_when_nobody_says_otherwise(target: Server) -> None:
    assert "127.0.0.1" in target.uri


def test_a_user_without_a_password_is_refused() -> None:
    with a_folder() as folder:
        server = Server(folder, "--user", "app", POCKETMONGO_PASSWORD="", EMB_PASSWORD="")

        assert "assword" in refusal(server)


def test_with_a_user_only_the_right_password_opens() -> None:
    with a_server("--user", "app", **PASSWORD) as server:
        with a_client(server, username="app", password="s3cret") as client:
            client.db.things.insert_one({"_id": 1})
            assert client.db.things.count_documents({}) == 1
        with a_client(server, username="app", password="guess") as client:
            with pytest.raises(OperationFailure) as caught:
                client.db.things.find_one()
            assert caught.value.code == 18  # AuthenticationFailed
        with a_client(server, username="root", password="s3cret") as client:
            with pytest.raises(OperationFailure) as caught:
                client.db.things.find_one()
            assert caught.value.code == 18
        with a_client(server) as client:
            with pytest.raises(OperationFailure) as caught:
                client.db.things.find_one()
            assert caught.value.code == 13  # Unauthorized


SECTION = struct.pack("<IB", 0, 0)
DOCUMENT = bson.encode({"ping": 1, "$db": "admin"})

MALFORMED = {
    "nothing but zeros": bytes(64),
    "a length of zero": HEADER.pack(0, 1, 0, OP_MSG),
    "a negative length": HEADER.pack(-1, 1, 0, OP_MSG),
    "a length of two gigabytes": HEADER.pack(2**31 - 1, 1, 0, OP_MSG) + SECTION + DOCUMENT,
    "a length beyond what hello allows": HEADER.pack(48_000_001 + 2**16, 1, 0, OP_MSG) + b"x" * 99,
    "an operation that does not exist": a_frame(DOCUMENT, operation=4242),
    "an operation of long ago": a_frame(bytes(32), operation=2002),
    "no section": a_frame(struct.pack("<I", 0)),
    "an empty body": a_frame(b""),
    "a section of an unknown kind": a_frame(struct.pack("<IB", 0, 9) + DOCUMENT),
    "an unknown flag that must be understood": a_frame(struct.pack("<IB", 1 << 7, 0) + DOCUMENT),
    "a document longer than its message": a_message(struct.pack("<i", 5000) + DOCUMENT[4:]),
    "a document of negative length": a_message(struct.pack("<i", -5) + DOCUMENT[4:]),
    "a document without its end": a_message(DOCUMENT[:-1] + b"\x01"),
    "a value of no known type": a_message(DOCUMENT.replace(b"\x10ping", b"\x77ping")),
    "a string longer than its document": a_message(
        struct.pack("<i", 19) + b"\x02a\0" + struct.pack("<i", 2**31 - 1) + b"abcdefg\0"
    ),
    "text that is not UTF-8": a_message(
        struct.pack("<i", 15) + b"\x02a\0" + struct.pack("<i", 3) + b"\xff\xfe\0\0"
    ),
    "a document sequence that is cut off": a_frame(
        struct.pack("<IB", 0, 1) + struct.pack("<i", 2**31 - 1) + b"documents\0" + DOCUMENT
    ),
    "a document sequence without an end of its name": a_frame(
        struct.pack("<IB", 0, 1) + struct.pack("<i", 30) + b"documents" * 4
    ),
    "the web": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_message_is_answered_with_an_error_or_hung_up_on(
    case: str, target: Server
) -> None:
    with a_wire(target, timeout=5) as wire:
        wire.send(MALFORMED[case])

        try:
            reply = wire.receive()
        except ConnectionError:
            return
        assert reply["ok"] == 0.0, reply


SENSELESS: list[Document] = [
    {},
    {"": 1},
    {"find": 1},
    {"find": None},
    {"find": "c", "filter": []},
    {"find": "c", "sort": "a"},
    {"find": "c", "limit": "x"},
    {"find": "c", "lsid": 1},
    {"find": "c", "lsid": {"id": 1}, "txnNumber": "x"},
    {"insert": "c"},
    {"insert": "c", "documents": 3},
    {"update": "c"},
    {"update": "c", "updates": [{}]},
    {"delete": "c", "deletes": [{"q": {}}]},
    {"findAndModify": "c", "update": 1},
    {"aggregate": "c", "pipeline": "no"},
    {"aggregate": "c", "pipeline": [1], "cursor": {}},
    {"getMore": "x", "collection": "c"},
    {"getMore": bson.Int64(1)},
    {"killCursors": "c", "cursors": "x"},
    {"createIndexes": "c", "indexes": [{}]},
    {"renameCollection": 1, "to": 2},
    {"hello": {}},
]


@pytest.mark.parametrize("command", SENSELESS, ids=repr)
def test_a_command_that_makes_no_sense_is_answered_and_never_an_internal_error(
    command: Document, target: Server
) -> None:
    with a_wire(target) as wire:
        reply = wire.ask(command)

        assert reply["ok"] in {0.0, 1.0}
        assert reply.get("code") != 1, reply  # InternalError
        assert wire.ask({"ping": 1})["ok"] == 1.0


NESTED: dict[str, Callable[[int], Document]] = {
    "a stored document": lambda depth: {"insert": "deep", "documents": [nested(depth)]},
    "an array": lambda depth: {"insert": "deep", "documents": [nested(depth, kind=4)]},
    "a filter": lambda depth: {"find": "things", "filter": {"a": nested(depth)}},
    "logic": lambda depth: {"find": "things", "filter": {"$nor": [nested(depth, name=b"$not")]}},
    "an expression": lambda depth: {
        "find": "things",
        "filter": {"$expr": nested(depth, name=b"$not")},
    },
    "an update": lambda depth: {
        "update": "others",
        "updates": [{"q": {}, "u": {"$set": {"deep": nested(depth)}}, "upsert": True}],
    },
    "a stage": lambda depth: {
        "aggregate": "things",
        "cursor": {},
        "pipeline": [{"$project": {"a": nested(depth, name=b"$not")}}],
    },
}


def nested(depth: int, *, kind: int = 3, name: bytes = b"a") -> RawBSONDocument:
    return RawBSONDocument(nested_bson(depth, kind=kind, name=name))


@pytest.mark.parametrize("depth", [250, 100_000])
@pytest.mark.parametrize("case", NESTED)
def test_nesting_too_deep_is_an_error_and_no_crash(case: str, depth: int, target: Server) -> None:
    with a_wire(target) as wire:
        wire.send_command(NESTED[case](depth))

        with suppress(ConnectionError):
            reply = wire.receive()
            assert reply["ok"] == 0.0 or "writeErrors" in reply, reply
            assert reply.get("code") != 1, reply  # InternalError


def test_ten_thousand_open_cursors_neither_crash_it_nor_fill_its_memory(target: Server) -> None:
    with a_client(target) as client:
        client.db.many.insert_many({"_id": number} for number in range(5))
        cursors: list[int] = []
        for _ in range(10_000):
            try:
                opened = client.db.command("find", "many", batchSize=1)
            except OperationFailure:
                break  # To refuse the next one is allowed; to break down is not.
            assert opened["cursor"]["firstBatch"] == [{"_id": 0}]
            cursors.append(opened["cursor"]["id"])
        last = cursors.pop()
        more = client.db.command("getMore", last, collection="many")

        assert [document["_id"] for document in more["cursor"]["nextBatch"]] == [1, 2, 3, 4]
        assert client.db.many.count_documents({}) == 5
        client.db.many.insert_one({"_id": 5})
        client.db.command("killCursors", "many", cursors=cursors)


def test_cursors_left_open_do_not_keep_the_next_ones_from_opening(target: Server) -> None:
    with a_client(target) as client:
        client.db.many.insert_many({"_id": number} for number in range(5))
        opened = [
            client.db.command("find", "many", batchSize=1)["cursor"]["id"] for _ in range(500)
        ]

        killed = client.db.command("killCursors", "many", cursors=opened)

        assert sorted(killed["cursorsKilled"]) == sorted(opened)
        with pytest.raises(OperationFailure) as caught:
            client.db.command("getMore", opened[0], collection="many")
        assert caught.value.code == 43  # CursorNotFound


def test_clients_that_send_slowly_hold_nobody_up(target: Server) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(a_wire(target)) for _ in range(200)]
        for wire in slow:
            wire.send(HEADER.pack(40_000_000, 1, 0, OP_MSG) + SECTION)

        with a_client(target) as client:
            before = time.monotonic()
            client.db.others.insert_one({"_id": 1})
            assert client.db.others.count_documents({}) == 1
            assert time.monotonic() - before < 2
        assert target.memory < 300 * MEGABYTE


def test_clients_that_do_not_read_hold_nobody_up(target: Server) -> None:
    with a_client(target) as client:
        client.db.big.insert_many({"_id": number, "t": "x" * 500_000} for number in range(20))
    with ExitStack() as stack:
        for _ in range(10):
            wire = stack.enter_context(a_wire(target))
            wire.send_command({"find": "big", "batchSize": 20})

        with a_client(target) as client:
            before = time.monotonic()
            client.db.others.insert_one({"_id": 1})
            assert client.db.others.count_documents({}) == 1
            assert time.monotonic() - before < 2


def test_a_client_that_leaves_in_the_middle_of_an_answer_is_no_trouble(target: Server) -> None:
    with a_client(target) as client:
        client.db.big.insert_many({"_id": number, "t": "x" * 500_000} for number in range(20))
    for _ in range(10):
        with a_wire(target) as wire:
            wire.send_command({"find": "big", "batchSize": 20})


def test_random_damage_to_good_messages_never_takes_it_down(target: Server) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    end = time.monotonic() + FUZZ_SECONDS
    sent = 0
    while time.monotonic() < end:
        with a_wire(target, timeout=0.2) as wire, suppress(OSError, bson.errors.BSONError):
            for _ in range(20):
                wire.send(damaged(chance.choice(GOOD), chance))
                sent += 1
                wire.receive()
        assert target.is_alive, f"seed {seed}: {target.log[-2000:]}"

    assert sent > 100
    with suppress(PyMongoError), a_client(target) as client:
        client.drop_database("fuzz")


GOOD = [
    a_message(bson.encode({**command, "$db": "fuzz"}))
    for command in list[Document](
        [
            {"ping": 1},
            {"hello": 1, "client": {"driver": {"name": "x"}}},
            {"insert": "c", "documents": [{"_id": 1, "a": [1, {"b": 2.5}], "t": "text"}]},
            {"find": "c", "filter": {"a": {"$gt": 1}, "$or": [{"b": 1}]}, "sort": {"a": 1}},
            {"update": "c", "updates": [{"q": {"a": 1}, "u": {"$inc": {"n": 1}}, "upsert": True}]},
            {
                "aggregate": "c",
                "pipeline": [{"$group": {"_id": "$a", "n": {"$sum": 1}}}],
                "cursor": {},
            },
            {"createIndexes": "c", "indexes": [{"key": {"a": 1}, "name": "a_1"}]},
            {"findAndModify": "c", "query": {"a": 1}, "update": {"$set": {"x": 1}}, "new": True},
            {"getMore": bson.Int64(7), "collection": "c", "batchSize": 2},
        ]
    )
]


def damaged(message: bytes, chance: random.Random) -> bytes:
    """The message with some bytes changed, cut out or put in; mostly of the right length."""
    data = bytearray(message)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(16, len(data))
        match chance.randrange(4):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                data[place : place + 4] = struct.pack("<i", chance.choice([-1, 0, 2**31 - 1, 99]))
            case 2:
                del data[place : place + chance.randint(1, 8)]
            case _:
                data[place:place] = chance.randbytes(chance.randint(1, 8))
        if len(data) <= 20:
            break
    if chance.random() < 0.9:
        data[:4] = struct.pack("<i", len(data))
    return bytes(data)


def test_a_second_client_is_greeted_while_one_says_nothing(target: Server) -> None:
    with a_wire(target):
        client: Client = MongoClient(target.uri, serverSelectionTimeoutMS=2000)
        with client:
            assert client.admin.command("ping")["ok"] == 1.0
