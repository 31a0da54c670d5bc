"""Planned mails that have to follow new rules: moved to minutes that fit, or not sent at all."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from qrev.accounts.models import AccountId, Actor
from qrev.accounts.ports import AccountBook
from qrev.campaigns.dry_run import planner_mailbox
from qrev.campaigns.enacting import LEASE
from qrev.campaigns.models import Message, Touch
from qrev.campaigns.planning import PlannedMessage, Rules, plan
from qrev.campaigns.ports import Lateness, Mailboxes, Messages, PlanningLease
from qrev.campaigns.reading import Touches
from qrev.campaigns.rulebook import Rulebooks, look_back, rules_of
from qrev.campaigns.running import people_of
from qrev.campaigns.trials import Unfit
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict

BUSY = "A Send of this workspace is being planned. Nothing was changed; press again shortly."
Follow = Coroutine[Any, Any, None]


class Reordering:
    def __init__(
        self,
        *,
        accounts: AccountBook,
        rulebooks: Rulebooks,
        mailboxes: Mailboxes,
        messages: Messages,
        touches: Touches,
        lateness: Lateness,
        lease: PlanningLease,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._rulebooks = rulebooks
        self._mailboxes = mailboxes
        self._messages = messages
        self._touches = touches
        self._lateness = lateness
        self._lease = lease
        self._clock = clock

    @asynccontextmanager
    async def alone(self, actor: Actor) -> AsyncIterator[Callable[[Collection[Unfit]], Follow]]:
        """Yield how mails are made to follow, while nobody else plans for the account.

        What may leave at another minute is moved, what may not leave at all is taken back.
        Raises Conflict while someone else plans.
        """
        now, account_id = self._clock(), actor.account_id
        number = await self._lease.take(account_id, at=now, until=now + LEASE)
        if number is None:
            raise Conflict(BUSY)
        try:
            yield lambda found: self._follow(account_id, found, now)
        finally:
            await self._lease.give_back(account_id, number)

    async def _follow(self, account_id: AccountId, found: Collection[Unfit], now: datetime) -> None:
        reasons = {u.touch.email: u.reason for u in found if u.is_for_good}
        for email, reason in reasons.items():
            await self._messages.cancel(account_id, reason=reason, at=now, email=email)
        moving = {u.touch.prospect_id for u in found if not u.is_for_good}
        if moving:
            await self._move(account_id, moving, now)

    async def _move(self, account_id: AccountId, people: set[str], now: datetime) -> None:
        messages = await self._lateness.open_of(account_id, sorted(people))
        by_sequence: dict[str, list[Message]] = defaultdict(list)
        for message in messages:
            by_sequence[message.sequence_id].append(message)
        for sequence_id, moving in by_sequence.items():
            rules = await self.rules(account_id, sequence_id)
            await self._move_of_sequence(account_id, moving, rules, now)

    async def rules(self, account_id: AccountId, sequence_id: str) -> Rules:
        """Return the rules in force for a sequence."""
        account, whole, own = await asyncio.gather(
            self._accounts.get_account(account_id),
            self._rulebooks.get(account_id),
            self._rulebooks.get(account_id, sequence_id),
        )
        return rules_of(account.timezone if account else "UTC", whole, own)

    async def _move_of_sequence(
        self, account_id: AccountId, moving: list[Message], rules: Rules, now: datetime
    ) -> None:
        people = {m.prospect_id for m in moving}
        by_id = {(m.prospect_id, m.step): m for m in moving}
        touches = await self._touches.of_sequence(account_id, moving[0].sequence_id)
        taken = await self._messages.taken(account_id, since=now - look_back(rules))
        mailboxes = await self._mailboxes.of_account(account_id)
        planned = await asyncio.to_thread(
            plan,
            people_of(_of(people, touches), keeps_mailboxes=True),
            [planner_mailbox(m) for m in mailboxes],
            rules,
            [t for t in taken if (t.prospect_id, t.step) not in by_id],
            now=max(now, min(m.held_until for m in moving)),
            seed=int(now.timestamp()),
        )
        for each in planned.messages:
            if (message := by_id.get((each.prospect_id, each.step))) is not None:
                await self._move_one(message, each, now)

    async def _move_one(self, message: Message, planned: PlannedMessage, now: datetime) -> None:
        because = f"{planned.because}; planned anew, the rules changed"
        await self._lateness.move(message, send_at=planned.send_at, because=because, at=now)


def _of(people: Collection[str], touches: Collection[Touch]) -> list[Touch]:
    return [t for t in touches if t.prospect_id in people]
