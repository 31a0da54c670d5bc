"""The heart of the worker: kicks what is due, rests, and begins again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from taskiq import AsyncTaskiqDecoratedTask

from qrev.worker.jobs import Jobs

log = logging.getLogger(__name__)

REST = 1.0  # seconds between two looks for due mail; a plan is to the minute
SWEEP = 60.0
STOP_WITHIN = 8.0  # a batch in flight may finish; its lease settles what does not
TRIES_AGAIN_AFTER = 5.0  # when the database is away, asking it every second helps nobody


class Beat:
    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self._jobs.broker.startup()
        self._tasks = [
            asyncio.create_task(self._send(), name="send"),
            asyncio.create_task(self._sweep(), name="sweep"),
        ]

    async def stop(self) -> None:
        """Claim nothing more, and let what is in flight finish."""
        self._stopping.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STOP_WITHIN)
            for task in late:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        await self._jobs.broker.shutdown()

    async def _send(self) -> None:
        while not self._stopping.is_set():
            sent = await self._run(self._jobs.send_due)
            if not sent:
                await self._rest(REST if sent is not None else TRIES_AGAIN_AFTER)

    async def _sweep(self) -> None:
        while not self._stopping.is_set():
            for job in self._jobs.every_minute:
                if not self._stopping.is_set():
                    await self._run(job)
            await self._rest(SWEEP)

    async def _run(self, job: AsyncTaskiqDecoratedTask[Any, Any]) -> Any:
        """Return what the job returned, None if it failed: the next beat tries again."""
        task = await job.kiq()
        result = await task.wait_result(check_interval=0.05)
        if result.is_err:
            log.error("job %s failed: %r", job.task_name, result.error, exc_info=result.error)
            return None
        return result.return_value

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
