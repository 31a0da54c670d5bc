"""People, companies, uploads and suppressions in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any, BinaryIO

from qrev.accounts.models import AccountId
from qrev.crm.edits import CUSTOM, HistoryEntry, PersonEdit, value_of
from qrev.crm.finding import list_shelf, shelves_of
from qrev.crm.models import Company, Person, Suppression, Upload
from qrev.crm.veiling import Veil

# What says who a person is, and what is joined instead of filled.
KEPT = {"id", "account_id", "email", "fields", "source"}


class FakePeopleBook:
    """Fills PeopleBook."""

    def __init__(self) -> None:
        self.by_id: dict[str, Person] = {}
        self.of_upload: defaultdict[str, set[str]] = defaultdict(set)
        self.history: defaultdict[str, list[HistoryEntry]] = defaultdict(list)

    async def upsert(self, people: Collection[Person], *, upload_id: str | None) -> int:
        new = 0
        for person in people:
            known = self.by_id.get(person.id)
            new += known is None
            filled = person if known is None else _filled(known, person)
            self.by_id[person.id] = replace(filled, deleted_at=None) if upload_id else filled
            if upload_id is not None:
                self.of_upload[upload_id].add(person.id)
        return new

    async def get_many(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, Person]:
        wanted = set(person_ids)
        found = (self.by_id[each] for each in wanted if each in self.by_id)
        return {p.id: p for p in found if p.account_id == account_id and p.deleted_at is None}

    def put_on_list(self, person_id: str, shelf: str) -> None:
        """Add someone to a list; the other shelves follow from the person."""
        if shelf.startswith(list_shelf("")):
            self.of_upload[shelf.removeprefix(list_shelf(""))].add(person_id)

    def take_off_list(self, person_id: str, shelf: str) -> None:
        """Take someone off a list."""
        self.of_upload[shelf.removeprefix(list_shelf(""))].discard(person_id)

    def shelves(self, person: Person) -> frozenset[str]:
        """Return the sets a person is in."""
        lists = (each for each, people in self.of_upload.items() if person.id in people)
        return frozenset(shelves_of(person, lists))


def _filled(known: Person, found: Person) -> Person:
    names = [each.name for each in fields(Person) if each.name not in KEPT]
    facts = {name: getattr(known, name) or getattr(found, name) for name in names}
    facts["deleted_at"] = known.deleted_at
    return replace(known, **facts, fields=found.fields | known.fields)


class FakePersonEdits:
    """Fills PersonEdits."""

    def __init__(self, people: FakePeopleBook) -> None:
        self._people = people

    async def change(self, edit: PersonEdit) -> bool:
        person = self._people.by_id.get(edit.person_id)
        is_theirs = person is not None and person.account_id == edit.account_id
        if person is None or not is_theirs or person.deleted_at is not None:
            return False
        asked = {**dict(edit.unchanged), **{e.field: e.before for e in edit.edits}}
        if any(value_of(person, field) != value for field, value in asked.items()):
            return False
        self._people.by_id[person.id] = edited(person, edit)
        entry = HistoryEntry(at=edit.at, by=edit.by, edits=edit.edits)
        self.note(person.id, entry)
        return True

    def note(self, person_id: str, entry: HistoryEntry) -> None:
        """Keep an entry; the oldest beyond 200 falls off."""
        self._people.history[person_id] = [entry, *self._people.history[person_id]][:200]

    async def history(self, account_id: AccountId, person_id: str) -> list[HistoryEntry]:
        person = self._people.by_id.get(person_id)
        is_theirs = person is not None and person.account_id == account_id
        return list(self._people.history[person_id]) if is_theirs else []


def edited(person: Person, edit: PersonEdit) -> Person:
    facts: dict[str, Any] = {"company_id": edit.company_id} if edit.moves_company else {}
    custom = dict(person.fields)
    for each in edit.edits:
        if each.field.startswith(CUSTOM):
            custom[each.field.removeprefix(CUSTOM)] = each.after
        else:
            facts[each.field] = each.after
    return replace(person, **facts, fields={title: text for title, text in custom.items() if text})


class FakeCompanyBook:
    """Fills CompanyBook."""

    def __init__(self) -> None:
        self.by_id: dict[str, Company] = {}

    async def add_if_new(self, companies: Collection[Company]) -> int:
        before = len(self.by_id)
        for company in companies:
            self.by_id.setdefault(company.id, company)
        return len(self.by_id) - before


class FakeUploads:
    """Fills Uploads."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[Upload, bytes]] = {}

    async def add_if_new(self, upload: Upload, file: BinaryIO) -> bool:
        is_new = upload.id not in self._files
        self._files.setdefault(upload.id, (upload, file.read()))
        return is_new

    async def get(self, account_id: AccountId, upload_id: str) -> Upload | None:
        upload, _ = self._files.get(upload_id, (None, b""))
        return upload if upload is not None and upload.account_id == account_id else None

    async def fetch(self, account_id: AccountId, upload_id: str, into: BinaryIO) -> bool:
        if await self.get(account_id, upload_id) is None:
            return False
        into.write(self._files[upload_id][1])
        return True


class FakeSuppressions:
    """Fills Suppressions."""

    def __init__(self) -> None:
        self._all: dict[tuple[AccountId, str], Suppression] = {}
        self._veil = Veil("house")

    async def add_if_new(self, suppression: Suppression) -> bool:
        return suppression.value in await self.add_new([suppression])

    async def add_new(self, suppressions: Collection[Suppression]) -> set[str]:
        added = set()
        for each in suppressions:
            if self._known(each.account_id, each.value) is None:
                self._all[each.account_id, each.value] = each
                added.add(each.value)
        return added

    async def find(
        self, account_id: AccountId, values: Collection[str]
    ) -> Mapping[str, Suppression]:
        known = {value: self._known(account_id, value) for value in values}
        return {v: self._all[account_id, key] for v, key in known.items() if key is not None}

    async def page(
        self, account_id: AccountId, *, search: str = "", after: str | None, limit: int
    ) -> list[Suppression]:
        values = self._values(account_id, search)
        behind = [value for value in values if after is None or value > after]
        return [self._all[account_id, value] for value in behind[:limit]]

    async def count(self, account_id: AccountId, *, search: str = "") -> int:
        return len(self._values(account_id, search))

    async def remove(self, account_id: AccountId, value: str) -> Suppression | None:
        key = self._known(account_id, value)
        return None if key is None else self._all.pop((account_id, key))

    def _values(self, account_id: AccountId, search: str) -> list[str]:
        veiled = self._veil.over(account_id, search)
        values = sorted(value for of, value in self._all if of == account_id)
        return [value for value in values if search in value or value == veiled]

    def _known(self, account_id: AccountId, value: str) -> str | None:
        keys = (value, self._veil.over(account_id, value))
        return next((key for key in keys if (account_id, key) in self._all), None)
