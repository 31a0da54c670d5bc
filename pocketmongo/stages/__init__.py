"""The aggregation pipeline: stages compiled to functions over streams of documents.

https://www.mongodb.com/docs/manual/reference/operator/aggregation-pipeline/
"""

from __future__ import annotations

from pocketmongo.stages.compiler import check_pipeline, compile_pipeline
from pocketmongo.stages.context import Pipeline, PipelineContext, Stage
from pocketmongo.stages.table import STAGES, is_allowed_in_update

__all__ = [
    "STAGES",
    "Pipeline",
    "PipelineContext",
    "Stage",
    "check_pipeline",
    "compile_pipeline",
    "is_allowed_in_update",
]
