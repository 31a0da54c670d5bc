"""What `$setWindowFields`, `$densify` and `$fill` make of a few documents."""

from __future__ import annotations

from typing import Any

from tests.pocketmongo.language.examples import day
from tests.pocketmongo.language.stage_documents import (
    UP_TO_HERE,
    Example,
    numbered,
)


def windowed(name: str, argument: Any, window: Any = None, sort_by: Any = None) -> list[Any]:
    output = {name: argument} | ({} if window is None else {"window": window})
    return [
        {"$setWindowFields": {"sortBy": sort_by or {"_id": 1}, "output": {"w": output}}},
        {"$group": {"_id": None, "w": {"$push": {"$ifNull": ["$w", None]}}}},
    ]


def window(says: str, pipeline: list[Any], values: list[Any], expected: list[Any]) -> Example:
    return Example(says, pipeline, numbered(*values), [{"_id": None, "w": expected}])


WINDOWS = [
    window("a running total", windowed("$sum", "$v", UP_TO_HERE), [1, 2, 3], [1, 3, 6]),
    window(
        "a moving average",
        windowed("$avg", "$v", {"documents": [-1, 0]}),
        [1, 3, 5],
        [1.0, 2.0, 4.0],
    ),
    window("the whole partition", windowed("$max", "$v"), [1, 3, 2], [3, 3, 3]),
    window(
        "what lies ahead",
        windowed("$sum", "$v", {"documents": [1, "unbounded"]}),
        [1, 2, 3],
        [5, 3, 0],
    ),
    window(
        "a range of values",
        windowed("$sum", "$v", {"range": [-1, 0]}, {"v": 1}),
        [1, 2, 4],
        [1, 3, 4],
    ),
    window("numbered", windowed("$documentNumber", {}), [9, 9], [1, 2]),
    window("ranked with gaps", windowed("$rank", {}, None, {"v": 1}), [1, 1, 2], [1, 1, 3]),
    window("ranked without gaps", windowed("$denseRank", {}, None, {"v": 1}), [1, 1, 2], [1, 1, 2]),
    window(
        "the one before",
        windowed("$shift", {"output": "$v", "by": -1, "default": 0}),
        [1, 2],
        [0, 1],
    ),
    window("the last known", windowed("$locf", "$v"), [1, None, 3], [1, 1, 3]),
    window("on the line between", windowed("$linearFill", "$v"), [1, None, 3], [1, 2.0, 3]),
    window(
        "an exponential average",
        windowed("$expMovingAvg", {"input": "$v", "N": 3}),
        [1, 3],
        [1.0, 2.0],
    ),
    window(
        "a slope",
        windowed("$derivative", {"input": "$v"}, {"documents": [-1, 0]}),
        [1, 4],
        [None, 3.0],
    ),
    window("an area", windowed("$integral", {"input": "$v"}, UP_TO_HERE), [1, 3], [0.0, 2.0]),
]

FILLING = [
    Example(
        "days that are missing",
        [{"$densify": {"field": "d", "range": {"step": 1, "unit": "day", "bounds": "full"}}}],
        [{"d": day(2026, 1, 1)}, {"d": day(2026, 1, 3)}],
        [{"d": day(2026, 1, 1)}, {"d": day(2026, 1, 2)}, {"d": day(2026, 1, 3)}],
    ),
    Example(
        "numbers that are missing, per partition",
        [
            {
                "$densify": {
                    "field": "v",
                    "partitionByFields": ["p"],
                    "range": {"step": 1, "bounds": [0, 2]},
                }
            }
        ],
        [{"p": "a", "v": 1}],
        [{"p": "a", "v": 0}, {"p": "a", "v": 1}],
    ),
    Example(
        "gaps filled in three ways",
        [
            {
                "$fill": {
                    "sortBy": {"_id": 1},
                    "output": {
                        "v": {"method": "linear"},
                        "w": {"value": 0},
                        "x": {"method": "locf"},
                    },
                }
            }
        ],
        [{"_id": 1, "v": 1, "x": "a"}, {"_id": 2, "w": 5}, {"_id": 3, "v": 3}],
        [
            {"_id": 1, "v": 1, "w": 0, "x": "a"},
            {"_id": 2, "v": 2.0, "w": 5, "x": "a"},
            {"_id": 3, "v": 3, "w": 0, "x": "a"},
        ],
    ),
]
