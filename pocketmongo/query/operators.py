"""The one table of operators that stand on a field of a query.

https://www.mongodb.com/docs/manual/reference/operator/query/
"""

from __future__ import annotations

from pocketmongo.query.bits import BIT_OPERATORS
from pocketmongo.query.comparison import COMPARISON_OPERATORS
from pocketmongo.query.elements import ELEMENT_OPERATORS
from pocketmongo.query.scope import OperatorBuilder

FIELD_OPERATORS: dict[str, OperatorBuilder] = {
    **COMPARISON_OPERATORS,
    **ELEMENT_OPERATORS,
    **BIT_OPERATORS,
}

REFUSED_OPERATORS = frozenset(
    {
        "$near",
        "$nearSphere",
        "$geoWithin",
        "$geoIntersects",
        "$within",
        "$box",
        "$center",
        "$centerSphere",
        "$polygon",
        "$geometry",
        "$maxDistance",
        "$minDistance",
        "$uniqueDocs",
    }
)
