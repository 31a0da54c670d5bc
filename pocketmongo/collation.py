"""Collation: how strings compare when an operation asks for a language's order.

https://www.mongodb.com/docs/manual/reference/collation/
A collation becomes a function from a string to the string it compares as, level
behind level: letters, then accents, then case. Languages whose alphabet differs
from the common one are refused, for their order would be wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pocketmongo.errors import ErrorCode, ServerError, unsupported

Fold = Callable[[str], str]

_LEVEL, _LETTER = "\x01", "\x02"
_SPACES = "\t\n\v\f\r "
# In the order of the Unicode collation: all of them come before the digits.
_PUNCTUATION = _SPACES + "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_PRIMARY: dict[int, str | None] = {code: None for code in range(128) if not chr(code).isprintable()}
_PRIMARY |= {ord(sign): chr(3 + rank) for rank, sign in enumerate(_PUNCTUATION)}
_IGNORING_SPACES = _PRIMARY | dict.fromkeys(map(ord, _SPACES))
_IGNORING_PUNCTUATION = _PRIMARY | dict.fromkeys(map(ord, _PUNCTUATION))
_DIGITS = re.compile(r"\d+")
_WIDEST_NUMBER = 254  # digits, as in the Unicode collation

_LANGUAGES = (
    "simple",
    "root",
    "af",
    "de",
    "en",
    "fr",
    "ga",
    "id",
    "it",
    "ms",
    "nl",
    "pt",
    "sw",
    "zu",
)
_CHOICES: dict[str, tuple[Any, ...]] = {
    "strength": (1, 2, 3, 4, 5),
    "caseFirst": ("off", "lower", "upper"),
    "alternate": ("non-ignorable", "shifted"),
    "maxVariable": ("punct", "space"),
    "caseLevel": (False, True),
    "numericOrdering": (False, True),
    "backwards": (False, True),
    "normalization": (False, True),
}


@dataclass(frozen=True, kw_only=True)
class _Options:
    strength: int = 3
    case_first: str = "off"
    has_case_level: bool = False
    is_numeric: bool = False
    is_backwards: bool = False
    primary: Mapping[int, str | None]


def folding(collation: Mapping[str, Any] | None) -> Fold | None:
    """Return the function that maps a string to what it compares as.

    None means that strings compare byte by byte, as without a collation.
    """
    if collation is None or collation == {}:
        return None
    if not isinstance(collation, Mapping):
        raise ServerError(ErrorCode.TypeMismatch, "a collation has to be a document")
    _check(collation)
    if collation["locale"] == "simple":
        return None
    return _folding(_options(collation))


def _check(collation: Mapping[str, Any]) -> None:
    locale = collation.get("locale")
    if not isinstance(locale, str):
        raise ServerError(
            ErrorCode.FailedToParse, "a collation needs a field 'locale' with a language"
        )
    for name, value in collation.items():
        if name in ("locale", "version"):
            continue
        if name not in _CHOICES:
            raise ServerError(ErrorCode.InvalidOptions, f"unknown collation option '{name}'")
        if value not in _CHOICES[name]:
            raise ServerError(ErrorCode.BadValue, f"collation option '{name}' cannot be {value!r}")
    language = re.split(r"[_-]", locale)[0]
    if language not in _LANGUAGES or locale == "fr_CA" or "@" in locale:
        raise unsupported(f"the order of the locale '{locale}'")


def _options(collation: Mapping[str, Any]) -> _Options:
    primary = _PRIMARY
    if collation.get("alternate") == "shifted":
        if collation.get("strength", 3) > 3:
            raise unsupported("a shifted collation of strength 4 or 5")
        is_space_only = collation.get("maxVariable") == "space"
        primary = _IGNORING_SPACES if is_space_only else _IGNORING_PUNCTUATION
    return _Options(
        strength=int(collation.get("strength", 3)),
        case_first=collation.get("caseFirst", "off"),
        has_case_level=bool(collation.get("caseLevel")),
        is_numeric=bool(collation.get("numericOrdering")),
        is_backwards=bool(collation.get("backwards")),
        primary=primary,
    )


def _folding(options: _Options) -> Fold:
    has_case = options.strength >= 3 or options.has_case_level
    has_accents = options.strength >= 2
    primary = options.primary

    def fold(text: str) -> str:
        if text.isascii():
            letters, accents = text.lower().translate(primary), ""
        else:
            letters, accents = _letters_and_accents(text, options)
        if options.is_numeric:
            letters = _DIGITS.sub(_widened, letters)
        if has_accents:
            letters += _LEVEL + accents
        if has_case:
            letters += _LEVEL + _case(text, options)
        return letters + _LEVEL + text if options.strength == 5 else letters

    return fold


def _letters_and_accents(text: str, options: _Options) -> tuple[str, str]:
    letters: list[str] = []
    accents: list[str] = [""]  # one for what stands before each letter, and one at the end
    for sign in unicodedata.normalize("NFKD", text):
        if unicodedata.combining(sign):
            accents[-1] += sign
        else:
            letters.append(sign)
            accents.append(_LETTER)
    if options.is_backwards:
        accents.reverse()
    # A letter without an accent only counts where an accent follows it.
    weights = "".join(accents).rstrip(_LETTER)
    return "".join(letters).casefold().translate(options.primary), weights


def _case(text: str, options: _Options) -> str:
    letters = unicodedata.normalize("NFKD", text).translate(options.primary)
    return letters if options.case_first == "upper" else letters.swapcase()


def _widened(digits: re.Match[str]) -> str:
    return digits.group().lstrip("0").zfill(_WIDEST_NUMBER)
