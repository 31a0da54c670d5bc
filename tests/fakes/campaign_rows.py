"""Campaigns read piece by piece, in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Message, Prospect
from tests.fakes.messages import FakeMessages
from tests.fakes.sequences import FakeProspectBook


class FakeCampaignRows:
    """Fills CampaignRows."""

    def __init__(self, prospects: FakeProspectBook, messages: FakeMessages) -> None:
        self._prospects = prospects
        self._messages = messages

    async def prospects(
        self, account_id: AccountId, sequence_id: str, *, after: int | None, limit: int
    ) -> list[Prospect]:
        found = await self._prospects.of_sequence(account_id, sequence_id)
        return [p for p in found if after is None or p.position > after][:limit]

    async def mails(
        self, account_id: AccountId, prospect_ids: Collection[str]
    ) -> Mapping[str, list[Message]]:
        mine = [m for m in self._messages.by_id.values() if m.account_id == account_id]
        of = {
            key: sorted((m for m in mine if m.prospect_id == key), key=lambda m: m.step)
            for key in prospect_ids
        }
        return {key: mails for key, mails in of.items() if mails}
