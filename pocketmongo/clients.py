"""One client's connection: messages in, commands run, replies out, one after the other.

A client can be slow, silent or hostile without costing the others more than a thread: what it
may send is bounded in size and in time, and so is how long a reply waits to be taken.
"""

from __future__ import annotations

import itertools
import logging
import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from pocketmongo.accounts import Conversation
from pocketmongo.dispatch import run_command
from pocketmongo.engine import Engine
from pocketmongo.wire import HEADER, Header, Malformed, read_header, read_message, write_reply

log = logging.getLogger(__name__)

MESSAGE_TIMEOUT = 30.0  # seconds for the rest of a message once it has begun
REPLY_TIMEOUT = 60.0  # seconds for a client to take a reply
CHUNK = 64 * 1024  # bytes asked of the socket at once
SMALL_MESSAGE = 1024 * 1024  # bytes; larger ones share a budget
LARGE_MESSAGES = 256 * 1024 * 1024  # bytes of large messages in memory at once
UNPROVEN_MESSAGE = 64 * 1024  # bytes a client may send before it has logged in

_numbers = itertools.count(1)


@dataclass(slots=True)
class Client:
    """Who is at the other end."""

    is_authenticated: bool
    number: int = field(default_factory=lambda: next(_numbers))
    user: str | None = None
    conversation: Conversation | None = None


class Budget:
    """An amount of memory that large messages take turns in using."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._changed = threading.Condition()

    @contextmanager
    def taking(self, size: int) -> Iterator[None]:
        """Wait for so much to be free, and use it inside the block."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._left >= size, MESSAGE_TIMEOUT):
                raise Malformed("too many large messages at once")
            self._left -= size
        try:
            yield
        finally:
            with self._changed:
                self._left += size
                self._changed.notify_all()


_large_messages = Budget(LARGE_MESSAGES)


class ClientConnection:
    """A socket to one client, served by one thread."""

    def __init__(self, engine: Engine, connection: socket.socket) -> None:
        self._engine = engine
        self._socket = connection
        _limit_waits(connection)
        self._client = Client(is_authenticated=not engine.accounts.is_required)
        self._received = bytearray()
        self._is_over = threading.Event()

    def serve(self) -> None:
        """Answer the client until it hangs up, misbehaves or the server stops."""
        try:
            while self._answer_one():
                pass
        except Malformed as error:
            log.info("Client %s was hung up on: it sent %s.", self._client.number, error)
        except OSError:
            pass  # it hung up, or did not take its reply in time
        finally:
            self._engine.sessions.abort_of_client(self._client.number)
            self._socket.close()
            self._is_over.set()

    def hang_up(self) -> None:
        """End the connection from another thread."""
        with suppress(OSError):  # it may be gone already
            self._socket.shutdown(socket.SHUT_RDWR)

    def wait(self, seconds: float) -> None:
        """Wait for the command at work to end, but not longer than that."""
        self._is_over.wait(seconds)

    def _answer_one(self) -> bool:
        if not self._fill(HEADER.size, is_patient=True):
            return False
        header = read_header(self._received)
        if not self._client.is_authenticated and header.length > UNPROVEN_MESSAGE:
            raise Malformed("a large message before logging in")
        if header.length <= SMALL_MESSAGE:
            self._reply(header)
            return True
        with _large_messages.taking(header.length):
            self._reply(header)
        return True

    def _reply(self, header: Header) -> None:
        self._fill(header.length)
        raw = bytes(memoryview(self._received)[HEADER.size : header.length])
        del self._received[: header.length]
        message = read_message(header, raw)
        del raw
        reply = run_command(self._engine, self._client, message.body)
        if message.wants_reply:
            self._socket.sendall(write_reply(message, reply))

    def _fill(self, wanted: int, *, is_patient: bool = False) -> bool:
        """Receive until so many bytes are there. Return False at the end between messages.

        Only the wait for the first byte of a message may take forever.
        """
        while len(self._received) < wanted:
            is_between = is_patient and not self._received
            try:
                chunk = self._socket.recv(CHUNK)
            except OSError as error:
                if is_between and _is_timeout(error):
                    continue
                raise
            if not chunk:
                if is_between:
                    return False
                raise Malformed("only a part of a message")
            self._received += chunk
        return True


def _is_timeout(error: OSError) -> bool:
    if isinstance(error, BlockingIOError):
        return True
    import ssl  # most servers never need it

    return isinstance(error, ssl.SSLWantReadError)


def _limit_waits(connection: socket.socket) -> None:
    """Have the system itself end what takes too long.

    Python's own time limit costs two more calls of the system for each message.
    """
    connection.settimeout(None)
    for option, seconds in (
        (socket.SO_RCVTIMEO, MESSAGE_TIMEOUT),
        (socket.SO_SNDTIMEO, REPLY_TIMEOUT),
    ):
        limit = int(seconds * 1000) if os.name == "nt" else struct.pack("ll", int(seconds), 0)
        connection.setsockopt(socket.SOL_SOCKET, option, limit)
