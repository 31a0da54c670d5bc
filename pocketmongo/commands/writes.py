"""insert, update, delete and findAndModify.

https://www.mongodb.com/docs/manual/reference/command/nav-crud/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pocketmongo.arguments import Arguments
from pocketmongo.context import Context
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.finding import Search, scope_of
from pocketmongo.limits import MAX_STATEMENTS
from pocketmongo.modifying import (
    UpdateOutcome,
    UpdateStatement,
    delete_documents,
    update_documents,
    writable,
)
from pocketmongo.projection import compile_projection
from pocketmongo.query import Scope
from pocketmongo.storage.collections import ensure_collection
from pocketmongo.storage.documents import insert
from pocketmongo.storage.entries import LaterEntries
from pocketmongo.values import Document, is_true

_UPDATE_FIELDS = frozenset(
    {"arrayFilters", "c", "collation", "hint", "multi", "q", "sort", "u", "upsert"}
)
_USUAL_UPDATE_FIELDS = frozenset({"multi", "q", "u", "upsert"})
_DELETE_FIELDS = frozenset({"collation", "hint", "limit", "q"})


def insert_command(context: Context) -> Document:
    """Answer `insert`."""
    documents = context.arguments.documents("documents")
    is_validated = not context.arguments.flag("bypassDocumentValidation")
    unit = context.unit()
    collection = ensure_collection(unit, context.database, context.target)
    later = LaterEntries(unit)

    def insert_one(document: Document) -> None:
        insert(unit, collection, document, is_validated=is_validated, later=later)

    done, errors = run_statements(context, documents, insert_one)
    later.write()
    return {"n": done, **told_errors(errors)}


def run_statements(
    context: Context, statements: list[Document], run: Callable[[Document], object]
) -> tuple[int, list[Document]]:
    """Run the statements of a write. Return how many went well, and the errors of the others.

    The first error ends an ordered write; what was written before it stays.
    """
    if not 0 < len(statements) <= MAX_STATEMENTS:
        raise ServerError(
            ErrorCode.InvalidLength,
            f"Write batch sizes must be between 1 and {MAX_STATEMENTS}. Got {len(statements)}.",
        )
    is_ordered = context.arguments.flag("ordered", True)
    errors: list[Document] = []
    done = 0
    for place, statement in enumerate(statements):
        try:
            run(statement)
            done += 1
        except ServerError as error:
            errors.append(told_error(place, error))
            if is_ordered or error.labels:
                break
    return done, errors


def _checked(context: Context, name: str, known: frozenset[str]) -> list[Document]:
    """Return a write's statements, all of which must have known fields before one is run."""
    statements = context.arguments.documents(name)
    for statement in statements:
        if not statement.keys() <= known:
            Arguments(f"{context.name}.{name}", statement).refuse_unknown(known)
    return statements


def told_error(place: int, error: ServerError) -> Document:
    """Return what a client is told about one statement that failed."""
    return {"index": place, "code": error.code, "errmsg": error.message, **error.details}


def told_errors(errors: list[Document]) -> Document:
    """Return the part of a reply that lists the statements that failed, if there are any."""
    return {"writeErrors": errors} if errors else {}


def update_command(context: Context) -> Document:
    """Answer `update`."""
    statements = _checked(context, "updates", _UPDATE_FIELDS)
    common = _Common(context)
    unit, database, target = context.unit(), context.database, context.target
    total = UpdateOutcome()
    upserted: list[Document] = []
    place = -1

    def update_one(fields: Document) -> None:
        nonlocal place
        place += 1
        statement = _update_statement(fields, common)
        outcome = update_documents(unit, database, target, statement)
        total.matched += outcome.matched
        total.modified += outcome.modified
        if outcome.has_upserted:
            total.matched += 1
            upserted.append({"index": place, "_id": outcome.upserted_id})

    _, errors = run_statements(context, statements, update_one)
    reply: Document = {"n": total.matched, "nModified": total.modified}
    if upserted:
        reply["upserted"] = upserted
    return reply | told_errors(errors)


class _Common:
    """What all statements of one update command share."""

    __slots__ = ("deadline", "is_validated", "variables")

    def __init__(self, context: Context) -> None:
        self.variables = context.variables()
        self.deadline = context.deadline()
        self.is_validated = not context.arguments.flag("bypassDocumentValidation")


