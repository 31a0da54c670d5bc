"""The heart of the worker: kicks what is due, rests, and begins again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import Any

from taskiq.exceptions import TaskiqError

from qrev.worker.jobs import Jobs, Task

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How fast the heart beats, in seconds."""

    rest: float = 1.0  # between two looks for due mail; a plan is to the minute
    listen: float = 10.0  # a mailbox is asked every twenty seconds at most
    sweep: float = 60.0
    # When the database is away, asking it every second helps nobody.
    rest_after_failure: float = 5.0
    # A batch in flight may finish; its lease settles what does not.
    stop_within: float = 8.0


class Beat:
    """`start` and `stop` once each, in the same loop."""

    def __init__(self, jobs: Jobs, *, pace: Pace | None = None) -> None:
        self._jobs = jobs
        self._pace = pace or Pace()
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self._jobs.broker.startup()
        self._tasks = [
            asyncio.create_task(self._send(), name="send"),
            asyncio.create_task(self._sweep(), name="sweep"),
            asyncio.create_task(self._listen(), name="listen"),
        ]

    async def stop(self) -> None:
        """Claim nothing more, and let what is in flight finish."""
        self._stopping.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self._pace.stop_within)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._jobs.broker.shutdown()

    async def _send(self) -> None:
        pace = self._pace
        while not self._stopping.is_set():
            sent = await self._run(self._jobs.send_due)
            if not sent:
                await self._rest(pace.rest if sent is not None else pace.rest_after_failure)

    async def _sweep(self) -> None:
        while not self._stopping.is_set():
            for job in self._jobs.every_minute:
                if not self._stopping.is_set():
                    await self._run(job)
            await self._rest(self._pace.sweep)

    async def _listen(self) -> None:
        while not self._stopping.is_set():
            await self._run(self._jobs.listen_to_all)
            await self._rest(self._pace.listen)

    async def _run(self, job: Task) -> Any:
        """Return what the job returned, None if it failed: the next beat tries again."""
        try:
            task = await job.kiq()
            result = await task.wait_result(check_interval=0.05)
        except TaskiqError as error:
            log.error("job %s could not be given out: %r", job.task_name, error)
            return None
        if isinstance(result.error, asyncio.CancelledError):
            raise result.error  # taskiq keeps it like any other; it is us who are stopped
        if result.is_err:
            return None  # Faults has told of it
        return result.return_value

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
