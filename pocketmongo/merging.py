"""The stages that write: $out and $merge.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/merge/ and
https://www.mongodb.com/docs/manual/reference/operator/aggregation/out/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from pocketmongo.context import Context
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.expressions import compile_expression, field_reader
from pocketmongo.finding import Row, Search, find
from pocketmongo.modifying import delete_documents
from pocketmongo.order import order_key
from pocketmongo.query import Scope
from pocketmongo.storage import documents
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.collections import ensure_collection
from pocketmongo.storage.units import WriteUnit
from pocketmongo.update import compile_update
from pocketmongo.values import MISSING, Document, is_nullish

NO_UNIQUE_INDEX, BAD_ON_FIELD = 51183, 51132
_WHEN_MATCHED = ("replace", "keepExisting", "merge", "fail")
_WHEN_NOT_MATCHED = ("insert", "discard", "fail")


@dataclass(frozen=True, slots=True)
class Merge:
    """How $merge brings documents together."""

    on: list[str]
    when_matched: Any
    when_not_matched: str
    let: Document
    variables: Mapping[str, Any]


def write_results(
    context: Context,
    database: str,
    stage: str,
    specification: Any,
    results: Iterable[Document],
    variables: Mapping[str, Any],
) -> None:
    """Write what a pipeline found into a collection."""
    if context.transaction is not None:
        raise ServerError(
            ErrorCode.OperationNotSupportedInTransaction,
            f"{stage} cannot be used in a transaction",
        )
    found = list(results)
    unit = context.unit()
    if stage == "$out":
        _replace_all(unit, *_target(database, specification, "coll"), found)
        return
    options = specification if isinstance(specification, dict) else {"into": specification}
    collection = ensure_collection(unit, *_target(database, options.get("into"), "coll"))
    merge = _read(options, variables)
    _check_on(collection, merge.on)
    for document in found:
        _merge_one(unit, collection, document, merge)


def _target(database: str, target: Any, key: str) -> tuple[str, str]:
    if isinstance(target, str):
        return database, target
    if not isinstance(target, dict) or not isinstance(target.get(key), str):
        raise ServerError(ErrorCode.FailedToParse, "the target must be a collection's name")
    return target.get("db", database), target[key]


def _replace_all(unit: WriteUnit, database: str, name: str, found: list[Document]) -> None:
    collection = ensure_collection(unit, database, name)
    delete_documents(unit, database, name, Search({}), is_multi=True)
    for document in found:
        documents.insert(unit, collection, document)


def _read(options: Document, variables: Mapping[str, Any]) -> Merge:
    on = options.get("on", "_id")
    when_matched = options.get("whenMatched", "merge")
    when_not_matched = options.get("whenNotMatched", "insert")
    is_known = isinstance(when_matched, list) or when_matched in _WHEN_MATCHED
    if not is_known or when_not_matched not in _WHEN_NOT_MATCHED:
        raise ServerError(
            ErrorCode.BadValue, f"$merge cannot {when_matched!r} / {when_not_matched!r}"
        )
    return Merge(
        [on] if isinstance(on, str) else list(on),
        when_matched,
        when_not_matched,
        options.get("let", {"new": "$$ROOT"}),
        variables,
    )


def _check_on(collection: Collection, on: list[str]) -> None:
    is_unique = on == ["_id"] or any(
        index.is_unique and {path for path, _ in index.key_pattern} == set(on)
        for index in collection.indexes.values()
    )
    if not is_unique:
        raise ServerError(
            NO_UNIQUE_INDEX, "Cannot find index to verify that join fields will be unique"
        )


def _merge_one(unit: WriteUnit, collection: Collection, document: Document, merge: Merge) -> None:
    query: Document = {}
    for path in merge.on:
        value = field_reader(path)(document)
        if value is MISSING and path == "_id":
            value = ObjectId()
            document = {"_id": value, **document}
        if is_nullish(value) or isinstance(value, list):
            raise ServerError(
                BAD_ON_FIELD,
                f"$merge write error: 'on' field '{path}' cannot be missing, null, undefined or "
                "an array",
            )
        query[path] = {"$eq": value}
    found = next(iter(list(find(unit, collection, Search(query, limit=1)))), None)
    if found is None:
        _insert_unmatched(unit, collection, document, merge.when_not_matched)
    else:
        _write_matched(unit, collection, found, document, merge)


def _insert_unmatched(
    unit: WriteUnit, collection: Collection, document: Document, action: str
) -> None:
    if action == "insert":
        documents.insert(unit, collection, document)
    elif action == "fail":
        raise ServerError(
            ErrorCode.MergeStageNoMatchingDocument,
            "$merge could not find a matching document in the target collection for at least "
            "one document in the source collection",
        )


def _write_matched(
    unit: WriteUnit, collection: Collection, found: Row, document: Document, merge: Merge
) -> None:
    row_id, existing, raw = found
    action = merge.when_matched
    if action == "keepExisting":
        return
    if action == "fail":
        raise documents.duplicate_key(collection, collection.id_index, existing)
    if isinstance(action, list):
        variables = dict(merge.variables)
        for name, expression in merge.let.items():
            variables[name] = compile_expression(expression)(document, merge.variables)
        update = compile_update(action, {}, scope=Scope(variables=variables))
        merged = update.apply(dict(existing))
    elif action == "replace":
        merged = {"_id": existing["_id"], **_without_id(document)}
    else:
        merged = {**existing, **document}
    if order_key(merged.get("_id")) != order_key(existing["_id"]):
        raise ServerError(
            ErrorCode.ImmutableField, "$merge cannot change the '_id' of a document that exists"
        )
    documents.replace(unit, collection, row_id, existing, raw, merged)


def _without_id(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "_id"}
