"""What syncing with HubSpot keeps, and what it needs of mails."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from qrev.accounts.models import AccountId
from qrev.campaigns.hearing.models import Event, EventKind
from qrev.campaigns.models import Message
from qrev.integrations.hubspot.models import Link, Row, Sync


class SyncBook(Protocol):
    async def get(self, account_id: AccountId) -> Sync | None: ...

    async def add_if_new(self, sync: Sync) -> bool: ...

    async def save(self, sync: Sync) -> bool:
        """Keep it in the place of its version. Return False when that is not there any more."""

    async def claim_due(self, *, now: datetime, until: datetime) -> Sync | None:
        """Return one of any account that is due, and is nobody else's until then."""

    async def hasten(self, account_id: AccountId, at: datetime) -> None:
        """Have it be due by then."""


class RowBook(Protocol):
    """Pulled contacts on their way into an import."""

    async def put(
        self,
        account_id: AccountId,
        run_id: str,
        page: int,
        rows: Collection[Row],
        *,
        at: datetime,
    ) -> None:
        """Keep a page. The same page again is the same page."""

    async def of_run(self, account_id: AccountId, run_id: str) -> list[Row]:
        """Return all, in the order of their pages."""

    async def forget(self, account_id: AccountId) -> None:
        """Delete them all."""


class LinkBook(Protocol):
    async def get_many(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, Link]: ...

    async def put(self, account_id: AccountId, links: Collection[Link]) -> None: ...

    async def forget(self, account_id: AccountId) -> None:
        """Delete them all, and how far the sync is."""


class MailsThatLeft(Protocol):
    async def after(
        self, account_id: AccountId, place: tuple[datetime, str], limit: int
    ) -> list[Message]:
        """Return sent mails behind a (sent_at, id), the earliest first."""


class HeardSince(Protocol):
    async def after(
        self,
        account_id: AccountId,
        place: tuple[datetime, str],
        *,
        kinds: Collection[EventKind],
        limit: int,
    ) -> list[Event]:
        """Return what was heard of these kinds behind an (at, id), the earliest first."""
