"""What Chainlit 2.12.0 leaves open or leaks, closed. Its upstream has stopped, so it is held still.

Every change here rests on that very version: another one is refused at start.
"""

from __future__ import annotations

import re
import sys
import time
import types
import uuid
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import chainlit
import chainlit.socket
from chainlit.auth import get_current_user
from chainlit.chat_context import chat_context, chat_contexts
from chainlit.config import config
from chainlit.context import init_ws_context
from chainlit.data import get_data_layer
from chainlit.data.base import BaseDataLayer
from chainlit.emitter import ChainlitEmitter
from chainlit.server import app, sio
from chainlit.session import BaseSession, WebsocketSession
from chainlit.socket import _get_token as token_of
from starlette.middleware.cors import CORSMiddleware

from qrev.chat.door import Door
from qrev.kit.embedded import CannotStart

VERSION = "2.12.0"
# Events of features we do not offer, which Chainlit answers whether they are switched on or not.
UNWANTED = (
    "edit_message",
    "message_favorite",
    "fetch_favorites",
    "window_message",
    "audio_start",
    "audio_chunk",
    "audio_end",
    "chat_settings_change",
    "chat_settings_edit",
)
FOREIGN_LINK = re.compile(r"<link\b[^>]*\bhref=\"https?:[^>]*>\s*")
UNTITLED = "New conversation"
MAX_MESSAGE = 4 * 1024 * 1024  # bytes
Refused = ConnectionRefusedError


def install(root: Path) -> None:
    """Close what is open. Call once, before the first connection. Raises CannotStart."""
    if chainlit.__version__ != VERSION:
        raise CannotStart(
            f"Chainlit {chainlit.__version__} is installed, but QRev is made for {VERSION}. "
            "Run make install."
        )
    _serve_our_files_from(root)
    _keep_pages_at_home()
    _check_who_connects()
    _show_what_was_missed()
    _forget_what_is_over()
    _never_block_the_loop()
    _take_empty_files()
    _begin_threads_without_words()
    _begin_no_threads_by_cards()
    # A message that is far too long is answered in words, not by a dead socket.
    sio.eio.max_http_buffer_size = MAX_MESSAGE
    # No page of another origin has any business here.
    kept = [m for m in app.user_middleware if cast(object, m.cls) is not CORSMiddleware]
    app.user_middleware[:] = kept
    for event in UNWANTED:
        sio.on(event, _ignore)


def persist_with(layer: BaseDataLayer) -> None:
    """Have Chainlit keep what it keeps in this layer. It would hold on to the first one it saw."""
    config.code.data_layer = lambda: layer
    _replace("chainlit.data", _data_layer=layer, _data_layer_initialized=True)


def ask_at(door: Door) -> None:
    """Have Chainlit ask our door who somebody is: its own token would outlive the session."""
    app.dependency_overrides[get_current_user] = door.user_of_request
    _replace("chainlit.socket", get_current_user=door.user_of_token)


def _serve_our_files_from(root: Path) -> None:
    """Ship public/ and chainlit.md from where they are, not from Chainlit's home."""
    _replace("chainlit.server", APP_ROOT=str(root), public_dir=str(root / "public"))
    how_it_works = (root / "chainlit.md").read_text("utf-8")
    _replace("chainlit.server", get_markdown_str=lambda *_: how_it_works)
    config.ui.default_theme = cast(Any, "system")  # as the member has it everywhere else
    config.run.headless = True


def _keep_pages_at_home() -> None:
    """Chainlit's page asks other hosts for fonts and styles; ours needs none. Made once."""
    make = sys.modules["chainlit.server"].get_html_template

    @lru_cache(maxsize=4)
    def page(root_path: str) -> str:
        return FOREIGN_LINK.sub("", make(root_path))

    _replace("chainlit.server", get_html_template=page)


def _check_who_connects() -> None:
    """Take only ids that are UUIDs (they become folder names) and only sockets of this origin."""
    connect: Callable[[str, dict[str, Any], dict[str, Any]], Awaitable[Any]]
    connect = chainlit.socket.connect

    async def checked(sid: str, environ: dict[str, Any], auth: object = None) -> Any:
        if not isinstance(auth, dict) or not is_uuid(auth.get("sessionId")):
            raise Refused("bad session id")
        thread_id = auth.get("threadId")
        if thread_id and not is_uuid(thread_id):
            raise Refused("bad thread id")
        origin = environ.get("HTTP_ORIGIN")
        if origin and urlsplit(origin).netloc != environ.get("HTTP_HOST"):
            raise Refused("bad origin")
        answer = await connect(sid, environ, auth)
        if session := WebsocketSession.get(sid):
            # A tab that comes back may have signed in again: it is asked by what it shows now.
            session.token = token_of(environ)
        await _give_made_up_threads_a_new_id(sid)
        return answer

    sio.on("connect", checked)


