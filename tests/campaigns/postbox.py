"""A channel for tests: it takes letters, keeps them, and makes trouble when told to."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from qrev.campaigns.delivery import Absent, Accepted, CouldNotLook, Found, Look
from qrev.campaigns.models import Mailbox, Message
from qrev.campaigns.ports import Letter, NoAnswer


class Postbox:
    """A channel. It delivers, unless it was told what to do for an address or a mailbox."""

    def __init__(self) -> None:
        self.delivered: list[Letter] = []
        self.attempts: list[str] = []
        self.troubles: dict[str, Exception] = {}
        self.cut_off: set[str] = set()  # whose mail is taken, and no answer comes
        self.blind = ""  # why it cannot say what it took
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
        if letter.recipient in self.cut_off:
            raise NoAnswer("cut after the data")
        return Accepted(provider_id=f"taken-{len(self.delivered)}")

    async def look(self, mailbox: Mailbox, message: Message) -> Look:
        if self.blind:
            return CouldNotLook(self.blind)
        is_there = any(letter.message_id == message.id for letter in self.delivered)
        return Found(Accepted(provider_id="found")) if is_there else Absent()

    @property
    def times_delivered(self) -> Counter[str]:
        return Counter(letter.message_id for letter in self.delivered)
