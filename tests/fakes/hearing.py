"""What was heard, in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from qrev.accounts.models import AccountId
from qrev.campaigns.hearing.models import Event, EventKind
from qrev.campaigns.hearing.ports import Place
from qrev.campaigns.models import OPEN, LedgerEntry, Message, MessageStatus
from tests.fakes.messages import FakeMessages
from tests.fakes.sending import FakeMailboxes


class FakeEventBook:
    """Fills EventBook."""

    def __init__(self) -> None:
        self.by_id: dict[str, Event] = {}

    async def add_if_new(self, event: Event) -> bool:
        is_new = event.id not in self.by_id
        self.by_id.setdefault(event.id, event)
        return is_new

    async def of_person(self, account_id: AccountId, person_id: str) -> list[Event]:
        return self._newest([e for e in self._of(account_id) if e.person_id == person_id])

    async def of_address(self, account_id: AccountId, email: str, kind: EventKind) -> list[Event]:
        found = [e for e in self._of(account_id) if (e.email, e.kind) == (email, kind)]
        return self._newest(found)

    async def counts(
        self, account_id: AccountId, sequence_ids: Collection[str]
    ) -> Mapping[str, Mapping[EventKind, int]]:
        people = {(e.sequence_id, e.kind, e.prospect_id) for e in self._of(account_id)}
        found: dict[str, Counter[EventKind]] = defaultdict(Counter)
        for sequence_id, kind, _ in people:
            if sequence_id in sequence_ids:
                found[sequence_id][kind] += 1
        return found

    async def of_mailbox(
        self, account_id: AccountId, mailbox_id: str, *, since: datetime
    ) -> Mapping[EventKind, int]:
        return Counter(
            e.kind for e in self._of(account_id) if e.mailbox_id == mailbox_id and e.at >= since
        )

    def _of(self, account_id: AccountId) -> list[Event]:
        return [e for e in self.by_id.values() if e.account_id == account_id]

    @staticmethod
    def _newest(events: list[Event]) -> list[Event]:
        return sorted(events, key=lambda e: e.at, reverse=True)


class FakeSent:
    """Fills Sent."""

    def __init__(self, messages: FakeMessages) -> None:
        self._messages = messages

    async def to_address(self, account_id: AccountId, email: str) -> list[Message]:
        found = [m for m in self._messages.of(account_id) if m.to == email and m.attempts]
        return sorted(found, key=lambda m: (m.sent_at or m.send_at, m.id), reverse=True)

    async def recent(
        self, account_id: AccountId, mailbox_id: str, *, since: datetime
    ) -> list[tuple[str, str]]:
        return [
            (m.id, "")
            for m in self._messages.of(account_id)
            if m.mailbox_id == mailbox_id
            and any(line.kind == "intent" and line.at >= since for line in m.ledger)
        ]

    async def keep_back(
        self, account_id: AccountId, email: str, *, until: datetime, at: datetime
    ) -> int:
        meant = [
            m
            for m in self._messages.of(account_id)
            if m.to == email and m.status in OPEN and m.held_until < until
        ]
        planned = MessageStatus.PLANNED
        for m in meant:
            line = LedgerEntry(
                kind="kept back",
                at=at,
                status=planned,
                note=f"they are away until {until:%d %B}",
            )
            self._messages.by_id[m.id] = replace(
                m, held_until=until, status=planned, token="", ledger=(*m.ledger, line)
            )
        return len(meant)


class FakePlaces:
    """Fills Places."""

    def __init__(self, mailboxes: FakeMailboxes) -> None:
        self._mailboxes = mailboxes
        self._places: dict[tuple[AccountId, str], Place] = {}
        self._busy: dict[tuple[AccountId, str], datetime] = {}

    async def get(self, account_id: AccountId, mailbox_id: str) -> Place:
        return self._places.get((account_id, mailbox_id), Place())

    async def put(
        self,
        account_id: AccountId,
        mailbox_id: str,
        place: Place,
        *,
        free_at: datetime | None = None,
    ) -> None:
        self._places[account_id, mailbox_id] = place
        if free_at is not None:
            self._busy[account_id, mailbox_id] = free_at

    async def listened(self, channels: Collection[str]) -> list[tuple[AccountId, str]]:
        found = self._mailboxes.by_id.values()
        return [(m.account_id, m.id) for m in found if m.channel in channels]

    async def claim(
        self, account_id: AccountId, mailbox_id: str, *, at: datetime, until: datetime
    ) -> bool:
        key = (account_id, mailbox_id)
        if key in self._busy and self._busy[key] > at:
            return False
        self._busy[key] = until
        return True
