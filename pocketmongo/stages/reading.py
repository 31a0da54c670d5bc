"""Choosing documents: `$match`, `$sort`, `$limit`, `$skip`, `$sample`, `$count` and sources.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/match/
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from typing import Any

from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.query import compile_filter
from pocketmongo.sorting import META_TEXT_SCORE, parse_sort, sort_documents
from pocketmongo.stages.context import Stage, StageBuilder, StageCompiler, check_options
from pocketmongo.values import INT64_MAX, Document, as_integer

LIMIT_NOT_POSITIVE, NOT_WHOLE, NOT_DOCUMENTS, EMPTY_SORT = 15958, 5107201, 5858203, 15976
BAD_COUNT_NAME, DOTTED_COUNT_NAME, BAD_SAMPLE = 40156, 40160, 28747


def _match(specification: Any, compiler: StageCompiler) -> Stage:
    matches = compile_filter(specification, compiler.context.scope)
    return lambda documents: filter(matches, documents)


def _sort(specification: Any, compiler: StageCompiler) -> Stage:
    fields = parse_sort(specification)
    if not fields:
        raise ServerError(EMPTY_SORT, "$sort stage must have at least one sort key")
    if any(direction == META_TEXT_SCORE for _, direction in fields):
        raise unsupported("sorting by the text score other than right after the first $match")
    fold = compiler.context.fold
    return lambda documents: sort_documents(documents, fields, fold)


def _whole_number(name: str, value: Any, code: int) -> int:
    number = as_integer(value)
    if number is None:
        raise ServerError(code, f"invalid argument to {name} stage: Expected a whole number")
    if not 0 <= number <= INT64_MAX:
        raise ServerError(code, f"invalid argument to {name} stage: Expected a number from 0")
    return number


def _limit(specification: Any, _compiler: StageCompiler) -> Stage:
    limit = _whole_number("$limit", specification, NOT_WHOLE)
    if limit == 0:
        raise ServerError(LIMIT_NOT_POSITIVE, "the limit must be positive")
    return lambda documents: itertools.islice(documents, limit)


def _skip(specification: Any, _compiler: StageCompiler) -> Stage:
    skip = _whole_number("$skip", specification, NOT_WHOLE)
    return lambda documents: itertools.islice(documents, skip, None)


def _sample(specification: Any, _compiler: StageCompiler) -> Stage:
    check_options("$sample", specification, ("size",))
    size = _whole_number("$sample", specification["size"], BAD_SAMPLE)
    if size == 0:
        raise ServerError(BAD_SAMPLE, "size argument to $sample must be a positive integer")

    def choose(documents: Iterable[Document]) -> list[Document]:
        everything = list(documents)
        return random.sample(everything, min(size, len(everything)))

    return choose


def _count(specification: Any, _compiler: StageCompiler) -> Stage:
    if not isinstance(specification, str) or not specification or specification.startswith("$"):
        raise ServerError(
            BAD_COUNT_NAME, "the count field must be a non-empty string that does not begin with $"
        )
    if "." in specification:
        raise ServerError(DOTTED_COUNT_NAME, "the count field cannot contain '.'")

    def count(documents: Iterable[Document]) -> Iterator[Document]:
        number = sum(1 for _ in documents)
        if number:
            yield {specification: number}

    return count


def _documents(specification: Any, compiler: StageCompiler) -> Stage:
    expression = compiler.context.expression(specification)
    variables = compiler.context.variables

    def produce(_documents: Iterable[Document]) -> list[Document]:
        produced = expression({}, variables)
        if type(produced) is not list or any(type(item) is not dict for item in produced):
            raise ServerError(NOT_DOCUMENTS, "$documents needs an array of objects")
        return produced

    return produce


def _writing(name: str) -> StageBuilder:
    def build(specification: Any, compiler: StageCompiler) -> Stage:
        write = compiler.context.write
        return lambda documents: write(name, specification, documents)

    return build


def _reporting(name: str) -> StageBuilder:
    def build(specification: Any, compiler: StageCompiler) -> Stage:
        report = compiler.context.statistics
        return lambda _documents: report(name, specification)

    return build


def _change_stream(_specification: Any, _compiler: StageCompiler) -> Stage:
    raise ServerError(
        ErrorCode.IllegalOperation, "$changeStream can only open a change stream of its own"
    )


# Answered by the server through `PipelineContext.statistics`.
SERVER_STAGES = (
    "$collStats",
    "$indexStats",
    "$currentOp",
    "$listLocalSessions",
    "$listSessions",
)

READING: dict[str, StageBuilder] = {
    "$match": _match,
    "$sort": _sort,
    "$limit": _limit,
    "$skip": _skip,
    "$sample": _sample,
    "$count": _count,
    "$documents": _documents,
    "$out": _writing("$out"),
    "$merge": _writing("$merge"),
    "$changeStream": _change_stream,
    **{name: _reporting(name) for name in SERVER_STAGES},
}
