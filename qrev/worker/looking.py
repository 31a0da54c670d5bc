"""What a web process looks after though others do the jobs: whether anybody does them."""

from __future__ import annotations

import asyncio
import contextlib

from qrev.kit.reporting import Reports
from qrev.worker.jobs import Job

EVERY = 60.0  # seconds


class Looking:
    """`start` and `stop` once each, in the same loop. A look that fails is told of."""

    def __init__(self, look: Job, reports: Reports, *, every: float = EVERY) -> None:
        self._look = look
        self._reports = reports
        self._every = every
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="look")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self._look()
            except Exception as error:
                self._reports.report("watchdog", error)
            await asyncio.sleep(self._every)
