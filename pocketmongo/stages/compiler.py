"""Compiling a pipeline: each stage by its builder, each in a place it may stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.stages.context import Pipeline, PipelineContext, Stage
from pocketmongo.stages.table import FIRST_STAGES, LAST_STAGES, REFUSED_STAGES, STAGES
from pocketmongo.values import Document

NOT_ONE_FIELD, UNKNOWN_STAGE, ONLY_LAST, ONLY_FIRST = 40323, 40324, 40601, 40602


def compile_pipeline(pipeline: Any, context: PipelineContext) -> Pipeline:
    """Return the function that takes documents through all stages of a pipeline.

    Raises ServerError for a stage that is unknown, misused or not supported.
    """
    return PipelineCompiler(context).pipeline(pipeline)


def check_pipeline(pipeline: Any) -> None:
    """Raise ServerError unless the pipeline is a list of known stages in allowed places."""
    if type(pipeline) is not list:
        raise ServerError(ErrorCode.TypeMismatch, "A pipeline must be an array of stages")
    for position, stage in enumerate(pipeline):
        if type(stage) is not dict or len(stage) != 1:
            raise ServerError(
                NOT_ONE_FIELD,
                "A pipeline stage specification object must contain exactly one field.",
            )
        name = next(iter(stage))
        if name in FIRST_STAGES and position != 0:
            raise ServerError(ONLY_FIRST, f"{name} is only valid as the first stage in a pipeline")
        if name in LAST_STAGES and position != len(pipeline) - 1:
            raise ServerError(ONLY_LAST, f"{name} can only be the final stage in the pipeline")


class PipelineCompiler:
    """Compiles pipelines under one context."""

    def __init__(self, context: PipelineContext) -> None:
        self.context = context

    def pipeline(self, pipeline: Any, variables: Mapping[str, Any] | None = None) -> Pipeline:
        """Compile a pipeline, with other variables than the context's if given."""
        if variables is not None:
            context = replace(self.context, variables=variables)
            return PipelineCompiler(context).pipeline(pipeline)
        check_pipeline(pipeline)
        stages = [self._stage(*next(iter(stage.items()))) for stage in pipeline]

        def run(documents: Iterable[Document]) -> Iterator[Document]:
            for stage in stages:
                documents = stage(documents)
            return iter(documents)

        return run

    def _stage(self, name: str, specification: Any) -> Stage:
        build = STAGES.get(name)
        if build is not None:
            return build(specification, self)
        if name in REFUSED_STAGES:
            raise unsupported(f"the stage {name}")
        raise ServerError(UNKNOWN_STAGE, f"Unrecognized pipeline stage name: '{name}'")
