"""Mail that leaves: how fast, how often the database is asked, and what a worker weighs."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pymongo import AsyncMongoClient

from bench.due import MAILBOXES, lay_ahead, lay_due
from bench.house import House, NobodyToAsk, a_folder, a_house
from bench.mailing import CONNECTIONS, a_sink, bare_per_s
from bench.measuring import Measure, Measured, rounded
from bench.operations import Counting
from bench.world import MONDAY
from qrev.bootstrap import Databases, build
from qrev.kit.embedded import EmbeddedDatabase
from qrev.kit.mongo import Document
from qrev.serving.databases import ensure_indexes
from tests.sites import ROOT, some_settings

NOW = MONDAY.replace(hour=10)  # within the hours of everybody
LETTERS = 3_000
PER_S_TARGET = 300.0
VS_BARE_TARGET = 0.35
OPERATIONS_TARGET = 2.2
DUE, RSS_TARGET = 100_000, 160.0  # MB
AHEAD, RESTART_TARGET = 1_000_000, 5.0  # seconds
MB = 1e6


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What came of one run of a worker."""

    sent: int
    seconds: float
    bare_per_s: float
    commands: Mapping[str, int]

    @property
    def per_s(self) -> float:
        return self.sent / self.seconds


def send_per_s(*, letters: int = LETTERS) -> Measured:
    """Send what is due to `smtp-sink` from one worker, each intent durable before its wire."""
    left = asyncio.run(_sent(letters))
    return Measured(
        value=left.per_s,
        unit="messages/s",
        target=PER_S_TARGET,
        is_ok=left.per_s >= PER_S_TARGET and left.sent == letters,
        more=_more(left),
    )


def send_vs_bare(*, letters: int = LETTERS) -> Measured:
    """As `send_per_s`, beside what the library alone reaches over as many connections."""
    left = asyncio.run(_sent(letters))
    value = left.per_s / left.bare_per_s
    return Measured(
        value=value,
        unit="x",
        target=VS_BARE_TARGET,
        is_ok=value >= VS_BARE_TARGET and left.sent == letters,
        more={"bare_per_s": rounded(left.bare_per_s), **_more(left)},
    )


def send_db_ops(*, letters: int = LETTERS) -> Measured:
    """Count the commands a mail costs, from its claim to its outcome."""
    left = asyncio.run(_sent(letters))
    value = sum(left.commands.values()) / left.sent
    return Measured(
        value=value,
        unit="operations per message",
        target=OPERATIONS_TARGET,
        is_ok=value <= OPERATIONS_TARGET and left.sent == letters,
        more={"commands": dict(left.commands), "updates_per_message": 3, **_more(left)},
    )


def worker_rss_mb(*, due: int = DUE) -> Measured:
    """Weigh a process that works, at its highest, while so many mails are due."""
    weighed = asyncio.run(_weighed(due))
    return Measured(
        value=weighed["peak_mb"],
        unit="MB",
        target=RSS_TARGET,
        is_ok=weighed["peak_mb"] < RSS_TARGET and weighed["sent"] > 0,
        more={"due": due, "sent": weighed["sent"], "before_work_mb": weighed["before_mb"]},
    )


def restart_1m_s(*, ahead: int = AHEAD) -> Measured:
    """Start database, indexes, services and worker on so many planned mails, until one is out."""
    value, is_right = asyncio.run(_restarted(ahead))
    return Measured(
        value=value,
        unit="s",
        target=RESTART_TARGET,
        is_ok=is_right and value < RESTART_TARGET,
        more={"planned": ahead, "first_is_the_due_one": is_right},
    )


async def _sent(letters: int) -> Left:
    counting = Counting()
    async with a_sink() as (host, port):
        bare = await bare_per_s(host, port, letters)
        url = f"smtp://{host}:{port}"
        async with a_house([counting], at=NOW, smtp_url=url) as house:
            await lay_due(house.database, letters, at=NOW, channel="smtp")
            counting.counts.clear()
            began = time.perf_counter()
            while await house.services.sender.send_batch():
                pass
            seconds = time.perf_counter() - began
            commands = dict(counting.counts.most_common())
            sent = await house.database["messages"].count_documents({"status": "sent"})
    return Left(sent=sent, seconds=seconds, bare_per_s=bare, commands=commands)


def _more(left: Left) -> Mapping[str, object]:
    return {
        "per_s": rounded(left.per_s),
        "messages": left.sent,
        "mailboxes_of_a_workspace": MAILBOXES,
        "connections": CONNECTIONS,
    }


async def _weighed(due: int) -> dict[str, float]:
    with a_folder() as folder:
        embedded = EmbeddedDatabase(folder)
        try:
            url = await embedded.start()
            async with AsyncMongoClient[Document](url, tz_aware=True) as client:
                await ensure_indexes(Databases(main=client["qrev"], dropbox=client["qrev"]))
                await lay_due(client["qrev"], due, at=NOW, channel="outbox")
            child = await asyncio.to_thread(
                subprocess.run,
                [sys.executable, "-m", "bench.weighing", str(folder), url],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            )
        finally:
            await embedded.stop()
    weighed: dict[str, float] = json.loads(child.stdout)
    return weighed


async def _restarted(ahead: int) -> tuple[float, bool]:
    with a_folder() as folder:
        async with _on(folder) as house:
            await lay_due(house.database, 1, at=NOW, channel="outbox")
            await lay_ahead(house.database, ahead, at=NOW)
        began = time.perf_counter()
        async with _on(folder) as house:
            services = house.services
            await services.sweeps.settle_leases()
            await services.sweeps.replan_late()
            await services.sender.send_batch()
            seconds = time.perf_counter() - began
            sent = house.database["messages"].find({"status": "sent"}, {"_id": 1})
            ids = [d["_id"] async for d in sent]
        mails = len(list((folder / "outbox").iterdir()))
    return seconds, ids == ["seq_0:per_0:1"] and mails == 1


@asynccontextmanager
async def _on(folder: Path) -> AsyncIterator[House]:
    """Yield the services on a database that is kept in the folder."""
    embedded = EmbeddedDatabase(folder)
    try:
        url = await embedded.start()
        async with AsyncMongoClient[Document](url, tz_aware=True) as client:
            databases = Databases(main=client["qrev"], dropbox=client["qrev"])
            await ensure_indexes(databases)
            settings = some_settings(folder)
            services = build(settings, databases, NobodyToAsk(), clock=lambda: NOW)
            yield House(services=services, database=databases.main)
    finally:
        await embedded.stop()


LEAVING: Mapping[str, Measure] = {
    "send_per_s": send_per_s,
    "send_vs_bare": send_vs_bare,
    "send_db_ops": send_db_ops,
    "worker_rss_mb": worker_rss_mb,
    "restart_1m_s": restart_1m_s,
}
