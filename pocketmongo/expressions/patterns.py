"""`$regexMatch`, `$regexFind`, `$regexFindAll`.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/regexFind/
"""

from __future__ import annotations

import re
from typing import Any

from pocketmongo.expressions.shapes import Builder, checked, function_of_named
from pocketmongo.regexes import compile_regex
from pocketmongo.values import is_nullish

NOT_A_STRING = 51104


def _pattern(name: str, text: Any, regex: Any, options: Any) -> re.Pattern[str] | None:
    """Return the compiled pattern, or None where the text or the pattern is null."""
    if is_nullish(text) or is_nullish(regex):
        return None
    checked(text, str, name, NOT_A_STRING)
    return compile_regex(regex, None if is_nullish(options) else options)


def _matches(text: Any, regex: Any, options: Any = None) -> bool:
    pattern = _pattern("$regexMatch", text, regex, options)
    return pattern is not None and pattern.search(text) is not None


def _find(text: Any, regex: Any, options: Any = None) -> Any:
    pattern = _pattern("$regexFind", text, regex, options)
    found = pattern.search(text) if pattern else None
    return _described(found) if found else None


def _find_all(text: Any, regex: Any, options: Any = None) -> list[Any]:
    pattern = _pattern("$regexFindAll", text, regex, options)
    return [_described(found) for found in pattern.finditer(text)] if pattern else []


def _described(found: re.Match[str]) -> dict[str, Any]:
    return {"match": found.group(), "idx": found.start(), "captures": list(found.groups())}


_REQUIRED, _OPTIONAL = {"input": "text", "regex": "regex"}, {"options": "options"}

PATTERNS: dict[str, Builder] = {
    "$regexMatch": function_of_named("$regexMatch", _matches, _REQUIRED, _OPTIONAL),
    "$regexFind": function_of_named("$regexFind", _find, _REQUIRED, _OPTIONAL),
    "$regexFindAll": function_of_named("$regexFindAll", _find_all, _REQUIRED, _OPTIONAL),
}