def _update_statement(fields: Document, common: _Common) -> UpdateStatement:
    query, change = fields.get("q"), fields.get("u")
    if type(query) is not dict or change is None or not fields.keys() <= _USUAL_UPDATE_FIELDS:
        return _unusual_update_statement(fields, common)
    is_multi = is_true(fields.get("multi"))
    search = Search(
        query, limit=0 if is_multi else 1, variables=common.variables, deadline=common.deadline
    )
    is_upsert = is_true(fields.get("upsert"))
    return UpdateStatement(search, change, is_multi, is_upsert, None, common.is_validated)


def _unusual_update_statement(fields: Document, common: _Common) -> UpdateStatement:
    arguments = Arguments("update.updates", fields)
    arguments.required("q")
    is_multi = arguments.flag("multi")
    if is_multi and "sort" in arguments:
        raise ServerError(
            ErrorCode.FailedToParse, "Cannot specify sort with multi=true for update command"
        )
    variables = common.variables
    return UpdateStatement(
        search=Search(
            query=arguments.document("q"),
            sort=arguments.sort(),
            limit=0 if is_multi else 1,
            collation=arguments.collation(),
            hint=arguments.value("hint"),
            variables=variables | arguments.document("c") if "c" in arguments else variables,
            deadline=common.deadline,
        ),
        change=arguments.required("u"),
        is_multi=is_multi,
        is_upsert=arguments.flag("upsert"),
        array_filters=arguments.value("arrayFilters"),
        is_validated=common.is_validated,
    )


def delete_command(context: Context) -> Document:
    """Answer `delete`."""
    statements = _checked(context, "deletes", _DELETE_FIELDS)
    variables, deadline = context.variables(), context.deadline()
    unit = context.unit()
    deleted = 0

    def delete_some(fields: Document) -> None:
        nonlocal deleted
        arguments = Arguments("delete.deletes", fields)
        arguments.required("q")
        limit: int = arguments.required("limit")
        if limit not in (0, 1):
            raise ServerError(
                ErrorCode.FailedToParse,
                f"The limit field in delete objects must be 0 or 1. Got {limit}",
            )
        search = Search(
            query=arguments.document("q"),
            limit=limit,
            collation=arguments.collation(),
            hint=arguments.value("hint"),
            variables=variables,
            deadline=deadline,
        )
        count, _ = delete_documents(
            unit, context.database, context.target, search, is_multi=limit == 0
        )
        deleted += count

    _, errors = run_statements(context, statements, delete_some)
    return {"n": deleted, **told_errors(errors)}


def find_and_modify(context: Context) -> Document:
    """Answer `findAndModify`."""
    arguments = context.arguments
    search = Search(
        query=arguments.document("query"),
        sort=arguments.sort(),
        limit=1,
        collation=arguments.collation(),
        hint=arguments.value("hint"),
        variables=context.variables(),
        deadline=context.deadline(),
    )
    is_removal = arguments.flag("remove")
    if is_removal == ("update" in arguments):
        raise ServerError(
            ErrorCode.FailedToParse,
            "Cannot specify both an update and remove=true"
            if is_removal
            else "Either an update or remove=true must be specified",
        )
    if not is_removal:
        return _find_and_update(context, search)
    if arguments.flag("new") or arguments.flag("upsert"):
        raise ServerError(
            ErrorCode.FailedToParse, "Cannot specify new or upsert together with remove=true"
        )
    project = _projected(context, search)
    count, document = delete_documents(
        context.unit(), context.database, context.target, search, is_multi=False
    )
    return {"lastErrorObject": {"n": count}, "value": project(document)}


def _find_and_update(context: Context, search: Search) -> Document:
    arguments = context.arguments
    statement = UpdateStatement(
        search=search,
        change=arguments.required("update"),
        is_upsert=arguments.flag("upsert"),
        array_filters=arguments.value("arrayFilters"),
        is_validated=not arguments.flag("bypassDocumentValidation"),
    )
    project = _projected(context, search)
    outcome = update_documents(context.unit(), context.database, context.target, statement)
    told: Document = {
        "n": 1 if outcome.matched or outcome.has_upserted else 0,
        "updatedExisting": outcome.matched > 0,
    }
    if outcome.has_upserted:
        told["upserted"] = outcome.upserted_id
    value = outcome.after if arguments.flag("new") else outcome.before
    return {"lastErrorObject": told, "value": project(value)}


def _projected(context: Context, search: Search) -> Callable[[Document | None], Any]:
    """Return the projection of the command, checked before anything is written."""
    if "fields" not in context.arguments:
        return lambda document: document
    collection = writable(context.unit(), context.database, context.target)
    scope = scope_of(search, collection) if collection else Scope(variables=search.variables)
    project = compile_projection(context.arguments.document("fields"), search.query, scope)

    def projected(document: Document | None) -> Document | None:
        return project(document) if project and document is not None else document

    return projected
