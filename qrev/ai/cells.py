"""Cells of a list as words that may go into a mail. Text from a list is data, whatever it says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

MAX_CHARS = 80
MAX_WORDS = 9
# Markup, formulas, placeholders and addresses are no words a person would want to read back.
SUSPECT = re.compile(r"[<>{}\[\]|\\^`~*_=\"]|https?:|www\.|\S@\S|[.!?;:]\s+\S+\s+\S+\s+\S+")
HONORIFICS = frozenset(
    {"dr", "prof", "mr", "mrs", "ms", "miss", "sir", "herr", "frau", "mx", "ing"}
)
NO_VALUE = frozenset({"", "-", "n/a", "na", "none", "null", "unknown", "tbd", "."})


@dataclass(frozen=True, slots=True)
class Reader:
    """What is known of one person, each fact cleaned or empty."""

    email: str
    first_name: str
    full_name: str
    company: str
    title: str


def reader_of(row: Mapping[str, str]) -> Reader:
    """Return what a row says about a person; what could not stand in a mail counts as missing."""
    name = said(row.get("name", ""))
    if not all(c.isalpha() or c in " .,'’-" or unicodedata.combining(c) for c in name):
        name = ""
    return Reader(
        email=row.get("email", "").strip(),
        first_name=_first_name(name),
        full_name=name,
        company=said(row.get("company_name", "")),
        title=said(row.get("job_title", "")),
    )


def said(cell: str) -> str:
    """Return the cell as one clean line, "" if it is nothing a mail could say."""
    text = "".join(" " if unicodedata.category(c).startswith("C") else c for c in cell)
    text = " ".join(text.split())
    if text.lower() in NO_VALUE or SUSPECT.search(text) or text[0] in "+-@":
        return ""
    return "" if len(text) > MAX_CHARS or len(text.split()) > MAX_WORDS else text


def _first_name(name: str) -> str:
    if "," in name:  # "Lee, Ann"
        last, _, rest = name.partition(",")
        name = f"{rest.strip()} {last.strip()}"
    words = [w for w in name.split() if w.strip(".").lower() not in HONORIFICS]
    words = [w for w in words if len(w.strip(".")) > 1] or words
    if not words or not any(c.isalpha() for c in words[0]):
        return ""
    first = words[0].strip(".,'’-")
    return first.capitalize() if first.isascii() and (first.isupper() or first.islower()) else first
