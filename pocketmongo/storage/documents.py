"""Writing documents together with their index entries."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from bson import ObjectId

from pocketmongo.bson_types import type_name
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.keys import encode_key
from pocketmongo.paths import values_at
from pocketmongo.regexes import is_regex
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.change import Change
from pocketmongo.storage.codec import decode, encode_for_storage
from pocketmongo.storage.encoded import EncodedFields
from pocketmongo.storage.entries import LaterEntries, add_entries, move_entries, remove_entries
from pocketmongo.storage.indexes import Index
from pocketmongo.storage.units import WriteUnit
from pocketmongo.values import MISSING, Document


def insert(
    unit: WriteUnit,
    collection: Collection,
    document: Document,
    *,
    is_validated: bool = True,
    later: LaterEntries | None = None,
) -> Any:
    """Add a document and return its `_id`, which is made if it has none.

    Its entries in indexes are written at once, or with those of others if there is a `later`.
    Raises ServerError for a duplicate key, an invalid `_id` or a document that breaks the
    collection's rule; then nothing of it has been written.
    """
    document = with_id_first(document)
    _check_id(document["_id"])
    if is_validated:
        _validate(collection, document)
    raw = encode_for_storage(document)
    additions = []
    encoded = EncodedFields(document)
    for index in collection.indexes.values():
        keys = index.keys_of(document, encoded)
        if keys:
            if index.is_unique:
                _refuse_taken(unit, collection, index, keys, document, None)
            additions.append((index, keys))
    try:
        row_id = unit.connection.execute(
            f"INSERT INTO {collection.table}(id_key, body) VALUES (?, ?)",
            (encode_key(document["_id"], collection.id_index.fold), raw),
        ).lastrowid
    except sqlite3.IntegrityError as error:
        raise duplicate_key(collection, collection.id_index, document) from error
    assert row_id is not None
    for index, keys in additions:
        if later is None:
            add_entries(unit, index, keys, row_id)
        else:
            later.add(index, keys, row_id)
    _tell(unit, collection, "insert", document["_id"], None, raw)
    if collection.is_capped:
        unit.filled[collection.collection_id] = collection
    return document["_id"]


def replace(
    unit: WriteUnit,
    collection: Collection,
    row_id: int,
    old: Document,
    old_raw: bytes,
    new: Document,
    *,
    operation: str = "update",
    is_validated: bool = True,
) -> bool:
    """Put a document in the place of another with the same `_id`.

    Return False if they are the same to the byte. Raises ServerError as `insert` does.
    """
    if is_validated and _must_be_valid(collection, old):
        _validate(collection, new)
    raw = encode_for_storage(new)
    if raw == old_raw:
        return False
    moves = []
    was, becomes = EncodedFields(old), EncodedFields(new)
    for index in collection.indexes.values():
        if not _may_have_moved(index, old, new):
            continue
        old_keys, new_keys = index.keys_of(old, was), index.keys_of(new, becomes)
        if old_keys != new_keys:
            gone, added = set(old_keys) - set(new_keys), set(new_keys) - set(old_keys)
            if index.is_unique:
                _refuse_taken(unit, collection, index, added, new, row_id)
            moves.append((index, gone, added))
    unit.connection.execute(f"UPDATE {collection.table} SET body=? WHERE row_id=?", (raw, row_id))
    for index, gone, added in moves:
        move_entries(unit, index, gone, added, row_id)
    _tell(unit, collection, operation, new["_id"], old_raw, raw)
    return True


def remove(
    unit: WriteUnit, collection: Collection, row_id: int, document: Document, raw: bytes
) -> None:
    """Take a document and its index entries away."""
    encoded = EncodedFields(document)
    for index in collection.indexes.values():
        remove_entries(unit, index, index.keys_of(document, encoded), row_id)
    unit.connection.execute(f"DELETE FROM {collection.table} WHERE row_id=?", (row_id,))
    _tell(unit, collection, "delete", document.get("_id"), raw, None)


def trim_capped(unit: WriteUnit, collection: Collection) -> None:
    """Remove the oldest documents of a capped collection until it is within its limits.

    https://www.mongodb.com/docs/manual/core/capped-collections/
    """
    table = collection.table
    count, size = unit.connection.execute(
        f"SELECT count(*), coalesce(sum(length(body)), 0) FROM {table}"
    ).fetchone()
    most = int(collection.options.get("max") or count)
    largest = int(collection.options.get("size") or size)
    oldest = unit.connection.execute(f"SELECT row_id, body FROM {table} ORDER BY row_id")
    surplus = []
    for row_id, raw in oldest:
        # The newest document stays, however large it is.
        if (count <= most and size <= largest) or count <= 1:
            break
        surplus.append((row_id, raw))
        count, size = count - 1, size - len(raw)
    oldest.close()
    for row_id, raw in surplus:
        remove(unit, collection, row_id, decode(raw), raw)


def with_id_first(document: Document) -> Document:
    """Return the document with `_id` as its first field, made if it is missing."""
    if "_id" not in document:
        return {"_id": ObjectId(), **document}
    if next(iter(document)) != "_id":
        return {"_id": document["_id"], **document}
    return document


def duplicate_key(collection: Collection, index: Index, document: Document) -> ServerError:
    """Return the refusal of a second document with the same unique key."""
    values = {}
    for path, _ in index.key_pattern:
        value = next(iter(values_at(document, path.split("."))), None)
        values[path] = None if value is MISSING else value
    told = ", ".join(f"{path}: {_as_text(value)}" for path, value in values.items())
    return ServerError(
        ErrorCode.DuplicateKey,
        f"E11000 duplicate key error collection: {collection.namespace} "
        f"index: {index.name} dup key: {{ {told} }}",
        keyPattern=dict(index.key_pattern),
        keyValue=values,
    )


def _as_text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, str | bool | None) else repr(value)


def _check_id(value: Any) -> None:
    if isinstance(value, list) or is_regex(value):
        raise ServerError(
            ErrorCode.InvalidIdField, f"The '_id' value cannot be of type {type_name(value)}"
        )
    if isinstance(value, dict) and any(name.startswith("$") for name in value):
        raise ServerError(
            ErrorCode.DollarPrefixedFieldName, "_id fields may not contain '$'-prefixed fields"
        )


def _may_have_moved(index: Index, old: Document, new: Document) -> bool:
    """False if none of the fields that decide the document's keys is another than before."""
    if index.top_fields is None:
        return True
    for name in index.top_fields:
        was, value = old.get(name, MISSING), new.get(name, MISSING)
        # Python takes 1, 1.0 and True for equal; inside documents and arrays too.
        if type(value) is not type(was) or value != was or type(value) in (dict, list):
            return True
    return False


