"""For every expression operator what it makes of one document, as MongoDB's manual has it.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/
"""

from __future__ import annotations

from bson import Decimal128, Regex

from tests.pocketmongo.language.date_examples import CONVERSION, DATES
from tests.pocketmongo.language.examples import Example, day

FIELDS = [
    Example("a path reads a field", "$n", 7),
    Example("a path reads into documents", "$inner.y.z", 2),
    Example("a path through an array reads every element", "$people.name", ["Ann", "Bob"]),
    Example("a missing field in a list is null", ["$n", "$gone"], [7, None]),
    Example("a missing field is left out of a document", {"a": "$n", "b": "$gone"}, {"a": 7}),
    Example("ROOT is the whole document", "$$ROOT.inner.x", 1),
    Example("CURRENT is the document too", "$$CURRENT.n", 7),
    Example(
        "CURRENT given anew moves the paths and leaves ROOT",
        {"$let": {"vars": {"CURRENT": "$inner"}, "in": ["$x", "$$ROOT.n"]}},
        [1, 7],
    ),
]

ARITHMETIC = [
    Example("int plus int is int", {"$add": ["$n", 1, 2]}, 10),
    Example("int plus double is a double", {"$add": ["$n", "$half"]}, 9.5),
    Example("anything plus null is null", {"$add": ["$n", "$nothing"]}, None),
    Example(
        "a date plus milliseconds is later", {"$add": ["$at", 750]}, day(2026, 1, 31, 23, 30, 16)
    ),
    Example("decimals stay exact", {"$add": ["$money", Decimal128("0.10")]}, Decimal128("20.00")),
    Example(
        "a date less a date is milliseconds",
        {"$subtract": ["$at", day(2026, 1, 31, 23, 30, 15)]},
        250,
    ),
    Example(
        "a date less milliseconds is earlier",
        {"$subtract": ["$at", 250]},
        day(2026, 1, 31, 23, 30, 15),
    ),
    Example("a product", {"$multiply": ["$n", 3]}, 21),
    Example("dividing ints gives a double", {"$divide": ["$n", 2]}, 3.5),
    Example("a remainder has the sign of the dividend", {"$mod": [-7, 4]}, -3),
    Example("a remainder of doubles", {"$mod": [7.5, 2]}, 1.5),
    Example("the absolute value", {"$abs": -3}, 3),
    Example("up to the whole", {"$ceil": "$half"}, 3.0),
    Example("down to the whole", {"$floor": "$half"}, 2.0),
    Example("halves round to even", {"$round": ["$half", 0]}, 2.0),
    Example("rounding left of the point", {"$round": [1250, -2]}, 1200),
    Example("cutting places off", {"$trunc": [7.89, 1]}, 7.8),
    Example("bits and", {"$bitAnd": [6, 3]}, 2),
    Example("bits or", {"$bitOr": [6, 3]}, 7),
    Example("bits xor", {"$bitXor": [6, 3]}, 5),
    Example("bits not", {"$bitNot": 6}, -7),
]

MATHEMATICS = [
    Example("a root", {"$sqrt": 16}, 4.0),
    Example("e to the power", {"$exp": 0}, 1.0),
    Example("the natural logarithm", {"$ln": 1}, 0.0),
    Example("the logarithm of ten", {"$log10": 1000}, 3.0),
    Example("the logarithm of a base", {"$log": [8, 2]}, 3.0),
    Example("a power of ints is an int", {"$pow": [2, 10]}, 1024),
    Example("a power beyond a long is a double", {"$pow": [10, 30]}, 1e30),
    Example("a negative power is a double", {"$pow": [2, -1]}, 0.5),
    Example("sine", {"$sin": 0}, 0.0),
    Example("cosine", {"$cos": 0}, 1.0),
    Example("tangent", {"$tan": 0}, 0.0),
    Example("arc sine", {"$asin": 0}, 0.0),
    Example("arc cosine", {"$acos": 1}, 0.0),
    Example("arc tangent", {"$atan": 0}, 0.0),
    Example("arc tangent of two", {"$atan2": [0, 1]}, 0.0),
    Example("hyperbolic sine", {"$sinh": 0}, 0.0),
    Example("hyperbolic cosine", {"$cosh": 0}, 1.0),
    Example("hyperbolic tangent", {"$tanh": 0}, 0.0),
    Example("inverse hyperbolic sine", {"$asinh": 0}, 0.0),
    Example("inverse hyperbolic cosine", {"$acosh": 1}, 0.0),
    Example("inverse hyperbolic tangent", {"$atanh": 0}, 0.0),
    Example("degrees to radians", {"$degreesToRadians": 0}, 0.0),
    Example("radians to degrees", {"$radiansToDegrees": 0}, 0.0),
]

