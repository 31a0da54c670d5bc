"""Chainlit's callbacks: unpack, call one service, show."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import chainlit as cl
from chainlit.config import config
from chainlit.session import WebsocketSession
from chainlit.types import CommandDict, ThreadDict
from pymongo.errors import PyMongoError

from qrev.accounts.models import Actor, Newcomer, Who
from qrev.assistant.asking import QUESTIONS, answer, apology, code_of, refused
from qrev.assistant.cards import Card, QuestionCard, TextCard
from qrev.assistant.conversation import Conversation
from qrev.assistant.models import Turn
from qrev.assistant.newcomer_cards import WelcomeCard
from qrev.assistant.questions import Answered, Desks
from qrev.chat.archive import Archive
from qrev.chat.audience import Audience
from qrev.chat.door import Door
from qrev.chat.files import mime_of
from qrev.chat.posting import Poster, Shown
from qrev.chat.progress import ProgressLine
from qrev.chat.speaking import SpokenLine
from qrev.chat.welcome import Welcome
from qrev.crm.importing import Importing
from qrev.crm.models import Upload
from qrev.kit.errors import InvalidInput, NotAllowed, QrevError, Unavailable
from qrev.kit.ids import stable_id
from qrev.kit.reporting import Reports

log = logging.getLogger(__name__)

MAX_ASKED_AGAIN = 200  # characters that still fit on a button
NO_DATABASE = "The database does not answer just now. Nothing was changed; try again in a minute."
ELSEWHERE = (
    "This conversation belongs to another of your workspaces. Switch to that one with /workspace, "
    "or begin a new conversation here."
)
NOT_SIGNED_IN = "You are not signed in any more. Reload the page."
COMMANDS: list[CommandDict] = [
    {
        "id": name,
        "description": description,
        "icon": icon,
        "button": False,
        "persistent": False,
        "selected": False,
    }
    for name, description, icon in (
        ("campaigns", "How far each campaign is", "send"),
        ("people", "Whom you know", "users"),
        ("imports", "The lists you brought in, and how they fill in people", "file-down"),
        ("companies", "The companies your people work for", "building"),
        ("undo", "Take back what you confirmed last", "undo-2"),
        ("approvals", "What waits for a second member", "badge-check"),
        ("outbox", "Each mail as it left", "mail-open"),
        ("mailboxes", "What you send from: connect, test, pause", "mail"),
        ("unknown", "Mails of which nobody knows whether they left", "circle-alert"),
        ("suppressions", "Whom nobody here writes to", "ban"),
        ("knowledge", "What mails may say of you: brand, case studies, customers", "book-open"),
        ("defaults", "When and how much is sent, and why", "sliders-horizontal"),
        ("privacy", "What is held on somebody, and erasing it", "shield-check"),
        ("audit", "Who changed what", "history"),
        ("integrations", "HubSpot and Zoom: connect them, and what was said", "plug"),
        ("keys", "API keys for programs", "key-round"),
        ("workspace", "Your workspaces, and what is set in this one", "building-2"),
        ("settings", "What the assistant is, and what it costs", "settings"),
        ("profile", "You, your devices and your mailbox", "circle-user"),
        ("members", "Who is in this workspace, and inviting", "user-plus"),
        ("teams", "Teams, and who is in them", "network"),
        ("help", "What QRev can do", "circle-help"),
    )
]
STARTERS = [
    cl.Starter(label="What can you do?", message="What can you do?"),
    cl.Starter(
        label="Write to a list",
        message="I want to write to a list of people. What do you need from me?",
    ),
    cl.Starter(label="Show my people", message="Show my people"),
    cl.Starter(label="How are my campaigns doing?", message="How are my campaigns doing?"),
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Behind:
    """The services behind the chat, and who may come to them."""

    door: Door
    importing: Importing
    conversation: Conversation
    desks: Desks
    reports: Reports


class Front:
    def __init__(
        self, *, behind: Behind, archive: Archive, audience: Audience, poster: Poster
    ) -> None:
        self._behind = behind
        self._archive = archive
        self._audience = audience
        self._poster = poster
        self._welcome = Welcome(poster)
        self._going_on: set[asyncio.Task[None]] = set()

    def install(self) -> None:
        """Register every callback. Chainlit holds them for the whole process."""
        # Not by the decorator: it wraps each turn into a step nobody is shown.
        config.code.on_message = self.on_message
        cl.on_chat_start(self.on_chat_start)
        cl.on_chat_resume(self.on_chat_resume)
        cl.set_starters(_starters)
        for name in QUESTIONS:
            config.code.action_callbacks[name] = self._asking(name)

    async def on_chat_start(self) -> None:
        await cl.context.emitter.set_commands(COMMANDS)
        session = _session()
        who = await self._who_or_words(session)
        if isinstance(who, TextCard):
            await cl.context.emitter.send_toast(who.text, "error")
        elif isinstance(who, Newcomer):
            await self._welcome.show(session)

    async def on_chat_resume(self, thread: ThreadDict) -> None:
        """Let Chainlit show the thread; to others than members say instead how to go on."""
        session = _session()
        who = await self._who_or_words(session)
        if isinstance(who, Actor) and await self._archive.account(thread["id"]) == who.account_id:
            self._join(session, who)
        elif isinstance(who, Actor):
            self._welcome.stand_in(session, thread, TextCard(text=ELSEWHERE))
        else:
            card = WelcomeCard() if isinstance(who, Newcomer) else who
            self._welcome.stand_in(session, thread, card)
        await cl.context.emitter.set_commands(COMMANDS)

    async def on_message(self, message: cl.Message) -> None:
        """Take one turn. Whatever goes wrong is said in the thread."""
        session = _session()
        thread_id = session.thread_id
        actor: Actor | None = None
        try:
            who = await self._behind.door.who(session.token)
            if isinstance(who, Newcomer):
                await self._welcome.refuse(session)
                return
            await self._must_be_here(session, who, message)
            actor = who
            self._join(session, actor)
            await self._poster.echo(session, actor.account_id, _said(message))
            await self._take(actor, session, message)
        except QrevError as error:
            await self._apologise(thread_id, actor, _sorry(error, message), str(error))
        except PyMongoError as error:
            log.error("the database did not answer a turn: %s", error)
            await self._apologise(thread_id, actor, TextCard(text=NO_DATABASE), NO_DATABASE)
        except Exception as error:
            words = apology(self._behind.reports, f"turn of {thread_id}", error)
            await self._apologise(thread_id, actor, TextCard(text=words), words)

    async def _apologise(self, thread_id: str, actor: Actor | None, card: Card, words: str) -> None:
        """Say in the thread what went wrong; beside it, if the thread cannot be written to."""
        try:
            if actor is None:
                raise Unavailable
            await self._poster.post(thread_id, actor.account_id, card, is_error=True)
        except (Unavailable, PyMongoError):
            await cl.context.emitter.send_toast(words, "error")

    async def _take(self, actor: Actor, session: WebsocketSession, message: cl.Message) -> None:
        thread_id = session.thread_id
        words = f"/{message.command}" if message.command else message.content
        turn = Turn(
            id=stable_id("turn", actor.account_id, thread_id, message.id),
            conversation_id=thread_id,
            words=words,
        )
        upload = await self._keep_upload(actor, session, message)
        line = ProgressLine(self._poster, thread_id, actor.account_id)
        spoken = SpokenLine(self._poster, thread_id, actor.account_id)
        cards = self._behind.conversation.take(
            actor, turn, upload=upload, progress=line.tell, on_words=spoken.tell
        )
        try:
            async for card in cards:
                if not await spoken.settle(card):
                    await self._poster.post(thread_id, actor.account_id, card)
        finally:
            await spoken.take_back()

    async def _keep_upload(
        self, actor: Actor, session: WebsocketSession, message: cl.Message
    ) -> Upload | None:
        """Copy the file of a message to where it lasts. Raises InvalidInput for several."""
        files = [element for element in message.elements if getattr(element, "path", None)]
        if not files:
            return None
        if len(files) > 1:
            raise InvalidInput("One list at a time, please: drop the files one after the other.")
        file = files[0]
        with await asyncio.to_thread(Path(str(file.path)).open, "rb") as kept:
            upload = await self._behind.importing.keep_upload(actor, file.name, kept)
        await self._archive.keep_element(session.thread_id, _attachment(file, message, upload))
        return upload

    def _asking(self, name: str) -> Callable[[cl.Action], Awaitable[dict[str, Any]]]:
        async def ask(action: cl.Action) -> dict[str, Any]:
            session = _session()
            try:
                who = await self._behind.door.who(session.token)
            except QrevError as error:
                return refused(code_of(error), str(error)).to_browser()
            if isinstance(who, Actor):
                self._join(session, who)
            elif not QUESTIONS[name].is_for_newcomers:
                await self._welcome.show_once(session)
            answered = await answer(
                self._behind.desks, who, name, action.payload, reports=self._behind.reports
            )
            await self._show(session, who, answered)
            return answered.to_browser()

        return ask

    async def _show(self, session: WebsocketSession, who: Who, answered: Answered) -> None:
        if isinstance(who, Newcomer):
            return  # no account, so no thread of theirs that a card could be kept in
        thread_id = session.thread_id
        for card in answered.cards:
            await self._poster.post(thread_id, who.account_id, card)
        if answered.later is not None:
            task = asyncio.create_task(self._post_later(thread_id, who, answered.later))
            self._going_on.add(task)
            task.add_done_callback(self._going_on.discard)

    async def _post_later(self, thread_id: str, actor: Actor, cards: AsyncIterator[Card]) -> None:
        """Post what a press comes to, as it comes. Whatever goes wrong is said in the thread."""
        try:
            async for card in cards:
                await self._poster.post(thread_id, actor.account_id, card)
        except QrevError as error:
            await self._apologise(thread_id, actor, TextCard(text=str(error)), str(error))
        except PyMongoError as error:
            log.error("the database did not answer after a press: %s", error)
            await self._apologise(thread_id, actor, TextCard(text=NO_DATABASE), NO_DATABASE)
        except Exception as error:
            words = apology(self._behind.reports, f"what followed a press in {thread_id}", error)
            await self._apologise(thread_id, actor, TextCard(text=words), words)

    async def finish(self, within: float) -> None:
        """Let what presses began go on for a while; what is cut off then is gone on with later."""
        if self._going_on:
            _, late = await asyncio.wait(self._going_on, timeout=within)
            for task in late:
                task.cancel()

    async def _who_or_words(self, session: WebsocketSession) -> Who | TextCard:
        """Return who opens a conversation, or why that cannot be said: Chainlit says nothing."""
        try:
            return await self._behind.door.who(session.token)
        except QrevError as error:
            return TextCard(text=str(error))
        except PyMongoError as error:
            log.error("the database did not say who opened a conversation: %s", error)
            return TextCard(text=NO_DATABASE)

    async def _must_be_here(
        self, session: WebsocketSession, actor: Actor, message: cl.Message
    ) -> None:
        """Raise NotAllowed in a conversation of another workspace. Begin one that is not kept yet.

        Chainlit begins it with the first words, be they those of someone who was in no workspace.
        """
        account_id = await self._archive.account(session.thread_id)
        if account_id is None:
            await self._archive.begin(
                session.thread_id, actor.account_id, actor.user_id, actor.email, message.content
            )
        elif account_id != actor.account_id:
            raise NotAllowed(ELSEWHERE)

    def _join(self, session: WebsocketSession, actor: Actor) -> None:
        self._audience.join(session, actor.account_id)
        self._welcome.forget(session)


def _session() -> WebsocketSession:
    session = cl.context.session
    if not isinstance(session, WebsocketSession):
        raise QrevError(NOT_SIGNED_IN)
    return session


def _said(message: cl.Message) -> Shown:
    return dict(message.to_dict())


def _sorry(error: QrevError, message: cl.Message) -> Card:
    """Return the error in words; with a button to ask again when that may help."""
    words = message.content.strip()
    if isinstance(error, Unavailable) and 0 < len(words) <= MAX_ASKED_AGAIN:
        return QuestionCard(text=str(error), choices=[words])
    return TextCard(text=str(error))


def _attachment(file: Any, message: cl.Message, upload: Upload) -> Shown:
    return {
        "id": file.id,
        "threadId": message.thread_id,
        "forId": message.id,
        "type": "file",
        "name": upload.filename,
        "display": "inline",
        "mime": mime_of(upload.filename),
        "url": f"/files/{upload.id}",
    }


async def _starters(user: cl.User | None, language: str | None) -> list[cl.Starter]:
    return STARTERS
