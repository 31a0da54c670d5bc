"""What is looked after every minute, whatever happened in between."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from qrev.accounts.models import AccountId
from qrev.accounts.ports import AccountBook
from qrev.campaigns.dry_run import planner_mailbox
from qrev.campaigns.enacting import LEASE
from qrev.campaigns.models import LATE, Message, MessageCounts, MessageStatus, SequenceStatus
from qrev.campaigns.planning import (
    PlannedMessage,
    PlanProspect,
    PlanStep,
    Taken,
    company_of,
    plan,
)
from qrev.campaigns.ports import Lateness, Mailboxes, Messages, Outbox, PlanningLease, SequenceBook
from qrev.campaigns.rulebook import Rulebooks, look_back, rules_of
from qrev.campaigns.telling import Telling
from qrev.kit.clock import Clock

log = logging.getLogger(__name__)

AT_ONCE = 1000


class Sweeps:
    def __init__(
        self,
        *,
        outbox: Outbox,
        lateness: Lateness,
        messages: Messages,
        sequences: SequenceBook,
        mailboxes: Mailboxes,
        accounts: AccountBook,
        rulebooks: Rulebooks,
        lease: PlanningLease,
        telling: Telling,
        clock: Clock,
    ) -> None:
        self._outbox = outbox
        self._lateness = lateness
        self._messages = messages
        self._sequences = sequences
        self._mailboxes = mailboxes
        self._accounts = accounts
        self._rulebooks = rulebooks
        self._lease = lease
        self._telling = telling
        self._clock = clock

    async def settle_leases(self) -> tuple[int, int]:
        """Take back what a lost worker had claimed; what it was sending becomes unknown."""
        back, lost = await self._outbox.release_expired(now=self._clock())
        if lost:
            log.warning("%d messages were being sent when their worker was lost", lost)
        return back, lost

    async def replan_late(self) -> int:
        """Give messages whose minute has passed the next free ones, never a burst.

        Later steps of the same person are planned anew with them, as far apart as they were.
        Return how many moved.
        """
        now = self._clock()
        late = await self._lateness.late(before=now - LATE, now=now, limit=AT_ONCE)
        people: dict[AccountId, dict[str, None]] = defaultdict(dict)
        for message in late:
            people[message.account_id][message.prospect_id] = None
        moved = 0
        for account_id, prospect_ids in people.items():
            moved += await self._replan_alone(account_id, list(prospect_ids), now)
        return moved

    async def _replan_alone(
        self, account_id: AccountId, prospect_ids: list[str], now: datetime
    ) -> int:
        """Plan anew while nobody plans for this account; who does has the next minute for us."""
        number = await self._lease.take(account_id, at=now, until=now + LEASE)
        if number is None:
            return 0
        try:
            return await self._replan(account_id, prospect_ids, now)
        finally:
            await self._lease.give_back(account_id, number)

    async def _replan(self, account_id: AccountId, prospect_ids: list[str], now: datetime) -> int:
        seed = int(now.timestamp())
        pairs = await self.planned_anew(account_id, prospect_ids, now=now, seed=seed)
        return sum([await self.move(message, planned) for message, planned in pairs])

    async def planned_anew(
        self, account_id: AccountId, prospect_ids: Collection[str], *, now: datetime, seed: int
    ) -> list[tuple[Message, PlannedMessage]]:
        """Return the new minute of each mail these people still wait for, none before `now`."""
        account = await self._accounts.get_account(account_id)
        if account is None:
            return []
        whole = await self._rulebooks.get(account_id)
        messages = await self._lateness.open_of(account_id, prospect_ids)
        by_id = {(m.prospect_id, m.step): m for m in messages}
        by_sequence: dict[str, list[Message]] = defaultdict(list)
        for message in messages:
            by_sequence[message.sequence_id].append(message)
        anew: list[tuple[Message, PlannedMessage]] = []
        for sequence_id, theirs in by_sequence.items():
            own = await self._rulebooks.get(account_id, sequence_id)
            rules = rules_of(account.timezone, whole, own)
            taken = await self._messages.taken(account_id, since=now - look_back(rules))
            planned = plan(
                _prospects(theirs),
                [planner_mailbox(m) for m in await self._mailboxes.of_account(account_id)],
                rules,
                # What is planned anew with them counts where it will be, not where it was.
                [*(t for t in taken if (t.prospect_id, t.step) not in by_id), *map(_taken, anew)],
                now=now,
                seed=seed,
            )
            anew += [(by_id[each.prospect_id, each.step], each) for each in planned.messages]
        return anew

    async def move(self, message: Message, planned: PlannedMessage) -> bool:
        """Give a mail its new minute, unless it changed meanwhile. Return whether it has it."""
        because = f"{planned.because}; planned anew, its minute had passed"
        return await self._lateness.move(
            message, send_at=planned.send_at, because=because, at=self._clock()
        )

    async def finish_sequences(self) -> int:
        """Mark sequences of which nothing is left to send, and say so. Return how many."""
        by_account: dict[AccountId, list[str]] = defaultdict(list)
        for sequence in await self._sequences.active():
            by_account[sequence.account_id].append(sequence.id)
        finished = 0
        for account_id, ids in by_account.items():
            busy = await self._lateness.with_open(account_id, ids)
            for sequence_id in set(ids) - busy:
                finished += await self._finish(account_id, sequence_id)
        return finished

    async def _finish(self, account_id: AccountId, sequence_id: str) -> bool:
        changed = await self._sequences.change(
            account_id, sequence_id, was=SequenceStatus.ACTIVE, status=SequenceStatus.FINISHED
        )
        if changed:
            counted = await self._messages.counts(account_id, [sequence_id])
            counts = counted.get(sequence_id, MessageCounts())
            sent = counts.by_status.get(MessageStatus.SENT, 0)
            rest = sum(counts.by_status.values()) - sent
            more = f" {rest:,} did not leave: /campaigns says why." if rest else ""
            text = f"All mails of this sequence are out: {sent:,} sent.{more}"
            await self._telling.say(account_id, sequence_id, text, about="finished")
            await self._telling.refresh(account_id, sequence_id, (sequence_id, "campaigns"))
        return changed


def _taken(moved: tuple[Message, PlannedMessage]) -> Taken:
    message, planned = moved
    return Taken(
        mailbox_id=planned.mailbox_id,
        send_at=planned.send_at,
        company=company_of(message.to),
        prospect_id=message.prospect_id,
        step=message.step,
        timezone=message.timezone,
        country=message.country,
    )


def _prospects(messages: list[Message]) -> list[PlanProspect]:
    """Return people with what is left of their steps, counted from the first that is left.

    Their company counts only while they have not been written to at all.
    """
    by_prospect: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        by_prospect[message.prospect_id].append(message)
    return [
        PlanProspect(
            id=prospect_id,
            steps=tuple(
                # Rounded: a mail at ten is three days after one at four, not two.
                PlanStep(
                    number=m.step, day=round((m.send_at - left[0].send_at) / timedelta(days=1))
                )
                for m in left
            ),
            timezone=left[0].timezone or None,
            country=left[0].country or None,
            company=company_of(left[0].to) if left[0].step == 1 else "",
            mailbox_id=left[0].mailbox_id,
        )
        for prospect_id, left in by_prospect.items()
    ]
