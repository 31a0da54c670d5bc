"""Imports, and people as imports see them, in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Prospect, ProspectStatus, SequenceStatus
from qrev.crm.edits import COMPANY, CUSTOM, FieldEdit, HistoryEntry, PersonEdit, value_of
from qrev.crm.import_ports import ImportChange
from qrev.crm.imports import AT_WORK, Import, ImportState, Known, Mark, PersonChange, Tally
from qrev.crm.models import Person, company_id
from qrev.crm.repairs import FILL_ALL, Rules
from tests.fakes.crm import FakePeopleBook, edited
from tests.fakes.sequences import FakeProspectBook, FakeSequenceBook

RUNNING = (SequenceStatus.ACTIVE, SequenceStatus.PAUSED)
EVER_SINCE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class _Lease:
    token: str = ""
    until: datetime = EVER_SINCE


class FakeImports:
    """Fills ImportBook and ImportLeases."""

    def __init__(self) -> None:
        self.by_id: dict[str, Import] = {}
        self._leases: dict[str, _Lease] = {}

    async def add(self, import_: Import) -> None:
        self.by_id[import_.id] = import_
        self._leases[import_.id] = _Lease()

    async def get(self, account_id: AccountId, import_id: str) -> Import | None:
        found = self.by_id.get(import_id)
        return found if found is not None and found.account_id == account_id else None

    async def page(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Import]:
        mine = [each for each in self.by_id.values() if each.account_id == account_id]
        mine.sort(key=lambda each: (each.created_at, each.id), reverse=True)
        behind = [e for e in mine if before is None or (e.created_at, e.id) < before]
        return behind[:limit]

    async def of_upload(self, account_id: AccountId, upload_id: str) -> list[Import]:
        found = await self.page(account_id, before=None, limit=1000)
        return [each for each in found if each.upload_id == upload_id]

    async def change(
        self,
        account_id: AccountId,
        import_id: str,
        change: ImportChange,
        *,
        among: Collection[ImportState],
        version: int | None = None,
    ) -> bool:
        found = await self.get(account_id, import_id)
        if found is None or found.state not in among or version not in (None, found.version):
            return False
        said = {name: getattr(change, name) for name in ImportChange.__dataclass_fields__}
        given = {name: value for name, value in said.items() if value is not None}
        grown = found.version + (change.plan is not None)
        self.by_id[import_id] = replace(found, **given, version=grown)
        if change.state is not None:
            self._leases[import_id] = _Lease()
        return True

    async def claim(
        self, account_id: AccountId, import_id: str, *, token: str, now: datetime, until: datetime
    ) -> Import | None:
        found = await self.get(account_id, import_id)
        if found is None or found.state not in AT_WORK or self._leases[import_id].until > now:
            return None
        self._leases[import_id] = _Lease(token, until)
        return found

    async def beat(
        self, account_id: AccountId, import_id: str, tally: Tally, *, token: str, until: datetime
    ) -> bool | None:
        found = await self.get(account_id, import_id)
        if found is None or found.state not in AT_WORK or self._leases[import_id].token != token:
            return None
        self._leases[import_id] = _Lease(token, until)
        self.by_id[import_id] = replace(found, tally=tally)
        return found.is_stopping

    async def orphans(self, *, now: datetime) -> list[Import]:
        return [
            each
            for each in self.by_id.values()
            if each.state in AT_WORK and self._leases[each.id].until <= now
        ]


class FakeImportSettings:
    """Fills ImportSettings."""

    def __init__(self) -> None:
        self._rules: dict[AccountId, Rules] = {}
        self._columns: dict[tuple[AccountId, str], Mapping[str, str]] = {}

    async def rules(self, account_id: AccountId) -> Rules:
        return self._rules.get(account_id, FILL_ALL)

    async def set_rules(self, account_id: AccountId, rules: Rules) -> None:
        self._rules[account_id] = dict(rules)

    async def columns(self, account_id: AccountId, key: str) -> Mapping[str, str] | None:
        return self._columns.get((account_id, key))

    async def set_columns(
        self, account_id: AccountId, key: str, columns: Mapping[str, str]
    ) -> None:
        self._columns[account_id, key] = dict(columns)


@dataclass
class _Trace:
    made_by: str = ""
    entries: dict[str, list[tuple[FieldEdit, ...]]] = field(default_factory=dict)


class FakeImportedPeople:
    """Fills ImportedPeople, on the people of a PeopleBook."""

    def __init__(self, people: FakePeopleBook) -> None:
        self._people = people
        self._traces: dict[str, _Trace] = {}

    async def known(
        self, account_id: AccountId, person_ids: Collection[str], *, upload_id: str
    ) -> Mapping[str, Known]:
        return {
            id_: Known(
                person=person,
                made_by=self._trace(id_).made_by,
                is_in_list=person.deleted_at is None and id_ in self._people.of_upload[upload_id],
            )
            for id_, person in self._mine(account_id, person_ids).items()
        }

    async def add_new(self, people: Collection[Person], mark: Mark) -> set[str]:
        new = [each for each in people if each.id not in self._people.by_id]
        await self._people.upsert(new, upload_id=mark.upload_id)
        for each in new:
            self._traces[each.id] = _Trace(made_by=mark.import_id)
        return {each.id for each in new}

    async def change(self, changes: Collection[PersonChange], mark: Mark) -> int:
        done = 0
        for each in changes:
            person = self._people.by_id.get(each.person_id)
            if person is None or person.account_id != mark.account_id:
                continue
            if any(value_of(person, e.field) != e.before for e in each.edits):
                continue
            self._people.by_id[person.id] = edited(person, _as_edit(each, mark))
            self._people.history[person.id].insert(
                0, HistoryEntry(at=mark.at, by=mark.by, edits=each.edits)
            )
            self._trace(person.id).entries.setdefault(mark.import_id, []).append(each.edits)
            done += 1
        return done

    async def join(self, person_ids: Collection[str], mark: Mark) -> None:
        mine = self._mine(mark.account_id, person_ids)
        self._people.of_upload[mark.upload_id] |= mine.keys()
        for id_, person in mine.items():
            self._people.by_id[id_] = replace(person, deleted_at=None)

    async def remove(self, person_ids: Collection[str], mark: Mark) -> int:
        mine = self._mine(mark.account_id, person_ids)
        gone = [id_ for id_ in mine if self._is_untouched(id_, mark)]
        for id_ in gone:
            del self._people.by_id[id_]
            self._people.of_upload[mark.upload_id].discard(id_)
        return len(gone)

    async def take_back(
        self, person_ids: Collection[str], mark: Mark, *, is_listed_elsewhere: bool
    ) -> int:
        mine = self._mine(mark.account_id, person_ids)
        restored = 0
        for id_, person in mine.items():
            entries = self._trace(id_).entries.pop(mark.import_id, [])
            if entries:
                self._people.by_id[id_] = _restored(person, entries)
                self._people.history[id_] = [
                    entry for entry in self._people.history[id_] if entry.edits not in entries
                ]
                restored += 1
            if not is_listed_elsewhere:
                self._people.of_upload[mark.upload_id].discard(id_)
        return restored

    def _mine(self, account_id: AccountId, person_ids: Collection[str]) -> dict[str, Person]:
        found = (self._people.by_id[id_] for id_ in person_ids if id_ in self._people.by_id)
        return {each.id: each for each in found if each.account_id == account_id}

    def _trace(self, person_id: str) -> _Trace:
        return self._traces.setdefault(person_id, _Trace())

    def _is_untouched(self, person_id: str, mark: Mark) -> bool:
        lists = {u for u, ids in self._people.of_upload.items() if person_id in ids}
        is_ours = self._trace(person_id).made_by == mark.import_id
        return is_ours and lists == {mark.upload_id} and not self._people.history[person_id]


def _as_edit(change: PersonChange, mark: Mark) -> PersonEdit:
    return PersonEdit(
        account_id=mark.account_id,
        person_id=change.person_id,
        by=mark.by,
        at=mark.at,
        edits=change.edits,
        company_id=change.company_id,
    )


def _restored(person: Person, entries: list[tuple[FieldEdit, ...]]) -> Person:
    before = {e.field: e.before for edits in reversed(entries) for e in edits}
    after = {e.field: e.after for edits in entries for e in edits}
    facts: dict[str, Any] = {}
    custom = dict(person.fields)
    for name, was in before.items():
        if value_of(person, name) != after[name]:
            continue
        if name.startswith(CUSTOM):
            custom[name.removeprefix(CUSTOM)] = was
        else:
            facts[name] = was
    back = replace(person, **facts, fields={t: text for t, text in custom.items() if text})
    if facts.keys() & set(COMPANY):
        back = replace(
            back, company_id=company_id(back.account_id, back.company_name, back.company_url)
        )
    return back


class FakeOutreach:
    """Fills Outreach, on the prospects of sequences."""

    def __init__(self, prospects: FakeProspectBook, sequences: FakeSequenceBook) -> None:
        self._prospects = prospects
        self._sequences = sequences

    async def running(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, str]:
        found = {}
        for each in self._of(account_id, person_ids, ProspectStatus.ACTIVE):
            sequence = await self._sequences.get(account_id, each.sequence_id)
            if sequence is not None and sequence.status in RUNNING:
                found[each.person_id] = sequence.name
        return found

    async def written_to(self, account_id: AccountId, person_ids: Collection[str]) -> set[str]:
        found = self._of(account_id, person_ids, ProspectStatus.ACTIVE, ProspectStatus.FINISHED)
        return {each.person_id for each in found}

    async def withdraw(self, account_id: AccountId, person_ids: Collection[str]) -> int:
        waiting = self._of(account_id, person_ids, ProspectStatus.WAITING)
        ids = [each.id for each in waiting]
        await self._prospects.set_status(account_id, ids, ProspectStatus.STOPPED)
        return len(ids)

    def _of(
        self, account_id: AccountId, person_ids: Collection[str], *statuses: ProspectStatus
    ) -> list[Prospect]:
        return [
            each
            for each in self._prospects.by_id.values()
            if each.account_id == account_id
            and each.person_id in person_ids
            and each.status in statuses
        ]
