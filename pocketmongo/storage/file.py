"""The SQLite file: opened privately, checked, and brought to the current format."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pocketmongo.errors import ErrorCode, ServerError

Synchronous = Literal["NORMAL", "FULL"]

APPLICATION_ID = 0x706D6F31
FORMAT = 2
CHECKED_SIZE = 16 * 1024 * 1024  # bytes; checking more would delay every start
CACHE = 8_000  # kilobytes for each connection
BUSY = 30.0  # seconds; only a checkpoint of our own can make SQLite wait
LARGEST_JOURNAL = 64 * 1024 * 1024  # bytes kept on disk after a checkpoint
# Pages in the journal that begin one, 16 MB. What is written often, such as the outcome of a
# session's last write, then goes into the file itself a quarter as often.
CHECKPOINT_AFTER = 4_000

_TABLES = """
CREATE TABLE collections(
    collection_id INTEGER PRIMARY KEY AUTOINCREMENT,
    database TEXT NOT NULL, name TEXT NOT NULL, options BLOB NOT NULL,
    UNIQUE(database, name));
CREATE TABLE indexes(
    index_id INTEGER PRIMARY KEY AUTOINCREMENT,
    collection_id INTEGER NOT NULL, specification BLOB NOT NULL,
    is_multikey INTEGER NOT NULL DEFAULT 0);
CREATE TABLE retries(
    session BLOB PRIMARY KEY, number INTEGER NOT NULL, reply BLOB NOT NULL,
    is_commit INTEGER NOT NULL, written_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE changes(sequence INTEGER PRIMARY KEY, entry BLOB NOT NULL);
CREATE TABLE state(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO state VALUES ('incarnation', 0), ('watched_at', 0);
"""


class CannotOpen(Exception):
    """The file cannot be used as a database; the text says why and what to do."""


class Damaged(CannotOpen):
    """The file is damaged."""

    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(
            f"{path} is damaged ({reason}). "
            "Run with --salvage NEW_FILE to copy what can be read into a new file."
        )


def connect(path: Path, synchronous: Synchronous) -> sqlite3.Connection:
    """Return a new connection to the file. Transactions are begun and ended by hand."""
    connection = _connect(path)
    _set_up(connection, synchronous)
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file:{quote(str(path))}",
        uri=True,
        check_same_thread=False,
        isolation_level=None,
        timeout=BUSY,
        cached_statements=400,
    )


def _set_up(connection: sqlite3.Connection, synchronous: Synchronous) -> None:
    for pragma in (
        "journal_mode=WAL",
        f"synchronous={synchronous}",
        f"cache_size=-{CACHE}",
        f"journal_size_limit={LARGEST_JOURNAL}",
        f"wal_autocheckpoint={CHECKPOINT_AFTER}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def make_private(path: Path) -> None:
    """Create the file if needed; either way only its owner may read it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.close(descriptor)
    path.chmod(0o600)


def open_file(path: Path, synchronous: Synchronous) -> sqlite3.Connection:
    """Return the connection that writes, the file's format checked or made.

    Raises Damaged, or CannotOpen for a file that is not ours.
    """
    try:
        make_private(path)
        connection = _connect(path)
    except (OSError, sqlite3.Error) as error:
        raise CannotOpen(f"{path} cannot be opened: {error}") from error
    try:
        is_new = _check(connection, path)
        _set_up(connection, synchronous)
        if is_new:
            connection.executescript(
                f"BEGIN; {_TABLES} PRAGMA application_id={APPLICATION_ID}; "
                f"PRAGMA user_version={FORMAT}; COMMIT;"
            )
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise _cannot_open(path, error) from error
        raise
    return connection


def _cannot_open(path: Path, error: sqlite3.Error) -> CannotOpen:
    return Damaged(path, error) if is_damage(error) else CannotOpen(f"{path}: {error}")


def _check(connection: sqlite3.Connection, path: Path) -> bool:
    """Return True for an empty file. Raises CannotOpen for one not to be touched."""
    if path.stat().st_size <= CHECKED_SIZE:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise Damaged(path, found)
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if owner == APPLICATION_ID and version == FORMAT:
        return False
    if owner != 0 or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise CannotOpen(f"{path} was not written by this version of pocketmongo")
    return True


def is_damage(error: sqlite3.Error) -> bool:
    """True if the error says that the file itself is broken."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def server_error(error: sqlite3.Error) -> ServerError:
    """Return what to tell the client about an error of SQLite."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if is_damage(error):
        return ServerError(
            ErrorCode.DataCorruptionDetected,
            f"The database file is damaged ({error}). "
            "Stop the server and run it with --salvage NEW_FILE.",
        )
    if code == sqlite3.SQLITE_FULL:
        return ServerError(ErrorCode.OutOfDiskSpace, "The disk is full; nothing was written.")
    if "no such table" in str(error):
        return ServerError(
            ErrorCode.QueryPlanKilled, "The collection or index was dropped while it was read."
        )
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return ServerError(ErrorCode.OutOfDiskSpace, f"The disk could not be written: {error}")
    return ServerError(ErrorCode.InternalError, f"The database file could not be used: {error}")
