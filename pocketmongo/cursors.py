"""Open cursors: results a client has not yet fetched, bounded in number and in time.

Between two batches a cursor keeps its place, not a connection: when it goes on it sees the
documents as they are then, as MongoDB's cursors do.

https://www.mongodb.com/docs/manual/reference/command/getMore/
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bson import Int64
from bson.raw_bson import RawBSONDocument

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.settings import Settings
from pocketmongo.storage.codec import MAX_DOCUMENT_SIZE
from pocketmongo.storage.snapshots import View
from pocketmongo.storage.store import Store
from pocketmongo.transactions import Transaction
from pocketmongo.values import Document

MAX_CURSORS = 10_000
FIRST_BATCH = 101  # documents
DEFAULT_AWAIT = 1.0  # seconds a getMore on a change stream waits


@dataclass(frozen=True, slots=True)
class Batch:
    """Some results, and whether they are the last."""

    documents: list[RawBSONDocument]
    is_last: bool
    resume_token: Document | None = None


class Results(Protocol):
    """Where a cursor's batches come from."""

    transaction: Transaction | None

    def take(self, most: int | None, await_seconds: float) -> Batch:
        """Return the next batch of at most so many documents."""

    def close(self) -> None:
        """Leave the rest."""


class DocumentResults:
    """Documents found by a command, in their encoded form."""

    def __init__(
        self,
        documents: Iterator[bytes],
        store: Store,
        view: View | None = None,
        transaction: Transaction | None = None,
    ) -> None:
        self.transaction = transaction
        self._documents = documents
        self._store = store
        self._view = view
        self._next: bytes | None = None
        self._is_paused = False

    def take(self, most: int | None, await_seconds: float = 0.0) -> Batch:
        """Return the next batch, at most 16 MB."""
        if self._view is not None and self._is_paused:
            self._view.move_to(self._store.open_view())
        try:
            return self._take(most)
        finally:
            self._pause()

    def close(self) -> None:
        """Leave the rest and what it was read from."""
        self._documents = iter(())
        self._next = None

    def _take(self, most: int | None) -> Batch:
        batch: list[RawBSONDocument] = []
        size = 0
        while most is None or len(batch) < most:
            raw = self._next if self._next is not None else next(self._documents, None)
            self._next = None
            if raw is None:
                return Batch(batch, is_last=True)
            size += len(raw)
            if batch and size > MAX_DOCUMENT_SIZE:
                self._next = raw
                return Batch(batch, is_last=False)
            batch.append(RawBSONDocument(raw))
        if most == 0:
            return Batch(batch, is_last=False)
        # Looking one ahead spares the client a getMore for nothing.
        self._next = next(self._documents, None)
        return Batch(batch, is_last=self._next is None)

    def _pause(self) -> None:
        if self._view is not None:
            self._view.close()
            self._is_paused = True
        elif self.transaction is not None:
            self.transaction.pause()


@dataclass(slots=True)
class Cursor:
    """Results with a number by which the client asks for more of them."""

    cursor_id: int
    namespace: str
    results: Results
    has_timeout: bool = True
    used_at: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Cursors:
    """All open cursors."""

    def __init__(self, settings: Settings) -> None:
        self._cursors: dict[int, Cursor] = {}
        self._lock = threading.Lock()
        self._settings = settings

    def __len__(self) -> int:
        return len(self._cursors)

    def open(
        self, namespace: str, results: Results, batch: Batch, *, has_timeout: bool = True
    ) -> Document:
        """Return the reply to the command that made the results, with their first batch.

        Raises ServerError if too many cursors are open.
        """
        number = 0
        if not batch.is_last:
            # Not to be guessed, so that no client meets another's cursor.
            number = secrets.randbits(62) + 1
            with self._lock:
                if len(self._cursors) >= MAX_CURSORS:
                    raise ServerError(
                        ErrorCode.ResourceExhausted,
                        f"More than {MAX_CURSORS} cursors are open. Read them to their ends or "
                        "kill them.",
                    )
                self._cursors[number] = Cursor(number, namespace, results, has_timeout)
        return {"cursor": _told(number, namespace, "firstBatch", batch)}

    def more(
        self,
        number: int,
        most: int | None,
        transaction: Transaction | None,
        await_seconds: float,
        namespace: str,
    ) -> Document:
        """Return the reply to a getMore. Raises ServerError if there is no such cursor."""
        cursor = self._cursors.get(number)
        if cursor is None:
            raise ServerError(ErrorCode.CursorNotFound, f"cursor id {number} not found")
        if cursor.namespace != namespace:
            raise ServerError(
                ErrorCode.Unauthorized,
                f"Requested getMore on namespace '{namespace}', but cursor belongs to a "
                f"different namespace {cursor.namespace}",
            )
        if cursor.results.transaction is not transaction:
            raise ServerError(
                ErrorCode.CursorNotFound, f"cursor id {number} belongs to another transaction"
            )
        if not cursor.lock.acquire(blocking=False):
            raise ServerError(ErrorCode.CursorInUse, f"cursor id {number} is already in use")
        try:
            batch = cursor.results.take(most, await_seconds)
        except BaseException:
            self.kill(number)
            raise
        finally:
            cursor.used_at = time.monotonic()
            cursor.lock.release()
        if batch.is_last:
            self.kill(number)
        told = _told(0 if batch.is_last else number, cursor.namespace, "nextBatch", batch)
        return {"cursor": told}

    def kill(self, number: int) -> bool:
        """Close a cursor. Return False if there is none."""
        with self._lock:
            cursor = self._cursors.pop(number, None)
        if cursor is None:
            return False
        cursor.results.close()
        return True

    def expire(self) -> None:
        """Close the cursors nobody has asked for in a long time, or whose transaction ended."""
        oldest = time.monotonic() - self._settings.cursor_timeout
        for cursor in list(self._cursors.values()):
            transaction = cursor.results.transaction
            is_orphan = transaction is not None and not transaction.is_open
            if is_orphan or (cursor.has_timeout and cursor.used_at < oldest):
                self.kill(cursor.cursor_id)


def whole(namespace: str, documents: Sequence[Document | RawBSONDocument]) -> Document:
    """Return the reply for results that fit into one batch."""
    return {"cursor": {"id": Int64(0), "ns": namespace, "firstBatch": documents}}


def _told(number: int, namespace: str, name: str, batch: Batch) -> Document:
    told: Document = {"id": Int64(number), "ns": namespace, name: batch.documents}
    if batch.resume_token is not None:
        told["postBatchResumeToken"] = batch.resume_token
    return told