COMPARISON = [
    Example("numbers of different types can be equal", {"$eq": ["$n", 7.0]}, True),
    Example("a missing field is not null", {"$eq": ["$gone", None]}, False),
    Example("a missing field is less than null", {"$lt": ["$gone", None]}, True),
    Example("unequal", {"$ne": ["$n", 8]}, True),
    Example("a string is greater than any number", {"$gt": ["$name", "$n"]}, True),
    Example("greater or equal", {"$gte": ["$n", 7]}, True),
    Example("less", {"$lt": ["$n", 7]}, False),
    Example("less or equal", {"$lte": ["$n", 7]}, True),
    Example("comparing three ways", {"$cmp": ["$n", 9]}, -1),
    Example("and", {"$and": ["$is_on", "$n"]}, True),
    Example("and of nothing is true", {"$and": []}, True),
    Example("or", {"$or": ["$nothing", 0]}, False),
    Example("an empty string is true", {"$not": ["$empty"]}, False),
]

CONDITIONAL = [
    Example("a condition", {"$cond": {"if": "$is_on", "then": 1, "else": 2}}, 1),
    Example("a condition as a list", {"$cond": ["$nothing", 1, 2]}, 2),
    Example("the first that is not null", {"$ifNull": ["$gone", "$nothing", "x"]}, "x"),
    Example(
        "the first branch that is true",
        {
            "$switch": {
                "branches": [{"case": {"$gt": ["$n", 5]}, "then": "big"}],
                "default": "small",
            }
        },
        "big",
    ),
    Example(
        "variables",
        {"$let": {"vars": {"q": {"$add": ["$n", 1]}}, "in": {"$multiply": ["$$q", 3]}}},
        24,
    ),
    Example("a literal is not evaluated", {"$literal": "$n"}, "$n"),
    Example("its older name", {"$const": {"$add": [1]}}, {"$add": [1]}),
    Example("a random number is below one", {"$lt": [{"$rand": {}}, 1]}, True),
]

ARRAYS = [
    Example("the size", {"$size": "$list"}, 3),
    Example("whether it is an array", {"$isArray": ["$name"]}, False),
    Example("an element from the end", {"$arrayElemAt": ["$list", -1]}, 2),
    Example("the first", {"$first": "$list"}, 3),
    Example("the last", {"$last": "$list"}, 2),
    Example("the first two", {"$slice": ["$list", 2]}, [3, 1]),
    Example("two from the second", {"$slice": ["$list", 1, 2]}, [1, 2]),
    Example("arrays joined", {"$concatArrays": ["$list", [9]]}, [3, 1, 2, 9]),
    Example("backwards", {"$reverseArray": "$list"}, [2, 1, 3]),
    Example("containing", {"$in": [2.0, "$list"]}, True),
    Example("where it is", {"$indexOfArray": ["$list", 2]}, 2),
    Example("where it is not", {"$indexOfArray": ["$list", 3, 1]}, -1),
    Example("a range", {"$range": [0, 10, 4]}, [0, 4, 8]),
    Example("a range downwards", {"$range": [3, 0, -1]}, [3, 2, 1]),
    Example("values sorted", {"$sortArray": {"input": "$list", "sortBy": -1}}, [3, 2, 1]),
    Example(
        "documents sorted",
        {"$sortArray": {"input": "$people", "sortBy": {"age": 1}}},
        [{"name": "Bob", "age": 20}, {"name": "Ann", "age": 30}],
    ),
    Example("rows of the shortest", {"$zip": {"inputs": ["$list", ["a"]]}}, [[3, "a"]]),
    Example(
        "rows of the longest",
        {"$zip": {"inputs": [["x"], ["a", "b"]], "useLongestLength": True, "defaults": [0, 1]}},
        [["x", "a"], [0, "b"]],
    ),
    Example("the first some", {"$firstN": {"input": "$list", "n": 2}}, [3, 1]),
    Example("the last some", {"$lastN": {"input": "$list", "n": 2}}, [1, 2]),
    Example("the least some", {"$minN": {"input": "$list", "n": 2}}, [1, 2]),
    Example("the greatest some", {"$maxN": {"input": "$list", "n": 2}}, [3, 2]),
    Example(
        "each changed", {"$map": {"input": "$list", "in": {"$multiply": ["$$this", 2]}}}, [6, 2, 4]
    ),
    Example(
        "those that hold",
        {"$filter": {"input": "$list", "as": "x", "cond": {"$gt": ["$$x", 1]}, "limit": 1}},
        [3],
    ),
    Example(
        "folded to one",
        {"$reduce": {"input": "$list", "initialValue": 0, "in": {"$add": ["$$value", "$$this"]}}},
        6,
    ),
]

