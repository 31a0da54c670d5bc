"""What working with people needs from outside, beside the book they stand in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from qrev.accounts.models import AccountId
from qrev.crm.lists import SavedList
from qrev.crm.marks import Mark
from qrev.crm.merges import Merge
from qrev.crm.models import Person
from qrev.crm.timeline import Mail


class PeopleMarks(Protocol):
    async def mark(self, account_id: AccountId, marks: Collection[Mark]) -> int:
        """Do each to its person, with its entry, if all is still as it was. Return how many."""

    async def get_any(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, Person]:
        """Return those that are there, deleted ones too, by id."""

    async def lists_of(self, account_id: AccountId, person_id: str) -> list[str]:
        """Return the uploads a person came with."""


class TagBook(Protocol):
    async def add_if_new(self, account_id: AccountId, tag: str) -> str:
        """Keep a tag, and return it as it was first written."""

    async def all(self, account_id: AccountId) -> list[str]:
        """Return the account's tags in order, at most 500."""


class SavedLists(Protocol):
    async def put(self, saved: SavedList) -> None:
        """Keep a list, in the place of the one with its id."""

    async def get(self, account_id: AccountId, list_id: str) -> SavedList | None: ...

    async def all(self, account_id: AccountId) -> list[SavedList]:
        """Return the account's saved lists by name."""

    async def remove(self, account_id: AccountId, list_id: str) -> bool: ...


class MergeBook(Protocol):
    async def add(self, merge: Merge) -> None: ...

    async def get(self, account_id: AccountId, merge_id: str) -> Merge | None: ...

    async def latest(self, account_id: AccountId, kept_id: str, other_id: str) -> Merge | None:
        """Return how the one was last made part of the other, undone or not."""

    async def undo(self, merge: Merge, at: datetime) -> bool:
        """Note that it was undone. Return whether nobody had done so before."""


class OpenMails(Protocol):
    async def cancel(
        self, account_id: AccountId, *, reason: str, at: datetime, email: str | None = None
    ) -> int:
        """Cancel what has not left yet to an address. Return how many those were."""


class GonePeople(Protocol):
    async def deleted_among(self, account_id: AccountId, emails: Collection[str]) -> set[str]:
        """Return those of these normalised addresses whose people were deleted."""


class MailsTo(Protocol):
    async def of_address(self, account_id: AccountId, email: str) -> list[Mail]:
        """Return the last fifty mails to an address, sent or not, the newest first."""
