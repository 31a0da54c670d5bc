"""Where an address is spoken of in what is kept, and the same without it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

GONE = "[erased]"
ABOUT = ("email", "to", "value")  # one of these holding the address: the whole is about them
NAMES = re.compile(r"_?id|key|type|status|state|kind|.*_id|.*Id")  # of things, not of people


class Mention:
    """Finds an address, or an id made of it, whatever the case.

    A longer address that it is a part of is another one.
    """

    def __init__(self, email: str, *ids: str) -> None:
        self._email = email.lower()
        self._bytes = [each.lower().encode() for each in (email, *ids)]
        longer = r"(?<![\w.+-])", r"(?![\w-]|\.\w)"
        either = "|".join([longer[0] + re.escape(email) + longer[1], *map(re.escape, ids)])
        self._pattern = re.compile(either, re.IGNORECASE)

    def may_be_in(self, raw: bytes) -> bool:
        """Return False for bytes that surely do not hold it: quick, for many documents."""
        low = raw.lower()
        return not self._email.isascii() or any(each in low for each in self._bytes)

    def is_in(self, value: Any) -> bool:
        """Return whether it is spoken of anywhere in a value, its names included."""
        if isinstance(value, str):
            return self._pattern.search(value) is not None
        if isinstance(value, Mapping):
            return any(self.is_in(name) or self.is_in(each) for name, each in value.items())
        if isinstance(value, list | tuple):
            return any(self.is_in(each) for each in value)
        return False

    def without(self, value: Any) -> Any:
        """Return the value with the address taken out, and all of a row that is about it."""
        if isinstance(value, str):
            return self._pattern.sub(GONE, value)
        if isinstance(value, Mapping):
            return self._mapping(value)
        if isinstance(value, list):
            is_row = any(isinstance(each, str) and self.is_in(each) for each in value)
            return [GONE if is_row and isinstance(e, str) else self.without(e) for e in value]
        return value

    def _mapping(self, value: Mapping[str, Any]) -> dict[str, Any]:
        is_about = any(self._is_it(value.get(name)) for name in ABOUT)
        return {
            name: GONE
            if is_about and isinstance(each, str) and not NAMES.fullmatch(name)
            else self.without(each)
            for name, each in value.items()
            if not self.is_in(name)
        }

    def _is_it(self, value: Any) -> bool:
        return isinstance(value, str) and value.strip().lower() == self._email


def plain(value: Any) -> Any:
    """Return a value of a document as JSON can have it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
