"""createIndexes, listIndexes and dropIndexes.

https://www.mongodb.com/docs/manual/reference/command/createIndexes/
"""

from __future__ import annotations

from typing import Any

from pocketmongo.arguments import Arguments
from pocketmongo.collation import folding
from pocketmongo.context import Context
from pocketmongo.cursors import whole
from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.query import Scope, compile_filter
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.collections import create_index, drop_index, ensure_collection
from pocketmongo.storage.indexes import HASHED, ID_INDEX_NAME, TEXT
from pocketmongo.values import Document, is_number, is_operator_document

LONGEST_EXPIRY = 2**31 - 1  # seconds
HASHED_UNIQUE = 16764
_IN_PARTIAL_FILTERS = frozenset({"$eq", "$exists", "$gt", "$gte", "$in", "$lt", "$lte", "$type"})
_TEXT_DEFAULTS: Document = {
    "default_language": "english",
    "language_override": "language",
    "textIndexVersion": 3,
}
_KINDS = frozenset({"text", "hashed", "2d", "2dsphere"})
# Accepted because they change nothing about the answers to queries.
_FORGOTTEN = frozenset({"comment", "dropDups", "ns", "v"})
_KEPT = frozenset(
    {
        "2dsphereIndexVersion",
        "background",
        "bits",
        "collation",
        "default_language",
        "expireAfterSeconds",
        "hidden",
        "key",
        "language_override",
        "max",
        "min",
        "name",
        "partialFilterExpression",
        "sparse",
        "textIndexVersion",
        "unique",
        "weights",
        "wildcardProjection",
    }
)


def create_indexes(context: Context) -> Document:
    """Answer `createIndexes`."""
    wanted = context.arguments.documents("indexes")
    _refuse_in_transaction(context)
    unit = context.unit()
    is_new = unit.catalog.find(context.database, context.target) is None
    collection = ensure_collection(unit, context.database, context.target)
    before = len(collection.indexes) + 1
    for each in wanted:
        collection = create_index(unit, collection, _specification(each, collection))
    after = len(collection.indexes) + 1
    reply: Document = {
        "numIndexesBefore": before,
        "numIndexesAfter": after,
        "createdCollectionAutomatically": is_new,
    }
    return reply if after > before else reply | {"note": "all indexes already exist"}


def _refuse_in_transaction(context: Context) -> None:
    """Raise ServerError unless the transaction made the collection itself.

    https://www.mongodb.com/docs/manual/core/transactions/#create-collections-and-indexes
    """
    existing = context.engine.store.catalog.find(context.database, context.target)
    if context.transaction is not None and existing is not None:
        raise ServerError(
            ErrorCode.OperationNotSupportedInTransaction,
            f"Cannot create new indexes on existing collection {context.namespace} in a "
            "multi-document transaction.",
        )


def _specification(wanted: Document, collection: Collection) -> Document:
    """Return an index's description as it is kept. Raises ServerError if it cannot be."""
    arguments = Arguments("createIndexes.indexes", wanted)
    specification = {name: value for name, value in wanted.items() if name not in _FORGOTTEN}
    for name in specification:
        if name not in _KEPT:
            raise ServerError(
                ErrorCode.InvalidIndexSpecificationOption,
                f"The field '{name}' is not valid for an index specification.",
            )
    arguments.text("name")
    _check_key(arguments)
    _check_expiry(arguments)
    if any(weight != 1 for weight in arguments.document("weights").values()):
        raise unsupported("a text index with weights other than 1")
    _check_partial_filter(arguments.document("partialFilterExpression"))
    if "partialFilterExpression" in arguments and arguments.flag("sparse"):
        raise ServerError(
            ErrorCode.CannotCreateIndex, 'cannot mix "partialFilterExpression" and "sparse"'
        )
    if "collation" not in specification and collection.collation:
        specification["collation"] = collection.collation
    if TEXT in arguments.document("key").values():
        specification |= {
            name: value for name, value in _TEXT_DEFAULTS.items() if name not in wanted
        }
        specification.setdefault("weights", _weights(arguments.document("key")))
    folding(specification.get("collation"))
    if specification.get("collation") == {"locale": "simple"}:
        del specification["collation"]
    return specification


def _weights(key: Document) -> Document:
    return {path: 1 for path, kind in key.items() if kind == TEXT}


