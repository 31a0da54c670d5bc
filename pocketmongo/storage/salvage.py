"""Making a new file of what can still be read of a damaged one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bson.errors import InvalidBSON

from pocketmongo.errors import ServerError
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.codec import decode
from pocketmongo.storage.collections import create_collection, create_index
from pocketmongo.storage.documents import insert
from pocketmongo.storage.file import CannotOpen
from pocketmongo.storage.lock import FileLock
from pocketmongo.storage.store import Store
from pocketmongo.values import Document

FIRST_STEP = 1  # rows skipped behind a row that cannot be read; doubles until one can


@dataclass(slots=True)
class Report:
    """What was kept and what was lost."""

    new: Path
    documents: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join([f"Salvaged {self.documents} documents into {self.new}.", *self.problems])


def salvage(path: Path, new: Path) -> Report:
    """Copy what can be read of a damaged file into a new one; the damaged one stays as it is.

    Raises CannotOpen if there is nothing to read or the new file exists, DatabaseInUse if a
    server is at work on the damaged one.
    """
    if not path.exists():
        raise CannotOpen(f"{path} does not exist; there is nothing to salvage.")
    if new.exists():
        raise CannotOpen(f"{new} exists already; name another file for what is salvaged.")
    lock = FileLock(path)
    report = Report(new)
    try:
        with TemporaryDirectory(dir=new.parent) as folder:
            # Reading moves the write-ahead log into the file, which must stay as it is.
            copy = _copied(path, Path(folder))
            _copy_all(copy, new, report)
    finally:
        lock.release()
    return report


def _copied(path: Path, folder: Path) -> Path:
    for suffix in ("", "-wal"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            shutil.copyfile(part, folder / ("copy" + suffix))
    return folder / "copy"


def _copy_all(copy: Path, new: Path, report: Report) -> None:
    damaged = sqlite3.connect(copy, isolation_level=None)
    store = Store(new)
    try:
        for described in _collections(damaged, report):
            _copy_collection(damaged, store, report, described)
    finally:
        damaged.close()
        store.close()


def _collections(
    damaged: sqlite3.Connection, report: Report
) -> list[tuple[int, str, str, Document]]:
    try:
        rows = damaged.execute(
            "SELECT collection_id, database, name, options FROM collections"
        ).fetchall()
        return [(number, database, name, decode(raw)) for number, database, name, raw in rows]
    except (sqlite3.DatabaseError, InvalidBSON) as error:
        report.problems.append(
            f"The list of collections cannot be read ({error}): nothing could be salvaged."
        )
        return []


def _copy_collection(
    damaged: sqlite3.Connection,
    store: Store,
    report: Report,
    described: tuple[int, str, str, Document],
) -> None:
    number, database, name, options = described
    unit = store.begin()
    try:
        collection = create_collection(unit, database, name, options)
        lost = 0
        for raw in [] if collection.is_view else _bodies(damaged, f"documents_{number}", report):
            try:
                insert(unit, collection, decode(raw), is_validated=False)
                report.documents += 1
            except (ServerError, InvalidBSON, KeyError):
                lost += 1
        unit.changes.clear()
        for specification in _specifications(damaged, number, collection, report):
            collection = _rebuilt(store, unit, collection, specification, report)
        unit.commit()
    finally:
        unit.rollback()
    if lost:
        report.problems.append(f"{database}.{name}: {lost} documents were broken or there twice.")


def _bodies(damaged: sqlite3.Connection, table: str, report: Report) -> Iterator[bytes]:
    """Yield every document that can be read, stepping over the places that cannot."""
    place, step = -(2**62), FIRST_STEP
    while True:
        try:
            row = damaged.execute(
                f"SELECT row_id, body FROM {table} WHERE row_id > ? ORDER BY row_id LIMIT 1",
                (place,),
            ).fetchone()
        except sqlite3.DatabaseError as error:
            newest = _newest(damaged, table)
            if newest is None or place >= newest:
                report.problems.append(f"{table}: the rest cannot be read ({error}).")
                return
            place, step = max(place, 0) + step, step * 2
            continue
        if row is None:
            return
        step = FIRST_STEP
        place = row[0]
        yield row[1]


def _newest(damaged: sqlite3.Connection, table: str) -> int | None:
    try:
        row = damaged.execute(f"SELECT max(row_id) FROM {table}").fetchone()
    except sqlite3.DatabaseError:
        return None
    return row[0] if row else None


def _specifications(
    damaged: sqlite3.Connection, number: int, collection: Collection, report: Report
) -> list[Document]:
    try:
        rows: list[tuple[Any, ...]] = damaged.execute(
            "SELECT specification FROM indexes WHERE collection_id=?", (number,)
        ).fetchall()
        return [decode(raw) for (raw,) in rows]
    except (sqlite3.DatabaseError, InvalidBSON) as error:
        report.problems.append(f"{collection.namespace}: its indexes are lost ({error}).")
        return []


def _rebuilt(
    store: Store, unit: Any, collection: Collection, specification: Document, report: Report
) -> Collection:
    try:
        return create_index(unit, collection, specification)
    except ServerError as error:
        report.problems.append(
            f"{collection.namespace}: the index {specification.get('name')} could not be built "
            f"({error.message})."
        )
        return collection
