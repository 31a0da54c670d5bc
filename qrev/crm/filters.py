"""Which people are asked for, and in which order. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qrev.crm.finding import (
    ALL,
    KEYS,
    Fact,
    PeopleSort,
    folded,
    list_shelf,
    owner_shelf,
    sort_key,
    tag_shelf,
    team_shelf,
)
from qrev.crm.models import Person
from qrev.kit.errors import InvalidInput

# The ways a search goes, one after the other: the beginning of each fact, then later words.
LATER = "words"
WAYS = (*KEYS, LATER)
MAX_TAGS = 10  # asked for at once
# What someone was found by, and what stood there.
Place = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    sort: PeopleSort = "name"
    is_descending: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Total:
    """How many; `is_exact` is False where it is at most that many."""

    number: int
    is_exact: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class PeopleFilter:
    """What people must be like: everything that is said here. Empty means everybody."""

    search: str = ""
    upload_id: str | None = None
    tags: tuple[str, ...] = ()
    owner_id: str | None = None
    team_id: str | None = None
    company_id: str | None = None
    country: str = ""
    source: str = ""
    has: frozenset[Fact] = field(default_factory=frozenset)
    lacks: frozenset[Fact] = field(default_factory=frozenset)
    is_deleted: bool = False

    @property
    def shelves(self) -> tuple[str, ...]:
        """The sets people must stand in; everybody stands in one."""
        shelves = [tag_shelf(tag) for tag in self.tags]
        if self.upload_id is not None:
            shelves.append(list_shelf(self.upload_id))
        if self.owner_id is not None:
            shelves.append(owner_shelf(self.owner_id))
        if self.team_id is not None:
            shelves.append(team_shelf(self.team_id))
        return tuple(dict.fromkeys(shelves)) or (ALL,)

    @property
    def facts(self) -> Mapping[str, str]:
        """The fields that must hold something, and what."""
        asked = {
            "company_id": self.company_id or "",
            "by_country": folded(self.country),
            "source": self.source,
        }
        return {name: value for name, value in asked.items() if value}

    @property
    def asks_for_gaps(self) -> bool:
        return bool(self.has or self.lacks)


def place_from(place: tuple[str, str]) -> Place:
    """Return a place that came from outside. Raises InvalidInput for one that cannot be."""
    way, key = place
    if way not in WAYS:
        raise InvalidInput("That page does not exist. Begin with the first one.")
    return way, key


def key_of(person: Person, fact: PeopleSort) -> str:
    """Return what someone is sorted by: no two people have the same."""
    return person.email if fact == "email" else sort_key(getattr(person, fact), person.id)


def first_match(person: Person, word: str) -> PeopleSort | None:
    """Return the first fact that begins with a word, None if none of them does."""
    return next((f for f in KEYS if folded(getattr(person, f)).startswith(word)), None)
