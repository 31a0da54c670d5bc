"""Which processes do the jobs, when they were last seen doing so, and how that goes.

Any process may ask: where the web does no jobs itself, this is how it knows that somebody does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from qrev.kit.clock import Clock
from qrev.kit.mongo import Document, Forgets, Indexes

INDEXES = Indexes("pulses", (IndexModel([("at", ASCENDING)]),), Forgets("at", timedelta(days=1)))
GONE_AFTER = timedelta(minutes=3)  # three beats of a sweep


class Tally:
    """How often each job of this process ran, and how often it failed."""

    def __init__(self) -> None:
        self._ran: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()

    def ran(self, job: str) -> None:
        self._ran[job] += 1

    def failed(self, job: str) -> None:
        self._failed[job] += 1

    def counts(self) -> Mapping[str, tuple[int, int]]:
        """Return (done, failed) of each job."""
        names = sorted({*self._ran, *self._failed})
        return {name: (self._ran[name], self._failed[name]) for name in names}


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """A process that does jobs. `jobs` are (done, failed) since it started."""

    id: str
    at: datetime
    jobs: Mapping[str, tuple[int, int]]


class Pulse:
    def __init__(self, database: AsyncDatabase[Document], clock: Clock) -> None:
        self._pulses = database[INDEXES.collection]
        self._clock = clock

    async def beat(self, worker_id: str, tally: Tally) -> None:
        """Say that this process does its jobs."""
        jobs = [{"name": n, "ran": r, "failed": f} for n, (r, f) in tally.counts().items()]
        await self._pulses.update_one(
            {"_id": worker_id}, {"$set": {"at": self._clock(), "jobs": jobs, "v": 1}}, upsert=True
        )

    async def workers(self) -> list[Worker]:
        """Return those seen within the last day, the one seen last first."""
        found = [
            Worker(
                id=d["_id"],
                at=d["at"],
                jobs={j["name"]: (j["ran"], j["failed"]) for j in d["jobs"]},
            )
            async for d in self._pulses.find({})
        ]
        return sorted(found, key=lambda worker: worker.at, reverse=True)

    async def seen_at(self) -> datetime | None:
        """Return when any process did a job last, None if none did within a day."""
        found = await self.workers()
        return found[0].at if found else None
