"""Commands about collections and databases.

https://www.mongodb.com/docs/manual/reference/command/nav-administration/
"""

from __future__ import annotations

from typing import Any

from pocketmongo.aggregating import MAX_VIEW_DEPTH
from pocketmongo.arguments import Arguments
from pocketmongo.collation import folding
from pocketmongo.context import Context
from pocketmongo.cursors import whole
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.limits import COLLECTION_OPTIONS
from pocketmongo.query import Scope, compile_filter
from pocketmongo.stages import PipelineContext, compile_pipeline
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.change import Change
from pocketmongo.storage.collections import (
    change_index,
    change_options,
    create_collection,
    drop_collection,
    rename_collection,
)
from pocketmongo.storage.units import WriteUnit
from pocketmongo.values import Document

_CHANGEABLE = (
    "validator",
    "validationLevel",
    "validationAction",
    "viewOn",
    "pipeline",
    "changeStreamPreAndPostImages",
)
_LEVELS, _ACTIONS = ("off", "strict", "moderate"), ("error", "warn")


def create(context: Context) -> Document:
    """Answer `create`."""
    options = {name: context.body[name] for name in COLLECTION_OPTIONS if name in context.body}
    _check_options(context.arguments, options)
    unit = context.unit()
    if unit.catalog.find(context.database, context.target) is not None:
        raise ServerError(
            ErrorCode.NamespaceExists, f"Collection {context.namespace} already exists."
        )
    if "clusteredIndex" in options:
        options["clusteredIndex"] = _clustered(options["clusteredIndex"])
    collection = create_collection(unit, context.database, context.target, options)
    _check_view(unit, collection)
    return {}


def _check_options(arguments: Arguments, options: Document) -> None:
    """Raise ServerError for options that cannot be kept or do not go together."""
    folding(arguments.document("collation"))
    compile_filter(arguments.document("validator"), Scope())
    if options.get("validationLevel", "strict") not in _LEVELS:
        raise ServerError(ErrorCode.BadValue, "validationLevel must be off, strict or moderate")
    if options.get("validationAction", "error") not in _ACTIONS:
        raise ServerError(ErrorCode.BadValue, "validationAction must be error or warn")
    if options.get("capped") and arguments.integer("size") <= 0:
        raise ServerError(
            ErrorCode.InvalidOptions, "the 'size' field is required when 'capped' is true"
        )
    if not options.get("capped") and ("size" in arguments or "max" in arguments):
        raise ServerError(
            ErrorCode.InvalidOptions, "the 'capped' field needs to be true when size or max is set"
        )
    if "pipeline" in options and "viewOn" not in options:
        raise ServerError(ErrorCode.InvalidOptions, "'pipeline' requires 'viewOn'")
    if "viewOn" in options:
        arguments.text("viewOn")
        compile_pipeline(options.get("pipeline", []), PipelineContext())


def _clustered(index: Any) -> Document:
    """Return a clustered index's description: here every collection is stored by row."""
    if not isinstance(index, dict) or index.get("key") != {"_id": 1} or not index.get("unique"):
        raise ServerError(
            ErrorCode.InvalidIndexSpecificationOption,
            "The clusteredIndex option requires key: {_id: 1} and unique: true",
        )
    return {"v": 2, "key": {"_id": 1}, "name": index.get("name", "_id_"), "unique": True}


def _check_view(unit: WriteUnit, collection: Collection) -> None:
    """Raise ServerError if following views from here never ends."""
    each: Collection | None = collection
    for _ in range(MAX_VIEW_DEPTH):
        if each is None or not each.is_view:
            return
        each = unit.catalog.find(each.database, each.options["viewOn"])
        if each is not None and each.collection_id == collection.collection_id:
            raise ServerError(
                ErrorCode.GraphContainsCycle, f"View cycle detected: {collection.namespace}"
            )
    raise ServerError(
        ErrorCode.ViewDepthLimitExceeded, f"View depth limit exceeded: {MAX_VIEW_DEPTH}"
    )


def drop(context: Context) -> Document:
    """Answer `drop`."""
    unit = context.unit()
    collection = unit.catalog.find(context.database, context.target)
    if collection is None:
        return {}
    count = len(collection.indexes) + 1
    drop_collection(unit, collection)
    return {"nIndexesWas": count, "ns": context.namespace}


