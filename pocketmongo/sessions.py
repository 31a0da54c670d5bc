"""Logical sessions: their transaction, and the outcome of their last write.

https://www.mongodb.com/docs/manual/reference/server-sessions/ and
https://github.com/mongodb/specifications/blob/master/source/retryable-writes/retryable-writes.md
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.settings import Settings
from pocketmongo.storage.store import Store
from pocketmongo.storage.units import Retry
from pocketmongo.transactions import TRANSIENT, Transaction

TIMEOUT = 30 * 60.0  # seconds, as told to clients in `hello`
MAX_SESSIONS = 10_000  # in memory; the outcomes of the others are still in the file
MAX_TRANSACTIONS = 64  # open at once; each holds a connection to the file


class Session:
    """One session. Hold `lock` for as long as a numbered command of it runs."""

    def __init__(self, session_id: bytes, retry: Retry | None) -> None:
        self.session_id = session_id
        self.lock = threading.RLock()
        self.transaction: Transaction | None = None
        self.retry = retry
        self.used_at = time.monotonic()


class Sessions:
    """The sessions in use, the longest unused forgotten first."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()
        self._open: dict[int, Transaction] = {}
        self._lock = threading.Lock()

    def find(self, session_id: bytes) -> Session:
        """Return the session; one not in memory is remembered from the file."""
        with self._lock:
            session = self._touched(session_id)
        if session is not None:
            return session
        retry = self._store.last_retry(session_id)
        with self._lock:
            # Two commands may have asked at once: they must get the same session.
            session = self._touched(session_id)
            if session is None:
                session = self._sessions[session_id] = Session(session_id, retry)
                self._forget_surplus()
            return session

    def ids(self) -> list[bytes]:
        """Return the ids of the sessions in memory."""
        with self._lock:
            return list(self._sessions)

    def begin_transaction(self, session: Session, number: int, client_id: int) -> Transaction:
        """Return the session's new transaction; an older one is aborted."""
        if session.transaction is not None:
            self.abort(session.transaction)
        with self._lock:
            for key, each in list(self._open.items()):
                if not each.is_open:
                    del self._open[key]
            if len(self._open) >= MAX_TRANSACTIONS:
                raise ServerError(
                    ErrorCode.WriteConflict,
                    f"More than {MAX_TRANSACTIONS} transactions are open. Please retry.",
                    labels=[TRANSIENT],
                )
            transaction = Transaction(self._store, number, client_id)
            self._open[id(transaction)] = transaction
        session.transaction = transaction
        return transaction

    def abort(self, transaction: Transaction) -> None:
        """Abort a transaction, after the command of it that is running."""
        with transaction.lock:
            transaction.abort()

    def abort_of_client(self, client_id: int) -> None:
        """Abort the transactions a client leaves behind by hanging up."""
        for transaction in self._open_transactions():
            if transaction.client_id == client_id:
                self.abort(transaction)

    def end(self, session_ids: Iterable[bytes]) -> None:
        """Forget sessions whose clients are done with them."""
        for session_id in session_ids:
            with self._lock:
                session = self._sessions.pop(session_id, None)
            if session is not None and session.transaction is not None:
                self.abort(session.transaction)

    def expire_transactions(self) -> None:
        """Abort the transactions that have been open for too long and are not at work."""
        oldest = time.monotonic() - self._settings.transaction_lifetime
        for transaction in self._open_transactions():
            if transaction.began_at < oldest:
                transaction.abort_if_idle()

    def expire(self) -> None:
        """Forget the sessions unused for as long as MongoDB keeps them."""
        oldest = time.monotonic() - TIMEOUT
        with self._lock:
            old = [key for key, each in self._sessions.items() if each.used_at < oldest]
        self.end(old)

    def close(self) -> None:
        """Abort every open transaction."""
        for transaction in self._open_transactions():
            transaction.abort_if_idle()

    def _open_transactions(self) -> list[Transaction]:
        with self._lock:
            return [each for each in self._open.values() if each.is_open]

    def _touched(self, session_id: bytes) -> Session | None:
        session = self._sessions.get(session_id)
        if session is not None:
            session.used_at = time.monotonic()
            self._sessions.move_to_end(session_id)
        return session

    def _forget_surplus(self) -> None:
        for session_id, session in list(self._sessions.items()):
            if len(self._sessions) <= MAX_SESSIONS:
                return
            if session.transaction is None or not session.transaction.is_open:
                del self._sessions[session_id]
