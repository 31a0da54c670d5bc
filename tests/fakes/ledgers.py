"""The ledgers of a workspace, in memory."""

from __future__ import annotations

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Message
from tests.fakes.messages import FakeMessages


class FakeLedgers:
    """Fills Ledgers over the messages of another fake."""

    def __init__(self, messages: FakeMessages) -> None:
        self._messages = messages

    async def tried(self, account_id: AccountId, *, after: str, limit: int) -> list[Message]:
        tried = self._messages.attempted_at
        mine = [m for m in self._messages.of(account_id) if m.id in tried and m.id > after]
        return sorted(mine, key=lambda m: m.id)[:limit]
