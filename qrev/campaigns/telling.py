"""Telling the conversation a sequence came from what has become of it."""

from __future__ import annotations

from collections.abc import Iterable

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Notice
from qrev.campaigns.ports import Notices, SequenceBook
from qrev.kit.clock import Clock


class Telling:
    def __init__(self, *, notices: Notices, sequences: SequenceBook, clock: Clock) -> None:
        self._notices = notices
        self._sequences = sequences
        self._clock = clock

    async def say(self, account_id: AccountId, sequence_id: str, text: str, *, about: str) -> None:
        """Post a sentence, once for each `about`."""
        await self._tell(account_id, sequence_id, notice=f"{about}:said", text=text)

    async def refresh(self, account_id: AccountId, sequence_id: str, cards: Iterable[str]) -> None:
        """Ask the open cards of these keys to look again."""
        now = self._clock().isoformat()
        for card in cards:
            await self._tell(account_id, sequence_id, notice=f"{card}:{now}", card_id=card)

    async def _tell(
        self,
        account_id: AccountId,
        sequence_id: str,
        *,
        notice: str,
        text: str = "",
        card_id: str = "",
    ) -> None:
        sequence = await self._sequences.get(account_id, sequence_id)
        if sequence is None:
            return
        await self._notices.tell(
            Notice(
                id=f"{sequence_id}:{notice}",
                account_id=account_id,
                conversation_id=sequence.conversation_id,
                at=self._clock(),
                card_id=card_id,
                text=text,
            )
        )
