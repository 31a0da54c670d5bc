"""People: looking at them, and taking in those the assistant found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from qrev.accounts.models import AccountId, Actor
from qrev.crm.filters import Order, PeopleFilter, Place, Total
from qrev.crm.models import Person, person_id
from qrev.crm.ports import PeopleBook, PeopleFinder
from qrev.kit.mongo import batches

MAX_PAGE = 100
EVERYBODY = PeopleFilter()
BY_NAME = Order()


@dataclass(frozen=True, kw_only=True, slots=True)
class PeoplePage:
    """`total` is told with the first page; behind it nobody counts again."""

    people: tuple[Person, ...]
    next: Place | None
    total: Total | None


class People:
    def __init__(self, *, people: PeopleBook, finder: PeopleFinder) -> None:
        self._people = people
        self._finder = finder

    async def page(
        self,
        actor: Actor,
        wanted: PeopleFilter = EVERYBODY,
        *,
        order: Order = BY_NAME,
        after: Place | None = None,
        limit: int = 10,
    ) -> PeoplePage:
        """Return up to `limit` people who are as wanted, and where the next page begins."""
        limit = max(1, min(limit, MAX_PAGE))
        found = await self._finder.page(
            actor.account_id, wanted, order=order, after=after, limit=limit + 1
        )
        shown = found[:limit]
        total = None if after else await self._finder.count(actor.account_id, wanted)
        has_all = after is None and len(found) <= limit
        return PeoplePage(
            people=tuple(person for _, person in shown),
            next=shown[-1][0] if len(found) > limit else None,
            total=Total(number=len(found)) if has_all else total,
        )

    async def known(self, account_id: AccountId, emails: Collection[str]) -> Mapping[str, Person]:
        """Return the people with these normalised addresses, by address."""
        ids = [person_id(account_id, email) for email in emails]
        found: dict[str, Person] = {}
        for batch in batches(ids):
            people = await self._people.get_many(account_id, batch)
            found.update({person.email: person for person in people.values()})
        return found

    async def add_found(self, people: Collection[Person]) -> int:
        """Take in people the assistant found. Return how many were new."""
        return await self._people.upsert(people, upload_id=None)
