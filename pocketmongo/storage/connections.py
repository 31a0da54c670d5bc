"""Connections for reading, kept for the next reader."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable

from pocketmongo.errors import ErrorCode, ServerError

MAX_OPEN = 128  # each takes three file descriptors
MAX_KEPT = 16
LONGEST_WAIT = 30.0  # seconds until a reader is told that there are too many


class ReadConnections:
    """A bounded set of connections, each used by one snapshot at a time."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        # Places to read from; None is one whose connection is still to be made. The last one
        # given back is taken first, so that few are made and their caches stay warm.
        self._places: list[sqlite3.Connection | None] = [None] * MAX_OPEN
        self._given_back = threading.Condition()
        self._is_closed = False

    def take(self) -> sqlite3.Connection:
        """Return a connection. Raises ServerError if too many stay in use."""
        try:
            connection = self._places.pop()
        except IndexError:
            connection = self._wait()
        if connection is not None:
            return connection
        try:
            return self._connect()
        except BaseException:
            self._free(None)
            raise

    def give_back(self, connection: sqlite3.Connection) -> None:
        """End what the connection was reading and keep it for the next."""
        try:
            if connection.in_transaction:
                connection.execute("COMMIT")
        except sqlite3.Error:
            connection.close()
            self._free(None)
            return
        if self._is_closed or len(self._places) < MAX_OPEN - MAX_KEPT:
            connection.close()
            self._free(None)
        else:
            self._free(connection)

    def close(self) -> None:
        """Close those not in use; the others are closed when they come back."""
        self._is_closed = True
        for connection in self._places:
            if connection is not None:
                connection.close()
        self._places = [None] * len(self._places)

    def _free(self, connection: sqlite3.Connection | None) -> None:
        was_empty = not self._places
        if connection is None:
            self._places.insert(0, None)
        else:
            self._places.append(connection)
        if was_empty:
            with self._given_back:
                self._given_back.notify_all()

    def _wait(self) -> sqlite3.Connection | None:
        with self._given_back:
            if not self._given_back.wait_for(lambda: bool(self._places), LONGEST_WAIT):
                raise ServerError(
                    ErrorCode.MaxTimeMSExpired, f"More than {MAX_OPEN} reads are open at once."
                )
            try:
                return self._places.pop()
            except IndexError:
                raise ServerError(
                    ErrorCode.MaxTimeMSExpired, f"More than {MAX_OPEN} reads are open at once."
                ) from None
