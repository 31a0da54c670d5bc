"""Finding people in memory: everybody is looked at."""

from __future__ import annotations

from qrev.accounts.models import AccountId
from qrev.crm.filters import WAYS, Order, PeopleFilter, Place, Total, first_match, key_of
from qrev.crm.finding import folded, is_meant, search_words
from qrev.crm.models import Person
from tests.fakes.crm import FakePeopleBook


class FakePeopleFinder:
    """Fills PeopleFinder."""

    def __init__(self, people: FakePeopleBook) -> None:
        self._people = people

    async def page(
        self,
        account_id: AccountId,
        wanted: PeopleFilter,
        *,
        order: Order,
        after: Place | None,
        limit: int,
    ) -> list[tuple[Place, Person]]:
        words = search_words(wanted.search)
        placed: list[tuple[Place, Person]]
        people = [person for person in self._all(account_id, wanted) if is_meant(person, words)]
        if not words:
            placed = [((order.sort, key_of(person, order.sort)), person) for person in people]
        else:
            placed = [(_way(person, words[0]), person) for person in people]

        def rank(place: Place) -> tuple[int, str]:
            return (WAYS.index(place[0]), place[1])

        is_descending = order.is_descending and not words
        placed.sort(key=lambda each: rank(each[0]), reverse=is_descending)
        if after is not None:
            key = rank(after)
            placed = [
                each
                for each in placed
                if (rank(each[0]) < key if is_descending else rank(each[0]) > key)
            ]
        return placed[:limit]

    async def count(self, account_id: AccountId, wanted: PeopleFilter) -> Total:
        number = len(self._all(account_id, wanted))
        return Total(number=number, is_exact=not wanted.search or not number)

    def _all(self, account_id: AccountId, wanted: PeopleFilter) -> list[Person]:
        return [
            person
            for person in self._people.by_id.values()
            if person.account_id == account_id and self._is_like(person, wanted)
        ]

    def _is_like(self, person: Person, wanted: PeopleFilter) -> bool:
        held = {
            "company_id": person.company_id,
            "by_country": folded(person.country),
            "source": person.source,
        }
        return (
            (person.deleted_at is not None) == wanted.is_deleted
            and self._people.shelves(person).issuperset(wanted.shelves)
            and all(held[name] == value for name, value in wanted.facts.items())
            and all(getattr(person, fact) for fact in wanted.has)
            and not any(getattr(person, fact) for fact in wanted.lacks)
        )


def _way(person: Person, word: str) -> Place:
    fact = first_match(person, word)
    return (fact, key_of(person, fact)) if fact else ("words", key_of(person, "name"))
