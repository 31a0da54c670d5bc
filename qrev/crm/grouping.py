"""What members do to a selection of people: tags, owners, teams; and lists they save."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from qrev.accounts.models import Actor, UserId
from qrev.accounts.ports import MemberBook, TeamBook
from qrev.crm.filters import PeopleFilter
from qrev.crm.keeping import Keeping
from qrev.crm.lists import MAX_LISTS, SavedList, list_name
from qrev.crm.marks import Mark, in_team, owned, tag_name, tagged, untagged
from qrev.crm.models import Person
from qrev.crm.people_ports import PeopleMarks, SavedLists, TagBook
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, NotFound
from qrev.kit.ids import new_id

Marking = Callable[[Person, UserId, datetime], Mark | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """Who and what of the workspace can be named."""

    members: MemberBook
    teams: TeamBook
    tags: TagBook


class Grouping:
    def __init__(self, *, keeping: Keeping, marks: PeopleMarks, named: Named, clock: Clock) -> None:
        self._keeping = keeping
        self._marks = marks
        self._named = named
        self._clock = clock

    async def tag(self, actor: Actor, person_ids: Collection[str], tag: str) -> int:
        """Give people a tag. Return how many did not have it.

        Raises InvalidInput and NotFound, and does nothing then.
        """
        actor.must_be_able_to_change()
        people = await self._here(actor, person_ids)
        name = await self._named.tags.add_if_new(actor.account_id, tag_name(tag))
        return await self._done(actor, people, lambda person, by, at: tagged(person, name, by, at))

    async def untag(self, actor: Actor, person_ids: Collection[str], tag: str) -> int:
        """Take a tag off people. Return how many had it."""
        actor.must_be_able_to_change()
        people, name = await self._here(actor, person_ids), tag_name(tag)
        return await self._done(
            actor, people, lambda person, by, at: untagged(person, name, by, at)
        )

    async def give(self, actor: Actor, person_ids: Collection[str], user_id: str | None) -> int:
        """Give people to a member, or to nobody. Return of how many that changed the owner."""
        actor.must_be_able_to_change()
        people = await self._here(actor, person_ids)
        owner = None if user_id is None else UserId(user_id)
        if owner and await self._named.members.get(actor.account_id, owner) is None:
            raise NotFound("We could not find that member.")
        return await self._done(actor, people, lambda person, by, at: owned(person, owner, by, at))

    async def put_in_team(
        self, actor: Actor, person_ids: Collection[str], team_id: str | None
    ) -> int:
        """Put people into a team, or into none. Return for how many that changed it."""
        actor.must_be_able_to_change()
        people = await self._here(actor, person_ids)
        if team_id and await self._named.teams.get(actor.account_id, team_id) is None:
            raise NotFound("We could not find that team.")
        return await self._done(
            actor, people, lambda person, by, at: in_team(person, team_id, by, at)
        )

    async def tags(self, actor: Actor) -> list[str]:
        """Return the tags of the account in order."""
        return await self._named.tags.all(actor.account_id)

    async def _here(self, actor: Actor, person_ids: Collection[str]) -> list[Person]:
        people = await self._keeping.selected(actor, person_ids)
        if any(person.deleted_at is not None for person in people):
            raise Conflict("One of those people was deleted. Restore them first.")
        return people

    async def _done(self, actor: Actor, people: Collection[Person], marking: Marking) -> int:
        now = self._clock()
        marks = [mark for person in people if (mark := marking(person, actor.user_id, now))]
        return await self._marks.mark(actor.account_id, marks)


class Lists:
    def __init__(self, *, lists: SavedLists, clock: Clock) -> None:
        self._lists = lists
        self._clock = clock

    async def all(self, actor: Actor) -> list[SavedList]:
        """Return the account's saved lists by name."""
        return await self._lists.all(actor.account_id)

    async def get(self, actor: Actor, list_id: str) -> SavedList:
        """Return a saved list. Raises NotFound."""
        saved = await self._lists.get(actor.account_id, list_id)
        if saved is None:
            raise NotFound("We could not find that list.")
        return saved

    async def save(self, actor: Actor, name: str, wanted: PeopleFilter) -> SavedList:
        """Keep a filter under a name. Raises InvalidInput, and Conflict for too many."""
        actor.must_be_able_to_change()
        if wanted == PeopleFilter():
            raise InvalidInput("Choose what the people of the list have in common first.")
        name = list_name(name)
        if len(await self.all(actor)) >= MAX_LISTS:
            raise Conflict(f"There are {MAX_LISTS} lists, which is as many as there can be.")
        saved = SavedList(
            id=f"lst_{new_id()}",
            account_id=actor.account_id,
            name=name,
            wanted=wanted,
            created_by=actor.user_id,
            created_at=self._clock(),
        )
        await self._lists.put(saved)
        return saved

    async def remove(self, actor: Actor, list_id: str) -> None:
        """Forget a list; its people stay. Raises NotFound."""
        actor.must_be_able_to_change()
        if not await self._lists.remove(actor.account_id, list_id):
            raise NotFound("We could not find that list.")