def _must_be_valid(collection: Collection, old: Document) -> bool:
    """False for an invalid document that the `moderate` level leaves as it is."""
    if collection.validator is None or collection.options.get("validationLevel") != "moderate":
        return True
    return collection.validator(old)


def _validate(collection: Collection, document: Document) -> None:
    if collection.validator is not None and not collection.validator(document):
        raise ServerError(
            ErrorCode.DocumentValidationFailure,
            "Document failed validation",
            errInfo={"failingDocumentId": document.get("_id")},
        )


def _refuse_taken(
    unit: WriteUnit,
    collection: Collection,
    index: Index,
    keys: Iterable[bytes],
    document: Document,
    own_row_id: int | None,
) -> None:
    for key in keys:
        taken = unit.row(f"SELECT row_id FROM {index.table} WHERE key=? LIMIT 1", (key,))
        if taken is not None and taken[0] != own_row_id:
            raise duplicate_key(collection, index, document)


def _tell(
    unit: WriteUnit,
    collection: Collection,
    operation: str,
    document_id: Any,
    before: bytes | None,
    after: bytes | None,
) -> None:
    keeps_images = collection.keeps_images
    if operation == "delete" and not keeps_images:
        before = None
    told = Change(
        operation,
        collection.database,
        collection.name,
        document_id,
        before,
        after,
        None,
        keeps_images,
    )
    unit.changes.append(told)
