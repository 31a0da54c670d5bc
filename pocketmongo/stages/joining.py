"""Bringing in other documents: `$lookup`, `$graphLookup`, `$unionWith`, `$facet`.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/lookup/
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import bson
from bson import Int64

from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.order import order_key
from pocketmongo.paths import values_at, with_elements, with_path
from pocketmongo.regexes import is_regex
from pocketmongo.stages.context import (
    Stage,
    StageBuilder,
    StageCompiler,
    check_options,
    document_option,
    text_option,
)
from pocketmongo.values import (
    MISSING,
    Document,
    is_nullish,
    is_number,
    none_if_missing,
    plain_number,
)

NOT_IN_FACET, BAD_FACET, BAD_DEPTH = 40600, 40169, 40100
_MOST_CACHED = 5000  # results of $lookup kept at once

# Given the variables and the stages in front, reads the other collection.
_Source = Callable[[list[Any], Mapping[str, Any]], Iterable[Document]]


def _source(name: str, origin: Any, pipeline: list[Any], compiler: StageCompiler) -> _Source:
    """Return the function that reads a collection, or `$documents`, through a pipeline."""
    if type(pipeline) is not list:
        raise ServerError(ErrorCode.TypeMismatch, f"the pipeline of {name} must be an array")
    if pipeline and type(pipeline[0]) is dict and "$documents" in pipeline[0]:
        return lambda front, variables: compiler.pipeline(
            [pipeline[0], *front, *pipeline[1:]], variables
        )([])
    if origin is None:
        raise ServerError(
            ErrorCode.FailedToParse, f"{name} needs a collection unless it begins with $documents"
        )
    run = compiler.context.run
    return lambda front, variables: run(origin, [*front, *pipeline], variables)


def _lookup(specification: Any, compiler: StageCompiler) -> Stage:
    check_options(
        "$lookup", specification, ("as",), ("from", "localField", "foreignField", "let", "pipeline")
    )
    has_fields = _has_both_fields(specification)
    if not has_fields and "pipeline" not in specification:
        raise ServerError(
            ErrorCode.FailedToParse, "$lookup requires localField and foreignField, or a pipeline"
        )
    context, path = compiler.context, text_option(specification, "as")
    read = _source(
        "$lookup", specification.get("from"), specification.get("pipeline", []), compiler
    )
    let = {
        name: context.expression(value)
        for name, value in document_option(specification, "let").items()
    }
    local = text_option(specification, "localField").split(".") if has_fields else []
    cache: dict[Any, list[Document]] = {}

    def joined(document: Document) -> Document:
        front = [{"$match": _equal(document, local, specification)}] if has_fields else []
        values = {name: value(document, context.variables) for name, value in let.items()}
        own = {name: none_if_missing(value) for name, value in values.items()}
        # Encoded, because 1 and 1.0 are equal but not the same to the pipeline.
        key = bson.encode({"front": front, "let": own})
        if key not in cache:
            if len(cache) >= _MOST_CACHED:
                cache.clear()
            cache[key] = list(read(front, {**context.variables, **own}))
        return with_path(document, path, list(cache[key]))

    def lookup(documents: Iterable[Document]) -> Iterator[Document]:
        cache.clear()
        return map(joined, documents)

    return lookup


def _has_both_fields(specification: Document) -> bool:
    has_fields = ["localField" in specification, "foreignField" in specification]
    if any(has_fields) and not all(has_fields):
        raise ServerError(
            ErrorCode.FailedToParse, "$lookup requires both or neither of localField, foreignField"
        )
    if all(has_fields):
        text_option(specification, "foreignField")
    return all(has_fields)


def _equal(document: Document, local: list[str], specification: Document) -> Document:
    """Return the filter for foreign documents that equal a document's local field."""
    foreign = specification["foreignField"]
    values = [
        none_if_missing(value)
        for value in with_elements(values_at(document, local))
        if type(value) is not list
    ]
    plain = [value for value in values if not is_regex(value)]
    if len(plain) == len(values):
        return {foreign: {"$in": plain}}
    regexes = [{foreign: {"$eq": value}} for value in values if is_regex(value)]
    return {"$or": [{foreign: {"$in": plain}}, *regexes]}


