from __future__ import annotations

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.kit.mongo import Document
from tests.accounts.world import Room, a_room
from tests.fakes import FakeClock


@pytest.fixture
async def room(mongo: AsyncDatabase[Document], clock: FakeClock) -> Room:
    return await a_room(mongo, clock)
