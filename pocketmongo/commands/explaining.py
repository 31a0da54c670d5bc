"""explain, for the commands that read or write documents.

https://www.mongodb.com/docs/manual/reference/command/explain/
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pocketmongo.aggregating import Options
from pocketmongo.arguments import Arguments
from pocketmongo.collation import folding
from pocketmongo.context import Context
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.explain import explain_aggregate, explain_search
from pocketmongo.finding import Search
from pocketmongo.values import Document

_VERBOSITY = ("queryPlanner", "executionStats", "allPlansExecution")
_QUERY_NAMES = {
    "find": "filter",
    "count": "query",
    "distinct": "query",
    "findAndModify": "query",
    "findandmodify": "query",
}


def explain(context: Context) -> Document:
    """Answer `explain`."""
    command = context.arguments.document("explain")
    verbosity = context.arguments.value("verbosity", "allPlansExecution")
    if verbosity not in _VERBOSITY:
        raise ServerError(ErrorCode.BadValue, f"unknown explain verbosity '{verbosity}'")
    name = next(iter(command), "")
    target: Any = command.get(name)
    arguments = Arguments(f"explain.{name}", command)
    if name == "aggregate":
        options = Options(context.variables(), arguments.collation(), arguments.value("hint"), None)
        source = target if isinstance(target, str) else None
        pipeline = arguments.documents("pipeline")
        return explain_aggregate(context, source, pipeline, options)
    if name in ("update", "delete"):
        statements = arguments.documents(f"{name}s")
        if len(statements) != 1:
            raise ServerError(
                ErrorCode.InvalidLength, f"explained {name}s must have exactly one statement"
            )
        search = _search(context, Arguments(name, statements[0]), "q")
    elif name in _QUERY_NAMES:
        search = _search(context, arguments, _QUERY_NAMES[name])
    else:
        raise ServerError(
            ErrorCode.CommandNotFound, f"Explain failed due to unknown command: {name}"
        )
    if name in ("findAndModify", "findandmodify"):
        search = replace(search, limit=1)
    return explain_search(context, str(target), search, name, is_run=verbosity != "queryPlanner")


def _search(context: Context, arguments: Arguments, query_name: str) -> Search:
    folding(arguments.document("collation"))
    return Search(
        query=arguments.document(query_name),
        sort=arguments.sort(),
        skip=arguments.integer("skip"),
        limit=abs(arguments.integer("limit", least=None)),
        collation=arguments.collation(),
        hint=arguments.value("hint"),
        variables=context.variables(),
    )
