"""The ledger in memory, as someone reads it who asks what leaves when."""

from __future__ import annotations

from datetime import datetime

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Message, Touch
from tests.fakes.messages import NEVER_SENT
from tests.fakes.reaching import FakeLedger


class FakeTouches:
    """Fills Touches."""

    def __init__(self, ledger: FakeLedger) -> None:
        self._ledger = ledger

    async def of_sequence(self, account_id: AccountId, sequence_id: str) -> list[Touch]:
        mine = [m for m in self._ledger.of(account_id) if m.sequence_id == sequence_id]
        return [_touch(m) for m in mine if m.status not in NEVER_SENT]

    async def of_account(self, account_id: AccountId, *, since: datetime) -> list[Touch]:
        mine = [m for m in self._ledger.of(account_id) if m.send_at >= since]
        return [_touch(m) for m in mine if m.status not in NEVER_SENT]

    async def of_prospect(self, account_id: AccountId, prospect_id: str) -> list[Touch]:
        mine = [m for m in self._ledger.of(account_id) if m.prospect_id == prospect_id]
        return [_touch(m) for m in sorted(mine, key=lambda m: m.step)]


def _touch(message: Message) -> Touch:
    named = {"email": "to", "name": "to_name"}
    return Touch(*(getattr(message, named.get(name, name)) for name in Touch._fields))
