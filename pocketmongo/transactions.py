"""Multi-document transactions: snapshot isolation with one writer.

A transaction reads the snapshot of its first read. With its first write it takes the right to
write, which nobody else has until it ends; if anything was committed since its snapshot, that
first write is a conflict and the client starts over.

https://www.mongodb.com/docs/manual/core/transactions/
"""

from __future__ import annotations

import enum
import threading
import time

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.storage.snapshots import Snapshot, View
from pocketmongo.storage.store import Store
from pocketmongo.storage.units import Retry, WriteUnit

LOCK_WAIT = 3.0  # seconds until a first write gives way to another transaction
TRANSIENT = "TransientTransactionError"


class State(enum.Enum):
    """Where a transaction is in its life."""

    OPEN = "open"
    COMMITTED = "committed"
    ABORTED = "aborted"


class Transaction:
    """One transaction of one session. Hold `lock` while using it."""

    def __init__(self, store: Store, number: int, client_id: int) -> None:
        self.number = number
        self.client_id = client_id
        self.state = State.OPEN
        self.began_at = time.monotonic()
        self.lock = threading.RLock()
        self._store = store
        self._view: View | None = None
        self._unit: WriteUnit | None = None

    @property
    def is_open(self) -> bool:
        """True until it is committed or aborted."""
        return self.state is State.OPEN

    def snapshot(self) -> Snapshot:
        """Return what the transaction reads: its snapshot and its own writes."""
        if self._unit is not None:
            return self._unit
        if self._view is None:
            self._view = self._store.open_view()
        return self._view

    def unit(self) -> WriteUnit:
        """Return the unit its writes belong to.

        Raises ServerError (WriteConflict) if somebody wrote since the snapshot.
        """
        if self._unit is None:
            self._unit = self._begin()
        return self._unit

    def commit(self, session_id: bytes) -> None:
        """Keep what was written, together with the news that it was committed."""
        unit, self._unit = self._unit, None
        self.state = State.ABORTED
        try:
            if unit is not None:
                unit.remember(session_id, Retry(self.number, b"", is_commit=True))
                unit.commit()
        except BaseException:
            if unit is not None:
                unit.rollback()
            raise
        finally:
            self._close_view()
        self.state = State.COMMITTED

    def abort(self) -> None:
        """Undo everything. Does nothing to a transaction that has ended."""
        if not self.is_open:
            return
        self.state = State.ABORTED
        unit, self._unit = self._unit, None
        self._close_view()
        if unit is not None:
            unit.rollback()

    def abort_if_idle(self) -> bool:
        """Abort it unless a command of it is running. Return whether it is ended."""
        if not self.lock.acquire(blocking=False):
            return False
        try:
            self.abort()
        finally:
            self.lock.release()
        return True

    def pause(self) -> None:
        """Leave no statement open between two commands."""
        for snapshot in (self._view, self._unit):
            if snapshot is not None:
                snapshot.pause()

    def _begin(self) -> WriteUnit:
        try:
            unit = self._store.begin(LOCK_WAIT)
        except ServerError as error:
            if error.code != ErrorCode.MaxTimeMSExpired:
                raise
            raise _conflict() from error
        if self._view is not None:
            if self._view.commit_number != self._store.commit_number:
                unit.rollback()
                raise _conflict()
            # Cursors opened before go on within the unit, where nothing else has changed.
            self._view.read_through(unit)
        return unit

    def _close_view(self) -> None:
        if self._view is not None:
            self._view.close()


def no_such_transaction(*, is_transient: bool = True) -> ServerError:
    """Return what a client is told about a transaction that has ended."""
    return ServerError(
        ErrorCode.NoSuchTransaction,
        "Given transaction number does not match any in-progress transactions.",
        labels=[TRANSIENT] if is_transient else [],
    )


def _conflict() -> ServerError:
    return ServerError(
        ErrorCode.WriteConflict,
        "WriteConflict error: this operation conflicted with another operation. Please retry "
        "your operation or multi-document transaction.",
        labels=[TRANSIENT],
    )
