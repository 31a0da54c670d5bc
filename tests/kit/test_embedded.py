from __future__ import annotations

import os
import signal
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from qrev.kit.embedded import CannotStart, EmbeddedDatabase
from qrev.kit.mongo import open_client
from tests.waiting import eventually

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[EmbeddedDatabase]:
    database = EmbeddedDatabase(tmp_path / "data")
    yield database
    await database.stop()


async def test_it_answers_once_started_and_is_gone_once_stopped(database: EmbeddedDatabase) -> None:
    client = open_client(await database.start())
    await client.db.things.insert_one({"_id": "1"})
    pid = database.pid

    await client.close()
    await database.stop()

    assert pid is not None
    assert not psutil.pid_exists(pid)


async def test_only_its_owner_may_look_into_the_folder(
    database: EmbeddedDatabase, tmp_path: Path
) -> None:
    await database.start()

    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / "qrev.sock").stat().st_mode) == 0o600


async def test_after_a_crash_it_is_started_again_and_nothing_acknowledged_is_lost(
    database: EmbeddedDatabase,
) -> None:
    client = open_client(await database.start())
    await client.db.things.insert_one({"_id": "1"})
    crashed = database.pid
    assert crashed is not None

    os.kill(crashed, signal.SIGKILL)

    async def is_back() -> bool:
        return database.pid != crashed and await client.db.things.count_documents({}) == 1

    assert await eventually(is_back)
    await client.close()


async def test_a_second_one_on_the_same_folder_is_refused_in_a_sentence(
    database: EmbeddedDatabase, tmp_path: Path
) -> None:
    await database.start()
    second = EmbeddedDatabase(tmp_path / "data")

    with pytest.raises(CannotStart, match=r"Another QRev is running on the folder .*data\."):
        await second.start()

    await second.stop()


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(CannotStart, match="DATA_DIR"):
        await EmbeddedDatabase(tmp_path / "file" / "data").start()


async def test_a_folder_with_a_very_long_name_works_too(tmp_path: Path) -> None:
    database = EmbeddedDatabase(tmp_path / ("long" * 20) / ("name" * 20))

    client = open_client(await database.start())
    await client.db.things.insert_one({"_id": "1"})

    assert await client.db.things.count_documents({}) == 1
    await client.close()
    await database.stop()
