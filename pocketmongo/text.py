"""Text search: what `$text` finds through a text index, and how well.

https://www.mongodb.com/docs/manual/reference/operator/query/text/
Words are compared by a rough English stem and without stop words. Nothing is kept
in the index: a search reads the documents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pocketmongo.errors import ErrorCode, ServerError, unsupported
from pocketmongo.paths import values_at, with_elements
from pocketmongo.values import Document

EVERY_FIELD = "$**"

_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by for if in into is it no not of on or such that the their"
        " then there these they this to was will with",
    )
)
_ENDINGS = ("ing", "ed", "es", "s", "ly")
_SHORTEST_STEM = 3
_WORD = re.compile(r"\w+")
_PHRASE = re.compile(r'"([^"]*)"')
_LANGUAGES = ("english", "en", "none")
_FLAGS = ("$caseSensitive", "$diacriticSensitive")


@dataclass(frozen=True, kw_only=True)
class _Search:
    phrases: list[str]
    excluded: frozenset[str]
    wanted: frozenset[str]


class TextIndex:
    """The text fields of a collection."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = [path.split(".") for path in fields if path != EVERY_FIELD]
        self._is_everything = EVERY_FIELD in fields

    def matcher(self, specification: Any) -> Callable[[Document], bool]:
        """Return the test for documents that a `$text` condition finds."""
        search = _parse(specification)
        return lambda document: self._matches(search, document)

    def score(self, specification: Any, document: Document) -> float:
        """Return how well a document answers a search; more is better."""
        search = _parse(specification)
        phrase_words = [word for phrase in search.phrases for word in _stems(phrase)]
        wanted = search.wanted.union(phrase_words)
        return float(sum(_text_score(wanted, text) for text in self._texts(document)))

    def _matches(self, search: _Search, document: Document) -> bool:
        texts = self._texts(document)
        words = {word for text in texts for word in _stems(text)}
        if search.excluded & words:
            return False
        if search.phrases:
            plain = [_plain(text) for text in texts]
            return all(any(phrase in text for text in plain) for phrase in search.phrases)
        return bool(search.wanted & words)

    def _texts(self, document: Document) -> list[str]:
        if self._is_everything:
            return list(_all_texts(document))
        values = [
            value for parts in self._fields for value in with_elements(values_at(document, parts))
        ]
        return [value for value in values if type(value) is str]


def _parse(specification: Any) -> _Search:
    query = _checked(specification)["$search"]
    rest = _PHRASE.sub(" ", query).split()
    excluded = [word[1:] for word in rest if word.startswith("-")]
    wanted = [word for word in rest if not word.startswith("-")]
    return _Search(
        phrases=[_plain(phrase) for phrase in _PHRASE.findall(query) if phrase],
        excluded=frozenset(_stem(part) for word in excluded for part in _words(word)),
        wanted=frozenset(_stems(" ".join(wanted))),
    )


def _checked(specification: Any) -> Document:
    if type(specification) is not dict or not isinstance(specification.get("$search"), str):
        raise ServerError(ErrorCode.TypeMismatch, "$text needs a document with a string $search")
    for name, value in specification.items():
        if name == "$language" and value not in _LANGUAGES:
            raise unsupported(f"text search in the language '{value}'")
        if name in _FLAGS and value:
            raise unsupported(f"text search with {name}")
        if name not in ("$search", "$language", *_FLAGS):
            raise ServerError(ErrorCode.BadValue, f"extra fields in $text: {name}")
    return specification


def _all_texts(value: Any) -> list[str]:
    if type(value) is str:
        return [value]
    children = value.values() if type(value) is dict else value if type(value) is list else ()
    return [text for child in children for text in _all_texts(child)]


def _plain(text: str) -> str:
    """Return the text without case and accents, as searches compare it."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _words(text: str) -> list[str]:
    return _WORD.findall(_plain(text))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def _stems(text: str) -> list[str]:
    return [_stem(word) for word in _words(text) if word not in _STOP_WORDS]


def _text_score(wanted: frozenset[str], text: str) -> float:
    words = _stems(text)
    hits = sum(words.count(word) for word in wanted)
    return hits * (0.5 + 0.5 / max(1, len(words)))
