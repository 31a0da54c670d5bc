"""People: looking at them, and taking in those the assistant found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from qrev.accounts.models import AccountId, Actor
from qrev.crm.models import Person, person_id
from qrev.crm.ports import PeopleBook, PeopleSort
from qrev.kit.mongo import batches

MAX_PAGE = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class PeoplePage:
    people: tuple[Person, ...]
    next: tuple[str, str] | None
    total: int


class People:
    def __init__(self, *, people: PeopleBook) -> None:
        self._people = people

    async def page(
        self,
        actor: Actor,
        *,
        upload_id: str | None = None,
        sort: PeopleSort = "name",
        is_descending: bool = False,
        after: tuple[str, str] | None = None,
        limit: int = 10,
    ) -> PeoplePage:
        """Return up to `limit` people of an upload, or of all, and where the next page begins."""
        limit = max(1, min(limit, MAX_PAGE))
        found = await self._people.page(
            actor.account_id,
            upload_id=upload_id,
            sort=sort,
            is_descending=is_descending,
            after=after,
            limit=limit + 1,
        )
        people, more = found[:limit], len(found) > limit
        return PeoplePage(
            people=tuple(people),
            next=(getattr(people[-1], sort), people[-1].id) if more else None,
            total=await self._people.count(actor.account_id, upload_id=upload_id),
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
