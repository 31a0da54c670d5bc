"""What bringing in a list needs from outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from qrev.accounts.models import AccountId
from qrev.crm.doctor import Diagnosis
from qrev.crm.imports import Import, ImportState, Known, Mark, PersonChange, Tally
from qrev.crm.models import Person
from qrev.crm.repairs import Plan, Rules


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportChange:
    """What is written to an import; None stays as it is. A new plan is a new version."""

    state: ImportState | None = None
    plan: Plan | None = None
    diagnosis: Diagnosis | None = None
    tally: Tally | None = None
    problem: str | None = None
    is_stopping: bool | None = None
    ended_at: datetime | None = None


class ImportBook(Protocol):
    async def add(self, import_: Import) -> None: ...

    async def get(self, account_id: AccountId, import_id: str) -> Import | None: ...

    async def page(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Import]:
        """Return the newest first, behind the (created_at, id) of `before`."""

    async def of_upload(self, account_id: AccountId, upload_id: str) -> list[Import]:
        """Return what was made of one file, the newest first."""

    async def change(
        self,
        account_id: AccountId,
        import_id: str,
        change: ImportChange,
        *,
        among: Collection[ImportState],
        version: int | None = None,
    ) -> bool:
        """Write it if the import is in one of these states, and at that version if one is given.

        Return whether it was.
        """


class ImportLeases(Protocol):
    """Who works on an import: one at a time, and another one once that one is dead."""

    async def claim(
        self, account_id: AccountId, import_id: str, *, token: str, now: datetime, until: datetime
    ) -> Import | None:
        """Take on an import that is at work and nobody's, and return it."""

    async def beat(
        self, account_id: AccountId, import_id: str, tally: Tally, *, token: str, until: datetime
    ) -> bool | None:
        """Write how far it is. Return whether it is to stop, None if it is not ours any more."""

    async def orphans(self, *, now: datetime) -> list[Import]:
        """Return every account's imports that are at work and nobody's, for the sweep."""


class ImportedPeople(Protocol):
    """People, as imports see them. Each write is a thousand at most, and harmless twice."""

    async def known(
        self, account_id: AccountId, person_ids: Collection[str], *, upload_id: str
    ) -> Mapping[str, Known]:
        """Return those that are there, by id."""

    async def add_new(self, people: Collection[Person], mark: Mark) -> set[str]:
        """Add those that are not there yet, and return the ids of those."""

    async def change(self, changes: Collection[PersonChange], mark: Mark) -> int:
        """Write each change whose fields are still as they were. Return how many those were."""

    async def join(self, person_ids: Collection[str], mark: Mark) -> None:
        """Note that people were in the list."""

    async def remove(self, person_ids: Collection[str], mark: Mark) -> int:
        """Remove whom the import brought and nobody touched since. Return how many those were."""

    async def take_back(
        self, person_ids: Collection[str], mark: Mark, *, is_listed_elsewhere: bool
    ) -> int:
        """Give fields that the import filled back what they held, where they still hold that.

        They leave the list too, unless another import of the same file brought them as well.
        Return of how many people something was taken back.
        """


class Outreach(Protocol):
    """What campaigns know of people."""

    async def running(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, str]:
        """Return the name of the sequence of those who are in one that sends now."""

    async def written_to(self, account_id: AccountId, person_ids: Collection[str]) -> set[str]:
        """Return those to whom a mail is planned, on its way or sent."""

    async def withdraw(self, account_id: AccountId, person_ids: Collection[str]) -> int:
        """Take people out of sequences that were not sent yet. Return from how many places."""


class ImportSettings(Protocol):
    """What an account has decided once, for all lists."""

    async def rules(self, account_id: AccountId) -> Rules: ...

    async def set_rules(self, account_id: AccountId, rules: Rules) -> None: ...

    async def columns(self, account_id: AccountId, key: str) -> Mapping[str, str] | None:
        """Return what the columns of a header are, by title, None for one never asked about."""

    async def set_columns(
        self, account_id: AccountId, key: str, columns: Mapping[str, str]
    ) -> None: ...


class MailDomains(Protocol):
    async def without_mail(self, domains: Collection[str]) -> set[str]:
        """Return those that surely take no mail. What could not be asked is not among them."""
