"""One line in the thread that says how far something long is."""

from __future__ import annotations

import time

from qrev.accounts.models import AccountId
from qrev.assistant.cards import TextCard
from qrev.chat.posting import Poster

QUIET = 1.0  # seconds; what is over sooner needs no line
AGAIN = 0.5  # seconds between two changes


class ProgressLine:
    def __init__(self, poster: Poster, thread_id: str, account_id: AccountId) -> None:
        self._poster = poster
        self._thread_id = thread_id
        self._account_id = account_id
        self._began = self._told = time.monotonic()
        self._step_id = ""

    async def tell(self, done: int, total: int) -> None:
        """Say how many rows are read, or looked at while nobody knows how many there are.

        The last word is always said once any was.
        """
        now = time.monotonic()
        if not self._step_id and now - self._began < QUIET:
            return
        if self._step_id and now - self._told < AGAIN and (done < total or not total):
            return
        self._told = now
        text = f"Reading your list: {done:,} of {total:,} rows."
        if not total:
            text = f"Looking at your list: {done:,} rows so far."
        elif done == total:
            text = f"Your list is read: {total:,} rows."
        if self._step_id:
            await self._poster.reword(self._thread_id, self._account_id, self._step_id, text)
        else:
            card = TextCard(text=text)
            self._step_id = await self._poster.post(self._thread_id, self._account_id, card)
