"""The chat as an ASGI app: Chainlit's, guarded, with our sign-in and our data behind it.

Import only after `home.settle`: Chainlit reads its home while it is imported.
"""

from __future__ import annotations

import asyncio
import contextlib

from chainlit.auth import ensure_jwt_secret
from chainlit.server import app as chainlit_app
from chainlit.session import ws_sessions_id
from pymongo.asynchronous.database import AsyncDatabase
from starlette.routing import BaseRoute, Mount, Route

from qrev.bootstrap import Services
from qrev.chat import google, guards
from qrev.chat.archive import Archive
from qrev.chat.attempts import Attempts
from qrev.chat.audience import Audience
from qrev.chat.delivery import Delivery
from qrev.chat.door import Door
from qrev.chat.files import Files
from qrev.chat.front import Behind, Front
from qrev.chat.google import GoogleLogin
from qrev.chat.home import ROOT
from qrev.chat.invited import Invited
from qrev.chat.layer import ArchiveLayer
from qrev.chat.login import Login
from qrev.chat.pages import Pages
from qrev.chat.posting import Poster
from qrev.kit.mongo import Document
from qrev.settings import Settings

DRAIN = 6.0  # seconds a turn may go on for after we were told to stop


class Chat:
    """One per process: Chainlit keeps its sessions in the process's memory."""

    def __init__(
        self, settings: Settings, services: Services, database: AsyncDatabase[Document]
    ) -> None:
        door = Door(services.sessions)
        guards.ask_at(door)
        archive = Archive(database, services.clock)
        audience = Audience(door.may_see)
        poster = Poster(archive, audience, services.clock)
        self._delivery = Delivery(
            notices=services.notices,
            audience=audience,
            poster=poster,
            reports=services.reports,
            clock=services.clock,
        )
        self._pages = _pages(settings, services, database, door)
        layer = ArchiveLayer(archive, self._delivery.post_waiting, door.account_of_asking)
        guards.persist_with(layer)
        behind = Behind(
            door=door,
            importing=services.importing,
            conversation=services.conversation,
            desks=services.desks,
            reports=services.reports,
        )
        self._front = Front(behind=behind, archive=archive, audience=audience, poster=poster)
        self._front.install()
        self._task: asyncio.Task[None] | None = None

    def pages(self) -> list[BaseRoute]:
        """Return the routes of our own pages. One is below /api: put them in front of it."""
        return [*self._pages]

    def rest(self) -> list[BaseRoute]:
        """Return the chat itself, which answers for everything that is left."""
        return [Mount("/", chainlit_app)]

    async def start(self) -> None:
        self._task = asyncio.create_task(self._delivery.run(), name="delivery")

    async def stop(self) -> None:
        """Let turns that are under way finish, for a while."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._front.finish(DRAIN)
        sessions = list(ws_sessions_id.values())
        turns = [s.current_task for s in sessions if s.current_task and not s.current_task.done()]
        if turns:
            _, late = await asyncio.wait(turns, timeout=DRAIN)
            for turn in late:
                turn.cancel()


def _pages(
    settings: Settings, services: Services, database: AsyncDatabase[Document], door: Door
) -> list[Route]:
    pages = Pages(settings)
    login = Login(settings=settings, sign_in=services.sign_in, door=door, pages=pages)
    invited = Invited(invitations=services.invitations, door=door, pages=pages)
    found = [
        *login.routes(),
        *invited.routes(),
        *Files(door=door, importing=services.importing).routes(),
    ]
    if services.google is None:
        return found
    behind = google.Behind(
        google=services.google,
        sign_in=services.sign_in,
        grants=services.grants,
        attempts=Attempts(database, services.clock),
        limits=services.limits,
    )
    return [*found, *GoogleLogin(behind, door=door, pages=pages).routes()]


def harden() -> None:
    """Close what Chainlit leaves open. Once per process. Raises CannotStart."""
    guards.install(ROOT)
    ensure_jwt_secret()
