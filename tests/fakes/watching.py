"""What stands still, in memory."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Message, MessageStatus
from qrev.campaigns.watching import Stall, Waiting
from tests.fakes.messages import WAITING, FakeMessages


class FakeStillness:
    """Fills Stillness."""

    def __init__(self, messages: FakeMessages) -> None:
        self._messages = messages

    async def waiting(self, *, before: datetime, tried_until: datetime) -> list[Waiting]:
        open_ones = [
            m for m in self._messages.by_id.values() if m.status in WAITING and not m.paused_by
        ]
        overdue = [(m, m.send_at) for m in open_ones if m.send_at <= before]
        put_off = [
            (m, tried)
            for m in open_ones
            if before < m.send_at <= tried_until
            and (tried := _tried_at(m)) is not None
            and tried <= before
        ]
        groups: dict[tuple[AccountId, str, str, bool], list[tuple[Message, datetime]]]
        groups = defaultdict(list)
        for is_put_off, found in enumerate((overdue, put_off)):
            for m, at in found:
                key = (m.account_id, m.mailbox_id, m.sequence_id, bool(is_put_off))
                groups[key].append((m, at))
        return [
            Waiting(
                account_id=key[0],
                mailbox_id=key[1],
                sequence_id=key[2],
                since=min(at for _, at in mails),
                count=len(mails),
                reason=max(m.reason for m, _ in mails),
            )
            for key, mails in groups.items()
        ]

    async def last_left(self, account_id: AccountId) -> datetime | None:
        sent = [
            m.sent_at
            for m in self._messages.of(account_id)
            if m.status is MessageStatus.SENT and m.sent_at is not None
        ]
        return max(sent, default=None)


class FakeStallBook:
    """Fills StallBook."""

    def __init__(self) -> None:
        self._by_account: dict[AccountId, Stall] = {}

    async def open(self, stall: Stall) -> bool:
        known = self._by_account.get(stall.account_id)
        if known is not None and known.kind == stall.kind:
            return False
        self._by_account[stall.account_id] = stall
        return True

    async def close(self, account_id: AccountId) -> bool:
        return self._by_account.pop(account_id, None) is not None

    async def all(self) -> list[Stall]:
        return sorted(self._by_account.values(), key=lambda stall: stall.since)


def _tried_at(message: Message) -> datetime | None:
    tries = [line.at for line in message.ledger if line.kind == "intent"]
    return max(tries, default=None) if message.attempts else None
