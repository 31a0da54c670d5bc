"""Marks, tags, saved lists and merges in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from qrev.accounts.models import AccountId
from qrev.crm.finding import folded, list_shelf
from qrev.crm.lists import SavedList
from qrev.crm.marks import Mark
from qrev.crm.merges import Merge
from qrev.crm.models import Person
from tests.fakes.crm import FakePeopleBook, FakePersonEdits


class FakePeopleMarks:
    """Fills PeopleMarks and GonePeople."""

    def __init__(self, people: FakePeopleBook, edits: FakePersonEdits) -> None:
        self._people = people
        self._edits = edits

    async def mark(self, account_id: AccountId, marks: Collection[Mark]) -> int:
        return sum([self._mark(account_id, mark) for mark in marks])

    def _mark(self, account_id: AccountId, mark: Mark) -> bool:
        person = self._people.by_id.get(mark.person_id)
        if person is None or person.account_id != account_id:
            return False
        is_as_it_was = all(getattr(person, name) == value for name, value in mark.was.items())
        if (person.deleted_at is None) != mark.is_here or not is_as_it_was:
            return False
        sets: dict[str, Any] = {n: v for n, v in mark.sets.items() if n != "is_here"}
        tags = {*person.tags, *mark.tags} - {*mark.tags_off}
        self._people.by_id[person.id] = replace(
            person, **sets, tags=tuple(sorted(tags, key=folded))
        )
        for shelf in mark.adds:
            self._people.put_on_list(person.id, shelf)
        for shelf in mark.removes:
            self._people.take_off_list(person.id, shelf)
        self._edits.note(person.id, mark.entry)
        return True

    async def get_any(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, Person]:
        found = (self._people.by_id.get(each) for each in person_ids)
        return {p.id: p for p in found if p is not None and p.account_id == account_id}

    async def lists_of(self, account_id: AccountId, person_id: str) -> list[str]:
        if person_id not in await self.get_any(account_id, [person_id]):
            return []
        shelves = self._people.shelves(self._people.by_id[person_id])
        prefix = list_shelf("")
        return sorted(each.removeprefix(prefix) for each in shelves if each.startswith(prefix))

    async def deleted_among(self, account_id: AccountId, emails: Collection[str]) -> set[str]:
        people = (p for p in self._people.by_id.values() if p.account_id == account_id)
        return {p.email for p in people if p.deleted_at is not None} & {*emails}


class FakeTagBook:
    """Fills TagBook."""

    def __init__(self) -> None:
        self._tags: dict[tuple[AccountId, str], str] = {}

    async def add_if_new(self, account_id: AccountId, tag: str) -> str:
        return self._tags.setdefault((account_id, folded(tag)), tag)

    async def all(self, account_id: AccountId) -> list[str]:
        return [tag for (of, _), tag in sorted(self._tags.items()) if of == account_id]


class FakeSavedLists:
    """Fills SavedLists."""

    def __init__(self) -> None:
        self._lists: dict[tuple[AccountId, str], SavedList] = {}

    async def put(self, saved: SavedList) -> None:
        self._lists[saved.account_id, saved.id] = saved

    async def get(self, account_id: AccountId, list_id: str) -> SavedList | None:
        return self._lists.get((account_id, list_id))

    async def all(self, account_id: AccountId) -> list[SavedList]:
        theirs = (saved for (of, _), saved in self._lists.items() if of == account_id)
        return sorted(theirs, key=lambda saved: folded(saved.name))

    async def remove(self, account_id: AccountId, list_id: str) -> bool:
        return self._lists.pop((account_id, list_id), None) is not None


class FakeMergeBook:
    """Fills MergeBook."""

    def __init__(self) -> None:
        self._merges: dict[tuple[AccountId, str], Merge] = {}

    async def add(self, merge: Merge) -> None:
        self._merges.setdefault((merge.account_id, merge.id), merge)

    async def get(self, account_id: AccountId, merge_id: str) -> Merge | None:
        return self._merges.get((account_id, merge_id))

    async def latest(self, account_id: AccountId, kept_id: str, other_id: str) -> Merge | None:
        pair = (account_id, kept_id, other_id)
        found = [m for m in self._merges.values() if (m.account_id, m.kept_id, m.other_id) == pair]
        return max(found, key=lambda merge: merge.at, default=None)

    async def undo(self, merge: Merge, at: datetime) -> bool:
        held = self._merges.get((merge.account_id, merge.id))
        if held is None or held.undone_at is not None:
            return False
        self._merges[merge.account_id, merge.id] = replace(held, undone_at=at)
        return True
