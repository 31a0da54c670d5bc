"""One command being run: what it was asked, by whom, and what it reads and writes with."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bson import Timestamp

from pocketmongo.arguments import Arguments
from pocketmongo.cursors import DocumentResults
from pocketmongo.engine import Engine
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.snapshots import Snapshot, View
from pocketmongo.storage.units import Retry, WriteUnit
from pocketmongo.transactions import Transaction
from pocketmongo.values import Document, from_milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pocketmongo.clients import Client


class Context:
    """A command at work. Finish it, or roll it back, and close it either way."""

    def __init__(
        self,
        engine: Engine,
        client: Client,
        name: str,
        body: Document,
        transaction: Transaction | None = None,
    ) -> None:
        self.engine = engine
        self.client = client
        self.name = name
        self.body = body
        self.database: str = body.get("$db", "admin")
        self.arguments = Arguments(name, body)
        self.transaction = transaction
        self.read_time: Timestamp | None = None
        self._view: View | None = None
        self._unit: WriteUnit | None = None

    @property
    def target(self) -> str:
        """The collection the command names."""
        return self.arguments.text(self.name)

    @property
    def namespace(self) -> str:
        """The full name of the collection the command names."""
        return f"{self.database}.{self.target}"

    def snapshot(self) -> Snapshot:
        """Return what the command reads: always the same moment."""
        if self.transaction is not None:
            return self.transaction.snapshot()
        if self._unit is not None:
            return self._unit
        if self._view is None:
            if "readConcern" in self.body and self._is_snapshot_read():
                return self._moment()
            self._view = self.engine.store.open_view()
        return self._view

    def _is_snapshot_read(self) -> bool:
        return self.arguments.document("readConcern").get("level") == "snapshot"

    def _moment(self) -> View:
        """Return a view of the moment a snapshot session asks for, the present by default."""
        wanted = self.arguments.document("readConcern").get("atClusterTime") or self.read_time
        if isinstance(wanted, Timestamp):
            self.read_time = wanted
            return self.engine.moments.at(wanted)
        self.read_time = self.engine.changes.operation_time
        return self.engine.moments.now(self.read_time)

    def unit(self) -> WriteUnit:
        """Return what the command writes in."""
        if self.transaction is not None:
            return self.transaction.unit()
        if self._unit is None:
            self._unit = self.engine.store.begin()
        return self._unit

    def collection(self, name: str | None = None) -> Collection | None:
        """Return a collection as the command sees it, the one it names by default."""
        return self.snapshot().catalog.find(self.database, name or self.target)

    def variables(self) -> Document:
        """Return the variables of the command's `let`."""
        variables: Document = {"NOW": from_milliseconds(time.time_ns() // 1_000_000)}
        if "let" in self.body:
            from pocketmongo.expressions import evaluate_let

            variables |= evaluate_let(self.arguments.document("let"))
        return variables

    def deadline(self) -> float | None:
        """Return when the command must be done, None if it has the time it needs."""
        milliseconds = self.arguments.integer("maxTimeMS")
        return time.monotonic() + milliseconds / 1000 if milliseconds else None

    def results(self, documents: Iterator[bytes]) -> DocumentResults:
        """Return results that keep reading what the command has read so far."""
        view = self._view if self.transaction is None else None
        if self.read_time is not None:
            documents = iter(list(documents))  # the moment may be gone before the next batch
        return DocumentResults(documents, self.engine.store, view, self.transaction)

    def has_written(self) -> bool:
        """True if the command began to write outside a transaction."""
        return self._unit is not None

    def finish(self, session_id: bytes = b"", retry: Retry | None = None) -> None:
        """Commit what the command wrote, with its outcome if it may be asked again."""
        unit = self._unit
        if unit is None:
            return
        if retry is not None:
            unit.remember(session_id, retry)
        self._unit = None
        try:
            unit.commit()
        finally:
            unit.rollback()

    def close(self) -> None:
        """Undo what was not finished and leave nothing open."""
        unit, self._unit = self._unit, None
        if unit is not None:
            unit.rollback()
        if self._view is not None:
            self._view.close()
        if self.transaction is not None:
            self.transaction.pause()
