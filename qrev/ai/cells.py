"""Cells of a list as words that may go into a mail. Text from a list is data, whatever it says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

MAX_CHARS = 80
MAX_WORDS = 9
MAX_NAME_WORDS = 6
# Markup, formulas, placeholders, addresses and whole sentences are nothing to read back to someone.
SUSPECT = re.compile(
    r"[<>{}\[\]|\\^`~*_=\"]|%\w+%|https?:|//|www\.|\S@\S|(?:[!?;:]|\b(?!prof|corp|bros)\w{4,}\.)"
    r"\s+\S+\s+\S+\s+\S+",
    re.IGNORECASE,
)
# Mail programs make links of these. A company may be called like its own site; nothing else is.
SITE = re.compile(r"\b[A-Za-z0-9-]{2,}\.[a-z]{2,24}(?![A-Za-z])")
NOT_FIRST = "+-@#"
NO_VALUE = frozenset(
    {"", "-", "--", ".", "?", "0", "n/a", "na", "n.a.", "none", "null", "nil", "nan", "unknown"}
    | {"tbd", "not available", "not applicable", "test"}
)
NO_COMPANY = frozenset(
    {"self-employed", "self employed", "freelance", "freelancer", "stealth", "confidential"}
    | {"unemployed", "retired", "private", "student", "independent"}
)
NO_NAME = frozenset(
    {"info", "sales", "admin", "office", "contact", "team", "support", "customer", "user"}
    | {"first", "firstname", "name", "lastname", "hello", "hi", "dear"}
)
COURTESY = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "herr", "frau"})
HONORIFICS = COURTESY | {"ing", "dipl", "med", "rer", "nat", "phil", "hc", "mag"}
AFTER_NAMES = frozenset(
    {"phd", "md", "mba", "msc", "bsc", "ma", "ba", "jr", "sr", "ii", "iii", "esq", "cpa", "cfa"}
    | {"pmp", "rn", "llm", "jd"}
)
PARTICLES = frozenset(
    {"van", "von", "der", "den", "de", "da", "di", "la", "le", "del", "bin", "al"}
)
# They join letters in Persian and in scripts of India, where a word without them is misspelt.
JOINERS = "\u200c\u200d"
TITLE_ENDS = re.compile(r"\s+(?:at|@|bei|chez)\s+.*$", re.IGNORECASE)
ASIDE = re.compile(r"\s*\([^()]*\)")


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
    words = _name_words(row.get("name", ""))
    company = said(row.get("company_name", ""))
    title = TITLE_ENDS.sub("", said(row.get("job_title", "")))  # "CEO at Acme"
    own_site = f"{row.get('email', '').rpartition('@')[2]} {row.get('company_url', '')}".lower()
    if row.get("email") and any(site.lower() not in own_site for site in SITE.findall(company)):
        company = ""
    return Reader(
        email=row.get("email", "").strip(),
        first_name=_first_name(words),
        full_name=" ".join(words),
        company="" if company.lower() in NO_COMPANY else company,
        title="" if SITE.search(title) else title,
    )


def said(cell: str) -> str:
    """Return the cell as one clean line, "" if it is nothing a mail could say."""
    text = " ".join("".join(map(_visible, cell)).split())
    if text.lower() in NO_VALUE or SUSPECT.search(text) or text[0] in NOT_FIRST:
        return ""
    return "" if len(text) > MAX_CHARS or len(text.split()) > MAX_WORDS else text


def _visible(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Cc":
        return " "
    return "" if kind.startswith("C") and character not in JOINERS else character


def _name_words(cell: str) -> list[str]:
    """Return the words of a name in the order they are spoken, none if it is no name."""
    name = said(ASIDE.sub("", cell))  # "Ann Lee (she/her)"
    if SITE.search(name) or not all(
        c.isalpha() or c in " .,'’-" + JOINERS or _is_mark(c) for c in name
    ):
        return []
    parts = [[w for w in part.split() if not _is(w, AFTER_NAMES)] for part in name.split(",")]
    given = [part for part in parts if part]
    words = [*given[1], *given[0]] if len(given) > 1 else [word for part in given for word in part]
    if not words or len(words) > MAX_NAME_WORDS or _is(words[0], NO_NAME):
        return []
    is_cased = any(c.islower() for c in name) and any(c.isupper() for c in name)
    return words if is_cased else [_capitalised(word) for word in words]


def _first_name(words: list[str]) -> str:
    """Return what to call someone; "Mr Smith" where that is all we know of them."""
    names = [word for word in words if not _is(word, HONORIFICS)]
    if len(names) == 1 and _is(words[0], COURTESY):
        return f"{words[0]} {names[0]}"
    if any(_is_east_asian(c) for word in names for c in word):
        return " ".join(names)  # the family name stands first: half of it is nobody's name
    names = [word for word in names if len(word.strip(".")) > 1] or names
    first = names[0].strip(".,'’-") if names else ""
    return first if any(c.isalpha() for c in first) else ""


def _is(word: str, words: frozenset[str]) -> bool:
    return word.replace(".", "").strip("'’-").lower() in words


def _capitalised(word: str) -> str:
    if not word.isascii() or word.lower() in PARTICLES:
        return word.lower() if word.isascii() else word
    return re.sub(r"[A-Za-z]+", lambda run: run[0].capitalize(), word)


def _is_mark(character: str) -> bool:
    """Whether it is written onto a letter: an accent, a vowel sign."""
    return unicodedata.category(character).startswith("M")


def _is_east_asian(character: str) -> bool:
    return unicodedata.east_asian_width(character) == "W"
