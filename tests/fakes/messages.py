"""The ledger in memory: as planning, the worker and the sweeps see it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from qrev.accounts.models import AccountId
from qrev.campaigns.models import (
    FIRST_LOOK,
    OPEN,
    LedgerEntry,
    Message,
    MessageCounts,
    MessageStatus,
)
from qrev.campaigns.planning import Taken
from qrev.campaigns.ports import Attempts, Outcome
from qrev.kit.ids import new_id
from tests.fakes.reaching import FakeLedger, FakeReach

WAITING = (MessageStatus.PLANNED, MessageStatus.HELD)
IN_HAND = (MessageStatus.CLAIMED, MessageStatus.SENDING)
NEVER_SENT = (MessageStatus.FAILED, MessageStatus.CANCELLED)
LOST = "the worker that held it did not come back"


class FakePlanned(FakeLedger):
    """Fills Messages."""

    async def add_planned(self, messages: Collection[Message]) -> int:
        before = len(self.by_id)
        for message in messages:
            self.by_id.setdefault(message.id, message)
        return len(self.by_id) - before

    async def written(self, account_id: AccountId, proposal_id: str) -> tuple[int, list[str]]:
        mine = self._of_proposal(account_id, proposal_id)
        return len(mine), list(dict.fromkeys(m.prospect_id for m in mine))

    async def taken(self, account_id: AccountId, *, since: datetime) -> list[Taken]:
        return [
            Taken(
                mailbox_id=m.mailbox_id,
                send_at=m.send_at,
                company=m.company,
                prospect_id=m.prospect_id,
                step=m.step,
                timezone=m.timezone,
                country=m.country,
            )
            for m in self.of(account_id)
            if m.send_at >= since and m.status not in NEVER_SENT
        ]

    async def counts(
        self, account_id: AccountId, sequence_ids: Collection[str]
    ) -> Mapping[str, MessageCounts]:
        by_sequence = {
            sequence_id: [m for m in self.of(account_id) if m.sequence_id == sequence_id]
            for sequence_id in sequence_ids
        }
        return {key: _counts(messages) for key, messages in by_sequence.items() if messages}

    async def cancel(
        self,
        account_id: AccountId,
        *,
        reason: str,
        at: datetime,
        sequence_id: str | None = None,
        email: str | None = None,
        by: str = "",
    ) -> int:
        meant = [
            message
            for message in self.of(account_id)
            if sequence_id in (None, message.sequence_id) and email in (None, message.to)
        ]
        return self.cancelled(meant, reason=reason, at=at, by=by)

    async def page(
        self,
        account_id: AccountId,
        *,
        status: MessageStatus,
        sequence_id: str | None,
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[Message]:
        found = [
            (m.sent_at, m.id)
            for m in self.of(account_id)
            if m.status is status and sequence_id in (None, m.sequence_id) and m.sent_at is not None
        ]
        keys = [key for key in found if before is None or key < before]
        return [self.by_id[message_id] for _, message_id in sorted(keys, reverse=True)[:limit]]

    async def get(self, account_id: AccountId, message_id: str) -> Message | None:
        message = self.by_id.get(message_id)
        return message if message is not None and message.account_id == account_id else None

    def _of_proposal(self, account_id: AccountId, proposal_id: str) -> list[Message]:
        return [m for m in self.of(account_id) if m.proposal_id == proposal_id]


class FakeOutbox(FakeLedger):
    """Fills Outbox."""

    async def claim_due(
        self, *, since: datetime, now: datetime, lease: datetime, limit: int
    ) -> list[Message]:
        due = [
            message
            for message in self.by_id.values()
            if message.status in WAITING
            and since < message.send_at <= now
            and message.held_until <= now
            and not message.paused_by
        ]
        token = new_id()
        line = LedgerEntry(kind="claimed", at=now, status=MessageStatus.CLAIMED, token=token)
        first = sorted(due, key=lambda m: m.send_at)[:limit]
        return [self.write(m, line, token=token, lease_until=lease) for m in first]

    async def intend(
        self, message: Message, *, digest: str, now: datetime, lease: datetime
    ) -> bool:
        mine = self._mine(message, MessageStatus.CLAIMED)
        if mine is None or mine.paused_by:
            return False
        line = LedgerEntry(
            kind="intent",
            at=now,
            status=MessageStatus.SENDING,
            token=mine.token,
            digest=digest,
            mailbox_id=mine.mailbox_id,
        )
        self.write(mine, line, lease_until=lease, attempts=mine.attempts + 1)
        self.attempted_at[mine.id] = now
        return True

    async def record(self, message: Message, outcome: Outcome) -> bool:
        is_late = outcome.is_attempt and outcome.status is not MessageStatus.UNKNOWN
        mine = self._mine(message, *IN_HAND, *([MessageStatus.UNKNOWN] if is_late else []))
        if mine is None:
            return False
        if outcome.began_at is not None:
            wire = LedgerEntry(
                kind="wire",
                at=outcome.began_at,
                status=MessageStatus.SENDING,
                token=mine.token,
                channel=outcome.channel,
            )
            mine = self.write(mine, wire)
        if outcome.status is MessageStatus.PLANNED and mine.id in self.stopped:
            cancelled = _line(mine, replace(outcome, status=MessageStatus.CANCELLED))
            self.write(mine, cancelled, reason="stopped", token="")
            return True
        is_sent = outcome.status is MessageStatus.SENT
        self.write(
            mine,
            _line(mine, outcome),
            reason="" if is_sent else outcome.note,
            provider_id=outcome.provider_id,
            header_id=outcome.header_id or mine.header_id,
            thread_id=outcome.thread_id or mine.thread_id,
            sent_at=outcome.at if is_sent else mine.sent_at,
            look_at=(
                outcome.at + FIRST_LOOK if outcome.status is MessageStatus.UNKNOWN else mine.look_at
            ),
            token="",
            send_at=outcome.send_at or mine.send_at,
            held_until=outcome.held_until or mine.held_until,
        )
        return True

    async def release_expired(self, *, now: datetime) -> tuple[int, int]:
        back = self._settle(now, MessageStatus.CLAIMED, MessageStatus.PLANNED)
        lost = self._settle(now, MessageStatus.SENDING, MessageStatus.UNKNOWN)
        return back, lost

    async def attempted(
        self, since: Mapping[tuple[AccountId, str], datetime]
    ) -> Mapping[str, Attempts]:
        times: dict[str, list[datetime]] = defaultdict(list)
        for message_id, at in self.attempted_at.items():
            message = self.by_id[message_id]
            mailbox = (message.account_id, message.mailbox_id)
            if mailbox in since and at >= since[mailbox]:
                times[message.mailbox_id].append(at)
        return {box: Attempts(count=len(all), last_at=max(all)) for box, all in times.items()}

    async def hold_mailbox(
        self, account_id: AccountId, mailbox_id: str, *, until: datetime
    ) -> None:
        for message in self.of(account_id):
            if message.mailbox_id == mailbox_id and message.status in WAITING:
                self.write(message, held_until=until)

    def _mine(self, message: Message, *statuses: MessageStatus) -> Message | None:
        now = self.by_id.get(message.id)
        if now is None or now.status not in statuses or now.token != message.token:
            return None
        return now

    def _settle(self, now: datetime, was: MessageStatus, then: MessageStatus) -> int:
        over = [
            message
            for message in self.by_id.values()
            if message.status is was
            and message.lease_until is not None
            and message.lease_until <= now
        ]
        line = LedgerEntry(kind="lease over", at=now, status=then, note=LOST)
        for message in over:
            if then is MessageStatus.UNKNOWN:
                self.write(message, line, reason=LOST, look_at=now + FIRST_LOOK)
            else:
                self.write(message, line, reason=LOST, token="")
        return len(over)


class FakeLateness(FakeLedger):
    """Fills Lateness."""

    async def late(self, *, before: datetime, now: datetime, limit: int) -> list[Message]:
        found = [
            message
            for message in self.by_id.values()
            if message.status in WAITING
            and message.send_at <= before
            and message.held_until <= now
            and not message.paused_by
        ]
        return sorted(found, key=lambda m: m.send_at)[:limit]

    async def open_of(self, account_id: AccountId, prospect_ids: Collection[str]) -> list[Message]:
        wanted = set(prospect_ids)
        found = [
            message
            for message in self.of(account_id)
            if message.prospect_id in wanted and message.status in WAITING
        ]
        return sorted(found, key=lambda m: (m.prospect_id, m.step))

    async def move(
        self, message: Message, *, send_at: datetime, because: str, at: datetime
    ) -> bool:
        now = self.by_id.get(message.id)
        if now is None or now.status not in WAITING or now.send_at != message.send_at:
            return False
        line = LedgerEntry(kind="moved", at=at, status=MessageStatus.PLANNED, note=because)
        self.write(now, line, send_at=send_at, because=because)
        return True

    async def with_open(self, account_id: AccountId, sequence_ids: Collection[str]) -> set[str]:
        live = (*OPEN, MessageStatus.SENDING)
        found = {m.sequence_id for m in self.of(account_id) if m.status in live}
        return found & set(sequence_ids)


class FakeMessages(FakePlanned, FakeOutbox, FakeLateness, FakeReach):
    """Fills Messages, Outbox, Lateness, LastWritten and Reach over one ledger, as stores do."""

    async def last_sent(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, datetime]:
        sent = [
            (m.sent_at, m.person_id)
            for m in self.by_id.values()
            if m.account_id == account_id
            and m.status is MessageStatus.SENT
            and m.sent_at is not None
            and m.person_id in person_ids
        ]
        return {person_id: at for at, person_id in sorted(sent)}


def _line(message: Message, outcome: Outcome) -> LedgerEntry:
    return LedgerEntry(
        kind="outcome" if outcome.is_attempt else "put back",
        at=outcome.at,
        status=outcome.status,
        note=outcome.note,
        token=message.token,
        provider_id=outcome.provider_id,
        code=outcome.code,
    )


def _counts(messages: list[Message]) -> MessageCounts:
    ahead = [m.send_at for m in messages if m.status in OPEN]
    meant = [m.send_at for m in messages if m.status not in NEVER_SENT]
    return MessageCounts(
        by_status=dict(Counter(m.status for m in messages)),
        next_at=min(ahead, default=None),
        last_at=max(meant, default=None),
    )
