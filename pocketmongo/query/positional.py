"""Which element of an array a filter matched: the `$` of updates and projections.

https://www.mongodb.com/docs/manual/reference/operator/update/positional/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pocketmongo.query.compiler import compile_element_test, compile_filter
from pocketmongo.query.scope import Scope
from pocketmongo.values import Document, is_operator_document

_ElementTest = Callable[[Any], bool]
# These speak of the array as a whole, not of one element.
_ABOUT_THE_ARRAY = ("$size", "$exists", "$all")


def matched_position(array: list[Any], path: str, query: Document, scope: Scope) -> int | None:
    """Return the position of the element the filter matched, or None.

    The first that satisfies all conditions on the path wins; if there is none, the
    first that satisfies any, because conditions may be met by different elements.
    """
    tests = [_element_test(path, field, value, scope) for field, value in _conditions(query, path)]
    if not tests:
        return None
    for decide in (all, any):
        for position, element in enumerate(array):
            if decide(test(element) for test in tests):
                return position
    return None


def _conditions(query: Document, path: str) -> Iterator[tuple[str, Any]]:
    for name, value in query.items():
        if name in ("$and", "$or"):
            for inner in value:
                yield from _conditions(inner, path)
        elif name == path or name.startswith(path + "."):
            yield name, value


def _element_test(path: str, field: str, condition: Any, scope: Scope) -> _ElementTest:
    if field != path:
        matches = compile_filter({field[len(path) + 1 :]: condition}, scope)
        return lambda element: type(element) is dict and matches(element)
    if not is_operator_document(condition):
        return compile_element_test({"$in": [condition]}, scope)
    if "$elemMatch" in condition:
        return compile_element_test(condition["$elemMatch"], scope)
    rest = {name: value for name, value in condition.items() if name not in _ABOUT_THE_ARRAY}
    return compile_element_test(rest or {"$exists": True}, scope)
