"""Mailboxes in memory as members change them, and their mails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from qrev.accounts.models import AccountId
from qrev.campaigns.mailbox_ports import Attempt
from qrev.campaigns.models import OPEN, Mailbox
from tests.fakes.messages import WAITING, FakeMessages
from tests.fakes.sending import FakeMailboxes


class FakeMailboxRecords:
    """Fills MailboxRecords."""

    def __init__(self, mailboxes: FakeMailboxes) -> None:
        self._mailboxes = mailboxes

    async def set(self, account_id: AccountId, mailbox: Mailbox, names: Collection[str]) -> bool:
        known = self._mailboxes.by_id.get(mailbox.id)
        if known is None or known.account_id != account_id:
            return False
        new = {name: getattr(mailbox, name) for name in names}
        self._mailboxes.by_id[mailbox.id] = replace(known, **new)
        return True

    async def remove(self, account_id: AccountId, mailbox_id: str) -> bool:
        known = self._mailboxes.by_id.get(mailbox_id)
        if known is None or known.account_id != account_id:
            return False
        del self._mailboxes.by_id[mailbox_id]
        return True


class FakeMailboxMails:
    """Fills MailboxMails."""

    def __init__(self, messages: FakeMessages, mailboxes: FakeMailboxes) -> None:
        self._messages = messages
        self._mailboxes = mailboxes

    async def attempts(self, account_id: AccountId, *, since: datetime) -> list[Attempt]:
        ids = {m.id for m in await self._mailboxes.of_account(account_id)}
        tried = [
            Attempt(m.mailbox_id, m.status, self._messages.attempted_at[m.id], m.reason)
            for m in self._messages.of(account_id)
            if m.mailbox_id in ids
            and m.id in self._messages.attempted_at
            and self._messages.attempted_at[m.id] >= since
        ]
        return sorted(tried, key=lambda each: each.at)

    async def waiting(self, account_id: AccountId) -> dict[str, int]:
        return Counter(m.mailbox_id for m in self._messages.of(account_id) if m.status in OPEN)

    async def release(
        self, account_id: AccountId, mailbox_id: str, *, held_beyond: datetime, until: datetime
    ) -> int:
        held = [
            m
            for m in self._messages.of(account_id)
            if m.mailbox_id == mailbox_id and m.status in WAITING and m.held_until > held_beyond
        ]
        for message in held:
            self._messages.write(message, held_until=until)
        return len(held)
