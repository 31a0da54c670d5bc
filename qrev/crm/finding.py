"""How people are found again: what of them is sorted, searched and counted by. Pure.

Whatever is written here stands in the person's document beside the facts it is made of, and is
written in the same update as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal

from qrev.crm.models import Person

PeopleSort = Literal["name", "email", "company_name", "job_title"]
Fact = Literal[
    "name",
    "company_name",
    "job_title",
    "linkedin_url",
    "timezone",
    "phone_number",
    "country",
    "owner_id",
]

MAX_KEY = 80  # characters of what is sorted by: an index holds it for every list one is in
MAX_WORDS = 6  # of one fact
APART = 12  # letters of an id, which no two of the same name have in common
BLANK = "\uffff"  # sorts behind everything that is written
BEYOND = "\U0010ffff"  # behind everything that begins with what stands before it
ALL = "all"
# The facts that can be asked for or missed, each with its bit in `gaps`. New ones go to the end.
GAPS: Mapping[str, int] = {
    "name": 1,
    "company_name": 2,
    "job_title": 4,
    "linkedin_url": 8,
    "timezone": 16,
    "phone_number": 32,
    "country": 64,
    "owner_id": 128,
}
# What is sorted by and searched from its beginning: the fact, and the field of its key.
KEYS: Mapping[PeopleSort, str] = {
    "name": "by_name",
    "email": "email",
    "company_name": "by_company",
    "job_title": "by_title",
}
# Many people have the same: what follows from these is remembered. Of people we keep nothing.
SHARED = frozenset({"company_name", "job_title"})
SMALL_WORDS = frozenset({"of", "and", "the", "for", "to", "in", "de", "und", "et", "y", "la"})
_BETWEEN = re.compile(r"[^\w]+")


def folded(text: str) -> str:
    """Return text as it is compared: without case, accents and doubled spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join([each for each in text if not unicodedata.combining(each)]).casefold()
    return " ".join(text.lower().split())


def sort_key(text: str, person_id: str) -> str:
    """Return what a fact is sorted by; one that is not known comes last.

    Those of whom it is the same stand in an order of their own, so that a place is one person's.
    """
    return f"{folded(text)[:MAX_KEY] or BLANK}\x1f{person_id[-APART:]}"


def list_shelf(upload_id: str) -> str:
    """Return where the people of a list stand."""
    return f"list:{upload_id}"


def tag_shelf(tag: str) -> str:
    """Return where the people with a tag stand, in whatever case it is written."""
    return f"tag:{folded(tag)}"


def owner_shelf(user_id: str) -> str:
    """Return where the people of a member stand."""
    return f"owner:{user_id}"


def team_shelf(team_id: str) -> str:
    """Return where the people of a team stand."""
    return f"team:{team_id}"


def shelves_of(person: Person, upload_ids: Iterable[str]) -> list[str]:
    """Return all sets a person is in that can be listed in every order."""
    shelves = [ALL, *map(list_shelf, upload_ids), *map(tag_shelf, person.tags)]
    if person.owner_id:
        shelves.append(owner_shelf(person.owner_id))
    if person.team_id:
        shelves.append(team_shelf(person.team_id))
    return shelves


def gaps_of(person: Person) -> int:
    """Return the bits of the facts that are not known."""
    return sum(bit for fact, bit in GAPS.items() if not getattr(person, fact))


def gaps_where(has: Iterable[Fact], lacks: Iterable[Fact]) -> list[int]:
    """Return every `gaps` of someone who has these facts and lacks those."""
    known, missing = sum({GAPS[f] for f in has}), sum({GAPS[f] for f in lacks})
    every = range(sum(GAPS.values()) + 1)
    return [gaps for gaps in every if not gaps & known and gaps & missing == missing]


def fact_keys(fact: str, value: str, person_id: str) -> dict[str, Any]:
    """Return the fields that follow from one fact, but for its words and its gap."""
    if fact == "country":
        return {"by_country": folded(value)}
    field = next((field for each, field in KEYS.items() if each == fact and each != "email"), None)
    return {field: sort_key(value, person_id)} if field else {}


def words_of(fact: str, value: str) -> list[str]:
    """Return the words by which a fact is found though it does not begin with them.

    What begins another word is left out: whoever looks for it finds the other.
    """
    if fact in SHARED:
        return list(_remembered_words(fact, value))
    return _words_of(fact, value)


@lru_cache(maxsize=2048)
def _remembered_words(fact: str, value: str) -> tuple[str, ...]:
    return tuple(_words_of(fact, value))


def _words_of(fact: str, value: str) -> list[str]:
    whole = folded(value)[:MAX_KEY] if fact in KEYS else ""
    later = [word for word in _pieces(fact, whole) if not whole.startswith(word)]
    if len(later) > 1:
        later = [w for w in later if not any(o != w and o.startswith(w) for o in later)]
    return later[:MAX_WORDS]


def all_words_of(person: Person) -> list[str]:
    """Return the words of all of a person's facts that are searched."""
    words = sorted({word for fact in KEYS for word in words_of(fact, getattr(person, fact))})
    # In this order, what a word begins comes right after it.
    return [w for w, after in zip(words, [*words[1:], ""], strict=True) if not after.startswith(w)]


def keys_of(person: Person, upload_ids: Iterable[str]) -> dict[str, Any]:
    """Return all fields of a new person by which they are found."""
    return {
        "is_here": person.deleted_at is None,
        "shelves": shelves_of(person, upload_ids),
        "by_name": sort_key(person.name, person.id),
        "by_company": sort_key(person.company_name, person.id),
        "by_title": sort_key(person.job_title, person.id),
        "by_country": folded(person.country),
        "gaps": gaps_of(person),
        "words": all_words_of(person),
    }


def search_words(text: str) -> list[str]:
    """Return what is looked for, the longest word first: the fewest people have it."""
    words = [word[:MAX_KEY] for word in folded(text).split()][:MAX_WORDS]
    return sorted(dict.fromkeys(words), key=len, reverse=True)


def is_meant(person: Person, words: Iterable[str]) -> bool:
    """Return whether each of the words begins a word of the person's facts."""
    pieces = [
        piece
        for fact in KEYS
        for piece in _all_pieces(fact, folded(getattr(person, fact))[:MAX_KEY])
    ]
    return all(any(piece.startswith(word) for piece in pieces) for word in words)


def _all_pieces(fact: str, whole: str) -> list[str]:
    return [whole, *_pieces(fact, whole)] if whole else []


def _pieces(fact: str, whole: str) -> list[str]:
    """Return the words of a fact, and the parts of those written with dots, hyphens or @."""
    if fact == "email":
        local, _, domain = whole.partition("@")
        return [*_BETWEEN.split(local), domain, *domain.split(".")[:-1]]
    pieces = []
    for word in whole.split():
        pieces.append(word)
        if not word.isalnum():
            pieces += [part for part in _BETWEEN.split(word) if part]
    return [piece for piece in pieces if piece not in SMALL_WORDS]
