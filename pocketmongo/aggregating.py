"""Running aggregation pipelines; their beginning is answered by the planner where it can be.

https://www.mongodb.com/docs/manual/core/aggregation-pipeline-optimization/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bson import Binary, Int64
from bson.binary import UUID_SUBTYPE

from pocketmongo.collation import folding
from pocketmongo.context import Context
from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.finding import Search, count, find
from pocketmongo.merging import write_results
from pocketmongo.query import Scope, compile_filter
from pocketmongo.sorting import parse_sort
from pocketmongo.stages import PipelineContext, compile_pipeline
from pocketmongo.storage.catalog import Collection
from pocketmongo.values import Document, is_number

MAX_VIEW_DEPTH = 20
INVALID_LIMIT = 15958
OUTPUT_STAGES = ("$out", "$merge")
_SESSION_STAGES = ("$listLocalSessions", "$listSessions")

Pipeline = list[Document]


@dataclass(frozen=True, slots=True)
class Start:
    """The beginning of a pipeline as a search, and what is left of it."""

    search: Search
    rest: Pipeline
    counts_into: Document | None = None  # the one result, with its count still to be filled in


@dataclass(frozen=True, slots=True)
class Options:
    """What holds for a whole aggregation."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    collation: Document | None = None
    hint: Any = None
    deadline: float | None = None


def aggregate(
    context: Context,
    database: str,
    name: str | None,
    pipeline: Pipeline,
    options: Options,
    depth: int = 0,
) -> Iterator[Document]:
    """Return the results of a pipeline over a collection, a view, or nothing (None)."""
    catalog = context.snapshot().catalog
    collection = catalog.find(database, name) if name is not None else None
    if collection is not None and collection.is_view:
        if depth >= MAX_VIEW_DEPTH:
            raise ServerError(
                ErrorCode.ViewDepthLimitExceeded, f"View depth too deep: {MAX_VIEW_DEPTH}"
            )
        view = collection.options
        whole = [*view.get("pipeline", []), *pipeline]
        return aggregate(context, database, view["viewOn"], whole, options, depth + 1)
    start = read_start(pipeline, options)
    compiled = compile_pipeline(
        start.rest, _pipeline_context(context, database, collection, options, depth)
    )
    return compiled(_first_documents(context, collection, start))


def read_start(pipeline: Pipeline, options: Options) -> Start:
    """Return what of a pipeline the planner can answer."""
    place = 0
    filters = []
    while _is_stage(pipeline, place, "$match"):
        filters.append(pipeline[place]["$match"])
        place += 1
    query = filters[0] if len(filters) == 1 else {"$and": filters} if filters else {}
    sort: list[tuple[str, Any]] = []
    if _is_stage(pipeline, place, "$sort"):
        sort = parse_sort(pipeline[place]["$sort"])
        place += 1
    skip = limit = 0
    if _is_stage(pipeline, place, "$skip") and is_number(pipeline[place]["$skip"]):
        skip = max(0, int(pipeline[place]["$skip"]))
        place += 1
    if _is_stage(pipeline, place, "$limit") and is_number(pipeline[place]["$limit"]):
        limit = int(pipeline[place]["$limit"])
        place += 1
        if limit <= 0:
            raise ServerError(INVALID_LIMIT, "the limit must be positive")
    search = Search(
        query,
        sort,
        skip,
        limit,
        options.collation,
        options.hint,
        options.variables,
        options.deadline,
    )
    counted = _counting(pipeline[place]) if place < len(pipeline) and not sort else None
    return Start(search, pipeline[place + (counted is not None) :], counted)


def _is_stage(pipeline: Pipeline, place: int, name: str) -> bool:
    return place < len(pipeline) and list(pipeline[place]) == [name]


def _counting(stage: Document) -> Document | None:
    """Return the result of a stage that only counts, with 0 for the number; else None."""
    if list(stage) == ["$count"] and isinstance(stage["$count"], str):
        name = stage["$count"]
        is_plain = name and not name.startswith("$") and "." not in name
        return {name: 0} if is_plain and name != "_id" else None
    group = stage.get("$group")
    if not isinstance(group, dict) or len(stage) != 1 or len(group) != 2 or "_id" not in group:
        return None
    constant = group["_id"]
    if constant is not None and not is_number(constant):
        return None
    name = next(name for name in group if name != "_id")
    is_plain = "." not in name and not name.startswith("$")
    return {"_id": constant, name: 0} if is_plain and _is_one(group[name]) else None


def _is_one(accumulator: Any) -> bool:
    # True equals 1 in Python, but $sum does not count it.
    if not isinstance(accumulator, dict) or list(accumulator) != ["$sum"]:
        return False
    summand = accumulator["$sum"]
    return type(summand) is int and summand == 1


def _first_documents(
    context: Context, collection: Collection | None, start: Start
) -> Iterator[Document]:
    if collection is None:
        return _documents_of_nothing(start)
    if start.counts_into is not None:
        return _counted(context, collection, start.search, start.counts_into)
    rows = find(context.snapshot(), collection, start.search)
    return (document for _, document, _ in rows)


def _documents_of_nothing(start: Start) -> Iterator[Document]:
    compile_filter(start.search.query, Scope(variables=start.search.variables))
    is_source = bool(start.rest) and "$documents" in start.rest[0]
    return iter([{}] if is_source else [])


def _counted(
    context: Context, collection: Collection, search: Search, result: Document
) -> Iterator[Document]:
    number = count(context.snapshot(), collection, search)
    if number:
        name = list(result)[-1]
        yield {**result, name: number}


def _pipeline_context(
    context: Context,
    database: str,
    collection: Collection | None,
    options: Options,
    depth: int,
) -> PipelineContext:
    def run(
        source: Any, pipeline: Sequence[Document], variables: Mapping[str, Any]
    ) -> Iterable[Document]:
        inner = Options(variables, options.collation, None, options.deadline)
        if isinstance(source, dict):
            other, name = source.get("db", database), source["coll"]
        else:
            other, name = database, source
        return aggregate(context, other, name, list(pipeline), inner, depth)

    def write(stage: str, specification: Any, documents: Iterable[Document]) -> Iterator[Document]:
        write_results(context, database, stage, specification, documents, options.variables)
        return iter(())

    def statistics(stage: str, _specification: Any) -> Iterable[Document]:
        return _statistics(context, database, collection, stage)

    chosen = options.collation or (collection.collation if collection else None)
    return PipelineContext(
        variables=options.variables,
        fold=folding(chosen),
        text=collection.text_index if collection else None,
        run=run,
        write=write,
        statistics=statistics,
    )


def _statistics(
    context: Context, database: str, collection: Collection | None, stage: str
) -> list[Document]:
    if stage in _SESSION_STAGES:
        return [{"_id": {"id": Binary(each, UUID_SUBTYPE)}} for each in _session_ids(context)]
    if stage not in ("$collStats", "$indexStats"):
        raise unsupported(f"the stage {stage}")
    if collection is None:
        raise ServerError(
            ErrorCode.NamespaceNotFound, f"{stage}: the collection of '{database}' does not exist"
        )
    if stage == "$indexStats":
        indexes = (collection.id_index, *collection.indexes.values())
        return [
            {"name": index.name, "key": dict(index.key_pattern), "spec": index.specification}
            for index in indexes
        ]
    number = count(context.snapshot(), collection, Search({}))
    return [{"ns": collection.namespace, "count": Int64(number)}]


def _session_ids(context: Context) -> list[bytes]:
    own = context.arguments.document("lsid").get("id")
    others = [each for each in context.engine.sessions.ids() if each != own]
    return [own, *others] if isinstance(own, bytes) else others
