"""A worker's own loop, on a real broker that comes and goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from taskiq import AsyncBroker

from qrev.kit.pulse import Tally
from qrev.worker.beat import Pace
from qrev.worker.crew import Crew, Draining, nothing
from qrev.worker.faults import Faults
from qrev.worker.jobs import Job, Jobs, registered
from qrev.worker.rabbit import Rabbit
from tests.rabbit_server import RabbitServer
from tests.waiting import eventually

pytestmark = pytest.mark.anyio
QUICK = Pace(rest=0.05, sweep=0.05, rest_after_failure=0.2, stop_within=5)


class Told:
    """Fills Reports."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, str]] = []

    def report(self, location: str, error: BaseException, transaction_id: str = "") -> None:
        self.faults.append((location, str(error)))


class OwnJobs(Jobs):
    def __init__(self, broker: AsyncBroker, send: Job, tally: Tally, told: Told) -> None:
        self.broker = broker
        broker.add_middlewares(Faults(told, tally))
        self.send_due = registered(broker, "send_due", send)
        self.listen_to_all = registered(broker, "listen_to_all", nothing)
        self.every_minute = []


@asynccontextmanager
async def a_crew(url: str, send: Callable[[], Awaitable[int]]) -> AsyncIterator[tuple[Tally, Told]]:
    """Yield what is counted and told while a crew works."""
    stopping, tally, told = asyncio.Event(), Tally(), Told()
    crew = Crew(
        lambda: Rabbit(url, queue="qrev.crew"),
        lambda rabbit: OwnJobs(rabbit, send, tally, told),
        stopping=stopping,
        on_ready=lambda: None,
        pace=QUICK,
    )
    running = asyncio.create_task(crew.run())
    try:
        yield tally, told
    finally:
        stopping.set()
        await asyncio.wait_for(running, 20)


async def test_a_job_that_fails_is_counted_and_reported_and_kicked_again(
    rabbit: RabbitServer,
) -> None:
    async def send() -> int:
        raise RuntimeError("the database is away")

    async with a_crew(rabbit.url, send) as (tally, told):
        await eventually(lambda: is_true(tally.counts().get("send_due", (0, 0))[1] >= 3))

    assert set(told.faults) == {("job send_due", "the database is away")}


async def test_a_broker_that_goes_and_comes_is_told_of_and_worked_on_again(
    rabbit: RabbitServer, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[int] = []

    async def send() -> int:
        done.append(1)
        return 0

    async with a_crew(rabbit.url, send):
        await eventually(lambda: is_true(bool(done)))
        rabbit.stop()
        await eventually(lambda: is_true("the broker cannot be used" in caplog.text))
        rabbit.start()
        before = len(done)
        await eventually(lambda: is_true(len(done) > before + 2))


async def test_stopping_finishes_what_is_in_hand_and_takes_nothing_more(
    rabbit: RabbitServer,
) -> None:
    begun, ended, may_end = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def send() -> int:
        begun.set()
        await may_end.wait()
        ended.set()
        return 0

    async def let_it_end() -> None:
        await asyncio.sleep(QUICK.rest)
        may_end.set()

    async with a_crew(rabbit.url, Draining(send, asyncio.Event())):
        await begun.wait()
        letting = asyncio.create_task(let_it_end())
    await letting

    assert ended.is_set()


async def test_more_to_do_is_done_at_once_and_by_one_at_a_time() -> None:
    left, stopping = [50, 50, 7, 0], asyncio.Event()

    async def send() -> int:
        await asyncio.sleep(0)
        return left.pop(0)

    draining = Draining(send, stopping)

    done = list(await asyncio.gather(draining(), draining()))

    assert done == [107, 0]


async def is_true(claim: bool) -> bool:
    return claim
