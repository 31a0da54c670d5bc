"""A channel for tests: it takes letters, keeps them, and makes trouble when told to."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from qrev.campaigns.delivery import Accepted
from qrev.campaigns.models import Mailbox
from qrev.campaigns.ports import Letter


class Postbox:
    """A channel. It delivers, unless it was told what to do for an address or a mailbox."""

    def __init__(self) -> None:
        self.delivered: list[Letter] = []
        self.attempts: list[str] = []
        self.troubles: dict[str, Exception] = {}
        self.before_answering: Callable[[Letter], object] = lambda letter: None

    async def send(self, mailbox: Mailbox, letter: Letter) -> Accepted:
        self.attempts.append(letter.message_id)
        await asyncio.sleep(0)
        answer = self.before_answering(letter)
        if asyncio.iscoroutine(answer):
            await answer
        trouble = self.troubles.get(letter.recipient) or self.troubles.get(mailbox.email)
        if trouble is not None:
            raise trouble
        self.delivered.append(letter)
        return Accepted(provider_id=f"taken-{len(self.delivered)}")

    @property
    def times_delivered(self) -> Counter[str]:
        return Counter(letter.message_id for letter in self.delivered)
