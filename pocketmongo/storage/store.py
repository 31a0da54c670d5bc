"""The database file at work: snapshots for reading, one unit of writing at a time.

Readers and the writer do not wait for each other (SQLite's write-ahead log,
https://www.sqlite.org/wal.html). Everything acknowledged has been committed.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bson.errors import InvalidBSON

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.storage.catalog import Catalog, Collection
from pocketmongo.storage.change import CommitLog, Entry
from pocketmongo.storage.codec import decode
from pocketmongo.storage.connections import ReadConnections
from pocketmongo.storage.documents import trim_capped
from pocketmongo.storage.file import (
    CannotOpen,
    Damaged,
    Synchronous,
    connect,
    is_damage,
    open_file,
)
from pocketmongo.storage.indexes import Index
from pocketmongo.storage.lock import FileLock, WriteLock
from pocketmongo.storage.snapshots import View
from pocketmongo.storage.units import Retry, WriteUnit

WRITE_WAIT = 65.0  # seconds; longer than a transaction may hold the right to write
RETRIES_KEPT = 30 * 60  # seconds; as long as MongoDB keeps a session


class Store:
    """All databases of one file."""

    def __init__(self, path: Path, synchronous: Synchronous = "NORMAL") -> None:
        """Open the file. Raises DatabaseInUse, Damaged or CannotOpen."""
        self.path = path
        self.expire_transactions: Callable[[], None] = _nothing
        self.log: CommitLog | None = None
        self.commit_number = 0
        self._lock = _locked(path)
        try:
            self._writer = open_file(path, synchronous)
            self.catalog, self.incarnation = _read(self._writer, path)
        except BaseException:
            self._lock.release()
            raise
        self.readers = ReadConnections(lambda: connect(path, synchronous))
        self._publishing = threading.Lock()
        self._write_lock = WriteLock(lambda: self.expire_transactions())

    def open_view(self) -> View:
        """Return a snapshot of everything committed. Close it."""
        connection = self.readers.take()
        try:
            with self._publishing:
                number = self.commit_number
                connection.execute("BEGIN")
                # SQLite takes the snapshot at the first read.
                connection.execute("SELECT 1 FROM collections LIMIT 1").fetchone()
                return View(connection, self.catalog, number, self.readers.give_back)
        except BaseException:
            self.readers.give_back(connection)
            raise

    def is_current(self, catalog: Catalog) -> bool:
        """True if no collection or index has been created, dropped or changed since."""
        with self._publishing:
            return self.catalog is catalog

    def begin(self, seconds: float = WRITE_WAIT) -> WriteUnit:
        """Return the right to write, when it is this caller's turn. Commit or roll it back.

        Raises ServerError (MaxTimeMSExpired) if the turn did not come in time.
        """
        holder = object()
        if not self._write_lock.acquire(holder, seconds):
            raise ServerError(
                ErrorCode.MaxTimeMSExpired, "operation exceeded time limit waiting to write"
            )
        try:
            self._writer.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._write_lock.release(holder)
            raise
        return WriteUnit(self._writer, self.catalog, holder, self._finish)

    def last_retry(self, session: bytes) -> Retry | None:
        """Return what is remembered of a session's last write."""
        view = self.open_view()
        try:
            row = view.row(
                "SELECT number, reply, is_commit FROM retries WHERE session=?", (session,)
            )
        finally:
            view.close()
        return Retry(row[0], row[1], bool(row[2])) if row else None

    def kept_changes(self, oldest_watch: float) -> list[tuple[int, bytes]]:
        """Return the changes kept for those who watched before this start.

        They are forgotten if nobody has watched since then. Call before anything is written.
        """
        row = self._writer.execute("SELECT value FROM state WHERE name='watched_at'").fetchone()
        if row[0] < oldest_watch:
            self._writer.execute("DELETE FROM changes")
        return self._writer.execute(
            "SELECT sequence, entry FROM changes ORDER BY sequence"
        ).fetchall()

    def forget_old_retries(self) -> None:
        """Forget the writes of sessions that ended long ago."""
        unit = self.begin()
        try:
            oldest = int(time.time()) - RETRIES_KEPT
            unit.connection.execute("DELETE FROM retries WHERE written_at < ?", (oldest,))
            unit.commit()
        finally:
            unit.rollback()

    def checkpoint(self) -> None:
        """Move what was written from the write-ahead log into the file itself."""
        unit = self.begin()
        unit.rollback()
        self._writer.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Close the file. What was not committed is undone."""
        self.readers.close()
        try:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            self._writer.execute("PRAGMA busy_timeout=200")
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            pass  # the log is read again at the next start
        self._writer.close()
        self._lock.release()

    def _finish(self, unit: WriteUnit, is_kept: bool) -> None:
        try:
            self._end(unit, is_kept=is_kept)
        finally:
            self._write_lock.release(unit.holder)

    def _end(self, unit: WriteUnit, *, is_kept: bool) -> None:
        if not is_kept:
            self._undo(unit)
            return
        entries: Sequence[Entry] = ()
        try:
            for collection in unit.filled.values():
                trim_capped(unit, collection)
            if unit.changes and self.log is not None:
                entries = self.log.prepare(unit.changes)
                self.log.write(self._writer, entries)
            if unit.has_new_catalog:
                with self._publishing:
                    self._writer.execute("COMMIT")
                    self.catalog = unit.catalog
            else:
                self._writer.execute("COMMIT")
        except BaseException:
            self._undo(unit)
            raise
        self.commit_number += 1
        if entries and self.log is not None:
            self.log.publish(entries)

    def _undo(self, unit: WriteUnit) -> None:
        unit.forget_marks()
        # A full disk has SQLite roll back by itself.
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")


def _nothing() -> None:
    """Stand in until there are transactions to expire."""


def _locked(path: Path) -> FileLock:
    try:
        return FileLock(path)
    except OSError as error:
        raise CannotOpen(f"{path} cannot be opened: {error.strerror}") from error


def _read(connection: sqlite3.Connection, path: Path) -> tuple[Catalog, int]:
    """Return the catalog, and how often the file has been opened with this time."""
    try:
        return _read_catalog(connection), _count_start(connection)
    except (sqlite3.Error, InvalidBSON) as error:
        connection.close()
        if isinstance(error, InvalidBSON) or is_damage(error):
            raise Damaged(path, error) from error
        raise CannotOpen(f"{path} cannot be opened: {error}") from error


def _read_catalog(connection: sqlite3.Connection) -> Catalog:
    indexes: dict[int, dict[str, Index]] = {}
    for index_id, collection_id, raw, marks in connection.execute(
        "SELECT index_id, collection_id, specification, is_multikey FROM indexes ORDER BY index_id"
    ):
        index = Index(index_id, decode(raw), is_multikey=bool(marks), array_places=int(marks) >> 1)
        indexes.setdefault(collection_id, {})[index.name] = index
    rows = connection.execute("SELECT collection_id, database, name, options FROM collections")
    return Catalog(
        {
            (database, name): Collection(
                number, database, name, decode(options), indexes.get(number, {})
            )
            for number, database, name, options in rows
        }
    )


def _count_start(connection: sqlite3.Connection) -> int:
    """Return how often the file has been opened, this time included."""
    connection.execute("UPDATE state SET value = value + 1 WHERE name = 'incarnation'")
    number: int = connection.execute(
        "SELECT value FROM state WHERE name = 'incarnation'"
    ).fetchone()[0]
    return number
