"""Workers as processes: one that has imported everything forks one for each round.

    python -m tests.crash.worker

It reads a line of JSON for each worker to start, and answers with a line when that one is gone.
A worker does what production's does, once: it sweeps, and it sends what is due. Its ports are
wrapped so that it can be killed at a named point; nothing in the product knows of that.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.audit import Audit
from qrev.accounts.store import MongoAccountBook, MongoAuditBook, MongoMemberBook
from qrev.bootstrap import campaigns
from qrev.bootstrap.afterwards import Around
from qrev.bootstrap.campaigns import Campaigns
from qrev.bootstrap.channels import Channels, channels_of, logins_of
from qrev.bootstrap.life import CampaignStores
from qrev.campaigns.delivery import Accepted
from qrev.campaigns.models import Mailbox
from qrev.campaigns.ports import Channel, Letter
from qrev.crm.store import MongoSuppressions
from qrev.crm.suppressions import SuppressionList
from qrev.crm.veiling import Veil
from qrev.kit.clock import Clock
from qrev.kit.mongo import Document, open_client
from qrev.kit.pulse import Pulse
from qrev.kit.reporting import LoggedReports
from qrev.settings import Settings
from tests.crash.shared_time import SharedTime, skewed
from tests.sites import SECRETS

POINTS = (
    "before claim",
    "after claim",
    "after intent",
    "after accept before outcome",
    "after outcome",
)
TINY = 200  # bytes a file may have on a disk that is full


@dataclass(frozen=True, kw_only=True)
class Order:
    """What one worker is started with. `point` is "" for one that is let alone."""

    folder: str
    database: str
    smtp: int
    point: str = ""
    nth: int = 1
    skew: float = 0.0  # seconds
    is_disk_full: bool = False


class Fuse:
    """Kills this process when the point is reached for the nth time."""

    def __init__(self, point: str, nth: int) -> None:
        self._point = point
        self._left = nth

    def reach(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class FusedOutbox:
    """The ledger, with a fuse before and after what the sender asks of it."""

    def __init__(self, messages: Any, fuse: Fuse) -> None:
        self._messages = messages
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        return getattr(self._messages, name)

    async def claim_due(self, **named: Any) -> Any:
        self._fuse.reach("before claim")
        claimed = await self._messages.claim_due(**named)
        if claimed:
            self._fuse.reach("after claim")
        return claimed

    async def intend(self, message: Any, **named: Any) -> bool:
        may_send = await self._messages.intend(message, **named)
        if may_send:
            self._fuse.reach("after intent")
        return bool(may_send)

    async def record(self, message: Any, outcome: Any) -> bool:
        is_recorded = await self._messages.record(message, outcome)
        self._fuse.reach("after outcome")
        return bool(is_recorded)


class FusedChannel:
    """A channel, with a fuse between what it took and our knowing of it."""

    def __init__(self, channel: Channel, fuse: Fuse) -> None:
        self._channel = channel
        self._fuse = fuse

    async def send(self, mailbox: Mailbox, letter: Letter) -> Accepted:
        accepted = await self._channel.send(mailbox, letter)
        self._fuse.reach("after accept before outcome")
        return accepted


def some_settings(folder: Path, smtp: int) -> Settings:
    values: dict[str, Any] = {"data_dir": folder, "link_secret": "l" * 64, **SECRETS}
    return Settings(
        _env_file=None, smtp_url=f"smtp://127.0.0.1:{smtp}", smtp_from="house@acme.test", **values
    )


def wired(
    db: AsyncDatabase[Document], settings: Settings, clock: Clock, fuse: Fuse
) -> tuple[Campaigns, Channels]:
    """Return campaigns as production wires them, but for the fuse."""
    stores = CampaignStores(db)
    vars(stores)["messages"] = FusedOutbox(stores.messages, fuse)
    real = channels_of(settings, logins=logins_of(settings, db), tokens=None, clock=clock)
    fused = {name: FusedChannel(channel, fuse) for name, channel in real.every.items()}
    channels = replace(real, every=fused)
    suppressions = SuppressionList(suppressions=MongoSuppressions(db, Veil("house")), clock=clock)
    around = Around(
        settings=settings,
        reports=LoggedReports(),
        accounts=MongoAccountBook(db),
        members=MongoMemberBook(db),
        suppressions=suppressions,
        reachability=suppressions,
        audit=Audit(entries=MongoAuditBook(db), clock=clock),
        channels=channels,
        pulse=Pulse(db, clock),
        clock=clock,
    )
    return campaigns.wire(stores, around), real


async def work(order: Order) -> None:
    """Do once what a worker does again and again."""
    folder = Path(order.folder)
    shared = skewed(SharedTime(folder / "time"), timedelta(seconds=order.skew))
    if order.is_disk_full:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (TINY, TINY))
    client = open_client(order.database)
    settings = some_settings(folder, order.smtp)
    selling, channels = wired(client["qrev"], settings, shared.now, Fuse(order.point, order.nth))
    try:
        await selling.sweeps.settle_leases()
        await selling.evidence.settle()
        await selling.sweeps.replan_late()
        while await selling.sender.send_batch():
            pass
    finally:
        await channels.close()
        await client.close()


def in_a_loop(order: Order) -> None:
    asyncio.run(work(order))


def fork(do: Callable[[], None]) -> int:
    """Return the id of a child that does it and ends."""
    child = os.fork()
    if child:
        return child
    status = 1
    with contextlib.suppress(BaseException):
        do()
        status = 0
    os._exit(status)


def main() -> None:
    logging.disable(logging.CRITICAL)
    gc.freeze()  # what is there already is not looked through again in every child
    for line in sys.stdin:
        order = Order(**json.loads(line))
        child = fork(partial(in_a_loop, order))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        end = "killed" if killed else f"ended {os.waitstatus_to_exitcode(status)}"
        sys.stdout.write(f"{end}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
