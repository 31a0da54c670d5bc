"""Two locks: one process per file, one writer at a time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

LOOK_AGAIN = 0.25  # seconds between looks at whether the holder may be put out


class DatabaseInUse(Exception):
    """Another process has the file open."""


class FileLock:
    """Keeps a second process off a database file for as long as this one lives."""

    def __init__(self, database: Path) -> None:
        """Take the lock. Raises DatabaseInUse if another process has it."""
        path = database.with_name(database.name + ".lock")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._file: IO[str] = os.fdopen(descriptor, "r+")
        try:
            _lock(self._file.fileno())
        except OSError as error:
            self._file.close()
            raise DatabaseInUse(f"{database} is in use by another process") from error

    def release(self) -> None:
        """Let another process have the file."""
        self._file.close()


def _lock(descriptor: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class WriteLock:
    """The right to write, held by one command or transaction at a time.

    SQLite has a single writer. Waiting for it here instead of inside SQLite wakes the next
    one at once and tells a transaction's conflict from a slow disk.
    """

    def __init__(self, put_out_expired: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._holder: object | None = None
        self._put_out_expired = put_out_expired

    def acquire(self, holder: object, seconds: float) -> bool:
        """Wait for the right to write. Return False if it did not come in time."""
        if not self._lock.acquire(blocking=False) and not self._wait(seconds):
            return False
        self._holder = holder
        return True

    def _wait(self, seconds: float) -> bool:
        give_up_at = time.monotonic() + seconds
        while not self._lock.acquire(timeout=max(0.0, min(LOOK_AGAIN, seconds))):
            seconds = give_up_at - time.monotonic()
            if seconds <= 0:
                return False
            # A transaction may have died holding the lock: nobody else would end it.
            self._put_out_expired()
        return True

    def release(self, holder: object) -> None:
        """Give the right to write to the next one; only who has it can."""
        if self._holder is holder:
            self._holder = None
            self._lock.release()
