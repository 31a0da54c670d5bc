"""Creating, dropping and changing collections and their indexes, inside a unit of writing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.storage.catalog import MAX_DATABASE_NAME, Collection
from pocketmongo.storage.change import Change
from pocketmongo.storage.codec import decode, encode
from pocketmongo.storage.documents import duplicate_key
from pocketmongo.storage.indexes import Index
from pocketmongo.storage.units import WriteUnit
from pocketmongo.values import Document

MAX_INDEXES = 64
_FORBIDDEN_IN_DATABASE = frozenset('/\\. "$\x00')
# Two indexes on the same fields are the same index if they agree in these.
_TELLING_OPTIONS = (
    "unique",
    "sparse",
    "expireAfterSeconds",
    "partialFilterExpression",
    "collation",
    "hidden",
)


def create_collection(
    unit: WriteUnit, database: str, name: str, options: Document | None = None
) -> Collection:
    """Create a collection or view. Raises ServerError for a name that cannot be one."""
    check_names(database, name)
    kept = options or {}
    number = unit.connection.execute(
        "INSERT INTO collections(database, name, options) VALUES (?, ?, ?)",
        (database, name, encode(kept)),
    ).lastrowid
    assert number is not None
    collection = Collection(number, database, name, kept)
    unit.connection.execute(
        f"CREATE TABLE {collection.table}"
        "(row_id INTEGER PRIMARY KEY, id_key BLOB NOT NULL UNIQUE, body BLOB NOT NULL)"
    )
    unit.publish_later(unit.catalog.including(collection))
    return collection


def ensure_collection(unit: WriteUnit, database: str, name: str) -> Collection:
    """Return the collection, created if there was none. Raises ServerError for a view."""
    found = unit.catalog.find(database, name)
    if found is None:
        return create_collection(unit, database, name)
    if found.is_view:
        raise ServerError(
            ErrorCode.CommandNotSupportedOnView,
            f"Namespace {found.namespace} is a view, not a collection",
        )
    return found


def check_names(database: str, name: str) -> None:
    """Raise ServerError if the names cannot be those of a database and a collection.

    https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions
    """
    if not name or "\x00" in name or name.startswith(".") or "$" in name:
        raise ServerError(
            ErrorCode.InvalidNamespace, f"Invalid namespace specified '{database}.{name}'"
        )
    is_too_long = len(database.encode()) > MAX_DATABASE_NAME
    if not database or is_too_long or _FORBIDDEN_IN_DATABASE & set(database):
        raise ServerError(ErrorCode.InvalidNamespace, f"Invalid database name: '{database}'")


def drop_collection(unit: WriteUnit, collection: Collection) -> None:
    """Remove a collection with its documents and indexes."""
    for index in collection.indexes.values():
        unit.connection.execute(f"DROP TABLE IF EXISTS {index.table}")
    number = (collection.collection_id,)
    unit.connection.execute("DELETE FROM indexes WHERE collection_id=?", number)
    unit.connection.execute("DELETE FROM collections WHERE collection_id=?", number)
    unit.connection.execute(f"DROP TABLE {collection.table}")
    unit.publish_later(unit.catalog.without(collection))
    unit.changes.append(Change("drop", collection.database, collection.name))


def rename_collection(unit: WriteUnit, collection: Collection, database: str, name: str) -> None:
    """Give a collection another name."""
    check_names(database, name)
    unit.connection.execute(
        "UPDATE collections SET database=?, name=? WHERE collection_id=?",
        (database, name, collection.collection_id),
    )
    renamed = replace(collection, database=database, name=name)
    unit.publish_later(unit.catalog.without(collection).including(renamed))
    unit.changes.append(
        Change("rename", collection.database, collection.name, renamed_to=(database, name))
    )


def change_options(unit: WriteUnit, collection: Collection, options: Document) -> Collection:
    """Give a collection other options."""
    unit.connection.execute(
        "UPDATE collections SET options=? WHERE collection_id=?",
        (encode(options), collection.collection_id),
    )
    changed = replace(collection, options=options)
    unit.publish_later(unit.catalog.including(changed))
    return changed


def create_index(unit: WriteUnit, collection: Collection, specification: Document) -> Collection:
    """Build an index and return the collection with it; an index it has already is left.

    Raises ServerError if it contradicts another index or its unique key is taken twice.
    """
    wanted = Index(0, specification)
    if wanted.key_pattern == [("_id", 1)] or _is_there(collection, wanted):
        return collection
    if len(collection.indexes) + 1 >= MAX_INDEXES:
        raise ServerError(
            ErrorCode.CannotCreateIndex,
            f"add index fails, too many indexes for {collection.namespace}",
        )
    number = unit.connection.execute(
        "INSERT INTO indexes(collection_id, specification) VALUES (?, ?)",
        (collection.collection_id, encode(specification)),
    ).lastrowid
    assert number is not None
    index = Index(number, specification)
    unit.connection.execute(
        f"CREATE TABLE {index.table}"
        "(key BLOB NOT NULL, row_id INTEGER NOT NULL, PRIMARY KEY(key, row_id)) WITHOUT ROWID"
    )
    _fill(unit, collection, index)
    return _with_indexes(unit, collection, {**collection.indexes, index.name: index})


def drop_index(unit: WriteUnit, collection: Collection, name: str) -> Collection:
    """Remove an index and return the collection without it."""
    index = collection.indexes.get(name)
    if index is None:
        raise ServerError(ErrorCode.IndexNotFound, f"index not found with name [{name}]")
    unit.connection.execute("DELETE FROM indexes WHERE index_id=?", (index.index_id,))
    unit.connection.execute(f"DROP TABLE {index.table}")
    left = {key: each for key, each in collection.indexes.items() if key != name}
    return _with_indexes(unit, collection, left)


def change_index(
    unit: WriteUnit, collection: Collection, index: Index, changes: Document
) -> Collection:
    """Give an index other values of the options that do not touch its entries."""
    specification = {**index.specification, **changes}
    unit.connection.execute(
        "UPDATE indexes SET specification=? WHERE index_id=?",
        (encode(specification), index.index_id),
    )
    changed = Index(
        index.index_id,
        specification,
        is_multikey=index.is_multikey,
        array_places=index.array_places,
    )
    changed.saved_marks = index.saved_marks
    return _with_indexes(unit, collection, {**collection.indexes, index.name: changed})


def _with_indexes(unit: WriteUnit, collection: Collection, indexes: dict[str, Index]) -> Collection:
    changed = replace(collection, indexes=indexes)
    unit.publish_later(unit.catalog.including(changed))
    return changed


def _is_there(collection: Collection, wanted: Index) -> bool:
    named = collection.indexes.get(wanted.name)
    if named is not None:
        has_same_key = named.key_pattern == wanted.key_pattern
        if has_same_key and _telling(named) == _telling(wanted):
            return True
        code = ErrorCode.IndexKeySpecsConflict if has_same_key else ErrorCode.IndexOptionsConflict
        raise ServerError(
            code,
            "An existing index has the same name as the requested index. "
            f"Requested index: {wanted.specification}, existing index: {named.specification}",
        )
    for index in collection.indexes.values():
        if (index.key_pattern, index.partial_filter, index.collation) == (
            wanted.key_pattern,
            wanted.partial_filter,
            wanted.collation,
        ):
            raise ServerError(
                ErrorCode.IndexOptionsConflict,
                f"Index already exists with a different name: {index.name}",
            )
    return False


def _telling(index: Index) -> Document:
    options = {name: index.specification.get(name) for name in _TELLING_OPTIONS}
    return {name: value for name, value in options.items() if value not in (False, None)}


def _fill(unit: WriteUnit, collection: Collection, index: Index) -> None:
    if not index.has_entries:
        return
    # In key order, so that SQLite appends instead of splitting pages.
    unit.connection.executemany(
        f"INSERT OR IGNORE INTO {index.table} VALUES (?, ?)",
        sorted(_entries(unit, collection, index)),
    )
    if index.is_multikey:
        unit.mark_multikey(index)
    if index.is_unique:
        twice = unit.row(
            f"SELECT row_id FROM {index.table} GROUP BY key HAVING count(*) > 1 LIMIT 1"
        )
        if twice is not None:
            raw = unit.row(f"SELECT body FROM {collection.table} WHERE row_id=?", twice)
            assert raw is not None
            raise duplicate_key(collection, index, decode(raw[0]))


def _entries(unit: WriteUnit, collection: Collection, index: Index) -> Iterator[tuple[bytes, Any]]:
    for row_id, raw in unit.rows(f"SELECT row_id, body FROM {collection.table}", ()):
        for key in index.keys_of(decode(raw)):
            yield key, row_id
