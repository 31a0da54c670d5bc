"""Sending rules in memory."""

from __future__ import annotations

from dataclasses import replace

from qrev.accounts.models import AccountId
from qrev.campaigns.rulebook import Rulebook


class FakeRulebooks:
    """Fills Rulebooks."""

    def __init__(self) -> None:
        self.by_key: dict[tuple[AccountId, str], Rulebook] = {}

    async def get(self, account_id: AccountId, sequence_id: str = "") -> Rulebook:
        return self.by_key.get((account_id, sequence_id), Rulebook())

    async def put(self, account_id: AccountId, rulebook: Rulebook, sequence_id: str = "") -> bool:
        there = await self.get(account_id, sequence_id)
        if there.version != rulebook.version:
            return False
        following = replace(rulebook, version=rulebook.version + 1)
        self.by_key[account_id, sequence_id] = following
        return True
