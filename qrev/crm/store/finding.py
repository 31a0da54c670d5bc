"""Finding people in MongoDB: in any order, by what they are like, and by what is typed.

What members make lists of (lists, tags, owners, teams) stands in `shelves`: an index for each
order has them in front, so that a page of any of them is read from its keys. What else can be
asked for has an index of its own: where few are like it they are read and sorted, and where many
are the order is walked, which soon meets enough of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import AccountId
from qrev.crm.filters import (
    LATER,
    WAYS,
    Order,
    PeopleFilter,
    Place,
    Total,
    first_match,
    key_of,
)
from qrev.crm.finding import BEYOND, KEYS, PeopleSort, gaps_where, is_meant, search_words
from qrev.crm.marks import GRACE
from qrev.crm.models import Person
from qrev.crm.store.people import PEOPLE, WITHOUT_HISTORY, person_from
from qrev.kit.mongo import Document, Forgets, Indexes, batches

FEW = 1500  # people; to read and sort them takes a tenth of a second
AT_ONCE = 50  # of those who may be meant by a search
FACTS = ("by_country", "gaps", "source", "words")
BY_LATER: PeopleSort = "name"  # those found by a later word stand in this order


def _name(field: str) -> str:
    return f"people_by_{field}"


def _index(*fields: str) -> IndexModel:
    name = _name(next(f for f in fields if f != "shelves"))
    return IndexModel([(f, ASCENDING) for f in ("account_id", "is_here", *fields)], name=name)


PEOPLE_INDEXES = Indexes(
    PEOPLE,
    (
        *(_index("shelves", field) for field in KEYS.values()),
        _index("company_id", "by_name"),
        *(_index(field) for field in FACTS),
        IndexModel([("deleted_at", ASCENDING)], sparse=True),
    ),
    Forgets("deleted_at", GRACE),
)


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing people must be like, the index that knows who is, and how many are."""

    asked: Document
    index: str
    count: int = 0

    @property
    def is_shelf(self) -> bool:
        return "shelves" in self.asked


