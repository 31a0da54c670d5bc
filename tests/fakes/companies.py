"""Companies and their people in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from qrev.accounts.models import AccountId, UserId
from qrev.crm.company_edits import BELONGS
from qrev.crm.company_edits import value_of as company_value
from qrev.crm.company_ports import CompanyEdit, CompanyFilter, CompanySort, sort_key
from qrev.crm.edits import CUSTOM, FieldEdit, HistoryEntry
from qrev.crm.filters import key_of
from qrev.crm.models import Company, Person
from tests.fakes.crm import FakeCompanyBook, FakePeopleBook


class FakeCompanyRegister:
    """Fills CompanyRegister and ListedCompanies."""

    def __init__(self, book: FakeCompanyBook) -> None:
        self._by_id = book.by_id
        self._history: defaultdict[str, list[HistoryEntry]] = defaultdict(list)

    async def get(self, account_id: AccountId, company_id: str) -> Company | None:
        found = self._by_id.get(company_id)
        return found if found is not None and found.account_id == account_id else None

    async def page(
        self,
        account_id: AccountId,
        which: CompanyFilter,
        *,
        sort: CompanySort,
        is_descending: bool,
        after: tuple[str, str] | None,
        limit: int,
    ) -> list[Company]:
        def key(company: Company) -> tuple[str, str]:
            return sort_key(company, sort), company.id

        found = sorted(self._all(account_id, which), key=key, reverse=is_descending)
        if after is not None:
            found = [c for c in found if (key(c) < after if is_descending else key(c) > after)]
        return found[:limit]

    async def count(self, account_id: AccountId, which: CompanyFilter) -> int:
        return len(self._all(account_id, which))

    async def change(self, edit: CompanyEdit) -> bool:
        company = await self.get(edit.account_id, edit.company_id)
        if company is None or company.deleted_at is not None:
            return False
        if any(company_value(company, each.field) != each.before for each in edit.edits):
            return False
        custom = dict(company.fields)
        facts: dict[str, Any] = {}
        for each in edit.edits:
            if each.field.startswith(CUSTOM):
                custom[each.field.removeprefix(CUSTOM)] = each.after
            else:
                facts[each.field] = each.after or (None if each.field in BELONGS else "")
        kept = {title: text for title, text in custom.items() if text}
        self._by_id[company.id] = replace(company, **facts, fields=kept)
        self._note(company.id, HistoryEntry(at=edit.at, by=edit.by, edits=edit.edits))
        return True

    async def set_deleted(
        self, account_id: AccountId, company_id: str, *, is_wanted: bool, at: datetime, by: UserId
    ) -> bool:
        company = await self.get(account_id, company_id)
        if company is None or (company.deleted_at is None) is not is_wanted:
            return False
        self._by_id[company.id] = replace(company, deleted_at=at if is_wanted else None)
        before, after = ("", "yes") if is_wanted else ("yes", "")
        edit = FieldEdit(field="deleted", before=before, after=after)
        self._note(company.id, HistoryEntry(at=at, by=by, edits=(edit,)))
        return True

    async def known(self, account_id: AccountId, ids: Collection[str]) -> Mapping[str, Company]:
        found = {id_: await self.get(account_id, id_) for id_ in ids}
        return {id_: company for id_, company in found.items() if company is not None}

    async def unmake(self, account_id: AccountId, ids: Collection[str], *, made_by: str) -> int:
        known = await self.known(account_id, ids)
        made = [id_ for id_, each in known.items() if each.made_by == made_by]
        gone = [id_ for id_ in made if not self._history[id_]]
        for id_ in gone:
            del self._by_id[id_]
        return len(gone)

    async def history(self, account_id: AccountId, company_id: str) -> list[HistoryEntry]:
        found = await self.get(account_id, company_id)
        return [] if found is None else list(self._history[company_id])

    def _note(self, company_id: str, entry: HistoryEntry) -> None:
        self._history[company_id] = [entry, *self._history[company_id]][:200]

    def _all(self, account_id: AccountId, which: CompanyFilter) -> list[Company]:
        named = {
            field: value
            for field in ("owner_id", "team_id", "country")
            if (value := getattr(which, field)) is not None
        }
        return [
            c
            for c in self._by_id.values()
            if c.account_id == account_id
            and (c.deleted_at is not None) is which.is_deleted
            and all(getattr(c, field) == value for field, value in named.items())
            and (which.search in sort_key(c, "name") or which.search in c.domain)
        ]


class FakeCompanyPeople:
    """Fills CompanyPeople."""

    def __init__(self, people: FakePeopleBook) -> None:
        self._people = people

    async def page(
        self, account_id: AccountId, company_id: str, *, after: tuple[str, str] | None, limit: int
    ) -> list[tuple[str, str]]:
        found = sorted((key_of(p, "name"), p.id) for p in self._of(account_id, company_id))
        return [each for each in found if after is None or each > after][:limit]

    async def of(
        self, account_id: AccountId, company_ids: Collection[str]
    ) -> Mapping[str, list[str]]:
        found = {id_: [p.id for p in self._of(account_id, id_)] for id_ in company_ids}
        return {id_: people for id_, people in found.items() if people}

    async def rename(
        self, account_id: AccountId, company_id: str, *, before: str, after: str
    ) -> int:
        found = [p for p in self._of(account_id, company_id) if p.company_name == before]
        for person in found:
            self._people.by_id[person.id] = replace(person, company_name=after)
        return len(found)

    def _of(self, account_id: AccountId, company_id: str) -> list[Person]:
        return [
            p
            for p in self._people.by_id.values()
            if (p.account_id, p.company_id, p.deleted_at) == (account_id, company_id, None)
        ]
