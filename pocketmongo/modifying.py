"""Updating and deleting the documents a filter finds.

https://www.mongodb.com/docs/manual/reference/command/update/
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.finding import Row, Search, find, scope_of
from pocketmongo.pointreads import find_few
from pocketmongo.query import Scope, compile_filter
from pocketmongo.scans import fetch
from pocketmongo.storage import documents
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.codec import decode
from pocketmongo.storage.collections import ensure_collection
from pocketmongo.storage.units import WriteUnit
from pocketmongo.update import Update, compile_update
from pocketmongo.values import MISSING, Document


@dataclass(slots=True)
class UpdateStatement:
    """Which documents to change, and how."""

    search: Search
    change: Any
    is_multi: bool = False
    is_upsert: bool = False
    array_filters: list[Document] | None = None
    is_validated: bool = True


@dataclass(slots=True)
class UpdateOutcome:
    """What an update did; `before` and `after` are those of the last document."""

    matched: int = 0
    modified: int = 0
    upserted_id: Any = MISSING
    before: Document | None = None
    after: Document | None = None

    @property
    def has_upserted(self) -> bool:
        """True if a document was inserted because none was found."""
        return self.upserted_id is not MISSING


def writable(unit: WriteUnit, database: str, name: str) -> Collection | None:
    """Return the collection to write to, None if there is none. Raises ServerError for a view."""
    collection = unit.catalog.find(database, name)
    if collection is not None and collection.is_view:
        raise ServerError(
            ErrorCode.CommandNotSupportedOnView,
            f"Namespace {collection.namespace} is a view, not a collection",
        )
    return collection


def update_documents(
    unit: WriteUnit, database: str, name: str, statement: UpdateStatement
) -> UpdateOutcome:
    """Change what is found, or insert what the filter and the change describe."""
    collection = writable(unit, database, name)
    update = _compiled(statement, collection)
    outcome = UpdateOutcome()
    if collection is not None:
        rows = _rows(unit, collection, statement.search, is_multi=statement.is_multi)
        for row in rows:
            _update_one(unit, collection, row, update, statement, outcome)
    if outcome.matched == 0 and statement.is_upsert:
        collection = collection or ensure_collection(unit, database, name)
        inserted = documents.with_id_first(update.insertion())
        outcome.upserted_id = documents.insert(
            unit, collection, inserted, is_validated=statement.is_validated
        )
        outcome.after = inserted
    return outcome


def delete_documents(
    unit: WriteUnit, database: str, name: str, search: Search, *, is_multi: bool
) -> tuple[int, Document | None]:
    """Remove what is found. Return how many there were and the last of them."""
    collection = writable(unit, database, name)
    if collection is None:
        compile_filter(search.query, Scope(variables=search.variables))
        return 0, None
    count, last = 0, None
    for row_id, document, raw in _rows(unit, collection, search, is_multi=is_multi):
        documents.remove(unit, collection, row_id, document, raw)
        count, last = count + 1, document
    return count, last


def _compiled(statement: UpdateStatement, collection: Collection | None) -> Update:
    search = statement.search
    if collection is None:
        scope = Scope(variables=search.variables)
        compile_filter(search.query, scope)
    else:
        scope = scope_of(search, collection)
    return compile_update(
        statement.change,
        search.query,
        array_filters=statement.array_filters,
        scope=scope,
        is_multi=statement.is_multi,
    )


def _rows(
    unit: WriteUnit, collection: Collection, search: Search, *, is_multi: bool
) -> Iterable[Row]:
    """Return the rows to write, all found before the first is written.

    Otherwise a document could move ahead of the scan and be met again. A search for one has
    a limit of one.
    """
    if not is_multi:
        return find_few(unit, collection, search)
    row_ids = [row_id for row_id, _, _ in find(unit, collection, search)]
    rows = fetch(unit, collection, row_ids)
    return ((row_id, decode(raw), raw) for row_id, raw in rows)


def _update_one(
    unit: WriteUnit,
    collection: Collection,
    row: Row,
    update: Update,
    statement: UpdateStatement,
    outcome: UpdateOutcome,
) -> None:
    row_id, before, raw = row
    after = update.apply(decode(raw) if update.reaches_inside else dict(before))
    outcome.matched += 1
    outcome.modified += documents.replace(
        unit,
        collection,
        row_id,
        before,
        raw,
        after,
        operation="replace" if update.is_replacement else "update",
        is_validated=statement.is_validated,
    )
    outcome.before, outcome.after = before, after