def drop_database(context: Context) -> Document:
    """Answer `dropDatabase`."""
    unit = context.unit()
    collections = unit.catalog.of(context.database)
    for collection in collections:
        drop_collection(unit, collection)
    if collections:
        unit.changes.append(Change("dropDatabase", context.database))
    return {"dropped": context.database} if collections else {}


def rename(context: Context) -> Document:
    """Answer `renameCollection`."""
    source_database, _, source_name = context.arguments.text("renameCollection").partition(".")
    database, _, name = context.arguments.text("to").partition(".")
    unit = context.unit()
    collection = unit.catalog.find(source_database, source_name)
    if collection is None:
        raise ServerError(
            ErrorCode.NamespaceNotFound,
            f"Source collection {source_database}.{source_name} does not exist",
        )
    if (source_database, source_name) == (database, name):
        raise ServerError(ErrorCode.IllegalOperation, "Can't rename a collection to itself")
    existing = unit.catalog.find(database, name)
    if existing is not None:
        if not context.arguments.flag("dropTarget"):
            raise ServerError(ErrorCode.NamespaceExists, "target namespace exists")
        drop_collection(unit, existing)
    rename_collection(unit, collection, database, name)
    return {}


def collection_modify(context: Context) -> Document:
    """Answer `collMod`."""
    unit = context.unit()
    collection = unit.catalog.find(context.database, context.target)
    if collection is None:
        raise ServerError(ErrorCode.NamespaceNotFound, f"ns does not exist: {context.namespace}")
    changes = {name: context.body[name] for name in _CHANGEABLE if name in context.body}
    options = collection.options | changes
    _check_options(Arguments("collMod", options), options)
    reply: Document = {}
    if "index" in context.arguments:
        collection, reply = _modify_index(context, unit, collection)
    if changes:
        _check_view(unit, change_options(unit, collection, options))
    return reply


def _modify_index(
    context: Context, unit: WriteUnit, collection: Collection
) -> tuple[Collection, Document]:
    wanted = Arguments("collMod.index", context.arguments.document("index"))
    wanted.refuse({"unique", "prepareUnique"})
    for index in collection.indexes.values():
        is_named = wanted.value("name") == index.name
        if is_named or dict(index.key_pattern) == wanted.value("keyPattern"):
            break
    else:
        raise ServerError(ErrorCode.IndexNotFound, "cannot find index to modify")
    changes: Document = {}
    reply: Document = {}
    for name in ("expireAfterSeconds", "hidden"):
        if name in wanted:
            changes[name] = wanted.value(name)
            reply[f"{name}_old"] = index.specification.get(name, False)
            reply[f"{name}_new"] = changes[name]
    return change_index(unit, collection, index, changes), reply


def list_collections(context: Context) -> Document:
    """Answer `listCollections`."""
    matches = compile_filter(context.arguments.document("filter"), Scope())
    is_short = context.arguments.flag("nameOnly")
    found = []
    for collection in context.snapshot().catalog.of(context.database):
        told = _described(collection)
        if matches(told):
            found.append({"name": told["name"], "type": told["type"]} if is_short else told)
    return whole(f"{context.database}.$cmd.listCollections", found)


def _described(collection: Collection) -> Document:
    told: Document = {
        "name": collection.name,
        "type": "view" if collection.is_view else "collection",
        "options": collection.options,
        "info": {"readOnly": collection.is_view},
    }
    if not collection.is_view:
        told["idIndex"] = {"v": 2, "key": {"_id": 1}, "name": "_id_"}
    return told


def list_databases(context: Context) -> Document:
    """Answer `listDatabases`."""
    arguments = context.arguments
    matches = compile_filter(arguments.document("filter"), Scope())
    size = context.engine.store.path.stat().st_size
    names = context.snapshot().catalog.databases()
    told = [{"name": name, "sizeOnDisk": size, "empty": False} for name in names]
    found = [each for each in told if matches(each)]
    if arguments.flag("nameOnly"):
        return {"databases": [{"name": each["name"]} for each in found]}
    return {"databases": found, "totalSize": size}
