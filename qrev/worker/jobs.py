"""The jobs, as taskiq tasks. They carry ids at most: the database is the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from taskiq import AsyncBroker, AsyncTaskiqDecoratedTask, InMemoryBroker

from qrev.accounts.models import AccountId
from qrev.bootstrap import Services
from qrev.kit.pulse import Tally
from qrev.kit.reporting import Reports
from qrev.worker.faults import Faults

Job = Callable[[], Awaitable[object]]
Task = AsyncTaskiqDecoratedTask[[], Any]
NONE: Mapping[str, Job] = {}
LISTENED_AT_ONCE = 8


def in_process() -> AsyncBroker:
    """Return the broker of the embedded column: jobs run here, where they are kicked."""
    return InMemoryBroker(await_inplace=True)


class Jobs:
    """Every job of the worker, registered on a broker; `more` are sweeps of no service's."""

    def __init__(
        self,
        broker: AsyncBroker,
        services: Services,
        more: Mapping[str, Job] = NONE,
        *,
        send: Job | None = None,
        reports: Reports | None = None,
        tally: Tally | None = None,
    ) -> None:
        self.broker = broker
        broker.add_middlewares(Faults(reports or services.reports, tally or Tally()))
        self.send_due = registered(broker, "send_due", send or services.sender.send_batch)
        self.listen = broker.register_task(_listening(services), task_name="listen")
        self.listen_to_all = registered(broker, "listen_to_all", self._listen_to_all(services))
        self.every_minute = [
            registered(broker, name, job) for name, job in {**_sweeps(services), **more}.items()
        ]

    def _listen_to_all(self, services: Services) -> Job:
        """Return what kicks one job a mailbox, so that a slow one holds up no other."""

        async def kick_each() -> int:
            mailboxes = await services.listening.all()
            gate = asyncio.Semaphore(LISTENED_AT_ONCE)

            async def kick(account_id: str, mailbox_id: str) -> None:
                async with gate:
                    await self.listen.kiq(account_id, mailbox_id)

            await asyncio.gather(*(kick(*each) for each in mailboxes))
            return len(mailboxes)

        return kick_each


def _listening(services: Services) -> Callable[[str, str], Awaitable[int]]:
    async def listen(account_id: str, mailbox_id: str) -> int:
        return await services.listening.listen(AccountId(account_id), mailbox_id)

    return listen


def _sweeps(services: Services) -> Mapping[str, Job]:
    return {
        "settle_leases": services.sweeps.settle_leases,
        "settle_doubts": services.evidence.settle,
        "replan_late": services.sweeps.replan_late,
        "resume_confirmed": services.enacting.resume,
        "resume_orders": services.orders.resume,
        "end_pauses": services.pausing.end_due,
        "take_in_drafts": services.taking_in.sweep,
        "go_on_with_imports": services.resuming.sweep,
        "go_on_with_rewrites": services.rewriting.sweep,
        "finish_sequences": services.sweeps.finish_sequences,
        "look_whether_mails_leave": services.watchdog.look,
        "erase_accounts": services.accounts.erase_due,
        "resume_erasures": services.privacy.resume,
        "seal_grants_again": services.grants.rotate,
        "seal_logins_again": services.logins.rotate,
        "seal_connections_again": services.connections.rotate,
        "sync_hubspot": services.hubspot.sweep,
    }


def registered(broker: AsyncBroker, name: str, job: Job) -> Task:
    """Return a task that does the job when it is kicked."""

    async def run() -> object:  # because taskiq renames what it is given, and a method has no name
        return await job()

    return broker.register_task(run, task_name=name)
