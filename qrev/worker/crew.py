"""A worker on a broker: takes kicks, does the jobs, and kicks what is due for whoever is free.

Several may run. Each kicks, since a kick is a question and not the work: who runs it asks the
database what is due, and claims settle who does it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence

from taskiq.acks import AcknowledgeType
from taskiq.receiver import Receiver

from qrev.worker.beat import Pace
from qrev.worker.jobs import Job, Jobs, Task
from qrev.worker.rabbit import AWAY, Rabbit

log = logging.getLogger(__name__)

AT_ONCE = 8  # jobs of one process
KICK_WITHIN = 5.0  # seconds; a broker that takes longer is away


async def nothing() -> None:
    """Do nothing, and be asked for it."""


class Draining:
    """A job that is done again while there is more of it, once at a time in a process."""

    def __init__(self, job: Callable[[], Awaitable[int]], stopping: asyncio.Event) -> None:
        self._job = job
        self._stopping = stopping
        self._is_busy = False

    async def __call__(self) -> int:
        """Return how much was done. 0 as well where it is being done already."""
        if self._is_busy:
            return 0
        self._is_busy = True
        done = 0
        try:
            while not self._stopping.is_set() and (more := await self._job()):
                done += more
            return done
        finally:
            self._is_busy = False


class Crew:
    """Works until `stopping` is set, whatever the broker does meanwhile.

    `jobs_on` registers every job on a new connection, `on_ready` is called once it is worked on,
    and `on_beat` as often as the sweeps while it is.
    """

    def __init__(
        self,
        connect: Callable[[], Rabbit],
        jobs_on: Callable[[Rabbit], Jobs],
        *,
        stopping: asyncio.Event,
        on_ready: Callable[[], None],
        on_beat: Job = nothing,
        pace: Pace | None = None,
    ) -> None:
        self._connect = connect
        self._jobs_on = jobs_on
        self._stopping = stopping
        self._on_ready = on_ready
        self._on_beat = on_beat
        self._pace = pace or Pace()

    async def run(self) -> None:
        """Work. A broker that is away is told of, and asked again a little later."""
        while not self._stopping.is_set():
            try:
                await self._work(self._connect())
            except AWAY as error:
                log.error("the broker cannot be used (%r): trying again", error.__cause__ or error)
                await self._rest(self._pace.rest_after_failure)

    async def _work(self, rabbit: Rabbit) -> None:
        """Work as long as this connection lasts."""
        jobs = self._jobs_on(rabbit)
        try:
            async with asyncio.timeout(KICK_WITHIN * 4):
                await rabbit.startup()
            self._on_ready()
            over = asyncio.Event()
            tasks = [
                asyncio.create_task(self._take(rabbit, over), name="take"),
                asyncio.create_task(self._beat(), name="beat"),
                asyncio.create_task(self._kick(jobs.send_due, self._pace.rest), name="send"),
                asyncio.create_task(
                    self._kick(jobs.listen_to_all, self._pace.listen), name="listen"
                ),
                *(
                    asyncio.create_task(self._kick(job, self._pace.sweep), name=job.task_name)
                    for job in jobs.every_minute
                ),
            ]
            ends = [asyncio.create_task(each.wait()) for each in (self._stopping, rabbit.lost)]
            await asyncio.wait([*tasks, *ends], return_when=asyncio.FIRST_COMPLETED)
            over.set()
            await self._end(tasks, ends)
        finally:
            await _closed(rabbit)
        if not self._stopping.is_set():
            raise ConnectionError("the connection was lost")

    async def _take(self, rabbit: Rabbit, over: asyncio.Event) -> None:
        """Do what is kicked until `over`, then what is in hand.

        Answered for when it is taken: a job that ends its process must not go on to end others.
        """
        receiver = Receiver(
            rabbit,
            max_async_tasks=AT_ONCE,
            run_startup=False,
            ack_type=AcknowledgeType.WHEN_RECEIVED,
            wait_tasks_timeout=self._pace.stop_within,
        )
        await receiver.listen(over)

    async def _kick(self, job: Task, every: float) -> None:
        while not self._stopping.is_set():
            async with asyncio.timeout(KICK_WITHIN):
                await job.kiq()
            await self._rest(every)

    async def _beat(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._on_beat()
            except Exception:
                log.exception("this worker could not say that it works")
            await self._rest(self._pace.sweep)

    async def _end(
        self, tasks: list[asyncio.Task[None]], ends: Sequence[asyncio.Task[bool]]
    ) -> None:
        take, *kicks = tasks
        for each in (*kicks, *ends):
            each.cancel()
        await asyncio.wait([take], timeout=self._pace.stop_within + 2)
        take.cancel()
        for result in await asyncio.gather(*tasks, *ends, return_exceptions=True):
            if isinstance(result, Exception):
                raise result

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


async def _closed(rabbit: Rabbit) -> None:
    """Close a connection, however it is by now."""
    with contextlib.suppress(*AWAY, asyncio.CancelledError):
        async with asyncio.timeout(KICK_WITHIN):
            await rabbit.shutdown()
