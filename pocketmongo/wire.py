"""Frames: where a message begins and ends, and what one may look like.

https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
"""

from __future__ import annotations

import itertools
import struct
from typing import NamedTuple

import bson
from bson.errors import InvalidBSON

from pocketmongo.replies import Reply
from pocketmongo.storage.codec import CODEC, decode
from pocketmongo.values import Document

HEADER = struct.Struct("<iiii")
MAX_MESSAGE = 48_000_000 + 16_384  # bytes; what `hello` promises, and room for the frame
OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
CHECKSUM_PRESENT, MORE_TO_COME = 1 << 0, 1 << 1
# Bits 0 to 15 must be understood; of these only two have a meaning.
_UNKNOWN_REQUIRED_FLAGS = 0xFFFF & ~(CHECKSUM_PRESENT | MORE_TO_COME)
_CHECKSUM_SIZE = 4
_BODY, _DOCUMENT_SEQUENCE = 0, 1
_MAX_SEQUENCES = 16
_UNSIGNED = struct.Struct("<I")
_SIGNED = struct.Struct("<i")
_MESSAGE_REPLY = struct.Struct("<iiiiIB")
_QUERY_REPLY = struct.Struct("<iiiiiqii")
_AWAIT_CAPABLE = 8

_reply_numbers = itertools.count(1)


class Malformed(Exception):
    """The bytes are no message; the connection cannot go on."""


class Header(NamedTuple):
    """The sixteen bytes before each message."""

    length: int
    request_id: int
    operation: int


class Message(NamedTuple):
    """One command as it came over the wire."""

    body: Document
    request_id: int
    operation: int
    wants_reply: bool = True


def read_header(raw: bytes | bytearray | memoryview) -> Header:
    """Return the header. Raises Malformed for a length no message has."""
    length, request_id, _, operation = HEADER.unpack_from(raw)
    if not HEADER.size <= length <= MAX_MESSAGE:
        raise Malformed(f"a message of {length} bytes")
    return Header(length, request_id, operation)


def read_message(header: Header, raw: bytes) -> Message:
    """Return the command in a message's bytes after the header. Raises Malformed."""
    try:
        if header.operation == OP_MSG:
            return _read_op_msg(header, raw)
        if header.operation == OP_QUERY:
            return _read_op_query(header, raw)
    except (InvalidBSON, struct.error, ValueError, IndexError, TypeError) as error:
        raise Malformed(str(error)) from error
    except RecursionError as error:
        raise Malformed("documents nested too deeply") from error
    raise Malformed(f"operation {header.operation}")


def write_reply(message: Message, reply: Reply) -> bytes:
    """Return the bytes that answer a message."""
    number, size = next(_reply_numbers) & 0x7FFFFFFF, reply.size
    if message.operation == OP_QUERY:
        length = _QUERY_REPLY.size + size
        front = _QUERY_REPLY.pack(
            length, number, message.request_id, OP_REPLY, _AWAIT_CAPABLE, 0, 0, 1
        )
    else:
        length = _MESSAGE_REPLY.size + size
        front = _MESSAGE_REPLY.pack(length, number, message.request_id, OP_MSG, 0, _BODY)
    return b"".join((front, _SIGNED.pack(size), *reply.parts()))


def _read_op_msg(header: Header, raw: bytes) -> Message:
    flags: int = _UNSIGNED.unpack_from(raw)[0]
    if flags & _UNKNOWN_REQUIRED_FLAGS:
        raise Malformed(f"flags {flags:#x}")
    end = len(raw) - (_CHECKSUM_SIZE if flags & CHECKSUM_PRESENT else 0)
    body: Document | None = None
    sequences: dict[str, list[Document]] = {}
    view = memoryview(raw)  # sections can be large: they are read in place
    place = _UNSIGNED.size
    while place < end:
        kind = raw[place]
        start = place + 1
        place = start + _size_at(raw, start, end)
        if kind == _BODY and body is None:
            body = decode(view[start:place])
        elif kind == _DOCUMENT_SEQUENCE and len(sequences) < _MAX_SEQUENCES:
            end_of_name = raw.index(b"\0", start + _SIGNED.size, place)
            name = raw[start + _SIGNED.size : end_of_name].decode()
            sequences[name] = bson.decode_all(view[end_of_name + 1 : place], CODEC)
        else:
            raise Malformed(f"a section of kind {kind}")
    if not body or not body.keys().isdisjoint(sequences):
        raise Malformed("a message without a single body")
    body.update(sequences)
    return Message(body, header.request_id, OP_MSG, not flags & MORE_TO_COME)


def _size_at(raw: bytes, place: int, end: int) -> int:
    size: int = _SIGNED.unpack_from(raw, place)[0]
    if size < _SIGNED.size + 1 or place + size > end:
        raise Malformed(f"a section of {size} bytes")
    return size


def _read_op_query(header: Header, raw: bytes) -> Message:
    """Read the old form, in which drivers still say hello for the first time."""
    end_of_name = raw.index(b"\0", _SIGNED.size)
    database = raw[_SIGNED.size : end_of_name].decode().partition(".")[0]
    place = end_of_name + 1 + 2 * _SIGNED.size
    query = decode(raw[place : place + _size_at(raw, place, len(raw))])
    body = query.get("$query", query)
    if not isinstance(body, dict) or not body:
        raise Malformed("a query that is not a command")
    body["$db"] = database
    return Message(body, header.request_id, OP_QUERY)
