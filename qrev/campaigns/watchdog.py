"""Looks every minute whether what should leave does, and tells the owners where it does not."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from qrev.accounts.models import AccountId
from qrev.campaigns.ports import Mailboxes
from qrev.campaigns.telling import Telling
from qrev.campaigns.watching import STILL_AFTER, Stall, Waiting, stalled, told
from qrev.kit.clock import Clock

log = logging.getLogger(__name__)

LONGEST_RETRY = timedelta(minutes=61)


class Stillness(Protocol):
    async def waiting(self, *, before: datetime, tried_until: datetime) -> list[Waiting]:
        """Return what should have left `before`, over all accounts, without what is paused.

        What was tried and is put off until `tried_until` at the latest counts from that attempt.
        """

    async def last_left(self, account_id: AccountId) -> datetime | None: ...


class StallBook(Protocol):
    async def open(self, stall: Stall) -> bool:
        """Keep that an account stands still. Return whether that, or why, is new."""

    async def close(self, account_id: AccountId) -> bool:
        """Forget it. Return whether it was known."""

    async def all(self) -> list[Stall]:
        """Return those of every account, the oldest first."""


class Watchdog:
    def __init__(
        self,
        *,
        stillness: Stillness,
        stalls: StallBook,
        mailboxes: Mailboxes,
        telling: Telling,
        worker_seen_at: Callable[[], Awaitable[datetime | None]],
        clock: Clock,
    ) -> None:
        self._stillness = stillness
        self._stalls = stalls
        self._mailboxes = mailboxes
        self._telling = telling
        self._worker_seen_at = worker_seen_at
        self._clock = clock

    async def look(self) -> int:
        """Tell of each account that stands still, once, and of each that goes again.

        Any number of processes may look. Return how many stand still.
        """
        now = self._clock()
        seen_at = await self._worker_seen_at()
        by_account: dict[AccountId, list[Waiting]] = defaultdict(list)
        found = await self._stillness.waiting(
            before=now - STILL_AFTER, tried_until=now + LONGEST_RETRY
        )
        for each in found:
            by_account[each.account_id].append(each)
        still: dict[AccountId, Stall] = {}
        for account_id, waiting in by_account.items():
            mailboxes = {m.id: m for m in await self._mailboxes.of_account(account_id)}
            last_left_at = await self._stillness.last_left(account_id)
            stall = stalled(
                account_id,
                waiting,
                mailboxes,
                last_left_at=last_left_at,
                worker_seen_at=seen_at,
                now=now,
            )
            if stall is not None:
                still[account_id] = stall
        await self._tell(still, now)
        return len(still)

    async def all(self) -> list[Stall]:
        """Return what stands still as it was last looked at, for whoever watches from outside."""
        return await self._stalls.all()

    async def _tell(self, still: dict[AccountId, Stall], now: datetime) -> None:
        for known in await self._stalls.all():
            if known.account_id not in still and await self._stalls.close(known.account_id):
                await self._say(known, "Mails leave again.", "over")
        for stall in still.values():
            if await self._stalls.open(stall):
                text = told(stall, now)
                log.warning("account %s: %s", stall.account_id, stall.kind)
                await self._say(stall, text, stall.kind)

    async def _say(self, stall: Stall, text: str, word: str) -> None:
        about = f"still:{word}:{stall.since.isoformat()}"
        await self._telling.say(stall.account_id, stall.sequence_id, text, about=about)
