"""What the CRM needs from outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import BinaryIO, Protocol

from qrev.accounts.models import AccountId
from qrev.crm.edits import HistoryEntry, PersonEdit
from qrev.crm.filters import Order, PeopleFilter, Place, Total
from qrev.crm.models import Company, Person, Suppression, Upload


class PeopleBook(Protocol):
    async def upsert(self, people: Collection[Person], *, upload_id: str | None) -> int:
        """Return how many were new. What is known is filled where it was empty, never replaced.

        Whoever was deleted is back with a list, and stays deleted without one.
        """

    async def get_many(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, Person]:
        """Return those that are there and not deleted, by id."""


class PeopleFinder(Protocol):
    async def page(
        self,
        account_id: AccountId,
        wanted: PeopleFilter,
        *,
        order: Order,
        after: Place | None,
        limit: int,
    ) -> list[tuple[Place, Person]]:
        """Return people behind the place `after`, each with their own.

        In the order asked for; with a search, in the order of how they match it.
        """

    async def count(self, account_id: AccountId, wanted: PeopleFilter) -> Total:
        """Return how many there are, or at most how many where counting them would take long."""


class PersonEdits(Protocol):
    async def change(self, edit: PersonEdit) -> bool:
        """Write the fields with their entry. Return whether all were still as they were before."""

    async def history(self, account_id: AccountId, person_id: str) -> list[HistoryEntry]:
        """Return the last 200 entries, the newest first."""


class CompanyBook(Protocol):
    async def add_if_new(self, companies: Collection[Company]) -> int: ...


class Uploads(Protocol):
    async def add_if_new(self, upload: Upload, file: BinaryIO) -> bool: ...

    async def get(self, account_id: AccountId, upload_id: str) -> Upload | None: ...

    async def fetch(self, account_id: AccountId, upload_id: str, into: BinaryIO) -> bool:
        """Write a file as it was dropped into another. Return whether it was there."""


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
