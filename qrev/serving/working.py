"""`python -m qrev worker`: a process that does the jobs, and nothing else. Any number may run."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from contextlib import AsyncExitStack

from qrev.assistant.client import AiClient
from qrev.bootstrap import build
from qrev.bootstrap.reporting import reporting
from qrev.kit.clock import Clock, utc_now
from qrev.kit.embedded import CannotStart
from qrev.kit.forgetting import Forgetting
from qrev.kit.ids import new_id
from qrev.kit.pulse import Tally
from qrev.serving.databases import MAIN, opened
from qrev.serving.server import SIGNALS
from qrev.serving.starting import read_settings
from qrev.settings import Settings
from qrev.worker.crew import Crew, Draining
from qrev.worker.jobs import Jobs
from qrev.worker.rabbit import Rabbit

NO_AI = "http://ai.invalid/turns"
READY = "QRev's worker is ready."
NO_BROKER = (
    "A worker alone takes its jobs from RabbitMQ, so BROKER_URL must be set. Without it, make run "
    "does the jobs in the same process."
)


def worker() -> int:
    """Do jobs until told to stop. Return the exit code. Raises CannotStart."""
    settings = read_settings()
    if not settings.broker_url.get_secret_value():
        raise CannotStart(NO_BROKER)
    asyncio.run(_until_told(settings))
    return 0


async def _until_told(settings: Settings) -> None:
    stopping = asyncio.Event()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await work(settings, stopping)


async def work(settings: Settings, stopping: asyncio.Event, *, clock: Clock = utc_now) -> None:
    """Do jobs until `stopping` is set; then what is in hand. Raises CannotStart."""
    async with AsyncExitStack() as stack:
        databases = await stack.enter_async_context(opened(settings))
        # No job asks it; who is talked to is the web's business.
        client = AiClient(settings.ai_bot_server_url or NO_AI, "")
        stack.push_async_callback(client.close)
        reports = await stack.enter_async_context(reporting(settings, databases.main, clock=clock))
        services = build(settings, databases, client, clock=clock, reports=reports)
        stack.push_async_callback(services.outside.close)
        tally = Tally()
        myself = f"{socket.gethostname()}:{os.getpid()}:{new_id()[:6]}"
        send = Draining(services.sender.send_batch, stopping)
        more = {"forget": Forgetting(databases.main, MAIN, clock=clock).sweep}

        async def seen() -> None:
            await services.pulse.beat(myself, tally)

        def jobs_on(rabbit: Rabbit) -> Jobs:
            return Jobs(rabbit, services, more, send=send, tally=tally, reports=reports)

        crew = Crew(
            lambda: Rabbit(settings.broker_url.get_secret_value()),
            jobs_on,
            stopping=stopping,
            on_ready=_say_ready,
            on_beat=seen,
        )
        await crew.run()


def _say_ready() -> None:
    sys.stdout.write(READY + "\n")
    sys.stdout.flush()
