"""The API with real services behind it, called as programs call it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import httpx
import pytest
from pymongo.asynchronous.database import AsyncDatabase
from starlette.applications import Starlette

from qrev.accounts.models import Actor
from qrev.api.campaigns import Campaigns
from qrev.api.main import api_routes
from qrev.assistant.ports import DropBox
from qrev.bootstrap import Databases, Services, build
from qrev.kit.mongo import Document
from tests.fakes import FakeAiServer, FakeClock
from tests.sites import some_settings

TOKEN = "the-ai-servers-token"
CALLBACK = "/api/campaign/update_sequence_messages"


@dataclass(kw_only=True)
class Door:
    """The API, and what is behind it."""

    services: Services
    actor: Actor
    database: AsyncDatabase[Document]
    is_well: bool = True

    def with_dropbox(self, dropbox: DropBox) -> httpx.AsyncClient:
        """Return a program's way to the API."""
        campaigns = Campaigns(
            token=TOKEN,
            taking_in=self.services.taking_in,
            dropbox=dropbox,
            stopping=self.services.stopping,
        )
        app = Starlette(routes=api_routes(campaigns, self._asked))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://qrev.test")

    @cached_property
    def http(self) -> httpx.AsyncClient:
        return self.with_dropbox(self.services.dropbox)

    async def call_back(self, **said: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return await self.http.post(CALLBACK, json=said, headers=headers)

    async def _asked(self) -> bool:
        return self.is_well


@pytest.fixture
async def door(mongo: AsyncDatabase[Document], clock: FakeClock, tmp_path: Path) -> Door:
    databases = Databases(main=mongo, dropbox=mongo)
    await databases.ensure_indexes()
    services = build(some_settings(tmp_path), databases, FakeAiServer(), clock=clock)
    actor = await services.accounts.sign_in("alice@acme.test", "Alice")
    return Door(services=services, actor=actor, database=mongo)
