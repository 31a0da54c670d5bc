"""What the companies that members work with need from outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from qrev.accounts.models import AccountId, UserId
from qrev.crm.edits import FieldEdit, HistoryEntry
from qrev.crm.models import Company

CompanySort = Literal["name", "domain"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyFilter:
    """Which companies: those with these letters in their name or domain, of an owner and so on."""

    search: str = ""
    owner_id: UserId | None = None
    team_id: str | None = None
    country: str | None = None
    is_deleted: bool = False


EVERY = CompanyFilter()


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyEdit:
    """What one member changes of one company at once."""

    account_id: AccountId
    company_id: str
    by: UserId
    at: datetime
    edits: tuple[FieldEdit, ...]


class CompanyRegister(Protocol):
    async def get(self, account_id: AccountId, company_id: str) -> Company | None:
        """Return a company, one that was deleted as well."""

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
        """Return companies in order, behind the (sort key, id) of `after`."""

    async def count(self, account_id: AccountId, which: CompanyFilter) -> int: ...

    async def change(self, edit: CompanyEdit) -> bool:
        """Write the fields with their entry, of one that is not deleted.

        Return whether all were still as they were before.
        """

    async def set_deleted(
        self, account_id: AccountId, company_id: str, *, is_wanted: bool, at: datetime, by: UserId
    ) -> bool:
        """Delete it or restore it. Return whether it was the other way round."""

    async def history(self, account_id: AccountId, company_id: str) -> list[HistoryEntry]:
        """Return the last 200 entries, the newest first."""


class ListedCompanies(Protocol):
    """Companies, as lists see them: a thousand at a time."""

    async def known(self, account_id: AccountId, ids: Collection[str]) -> Mapping[str, Company]:
        """Return those that are there, deleted ones as well, by id."""

    async def unmake(self, account_id: AccountId, ids: Collection[str], *, made_by: str) -> int:
        """Remove those of them that `made_by` brought and no member changed since.

        Return how many those were.
        """


class CompanyPeople(Protocol):
    """The people of companies. Those who were deleted do not count."""

    async def page(
        self, account_id: AccountId, company_id: str, *, after: tuple[str, str] | None, limit: int
    ) -> list[tuple[str, str]]:
        """Return (key, id) of people in the order of their names, behind those of `after`."""

    async def of(
        self, account_id: AccountId, company_ids: Collection[str]
    ) -> Mapping[str, list[str]]:
        """Return the ids of all people of these companies, by company."""

    async def rename(
        self, account_id: AccountId, company_id: str, *, before: str, after: str
    ) -> int:
        """Give those of the company that had its name its new one. Return how many they are."""


def sort_key(company: Company, sort: CompanySort) -> str:
    """Return what a company is sorted by: names whatever their case."""
    return company.domain if sort == "domain" else " ".join(company.name.casefold().split())