SETS = [
    Example("a union", {"$setUnion": [[1, 2], [2.0, 3]]}, [1, 2, 3]),
    Example("an intersection", {"$setIntersection": [[1, 2, 2], [2, 3]]}, [2]),
    Example("a difference", {"$setDifference": [[1, 2, 1], [2]]}, [1]),
    Example("equal sets", {"$setEquals": [[1, 2], [2, 1, 1], [1, 2]]}, True),
    Example("a subset", {"$setIsSubset": [[1], "$list"]}, True),
    Example("any true", {"$anyElementTrue": [[0, None, 1]]}, True),
    Example("all true", {"$allElementsTrue": [[1, 0]]}, False),
]

OBJECTS = [
    Example(
        "documents merged", {"$mergeObjects": ["$inner", None, {"x": 5}]}, {"x": 5, "y": {"z": 2}}
    ),
    Example("a document as pairs", {"$objectToArray": {"a": 1}}, [{"k": "a", "v": 1}]),
    Example("pairs as a document", {"$arrayToObject": [[["a", 1], ["b", 2]]]}, {"a": 1, "b": 2}),
    Example("documents of k and v", {"$arrayToObject": [[{"k": "a", "v": 1}]]}, {"a": 1}),
    Example("a field by name", {"$getField": {"field": "x", "input": "$inner"}}, 1),
    Example("a field of the document", {"$getField": "n"}, 7),
    Example("a field set", {"$setField": {"field": "q", "input": {}, "value": 1}}, {"q": 1}),
    Example("a field taken away", {"$unsetField": {"field": "y", "input": "$inner"}}, {"x": 1}),
    Example("the type", {"$type": "$long"}, "long"),
    Example("the type of nothing", {"$type": "$gone"}, "missing"),
]

STRINGS = [
    Example("strings joined", {"$concat": ["$name", "!"]}, "Ann!"),
    Example("joined with null", {"$concat": ["$name", "$nothing"]}, None),
    Example("lower case", {"$toLower": "$name"}, "ann"),
    Example("upper case of null", {"$toUpper": "$nothing"}, ""),
    Example("comparing without case", {"$strcasecmp": ["$name", "ANN"]}, 0),
    Example("split", {"$split": ["a-b", "-"]}, ["a", "b"]),
    Example("characters", {"$strLenCP": "é"}, 1),
    Example("bytes", {"$strLenBytes": "é"}, 2),
    Example("a part by its old name", {"$substr": ["$name", 0, 2]}, "An"),
    Example("a part in bytes", {"$substrBytes": ["éa", 2, 1]}, "a"),
    Example("a part in characters", {"$substrCP": ["éa", 1, 5]}, "a"),
    Example("where a part is", {"$indexOfCP": ["éab", "b"]}, 2),
    Example("where a part is in bytes", {"$indexOfBytes": ["éab", "b"]}, 3),
    Example("trimmed", {"$trim": {"input": " \tx\n"}}, "x"),
    Example("trimmed of characters", {"$ltrim": {"input": "--x-", "chars": "-"}}, "x-"),
    Example("trimmed on the right", {"$rtrim": {"input": "x--", "chars": "-"}}, "x"),
    Example(
        "the first replaced",
        {"$replaceOne": {"input": "aa", "find": "a", "replacement": "b"}},
        "ba",
    ),
    Example(
        "all replaced", {"$replaceAll": {"input": "aa", "find": "a", "replacement": "b"}}, "bb"
    ),
    Example("matching", {"$regexMatch": {"input": "$name", "regex": "^a", "options": "i"}}, True),
    Example(
        "found",
        {"$regexFind": {"input": "$name", "regex": Regex("(n)(x)?")}},
        {"match": "n", "idx": 1, "captures": ["n", None]},
    ),
    Example(
        "all found",
        {"$regexFindAll": {"input": "$name", "regex": "n"}},
        [{"match": "n", "idx": 1, "captures": []}, {"match": "n", "idx": 2, "captures": []}],
    ),
]

SUMMARIES = [
    Example("a sum", {"$sum": ["$n", 1, "text"]}, 8),
    Example("the sum of an array", {"$sum": "$list"}, 6),
    Example("an average", {"$avg": "$list"}, 2.0),
    Example("the average of nothing", {"$avg": "$gone"}, None),
    Example("the least", {"$min": ["$n", "$nothing", 9]}, 7),
    Example("the greatest", {"$max": "$list"}, 3),
    Example("the deviation of all", {"$stdDevPop": [[2, 4]]}, 1.0),
    Example("the deviation of a sample", {"$stdDevSamp": 1}, None),
    Example(
        "percentiles",
        {"$percentile": {"input": "$list", "p": [0.5, 1], "method": "approximate"}},
        [2.0, 3.0],
    ),
    Example("the median", {"$median": {"input": "$list", "method": "approximate"}}, 2.0),
]

EXAMPLES = [
    *FIELDS,
    *ARITHMETIC,
    *MATHEMATICS,
    *COMPARISON,
    *CONDITIONAL,
    *ARRAYS,
    *SETS,
    *OBJECTS,
    *STRINGS,
    *DATES,
    *CONVERSION,
    *SUMMARIES,
]
