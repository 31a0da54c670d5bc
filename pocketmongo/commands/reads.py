"""find, getMore, killCursors, count and distinct.

https://www.mongodb.com/docs/manual/reference/command/nav-crud/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bson import Int64
from bson.raw_bson import RawBSONDocument

from pocketmongo.aggregating import Options, aggregate
from pocketmongo.context import Context
from pocketmongo.cursors import DEFAULT_AWAIT, FIRST_BATCH, whole
from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.finding import Search, count, find, find_bytes, scope_of
from pocketmongo.order import OrderKey, order_key
from pocketmongo.paths import values_at
from pocketmongo.pointreads import read_points
from pocketmongo.projection import compile_projection
from pocketmongo.query import Scope, compile_filter
from pocketmongo.storage.catalog import Collection
from pocketmongo.storage.codec import encode
from pocketmongo.values import MISSING, Document

_NOT_A_POINT_READ = frozenset({"projection", "readConcern", "showRecordId", "tailable"})


def find_command(context: Context) -> Document:
    """Answer `find`."""
    arguments = context.arguments
    search = search_of(context, "filter")
    limit = arguments.integer("limit", least=None)
    batch_size = arguments.integer("batchSize", FIRST_BATCH)
    if context.transaction is None and not context.body.keys() & _NOT_A_POINT_READ:
        points = read_points(context.engine.store, context.database, context.target, search)
        if points is not None and len(points) <= batch_size:
            return whole(context.namespace, [RawBSONDocument(raw) for raw in points])
    collection = context.collection()
    if arguments.flag("tailable"):
        raise _not_tailable(collection)
    if collection is not None and collection.is_view:
        return _find_in_view(context, search)
    if collection is None:
        compile_filter(search.query, Scope(variables=search.variables))
        return whole(context.namespace, [])
    results = context.results(_found(context, collection, search))
    batch = results.take(batch_size)
    if limit < 0 or arguments.flag("singleBatch"):
        batch = type(batch)(batch.documents, is_last=True)
    return context.engine.cursors.open(
        context.namespace, results, batch, has_timeout=not arguments.flag("noCursorTimeout")
    )


def _not_tailable(collection: Collection | None) -> ServerError:
    if collection is not None and collection.is_capped:
        return unsupported("a tailable cursor")
    return ServerError(
        ErrorCode.BadValue,
        "error processing query: tailable cursor requested on a collection that is not capped",
    )


def search_of(context: Context, query_name: str) -> Search:
    """Return what a command looks for."""
    arguments = context.arguments
    return Search(
        query=arguments.document(query_name),
        sort=arguments.sort(),
        skip=arguments.integer("skip"),
        limit=abs(arguments.integer("limit", least=None)),
        collation=arguments.collation(),
        hint=arguments.value("hint"),
        variables=context.variables(),
        deadline=context.deadline(),
    )


def _found(context: Context, collection: Collection, search: Search) -> Iterator[bytes]:
    snapshot = context.snapshot()
    project = None
    if "projection" in context.arguments:
        scope = scope_of(search, collection)
        asked = context.arguments.document("projection")
        project = compile_projection(asked, search.query, scope)
    if context.arguments.flag("showRecordId"):
        return (
            encode((project(document) if project else document) | {"$recordId": Int64(row_id)})
            for row_id, document, _ in find(snapshot, collection, search)
        )
    if project is None:
        return find_bytes(snapshot, collection, search)
    return (encode(project(document)) for _, document, _ in find(snapshot, collection, search))


def _find_in_view(context: Context, search: Search) -> Document:
    pipeline: list[Document] = [{"$match": search.query}]
    if search.sort:
        pipeline.append({"$sort": dict(search.sort)})
    if search.skip:
        pipeline.append({"$skip": search.skip})
    if search.limit:
        pipeline.append({"$limit": search.limit})
    projection = context.arguments.document("projection")
    if projection:
        pipeline.append({"$project": projection})
    options = Options(search.variables, search.collation, search.hint, search.deadline)
    found = aggregate(context, context.database, context.target, pipeline, options)
    results = context.results(encode(document) for document in found)
    batch = results.take(context.arguments.integer("batchSize", FIRST_BATCH))
    return context.engine.cursors.open(context.namespace, results, batch)


def get_more(context: Context) -> Document:
    """Answer `getMore`."""
    arguments = context.arguments
    number = arguments.required("getMore")
    if not isinstance(number, int):
        raise ServerError(ErrorCode.TypeMismatch, "The cursor id must be a long")
    size = arguments.integer("batchSize")
    await_seconds = DEFAULT_AWAIT
    if "maxTimeMS" in arguments:
        await_seconds = arguments.integer("maxTimeMS") / 1000
    return context.engine.cursors.more(
        int(number),
        size or None,
        context.transaction,
        await_seconds,
        f"{context.database}.{arguments.text('collection')}",
    )


def kill_cursors(context: Context) -> Document:
    """Answer `killCursors`."""
    numbers = context.arguments.required("cursors")
    if not isinstance(numbers, list) or not all(isinstance(each, int) for each in numbers):
        raise ServerError(ErrorCode.TypeMismatch, "cursors must be an array of cursor ids")
    killed: list[Int64] = []
    missing: list[Int64] = []
    for number in numbers:
        found = context.engine.cursors.kill(int(number))
        (killed if found else missing).append(Int64(number))
    return {
        "cursorsKilled": killed,
        "cursorsNotFound": missing,
        "cursorsAlive": [],
        "cursorsUnknown": [],
    }


def count_command(context: Context) -> Document:
    """Answer `count`."""
    search = search_of(context, "query")
    collection = context.collection()
    if collection is None:
        compile_filter(search.query, Scope(variables=search.variables))
        return {"n": 0}
    if not collection.is_view:
        return {"n": count(context.snapshot(), collection, search)}
    pipeline: list[Document] = [{"$match": search.query}]
    if search.skip:
        pipeline.append({"$skip": search.skip})
    if search.limit:
        pipeline.append({"$limit": search.limit})
    options = Options(search.variables, search.collation, search.hint, search.deadline)
    found = aggregate(context, context.database, context.target, pipeline, options)
    return {"n": sum(1 for _ in found)}


def distinct(context: Context) -> Document:
    """Answer `distinct`."""
    path = context.arguments.text("key")
    search = search_of(context, "query")
    collection = context.collection()
    if collection is None:
        compile_filter(search.query, Scope(variables=search.variables))
        return {"values": []}
    fold = scope_of(search, collection).fold
    found: dict[OrderKey, Any] = {}
    for document in _documents(context, collection, search):
        for value in values_at(document, path.split(".")):
            for each in value if type(value) is list else (value,):
                if each is not MISSING:
                    found.setdefault(order_key(each, fold), each)
    return {"values": [found[key] for key in sorted(found)]}


def _documents(context: Context, collection: Collection, search: Search) -> Iterator[Document]:
    if not collection.is_view:
        return (document for _, document, _ in find(context.snapshot(), collection, search))
    options = Options(search.variables, search.collation, search.hint, search.deadline)
    pipeline = [{"$match": search.query}]
    return aggregate(context, context.database, context.target, pipeline, options)
