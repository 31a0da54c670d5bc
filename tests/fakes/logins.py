"""Logins of mailboxes, in memory."""

from __future__ import annotations

from dataclasses import replace

from qrev.accounts.models import AccountId
from qrev.campaigns.logins import SealedLogin


class FakeLoginBook:
    """Fills LoginBook."""

    def __init__(self) -> None:
        self.by_mailbox: dict[str, SealedLogin] = {}

    async def get(self, account_id: AccountId, mailbox_id: str) -> SealedLogin | None:
        kept = self.by_mailbox.get(mailbox_id)
        return kept if kept is not None and kept.account_id == account_id else None

    async def put(self, login: SealedLogin) -> None:
        kept = self.by_mailbox.get(login.mailbox_id)
        version = 1 if kept is None else kept.version + 1
        self.by_mailbox[login.mailbox_id] = replace(login, version=version)

    async def replace(self, login: SealedLogin, *, was: int) -> bool:
        kept = await self.get(login.account_id, login.mailbox_id)
        if kept is None or kept.version != was:
            return False
        self.by_mailbox[login.mailbox_id] = replace(login, version=was + 1)
        return True

    async def remove(self, account_id: AccountId, mailbox_id: str) -> bool:
        if await self.get(account_id, mailbox_id) is None:
            return False
        del self.by_mailbox[mailbox_id]
        return True

    async def sealed_with(self, key_ids: tuple[str, ...], limit: int) -> list[SealedLogin]:
        return [each for each in self.by_mailbox.values() if each.key_id in key_ids][:limit]
