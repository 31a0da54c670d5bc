"""Connections for reading, kept for the next reader."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable

from pocketmongo.errors import ErrorCode, ServerError

MAX_KEPT = 16
MAX_OPEN = 128  # each takes three file descriptors
LONGEST_WAIT = 30.0  # seconds until a reader is told that there are too many


class ReadConnections:
    """A bounded set of connections, each used by one snapshot at a time."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._idle: list[sqlite3.Connection] = []
        self._free = threading.Semaphore(MAX_OPEN)
        self._is_closed = False

    def take(self) -> sqlite3.Connection:
        """Return a connection. Raises ServerError if too many stay in use."""
        if not self._free.acquire(timeout=LONGEST_WAIT):
            raise ServerError(
                ErrorCode.MaxTimeMSExpired, f"More than {MAX_OPEN} reads are open at once."
            )
        try:
            return self._idle.pop()
        except IndexError:
            pass
        try:
            return self._connect()
        except BaseException:
            self._free.release()
            raise

    def give_back(self, connection: sqlite3.Connection) -> None:
        """End what the connection was reading and keep it for the next."""
        try:
            if connection.in_transaction:
                connection.execute("COMMIT")
        except sqlite3.Error:
            connection.close()
        else:
            if len(self._idle) < MAX_KEPT and not self._is_closed:
                self._idle.append(connection)
            else:
                connection.close()
        self._free.release()

    def close(self) -> None:
        """Close those not in use; the others are closed when they come back."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().close()