class MongoPeopleFinder:
    def __init__(self, database: AsyncDatabase[Document], *, few: int = FEW) -> None:
        self._people = database[PEOPLE]
        self._few = few

    async def page(
        self,
        account_id: AccountId,
        wanted: PeopleFilter,
        *,
        order: Order,
        after: Place | None,
        limit: int,
    ) -> list[tuple[Place, Person]]:
        if words := search_words(wanted.search):
            return await self._searched(account_id, wanted, words, after, limit)
        base = _base(account_id, wanted)
        parts = await self._counted(base, _parts(wanted))
        field = KEYS[order.sort]
        asked = base | _all_of(parts)
        if after is not None:
            asked[field] = {"$lt" if order.is_descending else "$gt": after[1]}
        least = min(parts, key=lambda part: part.count)
        index = least.index if least.count <= self._few and not least.is_shelf else _name(field)
        found = self._find(asked, field, index, limit, is_descending=order.is_descending)
        return [((order.sort, key_of(person, order.sort)), person) async for person in found]

    async def count(self, account_id: AccountId, wanted: PeopleFilter) -> Total:
        base = _base(account_id, wanted)
        parts = await self._counted(base, _parts(wanted))
        least = min(parts, key=lambda part: part.count)
        is_exact = least.count == 0 or (len(parts) == 1 and not wanted.search)
        if is_exact or wanted.search or least.count > self._few:
            return Total(number=least.count, is_exact=is_exact)
        number = await self._people.count_documents(base | _all_of(parts), hint=least.index)
        return Total(number=number)

    async def _counted(self, base: Document, parts: Sequence[_Part]) -> list[_Part]:
        """Return the parts with how many are like each, the shelf with the fewest first."""
        counted = []
        for part in parts:
            asked = base | part.asked
            number = await self._people.count_documents(asked, hint=part.index)
            counted.append(replace(part, count=number))
        return sorted(counted, key=lambda part: (not part.is_shelf, part.count))

    async def _find(
        self, asked: Document, field: str, index: str, limit: int, *, is_descending: bool = False
    ) -> AsyncIterator[Person]:
        direction = DESCENDING if is_descending else ASCENDING
        found = self._people.find(asked, WITHOUT_HISTORY, hint=index)
        async for d in found.sort(field, direction).limit(limit):
            yield person_from(d)

    async def _searched(
        self,
        account_id: AccountId,
        wanted: PeopleFilter,
        words: Sequence[str],
        after: Place | None,
        limit: int,
    ) -> list[tuple[Place, Person]]:
        """Return those who are called so first, then those whose address, company or title begins
        so, then those who have it as a later word.
        """
        asked = _base(account_id, wanted) | _all_of(_parts(wanted))
        found: list[tuple[Place, Person]] = []
        for way in WAYS[0 if after is None else WAYS.index(after[0]) :]:
            behind = after[1] if after is not None and after[0] == way else ""
            async for key, person in self._matching(asked, way, words[0], behind):
                # Whoever was found by an earlier way has been shown there.
                is_first = (first_match(person, words[0]) or LATER) == way
                if is_first and is_meant(person, words):
                    found.append(((way, key), person))
                    if len(found) == limit:
                        return found
        return found

    async def _matching(
        self, asked: Document, way: str, word: str, behind: str
    ) -> AsyncIterator[tuple[str, Person]]:
        """Yield those one of whose words begins so, each with its key, behind a key."""
        fact: PeopleSort = BY_LATER if way == LATER else _fact(way)
        field = KEYS[fact]
        begins: Document = {"$gte": word, "$lt": word + BEYOND}
        asked = asked | {field: begins}
        if way == LATER:
            asked |= {"words": {"$elemMatch": begins}, field: {"$gt": behind}}
            if (few := await self._few_with_word(asked)) is not None:
                async for person in self._in_order(asked, few):
                    yield key_of(person, fact), person
                return
        index, number = _name(field), AT_ONCE
        while number == AT_ONCE:
            number = 0
            if behind:
                asked[field] = asked[field] | {"$gt": behind}
            async for person in self._find(asked, field, index, AT_ONCE):
                number += 1
                behind = key_of(person, fact)
                yield behind, person

    async def _few_with_word(self, asked: Document) -> list[str] | None:
        """Return the ids of those who have a word, by name; None where these are many."""
        field = KEYS[BY_LATER]
        found = self._people.find(asked, {field: 1}, hint=_name("words"), batch_size=self._few)
        keys = [(d[field], d["_id"]) async for d in found.limit(self._few + 1)]
        return None if len(keys) > self._few else [id_ for _, id_ in sorted(keys)]

    async def _in_order(self, asked: Document, ids: Sequence[str]) -> AsyncIterator[Person]:
        """Yield those who are still here, in this order."""
        for some in batches(ids, AT_ONCE):
            here = {"_id": {"$in": some}, **{n: asked[n] for n in ("account_id", "is_here")}}
            found = {d["_id"]: d async for d in self._people.find(here, WITHOUT_HISTORY)}
            for id_ in some:
                if id_ in found:
                    yield person_from(found[id_])


def _base(account_id: AccountId, wanted: PeopleFilter) -> Document:
    return {"account_id": account_id, "is_here": not wanted.is_deleted}


def _parts(wanted: PeopleFilter) -> list[_Part]:
    parts = [_Part({"shelves": shelf}, _name("by_name")) for shelf in wanted.shelves]
    parts += [_Part({name: value}, _name(name)) for name, value in wanted.facts.items()]
    if wanted.asks_for_gaps:
        gaps = gaps_where(wanted.has, wanted.lacks)
        parts.append(_Part({"gaps": {"$in": gaps}}, _name("gaps")))
    # Everybody stands on the shelf of all: it says nothing beside what else is asked.
    is_needed = len(parts) == 1 or parts[0].asked["shelves"] != "all"
    return parts if is_needed else parts[1:]


def _all_of(parts: Sequence[_Part]) -> Document:
    """Return the parts as one filter. It always has a shelf: every order is of one."""
    asked: Document = {"shelves": "all"}
    others: list[Document] = []
    is_given = False
    for part in parts:
        if part.is_shelf and is_given:
            others.append(part.asked)
        else:
            asked |= part.asked
            is_given |= part.is_shelf
    return asked | ({"$and": others} if others else {})


def _fact(way: str) -> PeopleSort:
    return next(fact for fact in KEYS if fact == way)
