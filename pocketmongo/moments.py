"""Moments that snapshot sessions read again: views kept open for a while.

https://www.mongodb.com/docs/manual/reference/read-concern-snapshot/
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from bson import Timestamp

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.storage.snapshots import View
from pocketmongo.storage.store import Store

MAX_KEPT = 8  # moments; each holds a connection, and the file cannot shrink behind it
KEPT_FOR = 60.0  # seconds since the last read


class Moments:
    """Views by the cluster time they show, the longest unread closed first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._views: OrderedDict[tuple[int, int], tuple[View, float]] = OrderedDict()
        self._lock = threading.Lock()

    def now(self, cluster_time: Timestamp) -> View:
        """Return a view of the present, to be found again by its cluster time."""
        with self._lock:
            key = (cluster_time.time, cluster_time.inc)
            if key not in self._views:
                self._views[key] = (self._store.open_view(), 0.0)
                while len(self._views) > MAX_KEPT:
                    self._views.popitem(last=False)[1][0].close()
            return self._read(key)

    def at(self, cluster_time: Timestamp) -> View:
        """Return the view of an earlier moment. Raises ServerError if it is not kept."""
        with self._lock:
            key = (cluster_time.time, cluster_time.inc)
            if key not in self._views:
                raise ServerError(
                    ErrorCode.SnapshotTooOld,
                    f"The snapshot of that time is gone: the last {MAX_KEPT} are kept, for "
                    f"{KEPT_FOR:.0f} seconds.",
                )
            return self._read(key)

    def expire(self) -> None:
        """Close the views nobody has read lately."""
        oldest = time.monotonic() - KEPT_FOR
        with self._lock:
            for key, (view, read_at) in list(self._views.items()):
                if read_at < oldest:
                    del self._views[key]
                    view.close()

    def close(self) -> None:
        """Close every view."""
        with self._lock:
            for view, _ in self._views.values():
                view.close()
            self._views.clear()

    def _read(self, key: tuple[int, int]) -> View:
        view, _ = self._views[key]
        self._views[key] = (view, time.monotonic())
        self._views.move_to_end(key)
        return view
