"""What there is and how it does.

https://www.mongodb.com/docs/manual/reference/command/nav-diagnostic/
"""

from __future__ import annotations

import os
import socket

from bson import Int64

from pocketmongo.arguments import GENERIC_FIELDS
from pocketmongo.commands.handshake import VERSION_TEXT, uptime
from pocketmongo.context import Context
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.finding import Search, count
from pocketmongo.limits import max_clients
from pocketmongo.settings import all_parameters, set_parameter
from pocketmongo.storage.catalog import Collection
from pocketmongo.values import Document

_NOT_PARAMETERS = GENERIC_FIELDS | {"getParameter", "setParameter"}


def get_parameter(context: Context) -> Document:
    """Answer `getParameter`."""
    known = all_parameters(context.engine.settings)
    if context.body["getParameter"] == "*":
        return known
    found = {name: value for name, value in known.items() if name in context.body}
    if not found:
        raise ServerError(ErrorCode.InvalidOptions, "no option found to get")
    return found


def set_parameters(context: Context) -> Document:
    """Answer `setParameter`."""
    names = [name for name in context.body if name not in _NOT_PARAMETERS]
    if len(names) != 1:
        raise ServerError(ErrorCode.InvalidOptions, "name one parameter to set")
    value = context.body[names[0]]
    return {"was": set_parameter(context.engine.settings, names[0], value)}


def server_status(context: Context) -> Document:
    """Answer `serverStatus`."""
    engine = context.engine
    clients = engine.clients
    return {
        "host": socket.gethostname(),
        "version": VERSION_TEXT,
        "process": "pocketmongo",
        "pid": Int64(os.getpid()),
        "uptime": uptime(context),
        "connections": {
            "current": clients.current,
            "available": max_clients() - clients.current,
            "totalCreated": clients.total,
        },
        "metrics": {"cursor": {"open": {"total": Int64(len(engine.cursors))}}},
        "storageEngine": {"name": "sqlite", "persistent": True},
    }


def command_line(context: Context) -> Document:
    """Answer `getCmdLineOpts`."""
    path = str(context.engine.store.path)
    return {"argv": ["pocketmongo", "--db", path], "parsed": {"storage": {"dbPath": path}}}


def host_info(_context: Context) -> Document:
    """Answer `hostInfo`."""
    return {"system": {"hostname": socket.gethostname(), "numCores": os.cpu_count() or 1}}


def database_statistics(context: Context) -> Document:
    """Answer `dbStats`."""
    collections = context.snapshot().catalog.of(context.database)
    stored = [each for each in collections if not each.is_view]
    sizes = [_size(context, each) for each in stored]
    return {
        "db": context.database,
        "collections": len(stored),
        "views": len(collections) - len(stored),
        "objects": sum(number for number, _ in sizes),
        "dataSize": float(sum(size for _, size in sizes)),
        "indexes": sum(len(each.indexes) + 1 for each in stored),
    }


def collection_statistics(context: Context) -> Document:
    """Answer `collStats`."""
    collection = context.collection()
    reply: Document = {"ns": context.namespace, "count": 0, "size": 0, "nindexes": 0}
    if collection is None:
        return reply
    number, size = _size(context, collection)
    return reply | {
        "count": number,
        "size": size,
        "avgObjSize": size // number if number else 0,
        "nindexes": len(collection.indexes) + 1,
        "capped": collection.is_capped,
    }


def flush(context: Context) -> Document:
    """Answer `fsync`: move what was written from the log into the file."""
    context.engine.store.checkpoint()
    return {"numFiles": 1}


def validate(context: Context) -> Document:
    """Answer `validate`: whether the file holds together."""
    if context.arguments.flag("background") and context.arguments.flag("full"):
        raise ServerError(
            ErrorCode.InvalidOptions,
            "Running the validate command with both { background: true } and { full: true } is "
            "not supported.",
        )
    collection = context.collection()
    if collection is None:
        raise ServerError(
            ErrorCode.NamespaceNotFound,
            f"Collection '{context.namespace}' does not exist to validate.",
        )
    snapshot = context.snapshot()
    errors = [str(row[0]) for row in snapshot.rows("PRAGMA quick_check", ()) if row[0] != "ok"]
    return {
        "ns": context.namespace,
        "nrecords": count(snapshot, collection, Search({})),
        "nIndexes": len(collection.indexes) + 1,
        "valid": not errors,
        "errors": errors,
    }


def _size(context: Context, collection: Collection) -> tuple[int, int]:
    row = context.snapshot().row(
        f"SELECT count(*), coalesce(sum(length(body)), 0) FROM {collection.table}"
    )
    return (row[0], row[1]) if row else (0, 0)
