"""Regular expressions: MongoDB's PCRE options on Python's engine.

https://www.mongodb.com/docs/manual/reference/operator/query/regex/
A pattern Python cannot compile is refused as invalid; none is matched differently on purpose.
"""

from __future__ import annotations

import re
from typing import Any, TypeGuard

from bson import Regex

from pocketmongo.errors import ErrorCode, ServerError

INVALID_PATTERN, INVALID_OPTION, OPTIONS_TWICE = 51091, 51108, 51075

_FLAG_BY_OPTION = {
    "i": re.IGNORECASE,
    "m": re.MULTILINE,
    "s": re.DOTALL,
    "x": re.VERBOSE,
    "u": re.RegexFlag(0),  # UTF-8 is what every pattern is matched as anyway
}
_KEPT_FLAGS = re.IGNORECASE | re.MULTILINE | re.DOTALL | re.VERBOSE
_UNICODE_CLASSES = "(*UCP)"


def is_regex(value: Any) -> TypeGuard[Regex[Any] | re.Pattern[Any]]:
    """Say whether a value is a BSON regular expression."""
    return isinstance(value, (Regex, re.Pattern))


def pattern_text(value: Regex[Any] | re.Pattern[Any]) -> str:
    """Return the pattern as text."""
    pattern = value.pattern
    return pattern if isinstance(pattern, str) else pattern.decode()


def option_letters(value: Regex[Any] | re.Pattern[Any]) -> str:
    """Return the options as BSON stores them: letters in alphabetical order."""
    return "".join(letter for letter in "imsx" if value.flags & _FLAG_BY_OPTION[letter])


def compile_regex(pattern: Any, options: str | None = None) -> re.Pattern[str]:
    """Return the compiled pattern, given as text or as a BSON regular expression.

    Raises ServerError for a pattern or an option that is not known, and for
    options given twice.
    """
    flags = re.RegexFlag(0)
    if is_regex(pattern):
        flags = re.RegexFlag(pattern.flags) & _KEPT_FLAGS
        if flags and options:
            raise ServerError(OPTIONS_TWICE, "options set in both $regex and $options")
        pattern = pattern_text(pattern)
    if not isinstance(pattern, str):
        raise ServerError(ErrorCode.BadValue, "$regex has to be a string")
    if options is not None and not isinstance(options, str):
        raise ServerError(ErrorCode.BadValue, "$options has to be a string")
    for letter in options or "":
        if letter not in _FLAG_BY_OPTION:
            raise ServerError(INVALID_OPTION, f"invalid flag in regex options: {letter}")
        flags |= _FLAG_BY_OPTION[letter]
    return _compiled(pattern, flags)


def _compiled(pattern: str, flags: re.RegexFlag) -> re.Pattern[str]:
    if pattern.startswith(_UNICODE_CLASSES):
        pattern = pattern.removeprefix(_UNICODE_CLASSES)
    elif not flags & re.IGNORECASE:
        # PCRE knows only ASCII letters and digits in \w, \d and \b; case is another matter.
        flags |= re.ASCII
    try:
        return re.compile(pattern, flags)
    except (re.error, RecursionError, OverflowError) as error:
        raise ServerError(INVALID_PATTERN, f"Regular expression is invalid: {error}") from error
