"""A world for each test of the assistant."""

from __future__ import annotations

from pathlib import Path

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor
from qrev.kit.mongo import Document
from tests.assistant.world import World, a_world
from tests.fakes import FakeClock


@pytest.fixture
async def world(
    mongo: AsyncDatabase[Document],
    clock: FakeClock,
    tmp_path: Path,
    alice: Actor,
    victor: Actor,
    mallory: Actor,
) -> World:
    return await a_world(mongo, clock, tmp_path, alice, victor, mallory)
