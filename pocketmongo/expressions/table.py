"""The one table of expression operators.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/
"""

from __future__ import annotations

from pocketmongo.expressions.arithmetic import ARITHMETIC
from pocketmongo.expressions.arrays import ARRAYS
from pocketmongo.expressions.comparison import COMPARISON
from pocketmongo.expressions.conditional import CONDITIONAL
from pocketmongo.expressions.conversion import CONVERSION
from pocketmongo.expressions.dates import DATES
from pocketmongo.expressions.iteration import ITERATION
from pocketmongo.expressions.mathematics import MATHEMATICS
from pocketmongo.expressions.objects import OBJECTS
from pocketmongo.expressions.patterns import PATTERNS
from pocketmongo.expressions.sets import SETS
from pocketmongo.expressions.shapes import Builder
from pocketmongo.expressions.strings import STRINGS
from pocketmongo.expressions.summaries import SUMMARIES

OPERATORS: dict[str, Builder] = {
    **ARITHMETIC,
    **MATHEMATICS,
    **COMPARISON,
    **CONDITIONAL,
    **ARRAYS,
    **ITERATION,
    **SETS,
    **OBJECTS,
    **STRINGS,
    **PATTERNS,
    **DATES,
    **CONVERSION,
    **SUMMARIES,
}

# MongoDB has them; here they are refused by name rather than called unknown.
REFUSED_OPERATORS = frozenset(
    {
        "$meta",
        "$function",
        "$accumulator",
        "$toHashedIndexKey",
        "$encStrContains",
        "$encStrEndsWith",
        "$encStrNormalizedEq",
        "$encStrStartsWith",
        "$createObjectId",
        "$minMaxScaler",
        "$sigmoid",
    }
)
