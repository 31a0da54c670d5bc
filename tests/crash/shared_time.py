"""One time for all processes of a run: it goes on by itself, and the harness moves it ahead."""

from __future__ import annotations

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

FORMAT = "d"  # how many seconds we are ahead of the machine


class SharedTime:
    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(struct.calcsize(FORMAT)))
        with path.open("r+b") as file:
            self._kept = mmap.mmap(file.fileno(), 0)

    def now(self) -> datetime:
        """Return this moment in UTC, cut to milliseconds."""
        at = datetime.fromtimestamp(time.time() + self._ahead(), UTC)
        return at.replace(microsecond=at.microsecond // 1000 * 1000)

    def set(self, to: datetime) -> None:
        """Move on to that moment. It never goes back."""
        ahead = to.timestamp() - time.time()
        if ahead > self._ahead():
            struct.pack_into(FORMAT, self._kept, 0, ahead)

    def begin(self, at: datetime) -> None:
        struct.pack_into(FORMAT, self._kept, 0, at.timestamp() - time.time())

    def _ahead(self) -> float:
        (ahead,) = struct.unpack_from(FORMAT, self._kept, 0)
        return float(ahead)


def skewed(shared: SharedTime, by: timedelta) -> SharedTime:
    """Return the time of a process whose clock is wrong."""
    return _Skewed(shared, by)


class _Skewed(SharedTime):
    def __init__(self, shared: SharedTime, by: timedelta) -> None:
        self._shared = shared
        self._by = by

    def now(self) -> datetime:
        return self._shared.now() + self._by
