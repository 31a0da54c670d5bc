"""What was sent, in memory, as what follows has to know it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from qrev.accounts.models import AccountId
from qrev.campaigns.delivery import Earlier
from qrev.campaigns.models import Message, MessageStatus
from tests.fakes.reaching import FakeLedger


class FakeSentMails:
    """Fills SentMails."""

    def __init__(self, ledger: FakeLedger) -> None:
        self._ledger = ledger

    async def earlier(
        self, account_id: AccountId, prospect_ids: Collection[str]
    ) -> Mapping[str, tuple[Earlier, ...]]:
        found: dict[str, list[Earlier]] = defaultdict(list)
        for m in self._ledger.of(account_id):
            if m.prospect_id in prospect_ids and m.status is MessageStatus.SENT:
                found[m.prospect_id].append(Earlier(m.step, m.subject, m.header_id, m.thread_id))
        return {prospect_id: tuple(sorted(each)) for prospect_id, each in found.items()}

    async def linked(self, message_id: str) -> Message | None:
        return self._ledger.by_id.get(message_id)
