"""The world of campaigns, as a fixture."""

from __future__ import annotations

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.kit.mongo import Document
from tests.campaigns.world import World, a_world
from tests.fakes import FakeClock


@pytest.fixture
async def world(mongo: AsyncDatabase[Document], clock: FakeClock) -> World:
    return await a_world(mongo, clock)
