"""What a reader sees: the documents and the catalog of one moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pocketmongo.storage.catalog import Catalog

Row = tuple[Any, ...]
GiveBack = Callable[[sqlite3.Connection], None]


class Snapshot:
    """A connection inside a SQLite transaction, and the catalog that belongs to it.

    A scan asks for its rows here, so that all open statements can be closed at once when a
    cursor pauses between two batches; the scan then sees that `pauses` has grown and takes
    up its place again with a new statement.
    """

    def __init__(self, connection: sqlite3.Connection, catalog: Catalog) -> None:
        self.connection = connection
        self.catalog = catalog
        self.pauses = 0
        self._statements: set[sqlite3.Cursor] = set()

    def rows(self, sql: str, parameters: Sequence[Any]) -> Iterator[Row]:
        """Yield the rows of a query until it is exhausted, left, or the snapshot pauses."""
        statement = self.connection.execute(sql, parameters)
        self._statements.add(statement)
        pauses = self.pauses
        try:
            for row in statement:
                yield row
                if self.pauses != pauses:
                    return
        finally:
            if self.pauses == pauses:
                self._statements.discard(statement)
                statement.close()

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """Return the first row of a query, None if it has none."""
        found: Row | None = self.connection.execute(sql, parameters).fetchone()
        return found

    def pause(self) -> None:
        """Close every open statement."""
        self.pauses += 1
        for statement in self._statements:
            statement.close()
        self._statements.clear()


class View(Snapshot):
    """A snapshot for reading only. Close it when the command is done."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        catalog: Catalog,
        commit_number: int,
        give_back: GiveBack,
    ) -> None:
        super().__init__(connection, catalog)
        self.commit_number = commit_number
        self._give_back = give_back
        self._is_open = True

    def close(self) -> None:
        """Give the connection back. The view may be closed twice, and moved to another."""
        if self._is_open:
            self._is_open = False
            self.pause()
            self._give_back(self.connection)

    def read_through(self, unit: Snapshot) -> None:
        """Go on reading with the connection of the unit that writes for the same transaction."""
        self.close()
        self.connection, self.catalog = unit.connection, unit.catalog

    def move_to(self, other: View) -> None:
        """Go on reading at a later moment, in place of another view."""
        self.connection, self.catalog = other.connection, other.catalog
        self.commit_number = other.commit_number
        self._is_open, other._is_open = True, False
