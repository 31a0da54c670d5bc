"""What the CRM needs from outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, Protocol

from qrev.accounts.models import AccountId
from qrev.crm.edits import HistoryEntry, PersonEdit
from qrev.crm.models import Company, Person, Suppression, Upload

PeopleSort = Literal["name", "email", "company_name", "job_title"]


class PeopleBook(Protocol):
    async def upsert(self, people: Collection[Person], *, upload_id: str | None) -> int:
        """Return how many were new. What is known is filled where it was empty, never replaced."""

    async def get_many(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, Person]:
        """Return those that are there, by id."""

    async def page(
        self,
        account_id: AccountId,
        *,
        upload_id: str | None,
        sort: PeopleSort,
        is_descending: bool,
        after: tuple[str, str] | None,
        limit: int,
    ) -> list[Person]:
        """Return people in order, behind the (sort value, id) of `after`."""

    async def count(self, account_id: AccountId, *, upload_id: str | None) -> int: ...


class PersonEdits(Protocol):
    async def change(self, edit: PersonEdit) -> bool:
        """Write the fields with their entry. Return whether all were still as they were before."""

    async def history(self, account_id: AccountId, person_id: str) -> list[HistoryEntry]:
        """Return the last 200 entries, the newest first."""


class CompanyBook(Protocol):
    async def add_if_new(self, companies: Collection[Company]) -> int: ...


class Uploads(Protocol):
    async def add_if_new(self, upload: Upload, data: bytes) -> bool: ...

    async def get(self, account_id: AccountId, upload_id: str) -> Upload | None: ...

    async def read(self, account_id: AccountId, upload_id: str) -> bytes | None: ...


class Suppressions(Protocol):
    """Erased addresses are on the list as hashes, and are found by the address like any other."""

    async def add_if_new(self, suppression: Suppression) -> bool: ...

    async def add_new(self, suppressions: Collection[Suppression]) -> set[str]:
        """Keep those that are not there yet, erased ones included. Return their values."""

    async def find(
        self, account_id: AccountId, values: Collection[str]
    ) -> Mapping[str, Suppression]:
        """Return those of these addresses and domains that are suppressed, by what was asked."""

    async def page(
        self, account_id: AccountId, *, search: str = "", after: str | None, limit: int
    ) -> list[Suppression]:
        """Return suppressions in the order of their values, behind the value `after`.

        With `search` only those that hold these letters.
        """

    async def count(self, account_id: AccountId, *, search: str = "") -> int: ...

    async def remove(self, account_id: AccountId, value: str) -> Suppression | None:
        """Take one off the list and return it, None if it was not on it."""