def _check_partial_filter(query: Document) -> None:
    """Raise ServerError for what a partial index cannot decide by.

    https://www.mongodb.com/docs/manual/core/index-partial/#create-a-partial-index
    """
    compile_filter(query, Scope())
    for path, asked in query.items():
        if path in ("$and", "$or"):
            for part in asked:
                _check_partial_filter(part)
            continue
        operators = asked if is_operator_document(asked) else {"$eq": asked}
        is_refused = path.startswith("$") or not _IN_PARTIAL_FILTERS.issuperset(operators)
        if is_refused or operators.get("$exists", True) is False:
            raise ServerError(
                ErrorCode.CannotCreateIndex,
                f"unsupported expression in partial index: {{{path}: {asked}}}",
            )


def _check_key(arguments: Arguments) -> None:
    key = arguments.document("key")
    if not key:
        raise ServerError(ErrorCode.CannotCreateIndex, "Index keys cannot be an empty object")
    for path, direction in key.items():
        if not path or path.startswith(".") or path.endswith(".") or ".." in path:
            raise ServerError(
                ErrorCode.CannotCreateIndex, "Index keys cannot contain an empty field"
            )
        is_kind = isinstance(direction, str) and direction in _KINDS
        if not is_kind and not (is_number(direction) and direction != 0):
            raise ServerError(
                ErrorCode.CannotCreateIndex,
                f"Values in v:2 index key pattern cannot be {direction!r}: only numbers other "
                "than 0, and the names of index kinds, are allowed",
            )
    if HASHED in key.values() and arguments.flag("unique"):
        raise ServerError(
            HASHED_UNIQUE, "Currently hashed indexes cannot guarantee uniqueness. Use a regular one"
        )


def _check_expiry(arguments: Arguments) -> None:
    if "expireAfterSeconds" not in arguments:
        return
    seconds: Any = arguments.value("expireAfterSeconds")
    if (
        not is_number(seconds)
        or not 0 <= arguments.integer("expireAfterSeconds", least=None) <= LONGEST_EXPIRY
    ):
        raise ServerError(
            ErrorCode.CannotCreateIndex,
            f"TTL index 'expireAfterSeconds' option must be within 0 and {LONGEST_EXPIRY}. "
            f"Got {seconds}",
        )
    if len(arguments.document("key")) != 1:
        raise ServerError(
            ErrorCode.CannotCreateIndex,
            "TTL indexes are single-field indexes, compound indexes do not support TTL",
        )


def list_indexes(context: Context) -> Document:
    """Answer `listIndexes`."""
    collection = _existing(context)
    clustered = collection.options.get("clusteredIndex")
    of_id: Document = (
        {**clustered, "clustered": True}
        if clustered
        else {"v": 2, "key": {"_id": 1}, "name": ID_INDEX_NAME}
    )
    others = [{"v": 2, **index.specification} for index in collection.indexes.values()]
    return whole(f"{context.database}.$cmd.listIndexes.{collection.name}", [of_id, *others])


def drop_indexes(context: Context) -> Document:
    """Answer `dropIndexes`."""
    unit = context.unit()
    collection = unit.catalog.find(context.database, context.target)
    if collection is None:
        raise ServerError(ErrorCode.NamespaceNotFound, f"ns not found {context.namespace}")
    before = len(collection.indexes) + 1
    for name in _names(collection, context.arguments.required("index")):
        if name == ID_INDEX_NAME:
            raise ServerError(ErrorCode.InvalidOptions, "cannot drop _id index")
        collection = drop_index(unit, collection, name)
    return {"nIndexesWas": before}


def _names(collection: Collection, wanted: Any) -> list[str]:
    if wanted == "*":
        return list(collection.indexes)
    if isinstance(wanted, str):
        return [wanted]
    if isinstance(wanted, list) and all(isinstance(name, str) for name in wanted):
        return wanted
    if isinstance(wanted, dict):
        if wanted == {"_id": 1}:
            return [ID_INDEX_NAME]
        for index in collection.indexes.values():
            if index.key_pattern == list(wanted.items()):
                return [index.name]
        raise ServerError(ErrorCode.IndexNotFound, f"can't find index with key: {wanted}")
    raise ServerError(ErrorCode.TypeMismatch, "'index' must be a name, names or a key pattern")


def _existing(context: Context) -> Collection:
    collection = context.collection()
    if collection is None:
        raise ServerError(ErrorCode.NamespaceNotFound, f"ns does not exist: {context.namespace}")
    if collection.is_view:
        raise ServerError(
            ErrorCode.CommandNotSupportedOnView,
            f"Namespace {context.namespace} is a view, not a collection",
        )
    return collection
