"""Acme connected with a HubSpot that runs on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.connection import Vendor
from qrev.accounts.models import Actor
from qrev.bootstrap import Databases, Services, build
from qrev.kit.mongo import Document
from tests.fakes import FakeAiServer, FakeClock
from tests.hubspot_server import APP_ID, CLIENT_ID, SECRET, HubSpotServer, a_hubspot
from tests.sites import some_settings


@dataclass(frozen=True)
class House:
    """Our services, the HubSpot they speak with, and who connected it."""

    services: Services
    hubspot: HubSpotServer
    alice: Actor
    clock: FakeClock
    database: AsyncDatabase[Document]

    async def connect(self, actor: Actor | None = None) -> None:
        """Go the way a browser goes."""
        who = actor or self.alice
        connections = self.services.connections
        url = await connections.begin(who, Vendor.HUBSPOT)
        async with httpx.AsyncClient() as browser:
            back = httpx.URL((await browser.get(url)).headers["location"])
        await connections.finish(
            who, Vendor.HUBSPOT, state=back.params["state"], code=back.params["code"]
        )

    async def sweep(self, times: int = 1, *, minutes: float = 0) -> None:
        """Let the worker come by, after so many minutes."""
        for _ in range(times):
            self.clock.advance(minutes=minutes)
            await self.services.hubspot.sweep()


@pytest.fixture
async def house(
    mongo: AsyncDatabase[Document], clock: FakeClock, tmp_path: Path
) -> AsyncIterator[House]:
    async with a_hubspot() as hubspot:
        settings = some_settings(
            tmp_path,
            hubspot_client_id=CLIENT_ID,
            hubspot_client_secret=SECRET,
            hubspot_app_id=APP_ID,
            hubspot_web_url=hubspot.base,
            hubspot_api_url=hubspot.base,
        )
        databases = Databases(main=mongo, dropbox=mongo)
        await databases.ensure_indexes()
        services = build(settings, databases, FakeAiServer(), clock=clock)
        alice = await services.accounts.sign_in("alice@acme.test", "Alice")
        try:
            yield House(services, hubspot, alice, clock, mongo)
        finally:
            await services.outside.close()
