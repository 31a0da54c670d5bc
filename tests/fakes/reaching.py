"""The ledger in memory: the messages, and what reaches for many of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from qrev.accounts.models import AccountId
from qrev.campaigns.life.models import Scope
from qrev.campaigns.life.ports import TakenBack
from qrev.campaigns.models import LATE, OPEN, LedgerEntry, Message, MessageStatus

UNDECIDED = (MessageStatus.SENDING, MessageStatus.UNKNOWN)


class FakeLedger:
    """What the three views of the ledger share: the messages, and how one is changed."""

    def __init__(self) -> None:
        self.by_id: dict[str, Message] = {}
        self.attempted_at: dict[str, datetime] = {}
        self.stopped: set[str] = set()
        self.earlier: dict[str, list[tuple[str, str, str]]] = {}  # order, subject, body

    def of(self, account_id: AccountId) -> list[Message]:
        return [m for m in self.by_id.values() if m.account_id == account_id]

    def write(self, message: Message, line: LedgerEntry | None = None, **new: Any) -> Message:
        if line is not None:
            new["status"] = line.status
            new["ledger"] = (*message.ledger, line)
        self.by_id[message.id] = replace(message, **new)
        return self.by_id[message.id]

    def cancelled(self, meant: Collection[Message], *, reason: str, at: datetime, by: str) -> int:
        """Cancel what is open of these; what is on the wire is only marked."""
        self.stopped |= {m.id for m in meant if m.status in UNDECIDED}
        opened = [m for m in meant if m.status in OPEN]
        for message in opened:
            line = LedgerEntry(kind="stop", at=at, status=MessageStatus.CANCELLED, note=reason)
            self.write(
                message, line, reason=reason, token="", cancelled_by=by or message.cancelled_by
            )
        return len(opened)


class FakeReach(FakeLedger):
    """Fills Reach."""

    async def tally(self, account_id: AccountId, scope: Scope) -> Mapping[MessageStatus, int]:
        return dict(Counter(m.status for m in self._meant(account_id, scope)))

    async def opened(self, account_id: AccountId, scope: Scope) -> list[Message]:
        found = [m for m in self._meant(account_id, scope) if m.status in OPEN]
        return sorted(found, key=lambda m: (m.send_at, m.id))

    async def places(self, account_id: AccountId, sequence_id: str) -> list[tuple[str, str]]:
        meant = self._meant(account_id, Scope(sequence_id=sequence_id))
        left = (*OPEN, MessageStatus.SENDING)
        return sorted({(m.country, m.timezone) for m in meant if m.status in left})

    async def pause(
        self, account_id: AccountId, scope: Scope, pause_id: str, *, at: datetime
    ) -> int:
        line = LedgerEntry(kind="paused", at=at, status=MessageStatus.PLANNED, note=pause_id)
        for message in self._meant(account_id, scope):
            is_new = pause_id not in message.paused_by
            paused_by = (*message.paused_by, pause_id) if is_new else message.paused_by
            is_told = any(each.note == pause_id for each in message.ledger)
            if message.status in OPEN and not is_told:
                self.write(message, line, paused_by=paused_by, token="")
            elif message.status in (*OPEN, *UNDECIDED):
                self.write(message, paused_by=paused_by)
        meant = self._meant(account_id, scope)
        return sum(m.status in OPEN and pause_id in m.paused_by for m in meant)

    async def release(self, account_id: AccountId, pause_id: str, *, at: datetime) -> int:
        released = 0
        line = LedgerEntry(kind="resumed", at=at, status=MessageStatus.PLANNED, note=pause_id)
        for message in [m for m in self.of(account_id) if pause_id in m.paused_by]:
            left = tuple(p for p in message.paused_by if p != pause_id)
            is_waiting = message.status is MessageStatus.PLANNED
            released += is_waiting
            self.write(
                message,
                line if is_waiting else None,
                paused_by=left,
                send_at=_late(message.send_at, at),
            )
        return released

    async def restore(self, account_id: AccountId, order_id: str, *, at: datetime) -> int:
        mine = [
            message
            for message in self.of(account_id)
            if message.cancelled_by == order_id and message.status is MessageStatus.CANCELLED
        ]
        line = LedgerEntry(kind="restored", at=at, status=MessageStatus.PLANNED, note=order_id)
        for message in mine:
            self.stopped.discard(message.id)
            self.write(
                message, line, reason="", cancelled_by="", send_at=_late(message.send_at, at)
            )
        return len(mine)

    async def reword(
        self, message: Message, *, subject: str, body: str, note: str, at: datetime
    ) -> bool:
        now = self.by_id.get(message.id)
        if now is None or now.account_id != message.account_id or now.status not in OPEN:
            return False
        if (now.subject, now.body) != (message.subject, message.body):
            return False
        line = LedgerEntry(kind="reworded", at=at, status=MessageStatus.PLANNED, note=note)
        self.earlier.setdefault(now.id, []).append((note, now.subject, now.body))
        self.write(now, line, subject=subject, body=body, token="")
        return True

    async def give_words_back(
        self, account_id: AccountId, sequence_id: str, order_id: str, *, at: datetime
    ) -> int:
        line = LedgerEntry(kind="reworded", at=at, status=MessageStatus.PLANNED, note="undone")
        mine = [
            message
            for message in self._meant(account_id, Scope(sequence_id=sequence_id))
            if message.status in OPEN
            and (self.earlier.get(message.id) or [("", "", "")])[-1][0] == order_id
        ]
        for message in mine:
            _, subject, body = self.earlier[message.id].pop()
            self.write(message, line, subject=subject, body=body, token="")
        return len(mine)

    async def take_back(
        self, account_id: AccountId, proposal_id: str, *, reason: str, at: datetime
    ) -> TakenBack:
        scope = Scope(proposal_id=proposal_id)
        back = self.cancelled(self._meant(account_id, scope), reason=reason, at=at, by=proposal_id)
        meant = self._meant(account_id, scope)
        touched = {
            m.prospect_id
            for m in meant
            if m.status is not MessageStatus.CANCELLED or m.attempts > 0
        }
        for message in meant:
            if message.prospect_id not in touched:
                del self.by_id[message.id]
        left = sum(m.status is not MessageStatus.CANCELLED for m in meant)
        return TakenBack(back=back, left=left)

    async def written_to(self, account_id: AccountId, sequence_id: str) -> set[str]:
        meant = self._meant(account_id, Scope(sequence_id=sequence_id))
        return {m.prospect_id for m in meant}

    def _meant(self, account_id: AccountId, scope: Scope) -> list[Message]:
        wanted = {
            "sequence_id": scope.sequence_id,
            "proposal_id": scope.proposal_id,
            "mailbox_id": scope.mailbox_id,
            "company": scope.company,
            "to": scope.email,
            "step": scope.step,
        }
        return [
            message
            for message in self.of(account_id)
            if all(not v or getattr(message, name) == v for name, v in wanted.items())
            and (scope.places is None or (message.country, message.timezone) in scope.places)
        ]


def _late(send_at: datetime, at: datetime) -> datetime:
    return at - LATE if at - LATE < send_at <= at else send_at
