"""Compiling an update statement of whichever kind.

https://www.mongodb.com/docs/manual/reference/command/update/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.order import order_key
from pocketmongo.query import Scope
from pocketmongo.stages import (
    PipelineContext,
    check_pipeline,
    compile_pipeline,
    is_allowed_in_update,
)
from pocketmongo.update.changes import OperatorUpdate
from pocketmongo.update.upsert import document_of_query
from pocketmongo.values import MISSING, Document

# Given a document and whether it is about to be inserted.
_Change = Callable[[Document, bool], Document]


class Update:
    """A compiled update statement.

    One that `reaches_inside` may change the values of a document's fields, not only which they are.
    """

    def __init__(
        self,
        change: _Change,
        query: Document,
        *,
        is_replacement: bool = False,
        reaches_inside: bool = False,
    ) -> None:
        self._change = change
        self._query = query
        self.is_replacement = is_replacement
        self.reaches_inside = reaches_inside

    def apply(self, document: Document) -> Document:
        """Return the updated document; the one given may be changed on the way.

        Raises ServerError if the update does not fit the document or changes its `_id`.
        """
        identity = document.get("_id", MISSING)
        updated = self._change(document, False)
        if identity is not MISSING:
            _check_identity(identity, updated.get("_id", MISSING))
        return updated

    def insertion(self) -> Document:
        """Return the document an upsert inserts; it may still lack an `_id`."""
        base = document_of_query(self._query)
        if self.is_replacement:
            base = {"_id": base["_id"]} if "_id" in base else {}
        identity = base.get("_id", MISSING)
        inserted = self._change(base, True)
        if identity is not MISSING:
            _check_identity(identity, inserted.get("_id", MISSING))
        return inserted


def compile_update(
    specification: Any,
    query: Document | None = None,
    *,
    array_filters: Any = None,
    scope: Scope | None = None,
    is_multi: bool = False,
) -> Update:
    """Return the compiled statement: operators, a whole replacement, or a pipeline.

    The query is what positional operators and upserts refer to. Raises ServerError for
    a statement that is wrong whatever the document.
    """
    query, scope = query or {}, scope or Scope()
    if type(specification) is list:
        _refuse_filters(array_filters)
        return Update(_pipeline_change(specification, scope), query, reaches_inside=True)
    if type(specification) is not dict:
        raise ServerError(
            ErrorCode.FailedToParse, "Update argument must be either an object or an array"
        )
    if not specification or not next(iter(specification)).startswith("$"):
        _refuse_filters(array_filters)
        return Update(_replacing(specification, is_multi), query, is_replacement=True)
    operators = OperatorUpdate(specification, query, array_filters, scope)
    return Update(operators.apply, query, reaches_inside=operators.reaches_inside)


def _check_identity(before: Any, after: Any) -> None:
    if after is before:
        return
    if after is MISSING or order_key(before) != order_key(after):
        raise ServerError(
            ErrorCode.ImmutableField,
            "Performing an update on the path '_id' would modify the immutable field '_id'",
        )


def _refuse_filters(array_filters: Any) -> None:
    if array_filters:
        raise ServerError(
            ErrorCode.FailedToParse, "arrayFilters may only be specified with update operators"
        )


def _replacing(replacement: Document, is_multi: bool) -> _Change:
    if is_multi:
        raise ServerError(
            ErrorCode.FailedToParse, "multi update is not supported for replacement-style update"
        )
    for name in replacement:
        if name.startswith("$"):
            raise ServerError(
                ErrorCode.DollarPrefixedFieldName,
                f"The dollar ($) prefixed field '{name}' is not allowed in a replacement document",
            )

    def replace(document: Document, _is_insert: bool) -> Document:
        if "_id" not in document:
            return dict(replacement)
        return {"_id": document["_id"], **replacement}

    return replace


def _pipeline_change(pipeline: list[Any], scope: Scope) -> _Change:
    check_pipeline(pipeline)
    for stage in pipeline:
        name = next(iter(stage))
        if not is_allowed_in_update(name):
            raise ServerError(
                ErrorCode.InvalidOptions, f"{name} is not allowed to be used within an update"
            )
    run = compile_pipeline(
        pipeline, PipelineContext(variables=scope.variables, fold=scope.fold, text=scope.text)
    )

    def change(document: Document, _is_insert: bool) -> Document:
        updated = next(run([document]))
        if "_id" in document and "_id" not in updated:
            updated = {"_id": document["_id"], **updated}
        return updated

    return change
