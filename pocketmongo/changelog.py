"""The log of committed changes that change streams read from.

It is kept in memory, bounded, and begins anew at every start: a stream that wants to go on
from before is told so (ChangeStreamHistoryLost) instead of silently missing changes.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from bson import Timestamp

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.storage.change import Change

MAX_SIZE = 32 * 1024 * 1024  # bytes
NORMAL_MARK, INVALIDATE_MARK = "00", "01"
_HEX = 16  # digits of a number in a resume token


class Entry(NamedTuple):
    """A change, when it was committed and its place in the log."""

    sequence: int
    cluster_time: Timestamp
    committed_at: float  # seconds since 1970
    change: Change


class ChangeLog:
    """Changes in the order they were committed, the oldest forgotten first."""

    def __init__(self, incarnation: int) -> None:
        self._incarnation = incarnation
        self._entries: deque[Entry] = deque()
        self._size = 0
        self._last = 0
        self._changed = threading.Condition()
        self._time = Timestamp(int(time.time()), 1)
        self._began_at = self._time
        self._is_closed = False

    @property
    def last(self) -> int:
        """The place of the newest change."""
        return self._last

    @property
    def operation_time(self) -> Timestamp:
        """The cluster time of the newest change."""
        return self._time

    def publish(self, changes: Sequence[Change]) -> None:
        """Add what one commit changed and wake those who wait."""
        with self._changed:
            now = time.time()
            self._time = self._time_after(self._time, int(now))
            for change in changes:
                self._last += 1
                self._entries.append(Entry(self._last, self._time, now, change))
                self._size += change.size
            while self._size > MAX_SIZE:
                self._size -= self._entries.popleft().change.size
            self._changed.notify_all()

    def after(self, place: int) -> list[Entry]:
        """Return the changes after a place. Raises ServerError if some are forgotten."""
        with self._changed:
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
        with self._changed:
            return self._changed.wait_for(
                lambda: self._last > place or self._is_closed, max(0.0, seconds)
            )

    def place_at(self, time_wanted: Timestamp) -> int:
        """Return the place just before a cluster time. Raises ServerError if it is forgotten."""
        with self._changed:
            if time_wanted < self._began_at:
                raise history_lost()
            for entry in self._entries:
                if entry.cluster_time >= time_wanted:
                    if entry.sequence > 1 and entry is self._entries[0]:
                        raise history_lost()
                    return entry.sequence - 1
            return self._last

    def token(self, place: int, mark: str = NORMAL_MARK) -> str:
        """Return a place as clients are told it."""
        return f"{self._incarnation:0{_HEX}X}{place:0{_HEX}X}{mark}"

    def place_of(self, token: object) -> tuple[int, str]:
        """Return the place and the mark of a token. Raises ServerError if it has no place here."""
        try:
            text = str(token)
            incarnation, place = int(text[:_HEX], 16), int(text[_HEX : 2 * _HEX], 16)
            mark = text[2 * _HEX :]
        except ValueError as error:
            raise _not_a_token() from error
        if mark not in (NORMAL_MARK, INVALIDATE_MARK):
            raise _not_a_token()
        if incarnation != self._incarnation or place > self._last:
            raise history_lost()
        return place, mark

    def close(self) -> None:
        """Wake everyone who waits: nothing more will come."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    @staticmethod
    def _time_after(last: Timestamp, seconds: int) -> Timestamp:
        """Return a cluster time for this second that is later than the last."""
        if seconds > last.time:
            return Timestamp(seconds, 1)
        return Timestamp(last.time, last.inc + 1)


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
