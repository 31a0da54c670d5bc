"""The way on for those in no workspace. Shown to their browser only: nothing of it is kept."""

from __future__ import annotations

import uuid
from typing import Any, cast
from weakref import WeakSet

import chainlit as cl
from chainlit.session import WebsocketSession
from chainlit.types import ThreadDict

from qrev.assistant.cards import Card, TextCard
from qrev.assistant.newcomer_cards import WelcomeCard
from qrev.chat.posting import Poster

NOT_TAKEN = "QRev did nothing with that: you have no workspace open."


class Welcome:
    def __init__(self, poster: Poster) -> None:
        self._poster = poster
        self._has_seen: WeakSet[WebsocketSession] = WeakSet()

    async def show(self, session: WebsocketSession) -> None:
        """Show the card at the end of the conversation."""
        self._has_seen.add(session)
        await self._whisper(session, WelcomeCard())

    async def refuse(self, session: WebsocketSession) -> None:
        """Say that nothing was done with a message, and show the card."""
        await self._whisper(session, TextCard(text=NOT_TAKEN))
        await self.show(session)

    async def show_once(self, session: WebsocketSession) -> None:
        """Show the card, unless it was: older cards ask again and again by themselves."""
        if session not in self._has_seen:
            await self.show(session)

    def forget(self, session: WebsocketSession) -> None:
        """Note that whoever looks is in a workspace: should that end, they are told again."""
        self._has_seen.discard(session)

    def stand_in(self, session: WebsocketSession, thread: ThreadDict, card: Card) -> None:
        """Put a card in the place of all that was in a thread which is about to be shown."""
        step, element = self._poster.drawn(thread["id"], str(uuid.uuid4()), card)
        shown = cast("dict[str, Any]", thread)
        shown["steps"] = [step]
        shown["elements"] = [] if element is None else [element]
        if isinstance(card, WelcomeCard):
            self._has_seen.add(session)

    async def _whisper(self, session: WebsocketSession, card: Card) -> None:
        step, element = self._poster.drawn(session.thread_id, str(uuid.uuid4()), card)
        await cl.context.emitter.send_step(cast(Any, step))
        if element is not None:
            await cl.context.emitter.send_element(cast(Any, element))
