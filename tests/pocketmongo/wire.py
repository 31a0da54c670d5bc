"""The wire protocol by hand: for frames and retries the driver would never send."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import bson
from bson.binary import Binary

from tests.pocketmongo.running import Document, Server

OP_MSG = 2013
HEADER = struct.Struct("<iiii")


class Wire:
    """One plain connection to a server."""

    def __init__(self, server: Server, *, timeout: float = 20) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout)
        self._request_id = 0

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_command(self, command: Mapping[str, Any], *, database: str = "test") -> None:
        self._request_id += 1
        self.send(a_message(bson.encode({**command, "$db": database}), self._request_id))

    def receive(self) -> Document:
        """Return the next reply. Raises ConnectionError if the server hung up."""
        length = HEADER.unpack(self._read(HEADER.size))[0]
        return bson.decode(self._read(length - HEADER.size)[5:])

    def ask(self, command: Mapping[str, Any], *, database: str = "test") -> Document:
        """Send one command and return its reply."""
        self.send_command(command, database=database)
        return self.receive()

    def is_hung_up(self) -> bool:
        """Wait until the server closed this connection; False if it did not in time."""
        try:
            while self.socket.recv(65536):
                pass
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        return True

    def close(self) -> None:
        self.socket.close()

    def _read(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            part = self.socket.recv(length - len(data))
            if not part:
                raise ConnectionError("the server hung up")
            data += part
        return bytes(data)


@contextmanager
def a_wire(server: Server, *, timeout: float = 20) -> Iterator[Wire]:
    wire = Wire(server, timeout=timeout)
    try:
        yield wire
    finally:
        wire.close()


def a_frame(body: bytes, *, operation: int = OP_MSG, request_id: int = 1) -> bytes:
    """A message of the wire protocol around any body, well formed or not."""
    return HEADER.pack(HEADER.size + len(body), request_id, 0, operation) + body


def a_message(document: bytes, request_id: int = 1) -> bytes:
    """An OP_MSG with one section of kind 0."""
    return a_frame(struct.pack("<IB", 0, 0) + document, request_id=request_id)


def failure(reply: Document) -> Document:
    """The error of a reply, wherever it stands."""
    if reply["ok"] == 0.0:
        return reply
    assert "writeErrors" in reply or "writeConcernError" in reply, f"not refused: {reply}"
    return dict(reply.get("writeConcernError") or reply["writeErrors"][0])


def a_session_id() -> Document:
    return {"id": Binary(uuid4().bytes, 4)}


def nested_bson(depth: int, *, kind: int = 3, name: bytes = b"a") -> bytes:
    """A document of `depth` levels, built without recursion. Kind 3 nests documents, 4 arrays."""
    key = b"0" if kind == 4 else name
    opening = b"".join(
        struct.pack("<i", 5 + (depth - level) * (len(key) + 7)) + bytes([kind]) + key + b"\0"
        for level in range(depth)
    )
    return opening + struct.pack("<i", 5) + b"\0" * (depth + 1)
