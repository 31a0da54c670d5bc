"""How a query is answered, told as MongoDB tells it.

https://www.mongodb.com/docs/manual/reference/explain-results/
"""

from __future__ import annotations

import time

from pocketmongo.aggregating import Options, Pipeline, Start, read_start
from pocketmongo.context import Context
from pocketmongo.finding import Search, Statistics, count, find, plan_of
from pocketmongo.planning import Plan
from pocketmongo.query import Scope, compile_filter
from pocketmongo.storage.catalog import Collection
from pocketmongo.values import Document

VERSION = "8.0.0"


def explain_search(
    context: Context, name: str, search: Search, command: str = "find", *, is_run: bool = True
) -> Document:
    """Return how a search is answered and, if it is run, what that takes."""
    collection = context.collection(name)
    namespace = f"{context.database}.{name}"
    if collection is None or collection.is_view:
        compile_filter(search.query, Scope(variables=search.variables))
        stage = "EOF" if collection is None else "COLLSCAN"
        return _reply(namespace, {"stage": stage}, Statistics(), 0, 0.0, is_run=is_run)
    plan = plan_of(search, collection)
    is_count = command == "count"
    winning = _stages(plan, search, is_count=is_count and plan.is_exact and plan.index is not None)
    statistics = Statistics(plan)
    began_at = time.monotonic()
    found = _run(context, collection, search, statistics, is_count=is_count) if is_run else 0
    return _reply(namespace, winning, statistics, found, time.monotonic() - began_at, is_run=is_run)


def explain_aggregate(
    context: Context, name: str | None, pipeline: Pipeline, options: Options
) -> Document:
    """Return how the beginning of a pipeline is answered, and the stages after it."""
    start = _resolved(context, name, pipeline, options)
    name, beginning = start
    command = "count" if beginning.counts_into is not None else "find"
    explained = explain_search(context, name or "$cmd.aggregate", beginning.search, command)
    if not beginning.rest:
        return explained
    cursor = {key: explained[key] for key in ("queryPlanner", "executionStats")}
    return {
        "stages": [{"$cursor": cursor}, *beginning.rest],
        "serverInfo": explained["serverInfo"],
    }


def _resolved(
    context: Context, name: str | None, pipeline: Pipeline, options: Options
) -> tuple[str | None, Start]:
    """Return the collection a pipeline ends up reading, and its beginning there."""
    collection = context.collection(name) if name is not None else None
    while collection is not None and collection.is_view:
        pipeline = [*collection.options.get("pipeline", []), *pipeline]
        name = collection.options["viewOn"]
        collection = context.collection(name)
    return name, read_start(pipeline, options)


def _run(
    context: Context,
    collection: Collection,
    search: Search,
    statistics: Statistics,
    *,
    is_count: bool,
) -> int:
    if is_count and statistics.plan.is_exact:
        found = count(context.snapshot(), collection, search)
        statistics.keys_examined = found if statistics.plan.index is not None else 0
        return found
    return sum(1 for _ in find(context.snapshot(), collection, search, statistics))


def _stages(plan: Plan, search: Search, *, is_count: bool) -> Document:
    """Return the plan as a tree of stages, the one that delivers the results at its root."""
    stage = _source(plan, search, is_count=is_count)
    if not plan.is_sorted:
        stage = {"stage": "SORT", "sortPattern": dict(search.sort), "inputStage": stage}
    if search.skip:
        stage = {"stage": "SKIP", "skipAmount": search.skip, "inputStage": stage}
    if search.limit:
        stage = {"stage": "LIMIT", "limitAmount": search.limit, "inputStage": stage}
    return stage


def _source(plan: Plan, search: Search, *, is_count: bool) -> Document:
    direction = "backward" if plan.is_reversed else "forward"
    if plan.index is None:
        return {"stage": "COLLSCAN", "filter": search.query, "direction": direction}
    index = plan.index
    keys: Document = {
        "stage": "COUNT_SCAN" if is_count else "IXSCAN",
        "keyPattern": dict(index.key_pattern),
        "indexName": index.name,
        "isMultiKey": index.is_multikey,
        "isUnique": index.is_unique,
        "isSparse": index.is_sparse,
        "isPartial": index.partial_filter is not None,
        "direction": direction,
        "ranges": len(plan.ranges),
    }
    if is_count:
        return keys
    fetch: Document = {"stage": "FETCH", "inputStage": keys}
    if not plan.is_exact:
        fetch["filter"] = search.query
    return fetch


def _reply(
    namespace: str,
    winning: Document,
    statistics: Statistics,
    found: int,
    seconds: float,
    *,
    is_run: bool,
) -> Document:
    reply: Document = {
        "queryPlanner": {
            "namespace": namespace,
            "winningPlan": winning,
            "rejectedPlans": [],
        },
        "serverInfo": {"version": VERSION},
    }
    if is_run:
        reply["executionStats"] = {
            "executionSuccess": True,
            "nReturned": found,
            "executionTimeMillis": int(seconds * 1000),
            "totalKeysExamined": statistics.keys_examined,
            "totalDocsExamined": statistics.documents_examined,
            "executionStages": {**winning, "nReturned": found},
        }
    return reply
