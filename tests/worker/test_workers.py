"""Workers as processes of their own, on a real broker and a real database."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from aio_pika import connect
from pymongo.asynchronous.database import AsyncDatabase

from qrev.campaigns.models import message_id
from qrev.kit.clock import utc_now
from qrev.kit.mongo import Document
from qrev.kit.pulse import Pulse
from qrev.serving.working import READY
from qrev.settings import KEPT
from qrev.worker.rabbit import QUEUE
from tests.fakes import FakeClock
from tests.rabbit_server import RabbitServer
from tests.sites import first_line, start
from tests.waiting import eventually
from tests.worker.world import SEQUENCE, a_workspace, plan_mails

pytestmark = pytest.mark.anyio
SECRETS = {name.upper(): name * 4 for name in KEPT}
Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def a_worker(
    mongo: AsyncDatabase[Document],
    embedded_url: str,
    rabbit: RabbitServer,
    tmp_path: Path,
) -> Iterator[Start]:
    """Yield what starts a worker, which says that it is ready."""
    with ExitStack() as stack:

        def started() -> subprocess.Popen[bytes]:
            child = start(
                *("-m", "qrev", "worker"),
                cwd=tmp_path,
                DATA_DIR=str(tmp_path),
                MONGO_DB_URL=embedded_url,
                MONGO_DB_NAME=mongo.name,
                BROKER_URL=rabbit.url,
                **SECRETS,
            )
            stack.callback(child.communicate)
            stack.callback(child.kill)
            assert first_line(child) == READY
            return child

        yield started


async def test_two_workers_share_the_work_though_the_broker_loses_every_kick(
    mongo: AsyncDatabase[Document], rabbit: RabbitServer, tmp_path: Path, a_worker: Start
) -> None:
    now = FakeClock(utc_now())
    await a_workspace(mongo, tmp_path, now)
    workers = [a_worker(), a_worker()]

    await plan_mails(mongo, now, 30)
    await purged(rabbit)
    await eventually(lambda: are(mongo, sent=30), within=60)
    for worker in workers:
        worker.send_signal(signal.SIGTERM)

    assert [worker.wait(20) for worker in workers] == [0, 0]
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 30
    assert await mongo.messages.count_documents({"attempts": 1}) == 30
    assert len(await Pulse(mongo, utc_now).workers()) == 2


async def test_what_a_killed_worker_had_in_hand_is_taken_over(
    mongo: AsyncDatabase[Document], tmp_path: Path, a_worker: Start
) -> None:
    now = FakeClock(utc_now())
    await a_workspace(mongo, tmp_path, now)
    await plan_mails(mongo, now, 3)
    blocked = a_disk_that_never_answers(tmp_path / "outbox", message_id(f"{SEQUENCE}:per_0", 1))
    killed = a_worker()
    await eventually(lambda: are(mongo, sending=1, claimed=2), within=60)

    killed.kill()
    killed.wait(10)
    blocked.unlink()
    gone = {"$set": {"lease_until": now() - timedelta(minutes=1)}}
    await mongo.messages.update_many({}, gone)
    a_worker()

    assert await eventually(lambda: are(mongo, unknown=1, sent=2), within=60)
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 2


async def are(mongo: AsyncDatabase[Document], **counts: int) -> bool:
    found = [d["status"] async for d in mongo.messages.find({}, {"status": 1})]
    return {status: found.count(status) for status in found} == counts


async def purged(rabbit: RabbitServer) -> None:
    connection = await connect(rabbit.url)
    async with connection, connection.channel() as channel:
        await (await channel.get_queue(QUEUE)).purge()


def a_disk_that_never_answers(folder: Path, message: str) -> Path:
    """Have the writing of that mail wait for ever: its file is a pipe that nobody reads."""
    folder.mkdir()
    path = folder / f"{hashlib.sha256(message.encode()).hexdigest()[:32]}.part"
    os.mkfifo(path)
    return path
