"""The crash harness: workers, the database and the wire are killed, and a witness counts.

    python -m tests.crash --kills 60 --seed 1

Prints one line of JSON: {"kills", "accepted", "duplicates", "lost", "unknown", "settled",
"after_stop", "outside_rules", "seed"}, and how long it took.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo.asynchronous.database import AsyncDatabase

from qrev.bootstrap.campaigns import INDEXES as CAMPAIGN_INDEXES
from qrev.bootstrap.campaigns import Campaigns
from qrev.campaigns.doubt import Settlement
from qrev.campaigns.models import LATE, MessageStatus
from qrev.campaigns.settling import attempted_at
from qrev.campaigns.store.doubts import MongoDoubts
from qrev.crm.store import SUPPRESSION_INDEXES
from qrev.kit.mongo import Document, ensure_indexes, open_client
from tests.crash.plan import ACME, BEGIN, lay_out
from tests.crash.shared_time import SharedTime
from tests.crash.verdict import judged, lines_of
from tests.crash.worker import POINTS, Fuse, Order, some_settings, wired
from tests.sites import ROOT

WORKERS = 2
OPEN = {"$in": [s.value for s in (MessageStatus.PLANNED, MessageStatus.HELD)]}
IN_HAND = {"$in": [s.value for s in (MessageStatus.CLAIMED, MessageStatus.SENDING)]}
DATABASE_EVERY = 25  # kills
STOP_SHARE = 0.05  # of rounds
QUIET_ROUNDS = 4000  # after this many without an end, something is lost for good


@dataclass(kw_only=True)
class Tally:
    kills: int = 0
    database_kills: int = 0
    by_point: dict[str, int] = field(default_factory=dict)

    def killed(self, point: str) -> None:
        self.kills += 1
        self.by_point[point] = self.by_point.get(point, 0) + 1


class Database:
    """The embedded database as a process that may be killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mongodb://{quote(str(self._folder / 't.sock'), safe='')}/?directConnection=true"

    def start(self) -> None:
        self._child = child = subprocess.Popen(
            [sys.executable, "-m", "pocketmongo", "--db", "t.sqlite", "--unix", "t.sock"],
            cwd=self._folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        line = child.stdout.readline()
        assert line.startswith(b"READY"), line

    def kill(self) -> None:
        assert self._child is not None
        assert self._child.stdout is not None
        self._child.kill()
        self._child.wait()
        self._child.stdout.close()


@contextmanager
def a_child(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Yield a process of ours that is spoken to by lines; it is killed afterwards."""
    child = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


class Starter:
    """Starts one worker after the other, by the process that has imported everything."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self._child = child

    async def run(self, order: Order, *, kill_after: float | None = None) -> str:
        """Return how the worker ended. With `kill_after` it is killed so many seconds on."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(asdict(order)) + "\n")
        self._child.stdin.flush()
        worker = int(await asyncio.to_thread(self._child.stdout.readline))
        if kill_after is not None:
            await asyncio.sleep(kill_after)
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        return (await asyncio.to_thread(self._child.stdout.readline)).strip()


class Harness:
    def __init__(
        self,
        folder: Path,
        database: Database,
        starters: list[Starter],
        selling: Campaigns,
        db: AsyncDatabase[Document],
        base: Order,
        *,
        seed: int,
    ) -> None:
        self._folder = folder
        self._database = database
        self._starters = starters
        self._selling = selling
        self._db = db
        self._base = base
        self._time = SharedTime(folder / "time")
        self._chance = random.Random(seed)
        self._doubts = MongoDoubts(db)
        self.tally = Tally()

    async def run(self, kills: int) -> None:
        """Kill that many times, then let everything come to its end."""
        while self.tally.kills < kills and await self._move_on():
            await self._round(is_calm=False)
        for _ in range(QUIET_ROUNDS):
            if not await self._move_on():
                return
            await self._round(is_calm=True)

    async def _move_on(self) -> bool:
        """Let time go to where there is something to do. Return whether there is."""
        await self._be_the_person()
        due = await self._next()
        if due is None:
            return False
        if due > self._time.now():
            # A little later, so that several are due at once, but none is late.
            self._time.set(due + timedelta(seconds=self._chance.uniform(0, 200)))
        return True

    async def _next(self) -> Any:
        """Return when something is next to be done, None at the end."""
        messages = self._db["messages"]
        found = []
        for question, name in (
            ({"status": OPEN}, "send_at"),
            ({"status": IN_HAND}, "lease_until"),
            ({"status": MessageStatus.UNKNOWN.value}, "look_at"),
        ):
            first = await messages.find_one(question, {name: 1}, sort=[(name, 1)])
            if first is not None and name in first:
                found.append(first[name])
        return min(found, default=None)

    async def _round(self, *, is_calm: bool) -> None:
        if is_calm:
            await self._starters[0].run(self._base)
            return
        rounds = [self._one(starter) for starter in self._starters]
        await asyncio.gather(*rounds, self._disturb())

    async def _one(self, starter: Starter) -> None:
        """Start a worker that is to die, and see how it ends."""
        chance = self._chance
        point = chance.choice([*POINTS, "at random"])
        named = "" if point == "at random" else point
        order = replace(
            self._base,
            point=named,
            nth=chance.choice((1, 1, 1, 2, 3)),
            is_disk_full=chance.random() < 0.05,
        )
        kill_after = chance.uniform(0.0, 0.08) if not named else None
        if await starter.run(order, kill_after=kill_after) == "killed":
            self.tally.killed(point)

    async def _disturb(self) -> None:
        """Be everything else that happens: a stop, time that passes, a database that dies."""
        chance = self._chance
        if chance.random() < STOP_SHARE:
            await self._stop_somebody()
        if chance.random() < 0.1:
            await asyncio.sleep(chance.uniform(0, 0.1))
            self._time.set(self._time.now() + timedelta(minutes=chance.choice((1, 6))))
        if self.tally.kills // DATABASE_EVERY > self.tally.database_kills:
            self.tally.database_kills += 1
            await asyncio.to_thread(self._database.kill)
            await asyncio.to_thread(self._database.start)

    async def _stop_somebody(self) -> None:
        """Stop an address. What is on the wire at that moment is said beside it."""
        open_ = await self._db["messages"].find({"status": OPEN}, {"to": 1}).to_list(200)
        if not open_:
            return
        to = self._chance.choice(open_)["to"]
        await self._selling.stopping.stop_address(ACME, to, "asked to stop")
        at = time.time()
        sending = {"account_id": ACME, "to": to, "status": MessageStatus.SENDING.value}
        ids = [d["_id"] async for d in self._db["messages"].find(sending, {"_id": 1})]
        with (self._folder / "stops.jsonl").open("a") as file:
            file.write(json.dumps({"to": to, "at": at, "on_the_wire": ids}) + "\n")

    async def _be_the_person(self) -> None:
        """Answer what only a person can, by what the witness has: a mail server keeps no copies."""
        asked = self._db["messages"].find(
            {
                "status": MessageStatus.UNKNOWN.value,
                "look_at": {"$gt": BEGIN + timedelta(days=999)},
            },
            {"_id": 1},
        )
        ids = [d["_id"] async for d in asked]
        left = {line["id"] for line in lines_of(self._folder / "accepted.jsonl")} if ids else set()
        for message in await self._doubts.of_ids(ACME, ids):
            now = self._time.now()
            if message.id in left:
                settled = Settlement(
                    status=MessageStatus.SENT,
                    note="a person says that it left",
                    at=now,
                    sent_at=attempted_at(message),
                )
            else:
                settled = Settlement(
                    status=MessageStatus.PLANNED,
                    note="a person says that it did not leave",
                    at=now,
                    send_at=now - LATE,
                )
            await self._doubts.settle(message, settled)


async def crash(kills: int, seed: int) -> dict[str, Any]:
    """Return the figures of one run."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="qrev-crash-") as name:
        folder = Path(name)
        async with _harness(folder, people=max(20, 2 * kills), seed=seed) as (harness, db):
            await harness.run(kills)
            figures = await _figures(harness, db, folder)
    return {**figures, "seed": seed, "seconds": round(time.monotonic() - began, 1)}


@asynccontextmanager
async def _harness(
    folder: Path, *, people: int, seed: int
) -> AsyncIterator[tuple[Harness, AsyncDatabase[Document]]]:
    shared = SharedTime(folder / "time")
    shared.begin(BEGIN)
    database = Database(folder)
    database.start()
    client = open_client(database.url)
    try:
        with contextlib.ExitStack() as stack:
            witness = stack.enter_context(a_child("tests.crash.witness", str(folder)))
            starters = [
                Starter(stack.enter_context(a_child("tests.crash.worker"))) for _ in range(WORKERS)
            ]
            assert witness.stdout is not None
            port = int(await asyncio.to_thread(witness.stdout.readline))
            db = client["qrev"]
            await ensure_indexes(db, (*CAMPAIGN_INDEXES, SUPPRESSION_INDEXES))
            await lay_out(db, folder, people=people, seed=seed)
            selling, _ = wired(db, some_settings(folder, port), shared.now, Fuse("", 0))
            base = Order(folder=str(folder), database=database.url, smtp=port)
            yield Harness(folder, database, starters, selling, db, base, seed=seed), db
    finally:
        await client.close()
        database.kill()


async def _figures(harness: Harness, db: AsyncDatabase[Document], folder: Path) -> dict[str, Any]:
    verdict = judged(folder)
    messages = db["messages"]
    told = {
        d["_id"]
        async for d in messages.find({"status": {"$in": ["failed", "cancelled"]}}, {"_id": 1})
    }
    doubted = await messages.count_documents({"ledger.status": MessageStatus.UNKNOWN.value})
    still = await messages.count_documents({"status": MessageStatus.UNKNOWN.value})
    unsaid = [d["_id"] async for d in messages.find({"status": "sent"}, {"_id": 1})]
    lost = [key for key in verdict.missing if key not in told]
    return {
        "kills": harness.tally.kills,
        "accepted": verdict.accepted,
        "duplicates": verdict.duplicates,
        "lost": len(lost),
        "unknown": doubted,
        "settled": doubted - still,
        "after_stop": verdict.after_stop,
        "outside_rules": verdict.outside_rules,
        "planned": verdict.accepted - verdict.duplicates + len(verdict.missing),
        "sent": len(unsaid),
        "database_kills": harness.tally.database_kills,
        "points": dict(sorted(harness.tally.by_point.items())),
        "wrong": list(verdict.wrong[:10]),
    }
