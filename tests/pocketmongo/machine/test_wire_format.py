"""Messages from bytes and back; everything that is none is refused."""

from __future__ import annotations

import struct

import bson
import pytest
from bson import Timestamp
from hypothesis import given
from hypothesis import strategies as some

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.replies import failure, success
from pocketmongo.storage.change import Moment
from pocketmongo.wire import (
    HEADER,
    MAX_MESSAGE,
    OP_MSG,
    OP_QUERY,
    Header,
    Malformed,
    Message,
    read_header,
    read_message,
    write_reply,
)

PING = bson.encode({"ping": 1, "$db": "admin"})


def header(operation: int = OP_MSG) -> Header:
    return Header(0, 7, operation)


def a_section(document: bytes) -> bytes:
    return b"\x00" + document


def a_sequence(name: str, *documents: bytes) -> bytes:
    content = name.encode() + b"\x00" + b"".join(documents)
    return b"\x01" + struct.pack("<i", len(content) + 4) + content


def test_a_body_and_a_sequence_become_one_command() -> None:
    body = bson.encode({"insert": "things", "$db": "shop"})
    documents = [bson.encode({"_id": number}) for number in range(2)]
    raw = struct.pack("<I", 0) + a_section(body) + a_sequence("documents", *documents)

    message = read_message(header(), raw)

    assert message.body == {
        "insert": "things",
        "$db": "shop",
        "documents": [{"_id": 0}, {"_id": 1}],
    }
    assert message.wants_reply


def test_a_checksum_is_not_read_as_a_section() -> None:
    raw = struct.pack("<I", 1) + a_section(PING) + b"\xaa\xbb\xcc\xdd"

    assert read_message(header(), raw).body["ping"] == 1


def test_who_has_more_to_say_wants_no_reply() -> None:
    assert not read_message(header(), struct.pack("<I", 2) + a_section(PING)).wants_reply


def test_the_old_form_of_saying_hello_is_understood() -> None:
    query = bson.encode({"ismaster": 1})
    raw = struct.pack("<i", 0) + b"admin.$cmd\x00" + struct.pack("<ii", 0, -1) + query

    assert read_message(header(OP_QUERY), raw).body == {"ismaster": 1, "$db": "admin"}


@pytest.mark.parametrize("length", [-1, 0, 15, MAX_MESSAGE + 1, 2**31 - 1])
def test_a_length_no_message_has_is_refused(length: int) -> None:
    with pytest.raises(Malformed):
        read_header(HEADER.pack(length, 1, 0, OP_MSG))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        struct.pack("<I", 0),
        struct.pack("<I", 4) + a_section(PING),
        struct.pack("<I", 0) + a_section(PING) + a_section(PING),
        struct.pack("<I", 0) + b"\x07" + PING,
        struct.pack("<I", 0) + b"\x00" + struct.pack("<i", 10**6) + PING[4:],
        struct.pack("<I", 0) + b"\x00" + struct.pack("<i", -5) + PING[4:],
        struct.pack("<I", 0) + a_section(PING) + a_sequence("ping", PING),
        struct.pack("<I", 0) + a_section(bson.encode({})),
    ],
)
def test_what_is_no_message_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        read_message(header(), raw)


def test_an_unknown_operation_is_refused() -> None:
    with pytest.raises(Malformed):
        read_message(header(2012), PING)


@given(some.binary(max_size=200), some.sampled_from([OP_MSG, OP_QUERY, 1]))
def test_no_bytes_raise_anything_but_malformed(raw: bytes, operation: int) -> None:
    try:
        message = read_message(header(operation), raw)
    except Malformed:
        return
    assert isinstance(message.body, dict)


def test_a_reply_names_the_message_it_answers() -> None:
    reply = success(bson.encode({"n": 1}), Moment(7, 3))

    raw = write_reply(Message({}, 42, OP_MSG), reply)

    length, _, answered, operation = HEADER.unpack_from(raw)
    assert (length, answered, operation) == (len(raw), 42, OP_MSG)
    assert bson.decode(raw[21:]) == {
        "n": 1,
        "ok": 1.0,
        "operationTime": Timestamp(7, 3),
        "$clusterTime": {
            "clusterTime": Timestamp(7, 3),
            "signature": {"hash": bytes(20), "keyId": 0},
        },
    }


def test_a_reply_in_the_old_form_has_the_same_fields() -> None:
    raw = write_reply(Message({}, 42, OP_QUERY), success(bson.encode({}), Moment(1, 1)))

    assert HEADER.unpack_from(raw)[0] == len(raw)
    assert list(bson.decode(raw[36:])) == ["ok", "operationTime", "$clusterTime"]


def test_a_failure_says_so_first_and_tells_the_moment_too() -> None:
    error = ServerError(ErrorCode.BadValue, "no", labels=["Again"], index=3)

    reply = failure(error, Moment(7, 3))

    told = bson.decode(write_reply(Message({}, 42, OP_MSG), reply)[21:])
    assert list(told.items())[:6] == [
        ("ok", 0.0),
        ("errmsg", "no"),
        ("code", 2),
        ("codeName", "BadValue"),
        ("errorLabels", ["Again"]),
        ("index", 3),
    ]
    assert told["operationTime"] == Timestamp(7, 3)
