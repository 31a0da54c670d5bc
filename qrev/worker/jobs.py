"""The jobs, as taskiq tasks. They carry nothing: the database is the truth."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from taskiq import AsyncBroker, InMemoryBroker

from qrev.bootstrap import Services


def in_process() -> AsyncBroker:
    """Return the broker of the embedded column: jobs run here, where they are kicked."""
    return InMemoryBroker(await_inplace=True)


class Jobs:
    """Every job of the worker, registered on a broker."""

    def __init__(self, broker: AsyncBroker, services: Services) -> None:
        self.broker = broker
        self.send_due = broker.register_task(services.sender.send_batch, task_name="send_due")
        self.every_minute = [
            broker.register_task(_named(job), task_name=name)
            for name, job in _sweeps(services).items()
        ]


def _sweeps(services: Services) -> dict[str, Callable[[], Awaitable[object]]]:
    return {
        "settle_leases": services.sweeps.settle_leases,
        "replan_late": services.sweeps.replan_late,
        "resume_confirmed": services.enacting.resume,
        "take_in_drafts": services.taking_in.sweep,
        "finish_sequences": services.sweeps.finish_sequences,
    }


def _named(job: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        await job()

    return run
