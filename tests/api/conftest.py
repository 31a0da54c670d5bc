"""The API with real services and real stores behind it, called as programs call it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo.asynchronous.database import AsyncDatabase
from starlette.applications import Starlette

from qrev.accounts.models import Actor, Role, SessionId
from qrev.api.campaigns import Campaigns
from qrev.api.door import COOKIE, Doorkeeper
from qrev.api.house import House
from qrev.api.main import api_routes
from qrev.assistant.ports import AiServer, DropBox
from qrev.bootstrap import Databases, Services, build
from qrev.kit.mongo import Document
from tests.fakes import FakeAiServer, FakeClock
from tests.sites import some_settings

TOKEN = "the-ai-servers-token"
CALLBACK = "/api/campaign/update_sequence_messages"
HOME = "http://qrev.test"


@dataclass(frozen=True, kw_only=True)
class Program:
    """Someone's program, with a token of theirs."""

    http: httpx.AsyncClient
    user_id: str
    session_id: SessionId
    access: str
    refresh: str

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(f"/api{path}", params=params, headers=self._headers)

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self.http.post(f"/api{path}", json=body, headers=self._headers)

    async def sent(self, path: str, data: bytes, **params: str) -> Any:
        """Post a file that must be taken, and return what it was answered."""
        answer = await self.http.post(
            f"/api{path}", content=data, params=params, headers=self._headers
        )
        assert answer.is_success, answer.text
        return answer.json()

    async def done(self, path: str, **body: Any) -> Any:
        """Post what must work, and return what it was answered."""
        answer = await self.post(path, **body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"}


@dataclass(kw_only=True)
class Door:
    """The API, and what is behind it."""

    services: Services
    actor: Actor
    database: AsyncDatabase[Document]
    clock: FakeClock
    is_well: bool = True

    def with_dropbox(self, dropbox: DropBox) -> httpx.AsyncClient:
        """Return a program's way to the API."""
        campaigns = Campaigns(
            token=TOKEN,
            taking_in=self.services.taking_in,
            dropbox=dropbox,
            looking_up=self.services.looking_up,
        )
        doorkeeper = Doorkeeper(
            sessions=self.services.sessions,
            api_keys=self.services.api_keys,
            limits=self.services.limits,
            session_of=_session_of,
            base_url=HOME,
        )
        house = House(services=self.services, doorkeeper=doorkeeper)
        app = Starlette(routes=api_routes(house, campaigns, self._asked))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=HOME)

    @cached_property
    def http(self) -> httpx.AsyncClient:
        return self.with_dropbox(self.services.dropbox)

    async def call_back(self, **said: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return await self.http.post(CALLBACK, json=said, headers=headers)

    async def program(self, name: str = "Alice") -> Program:
        """Sign someone in and return their program."""
        begun = await self.services.sign_in.local(f"{name.lower()}@{name.lower()}.test", name)
        return Program(
            http=self.http,
            user_id=begun.who.user_id,
            session_id=begun.session_id,
            access=begun.tokens.access,
            refresh=begun.tokens.refresh,
        )

    async def joined(self, host: Program, name: str, role: Role = Role.SELLER) -> Program:
        """Have someone invited and join; return their program."""
        address = f"{name.lower()}@{name.lower()}.test"
        invited = await host.done("/account/users/invite", email=address, role=role)
        guest = await self.program(name)
        await guest.done(
            "/user/invitations/accept",
            invitation_id=invited["invitation"]["invitation_id"],
        )
        return guest

    def browser_of(self, program: Program, *, origin: str = HOME) -> httpx.AsyncClient:
        """Return a browser with the same session, on a page of that origin."""
        client = self.with_dropbox(self.services.dropbox)
        client.cookies.set(COOKIE, program.session_id)
        if origin:
            client.headers["Origin"] = origin
        return client

    async def _asked(self) -> bool:
        return self.is_well


def _session_of(cookies: Any) -> SessionId | None:
    """What the chat's cookie names; here it is the cookie itself."""
    found = cookies.get(COOKIE)
    return SessionId(found) if found else None


@pytest.fixture
def ai() -> AiServer:
    return FakeAiServer()


@pytest.fixture
async def door(
    mongo: AsyncDatabase[Document], clock: FakeClock, tmp_path: Path, ai: AiServer
) -> Door:
    databases = Databases(main=mongo, dropbox=mongo)
    await databases.ensure_indexes()
    settings = some_settings(tmp_path)
    services = build(settings, databases, ai, clock=clock)
    actor = await services.accounts.sign_in("alice@acme.test", "Alice")
    return Door(services=services, actor=actor, database=mongo, clock=clock)
