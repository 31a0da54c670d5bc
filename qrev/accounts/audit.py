"""Who changed what, from where and when."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from datetime import datetime

from qrev.accounts.models import AccountId, Actor, AuditEntry, Facts, Newcomer, UserId, Who
from qrev.accounts.ports import AuditBook
from qrev.kit.clock import Clock
from qrev.kit.ids import new_id

MAX_PAGE = 200
NOTHING: Facts = {}


class Audit:
    def __init__(self, *, entries: AuditBook, clock: Clock) -> None:
        self._entries = entries
        self._clock = clock
        self._numbers = itertools.count()

    async def record(
        self,
        who: Who,
        action: str,
        subject: str,
        *,
        before: Facts = NOTHING,
        after: Facts = NOTHING,
    ) -> None:
        """Add an entry to the log of who's account. What is in it can be read: no secrets.

        What someone without a workspace does is kept under their own id, where nobody looks.
        """
        account_id = AccountId(who.user_id) if isinstance(who, Newcomer) else who.account_id
        api_key_id = "" if isinstance(who, Newcomer) else who.api_key_id
        await self._entries.add(
            AuditEntry(
                # Counted, so that what one process did in one moment stays in its order.
                id=f"{next(self._numbers):08x}{new_id()}",
                account_id=account_id,
                at=self._clock(),
                by=who.user_id,
                by_email=who.email,
                action=action,
                subject=subject,
                before=before,
                after=after,
                address=who.address,
                through=api_key_id or who.session_id or "",
            )
        )

    async def page(
        self,
        actor: Actor,
        *,
        before: tuple[datetime, str] | None = None,
        limit: int = 50,
        by: UserId | None = None,
        actions: Collection[str] | None = None,
    ) -> list[AuditEntry]:
        """Return entries of the actor's account, the newest first. Owners and admins only.

        With `by` only what that person did, with `actions` only changes of those kinds.
        """
        actor.must_be_able_to_manage()
        limit = max(1, min(limit, MAX_PAGE))
        return await self._entries.page(
            actor.account_id, before=before, limit=limit, by=by, actions=actions
        )
