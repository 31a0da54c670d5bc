"""RabbitMQ carries the kicks between processes. Nothing else knows that it does."""

from __future__ import annotations

import asyncio
from typing import Any

from aio_pika.exceptions import AMQPError
from pamqp.common import FieldTable
from taskiq.exceptions import TaskiqError
from taskiq_aio_pika import AioPikaBroker, Exchange, Queue, QueueType

QUEUE = "qrev.jobs"
# A kick that nobody took within a minute has been kicked again: it is of no use any more.
KEPT_FOR = 60_000  # milliseconds
KEPT_AT_MOST = 1000
TAKEN_AHEAD = 10
CONNECT_WITHIN = 10  # seconds
# What is raised where the broker cannot be reached, or not any more.
AWAY = (OSError, AMQPError, TaskiqError, TimeoutError)


class Rabbit(AioPikaBroker):
    """RabbitMQ, as far as one connection lasts: `lost` is set once it is over."""

    def __init__(self, url: str, *, queue: str = QUEUE) -> None:
        bounded: FieldTable = {"x-message-ttl": KEPT_FOR, "x-max-length": KEPT_AT_MOST}
        super().__init__(
            url,
            qos=TAKEN_AHEAD,
            exchange=Exchange(name=queue),
            task_queues=[Queue(name=queue, type=QueueType.CLASSIC, arguments=bounded)],
            dead_letter_queue=Queue(name=f"{queue}.old", type=QueueType.CLASSIC, arguments=bounded),
            timeout=CONNECT_WITHIN,
        )
        self.is_worker_process = True
        self.lost = asyncio.Event()

    async def startup(self) -> None:
        """Connect. Raises OSError or an error of the protocol where nobody answers."""
        await super().startup()
        for connection in (self.write_conn, self.read_conn):
            assert connection is not None
            connection.close_callbacks.add(self._over)

    def _over(self, *_: Any) -> None:
        self.lost.set()
