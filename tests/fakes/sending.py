"""Mailboxes, notices, who must not be written to, and a channel, in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from qrev.accounts.models import AccountId
from qrev.campaigns.delivery import Accepted
from qrev.campaigns.models import Mailbox, Notice
from qrev.campaigns.ports import Letter, SendError


class FakeMailboxes:
    """Fills Mailboxes."""

    def __init__(self) -> None:
        self.by_id: dict[str, Mailbox] = {}

    async def add_if_new(self, mailbox: Mailbox) -> bool:
        is_new = mailbox.id not in self.by_id
        self.by_id.setdefault(mailbox.id, mailbox)
        return is_new

    async def of_account(self, account_id: AccountId) -> list[Mailbox]:
        found = [m for m in self.by_id.values() if m.account_id == account_id]
        return sorted(found, key=lambda m: m.email)

    async def pause(self, account_id: AccountId, mailbox_id: str, reason: str) -> None:
        mailbox = self.by_id.get(mailbox_id)
        if mailbox is not None and mailbox.account_id == account_id:
            self.by_id[mailbox_id] = replace(mailbox, is_paused=True, paused_reason=reason)

    async def set_sending(self, account_id: AccountId, mailbox: Mailbox) -> None:
        known = self.by_id.get(mailbox.id)
        if known is not None and known.account_id == account_id:
            self.by_id[mailbox.id] = replace(
                known,
                cap=mailbox.cap,
                timezone=mailbox.timezone,
                ramp_started_on=mailbox.ramp_started_on,
            )


class FakeNotices:
    """Fills Notices."""

    def __init__(self) -> None:
        self.by_id: dict[str, Notice] = {}
        self._posted: set[str] = set()

    async def tell(self, notice: Notice) -> None:
        self.by_id.setdefault(notice.id, notice)

    async def since(self, conversation_ids: Collection[str], at: datetime) -> list[Notice]:
        found = [
            notice
            for notice in self.by_id.values()
            if notice.conversation_id in conversation_ids and notice.at >= at
        ]
        return sorted(found, key=lambda n: n.at)

    async def unposted(self, conversation_id: str) -> list[Notice]:
        found = [
            notice
            for notice in self.by_id.values()
            if notice.conversation_id == conversation_id and self._is_unposted(notice)
        ]
        return sorted(found, key=lambda n: n.at)

    async def claim_posting(self, notice_id: str) -> bool:
        notice = self.by_id.get(notice_id)
        if notice is None or not self._is_unposted(notice):
            return False
        self._posted.add(notice_id)
        return True

    def _is_unposted(self, notice: Notice) -> bool:
        return bool(notice.text) and notice.id not in self._posted


class FakeReachability:
    """Fills Reachability: whom `forbid` names must not be written to."""

    def __init__(self) -> None:
        self._reasons: dict[tuple[AccountId, str], str] = {}

    def forbid(self, account_id: AccountId, email: str, reason: str) -> None:
        self._reasons[account_id, email] = reason

    async def unreachable(
        self, account_id: AccountId, emails: Collection[str]
    ) -> Mapping[str, str]:
        return {e: self._reasons[account_id, e] for e in emails if (account_id, e) in self._reasons}


class FakeChannel:
    """Fills Channel: keeps the letters it delivered, or fails as `fail_with` says."""

    def __init__(self) -> None:
        self.delivered: list[Letter] = []
        self.fail_with: SendError | None = None

    async def send(self, mailbox: Mailbox, letter: Letter) -> Accepted:
        if self.fail_with is not None:
            raise self.fail_with
        self.delivered.append(letter)
        return Accepted(provider_id=f"provider-{len(self.delivered)}")
