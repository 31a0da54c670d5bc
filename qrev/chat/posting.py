"""Putting cards into a conversation: kept once, shown in every tab that is open on it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from chainlit.session import WebsocketSession

from qrev.accounts.models import AccountId
from qrev.assistant.cards import Card, TextCard
from qrev.chat.archive import Archive
from qrev.chat.audience import Audience
from qrev.kit.clock import Clock
from qrev.kit.harmless import harmless

NAME = "QRev"
NAMES = uuid.UUID("6f0d0b52-0d3c-4f0e-9b1d-0f4d3a5c7e21")
Shown = dict[str, Any]


class Poster:
    def __init__(self, archive: Archive, audience: Audience, clock: Clock) -> None:
        self._archive = archive
        self._audience = audience
        self._clock = clock

    async def post(
        self,
        thread_id: str,
        account_id: AccountId,
        card: Card,
        *,
        about: str = "",
        is_error: bool = False,
    ) -> str:
        """Add a card at the end of the thread and return its step's id.

        With `about`, the id is made from it: posted twice, it is there once.
        """
        step_id = str(uuid.uuid5(NAMES, about)) if about else str(uuid.uuid4())
        step, element = self.drawn(thread_id, step_id, card, is_error=is_error)
        # Kept before it is shown: what somebody saw is there after a reload, whatever happens.
        await self._archive.keep_step(thread_id, step)
        if element is not None:
            await self._archive.keep_element(thread_id, element, card_key=card.key)
        await self._audience.show(thread_id, account_id, "new_message", step)
        if element is not None:
            await self._audience.show(thread_id, account_id, "element", element)
        return step_id

    def drawn(
        self, thread_id: str, step_id: str, card: Card, *, is_error: bool = False
    ) -> tuple[Shown, Shown | None]:
        """Return a card as the page takes it: a step, and an element for all but plain words."""
        text = card.text if isinstance(card, TextCard) else ""
        step = self._step(thread_id, step_id, text, is_error)
        return step, None if isinstance(card, TextCard) else _element(thread_id, step_id, card)

    async def reword(self, thread_id: str, account_id: AccountId, step_id: str, text: str) -> None:
        """Change the words of a text that was posted."""
        step = self._step(thread_id, step_id, text, is_error=False)
        await self._audience.show(thread_id, account_id, "update_message", step)
        await self._archive.keep_step(thread_id, step)

    async def show_words(
        self, thread_id: str, account_id: AccountId, step_id: str, text: str, *, is_new: bool
    ) -> None:
        """Show words that are still being said. They are not kept: `reword` does that."""
        step = self._step(thread_id, step_id, text, is_error=False)
        event = "new_message" if is_new else "update_message"
        await self._audience.show(thread_id, account_id, event, step)

    async def unsay(self, thread_id: str, account_id: AccountId, step_id: str) -> None:
        """Take words off the screen that were shown and not kept."""
        step = self._step(thread_id, step_id, "", is_error=False)
        await self._audience.show(thread_id, account_id, "delete_message", step)

    async def look_again(self, thread_id: str, account_id: AccountId, card_key: str) -> None:
        """Have every card about that key load what is behind it anew."""
        for element in await self._archive.bump(thread_id, card_key):
            await self._audience.show(thread_id, account_id, "element", element)

    async def echo(self, session: WebsocketSession, account_id: AccountId, step: Shown) -> None:
        """Show what was said in one tab in the others that are open on the conversation."""
        await self._audience.show(session.thread_id, account_id, "new_message", step, but=session)

    def _step(self, thread_id: str, step_id: str, text: str, is_error: bool) -> Shown:
        at = _written(self._clock())
        return {
            "id": step_id,
            "threadId": thread_id,
            "type": "assistant_message",
            "name": NAME,
            "output": harmless(text),  # whoever the words are from
            "createdAt": at,
            "start": at,
            "end": at,
            "streaming": False,
            "isError": is_error,
            "waitForAnswer": False,
            "metadata": {},
        }


def _element(thread_id: str, step_id: str, card: Card) -> Shown:
    return {
        "id": str(uuid.uuid5(NAMES, step_id)),
        "threadId": thread_id,
        "forId": step_id,
        "type": "custom",
        "name": type(card).__name__,  # its drawing in public/elements has the same name
        "display": "inline",
        "mime": "application/json",
        "props": card.model_dump(mode="json"),
    }


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"
