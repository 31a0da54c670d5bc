"""aggregate, with change streams.

https://www.mongodb.com/docs/manual/reference/command/aggregate/
"""

from __future__ import annotations

from pocketmongo.aggregating import OUTPUT_STAGES, Options, aggregate
from pocketmongo.changestreams import ALLOWED_STAGES, ChangeStream, StreamResults, Watched
from pocketmongo.context import Context
from pocketmongo.cursors import FIRST_BATCH
from pocketmongo.errors import ErrorCode, ServerError
from pocketmongo.explain import explain_aggregate
from pocketmongo.stages import PipelineContext, compile_pipeline
from pocketmongo.storage.codec import encode
from pocketmongo.values import Document

NOT_LAST, NOT_FIRST = 40601, 40602
CHANGE_STREAM = "$changeStream"


def aggregate_command(context: Context) -> Document:
    """Answer `aggregate`."""
    arguments = context.arguments
    pipeline = arguments.documents("pipeline")
    name = _source(context)
    if pipeline and CHANGE_STREAM in pipeline[0]:
        return _watch(context, name, pipeline)
    _check_places(pipeline)
    options = Options(
        context.variables(), arguments.collation(), arguments.value("hint"), context.deadline()
    )
    if arguments.flag("explain"):
        return explain_aggregate(context, name, pipeline, options)
    if "cursor" not in context.body:
        raise ServerError(
            ErrorCode.FailedToParse,
            "The 'cursor' option is required, except for aggregate with the explain argument",
        )
    is_written = bool(pipeline) and any(stage in pipeline[-1] for stage in OUTPUT_STAGES)
    if is_written and arguments.document("readConcern").get("level") == "linearizable":
        raise ServerError(
            ErrorCode.InvalidOptions,
            f"{next(iter(pipeline[-1]))} cannot be used with a 'linearizable' read concern level",
        )
    documents = aggregate(context, context.database, name, pipeline, options)
    if is_written:
        # What is written must be written before it is acknowledged.
        documents = iter(list(documents))
    results = context.results(encode(document) for document in documents)
    batch = results.take(_batch_size(context))
    return context.engine.cursors.open(_namespace(context, name), results, batch)


def _source(context: Context) -> str | None:
    name = context.arguments.required("aggregate")
    if isinstance(name, str):
        return name
    if name != 1:
        raise ServerError(
            ErrorCode.FailedToParse,
            "Invalid command format: the 'aggregate' field must specify a collection name or 1",
        )
    return None


def _namespace(context: Context, name: str | None) -> str:
    return f"{context.database}.{name or '$cmd.aggregate'}"


def _batch_size(context: Context) -> int:
    size = context.arguments.document("cursor").get("batchSize")
    if size is None:
        return FIRST_BATCH
    if not isinstance(size, int | float) or isinstance(size, bool) or size < 0:
        raise ServerError(ErrorCode.BadValue, "cursor.batchSize must be a non-negative number")
    return int(size)


def _check_places(pipeline: list[Document]) -> None:
    for place, stage in enumerate(pipeline):
        if len(stage) != 1:
            continue
        name = next(iter(stage))
        if name in OUTPUT_STAGES and place != len(pipeline) - 1:
            raise ServerError(NOT_LAST, f"{name} can only be the final stage in the pipeline")
        if name == CHANGE_STREAM and place:
            raise ServerError(NOT_FIRST, f"{name} is only valid as the first stage in a pipeline")


def _watch(context: Context, name: str | None, pipeline: list[Document]) -> Document:
    if context.transaction is not None:
        raise ServerError(
            ErrorCode.OperationNotSupportedInTransaction,
            "$changeStream cannot be used in a transaction",
        )
    options = pipeline[0][CHANGE_STREAM]
    if not isinstance(options, dict):
        raise ServerError(ErrorCode.TypeMismatch, "$changeStream takes a document of options")
    is_everything = bool(options.get("allChangesForCluster"))
    level = context.arguments.document("readConcern").get("level")
    if level not in (None, "majority"):
        raise ServerError(
            ErrorCode.InvalidOptions,
            f"$changeStream cannot run with a readConcern level of '{level}'; "
            "it must be 'majority' or not be set.",
        )
    watched = Watched(None if is_everything else context.database, name)
    compiled = compile_pipeline(pipeline[1:], PipelineContext(variables=context.variables()))
    for stage in pipeline[1:]:
        if not set(stage) <= ALLOWED_STAGES:
            raise ServerError(
                ErrorCode.IllegalOperation,
                f"{next(iter(stage))} is not permitted in a $changeStream pipeline",
            )
    stream = ChangeStream(context.engine.changes, watched, options, compiled)
    results = StreamResults(stream)
    first = results.take(_batch_size(context), 0.0)
    return context.engine.cursors.open(_namespace(context, name), results, first)