def _graph_lookup(specification: Any, compiler: StageCompiler) -> Stage:
    check_options(
        "$graphLookup",
        specification,
        ("from", "startWith", "connectFromField", "connectToField", "as"),
        ("maxDepth", "depthField", "restrictSearchWithMatch"),
    )
    context = compiler.context
    start = context.expression(specification["startWith"])
    path = text_option(specification, "as")
    search = _Search(specification, compiler)

    def joined(document: Document) -> Document:
        value = start(document, context.variables)
        return with_path(document, path, search.reached(value if type(value) is list else [value]))

    return lambda documents: map(joined, documents)


class _Search:
    """Follows references from document to document, each document once."""

    def __init__(self, specification: Document, compiler: StageCompiler) -> None:
        self._connect_from = text_option(specification, "connectFromField").split(".")
        self._connect_to = text_option(specification, "connectToField")
        self._most = specification.get("maxDepth")
        if self._most is not None and (not is_number(self._most) or plain_number(self._most) < 0):
            raise ServerError(BAD_DEPTH, "maxDepth requires a nonnegative argument")
        has_depth = "depthField" in specification
        self._depth_field = text_option(specification, "depthField") if has_depth else None
        self._restriction = specification.get("restrictSearchWithMatch")
        self._read = _source("$graphLookup", specification["from"], [], compiler)
        self._variables = compiler.context.variables

    def reached(self, values: list[Any]) -> list[Document]:
        """Return all documents that can be reached from the values."""
        found: dict[Any, Document] = {}
        depth = 0
        frontier = [value for value in values if value is not MISSING]
        while frontier and (self._most is None or depth <= self._most):
            fresh = [
                document
                for document in self._connected(frontier)
                if order_key(document["_id"]) not in found
            ]
            for document in fresh:
                found[order_key(document["_id"])] = self._with_depth(document, depth)
            frontier = [value for document in fresh for value in self._references(document)]
            depth += 1
        return list(found.values())

    def _connected(self, values: list[Any]) -> Iterable[Document]:
        front: list[Any] = [{"$match": {self._connect_to: {"$in": values}}}]
        if self._restriction is not None:
            front.append({"$match": self._restriction})
        return self._read(front, self._variables)

    def _references(self, document: Document) -> list[Any]:
        return [
            value
            for value in with_elements(values_at(document, self._connect_from))
            if type(value) is not list and not is_nullish(value)
        ]

    def _with_depth(self, document: Document, depth: int) -> Document:
        if self._depth_field is None:
            return document
        return with_path(document, self._depth_field, Int64(depth))


def _union_with(specification: Any, compiler: StageCompiler) -> Stage:
    if isinstance(specification, str):
        specification = {"coll": specification}
    check_options("$unionWith", specification, (), ("coll", "pipeline"))
    read = _source(
        "$unionWith", specification.get("coll"), specification.get("pipeline", []), compiler
    )
    variables = compiler.context.variables

    def others() -> Iterator[Document]:
        yield from read([], variables)

    return lambda documents: itertools.chain(documents, others())


def _facet(specification: Any, compiler: StageCompiler) -> Stage:
    if type(specification) is not dict or not specification:
        raise ServerError(BAD_FACET, "the $facet specification must be a non-empty object")
    for pipeline in specification.values():
        _check_facet(pipeline)
    facets = {name: compiler.pipeline(pipeline) for name, pipeline in specification.items()}

    def facet(documents: Iterable[Document]) -> Iterator[Document]:
        everything = list(documents)
        yield {name: list(pipeline(iter(everything))) for name, pipeline in facets.items()}

    return facet


_FORBIDDEN_IN_FACET = frozenset(
    {"$facet", "$out", "$merge", "$geoNear", "$indexStats", "$collStats", "$changeStream"}
)


def _check_facet(pipeline: Any) -> None:
    if type(pipeline) is not list:
        raise ServerError(BAD_FACET, "each facet must be an array of stages")
    for stage in pipeline:
        name = next(iter(stage), "") if type(stage) is dict else ""
        if name in _FORBIDDEN_IN_FACET:
            raise ServerError(NOT_IN_FACET, f"{name} is not allowed within a $facet stage")


JOINING: dict[str, StageBuilder] = {
    "$lookup": _lookup,
    "$graphLookup": _graph_lookup,
    "$unionWith": _union_with,
    "$facet": _facet,
}
