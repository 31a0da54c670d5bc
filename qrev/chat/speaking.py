"""The words of an answer in the thread while they are still being said."""

from __future__ import annotations

import time
import uuid

from qrev.accounts.models import AccountId
from qrev.assistant.cards import Card, TextCard
from qrev.chat.posting import Poster

AGAIN = 0.12  # seconds between two changes; faster, nobody reads


class SpokenLine:
    """One message that grows. It is kept once it is whole: what breaks off is taken back."""

    def __init__(self, poster: Poster, thread_id: str, account_id: AccountId) -> None:
        self._poster = poster
        self._thread_id = thread_id
        self._account_id = account_id
        self._step_id = ""
        self._shown_at = 0.0

    async def tell(self, words: str) -> None:
        """Show all the words so far, if the last time is a moment ago."""
        now = time.monotonic()
        if not words.strip() or now - self._shown_at < AGAIN:
            return
        self._shown_at = now
        is_new = not self._step_id
        self._step_id = self._step_id or str(uuid.uuid4())
        await self._poster.show_words(
            self._thread_id, self._account_id, self._step_id, words, is_new=is_new
        )

    async def settle(self, card: Card) -> bool:
        """Take the words of a card in place of those shown so far. Return whether that was so."""
        if not self._step_id or not isinstance(card, TextCard):
            return False
        step_id, self._step_id = self._step_id, ""
        await self._poster.reword(self._thread_id, self._account_id, step_id, card.text)
        return True

    async def take_back(self) -> None:
        """Remove words that no answer came of."""
        if self._step_id:
            await self._poster.unsay(self._thread_id, self._account_id, self._step_id)
            self._step_id = ""
