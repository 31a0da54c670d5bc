"""Writing the entries of indexes: at once, or many together."""

from __future__ import annotations

from collections.abc import Collection as Many
from collections.abc import Iterable

from pocketmongo.storage.indexes import Index
from pocketmongo.storage.units import WriteUnit

MOST_TOGETHER = 50_000  # entries in memory


class LaterEntries:
    """Entries that are written together, for a command that looks into no index meanwhile.

    In the order of their keys SQLite finds each place beside the one before, and one statement
    writes those of an index. An index that is unique is looked into, so it cannot wait.
    """

    def __init__(self, unit: WriteUnit) -> None:
        self._unit = unit
        self._waiting: dict[Index, list[tuple[bytes, int]]] = {}
        self._count = 0

    def add(self, index: Index, keys: Many[bytes], row_id: int) -> None:
        """Write the entries of a document, now or later."""
        if index.is_unique:
            add_entries(self._unit, index, keys, row_id)
            return
        waiting = self._waiting.get(index)
        if waiting is None:
            waiting = self._waiting[index] = []
        for key in keys:
            waiting.append((key, row_id))
        self._count += len(keys)
        if self._count >= MOST_TOGETHER:
            self.write()

    def write(self) -> None:
        """Write what waits. Call it before the command is done."""
        for index, entries in self._waiting.items():
            entries.sort()
            self._unit.connection.executemany(_adding(index), entries)
            if index.is_multikey:
                self._unit.mark_multikey(index)
        self._waiting.clear()
        self._count = 0


def add_entries(unit: WriteUnit, index: Index, keys: Many[bytes], row_id: int) -> None:
    """Write the entries of a document."""
    if len(keys) == 1:
        unit.connection.execute(_adding(index), (*keys, row_id))
    else:
        unit.connection.executemany(_adding(index), [(key, row_id) for key in keys])
    if index.is_multikey:
        unit.mark_multikey(index)


def move_entries(
    unit: WriteUnit, index: Index, gone: set[bytes], added: set[bytes], row_id: int
) -> None:
    """Write what has become of a document's entries."""
    if len(gone) == len(added) == 1:
        unit.connection.execute(
            f"UPDATE {index.table} SET key=? WHERE key=? AND row_id=?", (*added, *gone, row_id)
        )
        if index.is_multikey:
            unit.mark_multikey(index)
        return
    remove_entries(unit, index, gone, row_id)
    add_entries(unit, index, added, row_id)


def remove_entries(unit: WriteUnit, index: Index, keys: Iterable[bytes], row_id: int) -> None:
    """Take entries of a document away."""
    sql = f"DELETE FROM {index.table} WHERE key=? AND row_id=?"
    for key in keys:
        unit.connection.execute(sql, (key, row_id))


def _adding(index: Index) -> str:
    return f"INSERT OR IGNORE INTO {index.table} VALUES (?, ?)"
