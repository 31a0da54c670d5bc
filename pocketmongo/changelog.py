"""The log of committed changes that change streams read from.

It is kept in memory, bounded. Once somebody has watched, it is also written to the file, with
the commits themselves, so that a stream can go on after a restart or a crash. Who wants changes
nobody remembers is told so (ChangeStreamHistoryLost) instead of silently missing them.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Sequence

from bson import Timestamp

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.storage.change import Change, Entry, Moment
from pocketmongo.storage.codec import decode, encode

MAX_SIZE = 32 * 1024 * 1024  # bytes, in memory and in the file
WATCH_IS_OVER = 24 * 60 * 60.0  # seconds after the last stream was opened, at the next start
NORMAL_MARK, INVALIDATE_MARK = "00", "01"
_HEX = 16  # digits of a place in a resume token
_START_BITS = 32  # each start has places of its own, so that none is given twice


class ChangeLog:
    """Changes in the order they were committed, the oldest forgotten first."""

    def __init__(self, incarnation: int, kept: Sequence[tuple[int, bytes]] = ()) -> None:
        self._entries = deque(_read_entry(sequence, raw) for sequence, raw in kept)
        self._size = sum(entry.change.size for entry in self._entries)
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._waiting = 0
        self._is_closed = False
        self._is_kept = bool(kept)
        self._noted_watch = False
        self._written_from = 0  # entries before this place have been removed from the file
        if self._entries:
            first, newest = self._entries[0], self._entries[-1]
            self._last, self.moment = newest.sequence, newest.moment
            self._origin, self._began_at = first.sequence - 1, first.moment
        else:
            self._last = self._origin = incarnation << _START_BITS
            self.moment = self._began_at = Moment(int(time.time()), 1)

    @property
    def last(self) -> int:
        """The place of the newest change."""
        return self._last

    @property
    def operation_time(self) -> Timestamp:
        """The cluster time of the newest change."""
        return Timestamp(*self.moment)

    def watch(self) -> None:
        """From now on, write the changes to the file: somebody may ask for them later."""
        self._is_kept = True
        self._noted_watch = False

    def prepare(self, changes: Sequence[Change]) -> list[Entry]:
        """Return what one commit changed, as it will stand in the log."""
        now = time.time()
        moment = _moment_after(self.moment, int(now))
        return [
            Entry(place, moment, now, change)
            for place, change in enumerate(changes, start=self._last + 1)
        ]

    def write(self, connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
        """Write the entries to the file, if somebody has watched."""
        if not self._is_kept:
            return
        if not self._noted_watch:
            connection.execute(
                "UPDATE state SET value=? WHERE name='watched_at'", (int(time.time()),)
            )
            self._noted_watch = True
        connection.executemany(
            "INSERT INTO changes VALUES (?, ?)",
            [(entry.sequence, _write_entry(entry)) for entry in entries],
        )
        oldest = self._last - len(self._entries) + 1
        if oldest > self._written_from:
            connection.execute("DELETE FROM changes WHERE sequence < ?", (oldest,))
            self._written_from = oldest

    def publish(self, entries: Sequence[Entry]) -> None:
        """Add what was committed and wake those who wait."""
        with self._lock:
            self._entries.extend(entries)
            self._last, self.moment = entries[-1].sequence, entries[-1].moment
            for entry in entries:
                self._size += entry.change.size
            while self._size > MAX_SIZE:
                self._size -= self._entries.popleft().change.size
            if self._waiting:
                self._changed.notify_all()

    def after(self, place: int) -> list[Entry]:
        """Return the changes after a place. Raises ServerError if some are forgotten."""
        with self._lock:
            if place < self._last - len(self._entries):
                raise history_lost()
            newer: list[Entry] = []
            for entry in reversed(self._entries):
                if entry.sequence <= place:
                    break
                newer.append(entry)
        return newer[::-1]

    def wait(self, place: int, seconds: float) -> bool:
        """Wait until there is a change after a place. Return False if none came in time."""
        with self._lock:
            self._waiting += 1
            try:
                return self._changed.wait_for(
                    lambda: self._last > place or self._is_closed, max(0.0, seconds)
                )
            finally:
                self._waiting -= 1

    def place_at(self, time_wanted: Timestamp) -> int:
        """Return the place just before a cluster time. Raises ServerError if it is forgotten."""
        wanted = Moment(time_wanted.time, time_wanted.inc)
        with self._lock:
            if wanted < self._began_at:
                raise history_lost()
            for entry in self._entries:
                if entry.moment >= wanted:
                    if entry.sequence - 1 > self._origin and entry is self._entries[0]:
                        raise history_lost()
                    return entry.sequence - 1
            return self._last

    def token(self, place: int, mark: str = NORMAL_MARK) -> str:
        """Return a place as clients are told it."""
        return f"{place:0{_HEX}X}{mark}"

    def place_of(self, token: object) -> tuple[int, str]:
        """Return the place and the mark of a token. Raises ServerError if it has no place here."""
        text = str(token)
        mark = text[_HEX:]
        try:
            place = int(text[:_HEX], 16)
        except ValueError as error:
            raise _not_a_token() from error
        if mark not in (NORMAL_MARK, INVALIDATE_MARK):
            raise _not_a_token()
        if place > self._last:
            raise history_lost()
        return place, mark

    def close(self) -> None:
        """Wake everyone who waits: nothing more will come."""
        with self._lock:
            self._is_closed = True
            self._changed.notify_all()


def _moment_after(last: Moment, second: int) -> Moment:
    """Return a moment of this second that is later than the last."""
    return Moment(second, 1) if second > last.second else Moment(last.second, last.ordinal + 1)


def _write_entry(entry: Entry) -> bytes:
    change = entry.change
    return encode({"time": entry.cluster_time, "at": entry.committed_at, "change": list(change)})


def _read_entry(sequence: int, raw: bytes) -> Entry:
    kept = decode(raw)
    operation, database, collection, document_id, before, after, renamed_to, keeps = kept["change"]
    change = Change(
        operation,
        database,
        collection,
        document_id,
        before,
        after,
        tuple(renamed_to) if renamed_to else None,
        keeps,
    )
    moment = Moment(kept["time"].time, kept["time"].inc)
    return Entry(sequence, moment, kept["at"], change)


def history_lost() -> ServerError:
    """Return what a stream is told that wants changes nobody remembers."""
    return ServerError(
        ErrorCode.ChangeStreamHistoryLost,
        "Resume of change stream was not possible, as the resume point may no longer be in the "
        "oplog: pocketmongo remembers a bounded number of changes since it was started.",
        labels=["NonResumableChangeStreamError"],
    )


def _not_a_token() -> ServerError:
    return ServerError(ErrorCode.InvalidResumeToken, "Bad resume token: it was not made here")
