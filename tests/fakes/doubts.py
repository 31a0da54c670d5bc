"""Messages in doubt, in memory."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from qrev.accounts.models import AccountId
from qrev.campaigns.doubt import Settlement
from qrev.campaigns.models import LedgerEntry, Message, MessageStatus
from tests.fakes.messages import FakeMessages

UNKNOWN = MessageStatus.UNKNOWN

NEVER = datetime.min.replace(tzinfo=UTC)


class FakeDoubts:
    """Fills Doubts over the messages of another fake."""

    def __init__(self, messages: FakeMessages) -> None:
        self._messages = messages

    async def to_look_at(self, *, now: datetime, limit: int) -> list[Message]:
        due = [
            (message.look_at, message.id)
            for message in self._messages.by_id.values()
            if message.status is UNKNOWN and message.look_at is not None and message.look_at <= now
        ]
        return [self._messages.by_id[message_id] for _, message_id in sorted(due)[:limit]]

    async def note_look(
        self, message: Message, *, note: str, at: datetime, look_at: datetime, is_absent: bool
    ) -> bool:
        mine = self._doubted(message)
        if mine is None:
            return False
        line = LedgerEntry(kind="looked", at=at, status=UNKNOWN, note=note)
        absent_at = at if is_absent and mine.absent_at is None else mine.absent_at
        self._messages.write(mine, line, look_at=look_at, absent_at=absent_at)
        return True

    async def settle(self, message: Message, settlement: Settlement) -> bool:
        mine = self._doubted(message)
        if mine is None:
            return False
        is_planned = settlement.status is MessageStatus.PLANNED
        is_stopped = is_planned and mine.id in self._messages.stopped
        line = LedgerEntry(
            kind="settled",
            at=settlement.at,
            status=MessageStatus.CANCELLED if is_stopped else settlement.status,
            note=settlement.note,
            provider_id=settlement.provider_id,
        )
        self._messages.write(
            mine,
            line,
            reason="" if settlement.status is MessageStatus.SENT else settlement.note,
            token="",
            look_at=None,
            absent_at=None,
            provider_id=settlement.provider_id or mine.provider_id,
            header_id=settlement.header_id or mine.header_id,
            thread_id=settlement.thread_id or mine.thread_id,
            sent_at=settlement.sent_at or mine.sent_at,
            send_at=mine.send_at if is_stopped else settlement.send_at or mine.send_at,
        )
        return True

    async def in_doubt(
        self, account_id: AccountId, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[Message]:
        keys = [
            (self._messages.attempted_at.get(m.id, NEVER), m.id)
            for m in self._messages.of(account_id)
            if m.status is UNKNOWN
        ]
        behind = [key for key in keys if before is None or (key[0] > NEVER and key < before)]
        return [self._messages.by_id[key[1]] for key in sorted(behind, reverse=True)[:limit]]

    async def of_ids(self, account_id: AccountId, message_ids: Collection[str]) -> list[Message]:
        mine = self._messages.of(account_id)
        found = [m for m in mine if m.id in message_ids and m.status is UNKNOWN]
        return sorted(found, key=lambda m: m.id)

    def _doubted(self, message: Message) -> Message | None:
        now = self._messages.by_id.get(message.id)
        if now is None or now.account_id != message.account_id or now.status is not UNKNOWN:
            return None
        return now if now.attempts == message.attempts else None
