"""bulkWrite: writes to several collections in one command.

https://www.mongodb.com/docs/manual/reference/command/bulkWrite/
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pocketmongo.arguments import Arguments
from pocketmongo.context import Context
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.finding import Search
from pocketmongo.limits import MAX_STATEMENTS
from pocketmongo.modifying import UpdateStatement, delete_documents, update_documents
from pocketmongo.storage.codec import encode
from pocketmongo.storage.collections import ensure_collection
from pocketmongo.storage.documents import insert
from pocketmongo.storage.units import WriteUnit
from pocketmongo.values import Document

NAMESPACE = "admin.$cmd.bulkWrite"
_FIELDS = {
    "insert": frozenset({"document", "insert"}),
    "update": frozenset(
        {
            "arrayFilters",
            "collation",
            "constants",
            "filter",
            "hint",
            "multi",
            "sort",
            "update",
            "updateMods",
            "upsert",
        }
    ),
    "delete": frozenset({"collation", "delete", "filter", "hint", "multi"}),
}


@dataclass(slots=True)
class _Bulk:
    """The command's own options and what it has done so far."""

    context: Context
    unit: WriteUnit
    namespaces: list[tuple[str, str]]
    variables: Document
    is_validated: bool
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("nErrors", "nInserted", "nMatched", "nModified", "nUpserted", "nDeleted"), 0
        )
    )


def bulk_write(context: Context) -> Document:
    """Answer `bulkWrite`."""
    arguments = context.arguments
    operations = arguments.documents("ops")
    if not 0 < len(operations) <= MAX_STATEMENTS:
        raise ServerError(
            ErrorCode.InvalidLength,
            f"Write batch sizes must be between 1 and {MAX_STATEMENTS}. Got {len(operations)}.",
        )
    bulk = _Bulk(
        context,
        context.unit(),
        [_namespace(each) for each in arguments.documents("nsInfo")],
        context.variables(),
        not arguments.flag("bypassDocumentValidation"),
    )
    outcomes = _run_all(bulk, operations, is_ordered=arguments.flag("ordered", True))
    if arguments.flag("errorsOnly"):
        outcomes = [each for each in outcomes if not each["ok"]]
    results = context.results(encode(each) for each in outcomes)
    size = arguments.document("cursor").get("batchSize")
    batch = results.take(None if size is None else int(size))
    return context.engine.cursors.open(NAMESPACE, results, batch) | bulk.counts


def _namespace(information: Document) -> tuple[str, str]:
    database, _, name = str(information.get("ns", "")).partition(".")
    return database, name


def _run_all(bulk: _Bulk, operations: list[Document], *, is_ordered: bool) -> list[Document]:
    outcomes: list[Document] = []
    for place, operation in enumerate(operations):
        try:
            outcomes.append({"ok": 1.0, "idx": place, **_run(bulk, operation)})
        except ServerError as error:
            bulk.counts["nErrors"] += 1
            outcomes.append(
                {
                    "ok": 0.0,
                    "idx": place,
                    "code": error.code,
                    "errmsg": error.message,
                    "n": 0,
                    **error.details,
                }
            )
            if is_ordered or error.labels:
                break
    return outcomes


def _run(bulk: _Bulk, operation: Document) -> Document:
    kind = next(iter(operation), "")
    run = _OPERATIONS.get(kind)
    if run is None:
        raise ServerError(ErrorCode.FailedToParse, f"Unrecognized bulkWrite operation '{kind}'")
    arguments = Arguments(f"bulkWrite.{kind}", operation)
    arguments.refuse_unknown(_FIELDS[kind])
    place = arguments.integer(kind)
    if place >= len(bulk.namespaces):
        raise ServerError(
            ErrorCode.BadValue, f"BulkWrite ops entry references invalid nsInfo {place}"
        )
    database, name = bulk.namespaces[place]
    return run(bulk, arguments, database, name)


def _insert(bulk: _Bulk, arguments: Arguments, database: str, name: str) -> Document:
    arguments.required("document")
    collection = ensure_collection(bulk.unit, database, name)
    document = arguments.document("document")
    insert(bulk.unit, collection, document, is_validated=bulk.is_validated)
    bulk.counts["nInserted"] += 1
    return {"n": 1}


def _update(bulk: _Bulk, arguments: Arguments, database: str, name: str) -> Document:
    constants = arguments.document("constants")
    statement = UpdateStatement(
        search=_search(bulk, arguments, {**bulk.variables, **constants}),
        change=arguments.required("updateMods"),
        is_multi=arguments.flag("multi"),
        is_upsert=arguments.flag("upsert"),
        array_filters=arguments.value("arrayFilters"),
        is_validated=bulk.is_validated,
    )
    outcome = update_documents(bulk.unit, database, name, statement)
    bulk.counts["nMatched"] += outcome.matched
    bulk.counts["nModified"] += outcome.modified
    if outcome.has_upserted:
        bulk.counts["nUpserted"] += 1
        return {"n": 1, "nModified": 0, "upserted": {"_id": outcome.upserted_id}}
    return {"n": outcome.matched, "nModified": outcome.modified}


def _delete(bulk: _Bulk, arguments: Arguments, database: str, name: str) -> Document:
    search = _search(bulk, arguments, bulk.variables)
    is_multi = arguments.flag("multi")
    count, _ = delete_documents(bulk.unit, database, name, search, is_multi=is_multi)
    bulk.counts["nDeleted"] += count
    return {"n": count}


def _search(bulk: _Bulk, arguments: Arguments, variables: Document) -> Search:
    arguments.required("filter")
    return Search(
        query=arguments.document("filter"),
        sort=arguments.sort(),
        limit=0 if arguments.flag("multi") else 1,
        collation=arguments.collation(),
        hint=arguments.value("hint"),
        variables=variables,
        deadline=bulk.context.deadline(),
    )


_OPERATIONS: dict[str, Callable[[_Bulk, Arguments, str, str], Document]] = {
    "insert": _insert,
    "update": _update,
    "delete": _delete,
}
