"""What happens by itself: documents expire, and so do cursors, sessions and transactions."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta

from pocketmongo.engine import Engine
from pocketmongo.errors import ServerError
from pocketmongo.keys import encode_key, key_after
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.codec import decode
from pocketmongo.storage.documents import remove
from pocketmongo.storage.indexes import Index
from pocketmongo.storage.store import RETRIES_KEPT

log = logging.getLogger(__name__)

LOOK_AT_TRANSACTIONS = 0.5  # seconds
MOST_AT_ONCE = 1_000  # expired documents removed while others wait to write
_EARLIEST = encode_key(datetime(1970, 1, 1))[:1]  # noqa: DTZ001 (BSON dates are naive UTC)


class Maintenance:
    """A thread that looks after what is old."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="maintenance", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after what is being done."""
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        expired_at = forgot_at = time.monotonic()
        while not self._is_over.wait(LOOK_AT_TRANSACTIONS):
            now = time.monotonic()
            try:
                self._engine.sessions.expire_transactions()
                self._engine.cursors.expire()
                self._engine.moments.expire()
                if now - expired_at >= self._engine.settings.expiry_interval:
                    expired_at = now
                    expire_documents(self._engine)
                    self._engine.sessions.expire()
                if now - forgot_at >= RETRIES_KEPT / 2:
                    forgot_at = now
                    self._engine.store.forget_old_retries()
            except (ServerError, sqlite3.Error) as error:
                log.warning("Nothing was cleaned up this time: %s", error)


def expire_documents(engine: Engine) -> int:
    """Remove the documents whose time has come and return how many there were.

    https://www.mongodb.com/docs/manual/core/index-ttl/
    """
    removed = 0
    for collection in engine.store.catalog:
        for index in collection.indexes.values():
            seconds = index.specification.get("expireAfterSeconds")
            if seconds is not None and index.has_entries and len(index.fields) == 1:
                removed += _expire(engine, collection, index, float(seconds))
    return removed


def _expire(engine: Engine, collection: Collection, index: Index, seconds: float) -> int:
    latest = datetime.now(UTC) - timedelta(seconds=seconds)
    low, high = _EARLIEST, key_after(encode_key(latest.replace(tzinfo=None)))
    if index.fields[0].is_descending:
        field = index.fields[0]
        low, high = (
            field.oriented(encode_key(latest.replace(tzinfo=None))),
            key_after(field.oriented(_EARLIEST)),
        )
    where = "WHERE key >= ? AND key < ?"
    view = engine.store.open_view()
    try:
        if view.catalog.find(collection.database, collection.name) is not collection:
            return 0
        if view.row(f"SELECT 1 FROM {index.table} {where} LIMIT 1", (low, high)) is None:
            return 0
    finally:
        view.close()
    unit = engine.store.begin()
    try:
        if unit.catalog.find(collection.database, collection.name) is not collection:
            return 0
        rows = unit.connection.execute(
            f"SELECT row_id, body FROM {collection.table} WHERE row_id IN "
            f"(SELECT DISTINCT row_id FROM {index.table} {where} LIMIT {MOST_AT_ONCE})",
            (low, high),
        ).fetchall()
        for row_id, raw in rows:
            remove(unit, collection, row_id, decode(raw), raw)
        unit.commit()
        return len(rows)
    finally:
        unit.rollback()