def _show_what_was_missed() -> None:
    """What is emitted while a socket is down is lost: a tab that comes back reads its thread.

    If it may still: that is asked as when a thread is opened.
    """
    begin: Callable[[str], Awaitable[None]] = chainlit.socket.connection_successful

    async def beginning(sid: str) -> None:
        await begin(sid)
        session, layer = WebsocketSession.get(sid), get_data_layer()
        if session is None or layer is None or not session.has_first_interaction:
            return
        if session.restored and (thread := await layer.get_thread(session.thread_id)):
            emitter = init_ws_context(session).emitter
            await config.code.on_chat_resume(thread)
            await emitter.resume_thread(thread)

    sio.on("connection_successful", beginning)


async def _give_made_up_threads_a_new_id(sid: str) -> None:
    """A thread begins under an id of ours: one that a browser made up may have been another's."""
    session, layer = WebsocketSession.get(sid), get_data_layer()
    if session is None or layer is None or session.has_first_interaction:
        return
    wanted = session.thread_id_to_resume
    if wanted and session.thread_id == wanted and not await layer.get_thread_author(wanted):
        session.thread_id = str(uuid.uuid4())


def is_uuid(value: object) -> bool:
    """Return whether it is a UUID in its usual spelling."""
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False


def _forget_what_is_over() -> None:
    """Chainlit keeps the messages of every session for ever; ours end with their session."""
    delete: Callable[[WebsocketSession], Awaitable[None]] = WebsocketSession.delete

    async def forgetting(self: WebsocketSession) -> None:
        await delete(self)
        chat_contexts.pop(self.id, None)

    WebsocketSession.delete = forgetting  # type: ignore[method-assign]


def _never_block_the_loop() -> None:
    """Each message and step sleeps a millisecond for distinct times; ours are distinct anyway."""
    awake = types.SimpleNamespace(**{n: getattr(time, n) for n in dir(time) if n[0] != "_"})
    awake.sleep = lambda _: None
    _replace("chainlit.message", time=awake)
    _replace("chainlit.step", time=awake)


def _take_empty_files() -> None:
    """An empty file is a list like any other: it is for the reader to say that it is empty."""
    keep = BaseSession.persist_file

    async def keeping(
        self: BaseSession,
        name: str,
        mime: str,
        path: str | None = None,
        content: bytes | str | None = None,
    ) -> Any:
        is_empty = not path and not content
        return await keep(self, name, mime, path, b"\n" if is_empty else content)

    BaseSession.persist_file = keeping  # type: ignore[method-assign]


def _begin_threads_without_words() -> None:
    """A thread that begins with only a file or a command needs words to be opened under."""
    begin: Callable[[ChainlitEmitter, str], Awaitable[None]] = ChainlitEmitter.init_thread

    async def beginning(self: ChainlitEmitter, interaction: str) -> None:
        await begin(self, interaction.strip() or UNTITLED)

    ChainlitEmitter.init_thread = beginning  # type: ignore[method-assign]


def _begin_no_threads_by_cards() -> None:
    """What a card asks before anything was said begins no thread, nor is it a title of one."""
    begin: Callable[[ChainlitEmitter, str], Awaitable[None]] = ChainlitEmitter.init_thread

    async def beginning(self: ChainlitEmitter, interaction: str) -> None:
        # Somebody may say the very name of a question: then there is a message.
        if interaction in config.code.action_callbacks and not chat_context.get():
            self.session.has_first_interaction = False
        else:
            await begin(self, interaction)

    ChainlitEmitter.init_thread = beginning  # type: ignore[method-assign]


def _replace(module: str, **values: object) -> None:
    """Change names of a module that has the same name as a function, and would be hidden by it."""
    for name, value in values.items():
        setattr(sys.modules[module], name, value)


async def _ignore(*_: object) -> None:
    """Answer nothing to an event of something we do not offer."""
