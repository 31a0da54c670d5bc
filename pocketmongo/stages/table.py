"""The one table of aggregation stages.

https://www.mongodb.com/docs/manual/reference/operator/aggregation-pipeline/
"""

from __future__ import annotations

from pocketmongo.stages.context import StageBuilder
from pocketmongo.stages.filling import FILLING
from pocketmongo.stages.grouping import GROUPING
from pocketmongo.stages.joining import JOINING
from pocketmongo.stages.reading import READING, SERVER_STAGES
from pocketmongo.stages.reshaping import RESHAPING
from pocketmongo.stages.window import WINDOW

STAGES: dict[str, StageBuilder] = {
    **READING,
    **RESHAPING,
    **GROUPING,
    **JOINING,
    **WINDOW,
    **FILLING,
}

FIRST_STAGES = frozenset({"$documents", "$changeStream", "$geoNear", *SERVER_STAGES})
LAST_STAGES = frozenset({"$out", "$merge"})

# MongoDB has them; here they are refused by name rather than called unknown.
REFUSED_STAGES = frozenset(
    {
        "$changeStreamSplitLargeEvent",
        "$geoNear",
        "$listSampledQueries",
        "$listSearchIndexes",
        "$planCacheStats",
        "$querySettings",
        "$queryStats",
        "$rankFusion",
        "$search",
        "$searchMeta",
        "$shardedDataDistribution",
        "$vectorSearch",
    }
)

_IN_UPDATES = frozenset(
    {"$addFields", "$set", "$project", "$unset", "$replaceRoot", "$replaceWith"}
)


def is_allowed_in_update(name: str) -> bool:
    """Say whether a stage may stand in an update with a pipeline."""
    return name in _IN_UPDATES
