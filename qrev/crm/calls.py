"""What was said to other services, and about whom: a log that every member can read."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from qrev.accounts.connection import Vendor
from qrev.accounts.models import AccountId, Actor
from qrev.crm.addresses import normalised
from qrev.kit.clock import Clock
from qrev.kit.ids import new_id

KEPT_FOR = timedelta(days=90)
MAX_PAGE = 100
MAX_ABOUT = 100  # addresses of one call: vendors take no more at once
DONE = "done"


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorCall:
    """One call. `what` says in words what it did, `about` are normalised addresses.

    `fields` are the names of what was sent, never its values. `outcome` is “done” or why not.
    """

    id: str
    account_id: AccountId
    vendor: Vendor
    at: datetime
    what: str
    about: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    outcome: str = DONE


class VendorCallBook(Protocol):
    async def add(self, call: VendorCall) -> None: ...

    async def page(
        self,
        account_id: AccountId,
        *,
        vendor: Vendor | None,
        email: str,
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[VendorCall]:
        """Return the newest first; with `email` only those about it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CallPage:
    """`next` continues behind the last call; None at the end."""

    calls: tuple[VendorCall, ...]
    next: tuple[datetime, str] | None


class CallLog:
    def __init__(self, *, calls: VendorCallBook, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock
        self._numbers = itertools.count()

    async def note(
        self,
        account_id: AccountId,
        vendor: Vendor,
        what: str,
        *,
        about: Collection[str] = (),
        fields: Collection[str] = (),
        outcome: str = DONE,
    ) -> None:
        """Write a call down."""
        await self._calls.add(
            VendorCall(
                # Counted, so that what one process said in one moment stays in its order.
                id=f"{next(self._numbers):08x}{new_id()}",
                account_id=account_id,
                vendor=vendor,
                at=self._clock(),
                what=what,
                about=tuple(about)[:MAX_ABOUT],
                fields=tuple(sorted(fields)),
                outcome=outcome,
            )
        )

    async def page(
        self,
        actor: Actor,
        *,
        vendor: Vendor | None = None,
        about: str = "",
        before: tuple[datetime, str] | None = None,
        limit: int = 10,
    ) -> CallPage:
        """Return what was said to a service, about one address where one is given."""
        limit = max(1, min(limit, MAX_PAGE))
        email = normalised(about) or about.strip().lower()[:320]
        found = await self._calls.page(
            actor.account_id, vendor=vendor, email=email, before=before, limit=limit + 1
        )
        shown = found[:limit]
        last = (shown[-1].at, shown[-1].id) if len(found) > limit else None
        return CallPage(calls=tuple(shown), next=last)
