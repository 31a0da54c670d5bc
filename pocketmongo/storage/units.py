"""One unit of writing: everything in it is committed together or not at all."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import NamedTuple

from pocketmongo.storage.catalog import Catalog, Collection
from pocketmongo.storage.change import Change
from pocketmongo.storage.indexes import Index
from pocketmongo.storage.snapshots import Snapshot

REMEMBER = (
    "INSERT INTO retries(session, number, reply, is_commit, written_at) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT(session) DO UPDATE SET number=excluded.number, reply=excluded.reply, "
    "is_commit=excluded.is_commit, written_at=excluded.written_at"
)


class Retry(NamedTuple):
    """The outcome of a session's last write, to be told again instead of done again."""

    number: int
    reply: bytes
    is_commit: bool = False


class WriteUnit(Snapshot):
    """The right to write, and what has been written with it so far."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        catalog: Catalog,
        holder: object,
        finish: Callable[[WriteUnit, bool], None],
    ) -> None:
        super().__init__(connection, catalog)
        self.holder = holder  # of the right to write
        self.changes: list[Change] = []
        self.filled: dict[int, Collection] = {}
        self.has_new_catalog = False
        self._marked: list[tuple[Index, int]] = []
        self._finish = finish
        self._is_open = True

    def publish_later(self, catalog: Catalog) -> None:
        """Use another catalog from here on; others see it when the unit commits."""
        self.catalog = catalog
        self.has_new_catalog = True

    def mark_multikey(self, index: Index) -> None:
        """Keep on disk in which fields an index has met arrays."""
        marks = index.array_marks
        if index.saved_marks != marks:
            self.connection.execute(
                "UPDATE indexes SET is_multikey=? WHERE index_id=?", (marks, index.index_id)
            )
            self._marked.append((index, index.saved_marks))
            index.saved_marks = marks

    def remember(self, session: bytes, retry: Retry) -> None:
        """Keep the outcome of a session's write with the write itself."""
        values = (session, retry.number, retry.reply, retry.is_commit, int(time.time()))
        self.connection.execute(REMEMBER, values)

    def commit(self) -> None:
        """Make it all durable and seen. Raises sqlite3.Error and rolls back if it cannot be."""
        self._end(is_kept=True)

    def rollback(self) -> None:
        """Undo it all."""
        if self._is_open:
            self._end(is_kept=False)

    def forget_marks(self) -> None:
        """After a rollback: what was marked on disk is not."""
        for index, marks in reversed(self._marked):
            index.saved_marks = marks

    def _end(self, *, is_kept: bool) -> None:
        self._is_open = False
        self.pause()
        self._finish(self, is_kept)
