from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pymongo.asynchronous.database import AsyncDatabase
from taskiq import AsyncBroker, InMemoryBroker
from taskiq.message import BrokerMessage

from qrev.accounts.store import MongoAccountBook
from qrev.kit.mongo import Document
from qrev.kit.pulse import Tally
from qrev.kit.reporting import LoggedReports
from qrev.worker.beat import Beat, Pace
from qrev.worker.faults import Faults
from qrev.worker.jobs import Job, Jobs, in_process, registered
from tests.conftest import ACME
from tests.fakes import FakeClock
from tests.waiting import eventually
from tests.worker.world import MAILBOX, a_workspace, plan_mails, statuses

pytestmark = pytest.mark.anyio

QUICK = Pace(rest=0.01, sweep=0.01, rest_after_failure=0.01, stop_within=5)


class Recording(InMemoryBroker):
    """A broker that remembers what it was given to carry."""

    def __init__(self) -> None:
        super().__init__(await_inplace=True)
        self.carried: list[BrokerMessage] = []

    async def kick(self, message: BrokerMessage) -> None:
        self.carried.append(message)
        await super().kick(message)


class Absent(InMemoryBroker):
    """A broker that cannot be reached for its first three jobs."""

    def __init__(self) -> None:
        super().__init__(await_inplace=True)
        self.refused = 0

    async def kick(self, message: BrokerMessage) -> None:
        if self.refused < 3:
            self.refused += 1
            raise ConnectionError("the broker is away")
        await super().kick(message)


@pytest.fixture
def outbox(tmp_path: Path) -> Callable[[], list[Path]]:
    return lambda: list((tmp_path / "outbox").glob("*.eml"))


# --- with the real services


async def test_what_is_due_leaves_and_the_sequence_is_finished(
    mongo: AsyncDatabase[Document],
    tmp_path: Path,
    clock: FakeClock,
    outbox: Callable[[], list[Path]],
) -> None:
    services = await a_workspace(mongo, tmp_path, clock)
    await plan_mails(mongo, clock, 3)
    beat = Beat(Jobs(in_process(), services), pace=QUICK)

    await beat.start()
    await eventually(lambda: mongo.sequences.find_one({"status": "finished"}))
    await beat.stop()

    assert len(outbox()) == 3
    assert await statuses(mongo) == {"sent"}


async def test_nothing_leaves_before_its_minute(
    mongo: AsyncDatabase[Document],
    tmp_path: Path,
    clock: FakeClock,
    outbox: Callable[[], list[Path]],
) -> None:
    services = await a_workspace(mongo, tmp_path, clock)
    await plan_mails(mongo, clock)
    clock.advance(minutes=-1)
    broker = Recording()
    beat = Beat(Jobs(broker, services), pace=QUICK)

    await beat.start()
    await eventually(lambda: counted(broker, "send_due", at_least=3))
    await beat.stop()

    assert outbox() == []
    assert await statuses(mongo) == {"held"}


async def test_once_stopped_nothing_more_is_claimed(
    mongo: AsyncDatabase[Document],
    tmp_path: Path,
    clock: FakeClock,
    outbox: Callable[[], list[Path]],
) -> None:
    services = await a_workspace(mongo, tmp_path, clock)
    broker = Recording()
    beat = Beat(Jobs(broker, services), pace=QUICK)
    await beat.start()
    await eventually(lambda: counted(broker, "send_due", at_least=1))

    await beat.stop()
    asked = len(broker.carried)
    await plan_mails(mongo, clock)
    await asyncio.sleep(QUICK.rest * 5)

    assert len(broker.carried) == asked
    assert outbox() == []
    assert await statuses(mongo) == {"held"}


async def test_nothing_leaves_a_workspace_that_is_about_to_be_deleted(
    mongo: AsyncDatabase[Document],
    tmp_path: Path,
    clock: FakeClock,
    outbox: Callable[[], list[Path]],
) -> None:
    services = await a_workspace(mongo, tmp_path, clock)
    await plan_mails(mongo, clock, 3)
    book = MongoAccountBook(mongo)
    await book.set_deletion(ACME, clock() + timedelta(days=7))

    await services.sender.send_batch()

    assert outbox() == []
    assert await statuses(mongo) == {"planned"}


async def test_jobs_carry_ids_at_most_for_the_database_is_the_truth(
    mongo: AsyncDatabase[Document], tmp_path: Path, clock: FakeClock
) -> None:
    broker = Recording()
    jobs = Jobs(broker, await a_workspace(mongo, tmp_path, clock))

    for job in (jobs.send_due, jobs.listen_to_all, *jobs.every_minute):
        await job.kiq()

    names = [message.task_name for message in broker.carried]
    carried = [broker.formatter.loads(message.message) for message in broker.carried]
    assert names == [
        "send_due",
        "listen_to_all",
        "listen",
        "settle_leases",
        "settle_doubts",
        "replan_late",
        "resume_confirmed",
        "resume_orders",
        "end_pauses",
        "take_in_drafts",
        "go_on_with_imports",
        "go_on_with_rewrites",
        "finish_sequences",
        "look_whether_mails_leave",
        "erase_accounts",
        "resume_erasures",
        "seal_grants_again",
        "seal_logins_again",
        "seal_connections_again",
        "sync_hubspot",
    ]
    assert [each.args for each in carried if each.args] == [[ACME, MAILBOX]]
    assert not any(each.kwargs for each in carried)


async def test_every_job_runs_where_there_is_nothing_to_do(
    mongo: AsyncDatabase[Document], tmp_path: Path, clock: FakeClock
) -> None:
    jobs = Jobs(in_process(), await a_workspace(mongo, tmp_path, clock))

    results = [
        await (await job.kiq()).wait_result()
        for job in (jobs.send_due, jobs.listen_to_all, *jobs.every_minute)
    ]

    assert {each.error for each in results} == {None}


async def test_two_workers_share_the_work_and_no_mail_leaves_twice(
    mongo: AsyncDatabase[Document],
    tmp_path: Path,
    clock: FakeClock,
    outbox: Callable[[], list[Path]],
) -> None:
    await plan_mails(mongo, clock, 20)
    beats = [
        Beat(Jobs(in_process(), await a_workspace(mongo, tmp_path, clock)), pace=QUICK)
        for _ in range(2)
    ]

    for beat in beats:
        await beat.start()
    await eventually(lambda: mongo.sequences.find_one({"status": "finished"}))
    for beat in beats:
        await beat.stop()

    assert len(outbox()) == 20
    assert await mongo.messages.count_documents({"status": "sent", "attempts": 1}) == 20


async def counted(broker: Recording, name: str, *, at_least: int) -> bool:
    return [message.task_name for message in broker.carried].count(name) >= at_least


# --- with jobs of our own


class OwnJobs(Jobs):
    """Jobs that are any functions."""

    def __init__(self, broker: AsyncBroker, send: Job, *sweeps: Job) -> None:
        self.broker = broker
        broker.add_middlewares(Faults(LoggedReports(), Tally()))
        self.send_due = registered(broker, "send_due", send)
        self.listen_to_all = registered(broker, "listen_to_all", nothing)
        self.every_minute = [
            registered(broker, f"sweep_{number}", sweep) for number, sweep in enumerate(sweeps)
        ]


async def nothing() -> None:
    """Listen to nobody."""


class Errand:
    """A job that counts how often it was begun and ended, and waits when it is told to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.begun = 0
        self.ended = 0
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def __call__(self) -> int:
        self.begun += 1
        await self.may_end.wait()
        if self.fails:
            raise RuntimeError("the database is away")
        self.ended += 1
        return 0


async def test_a_job_that_fails_is_logged_and_the_beat_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    send, broken, after = Errand(fails=True), Errand(fails=True), Errand()
    beat = Beat(OwnJobs(in_process(), send, broken, after), pace=QUICK)

    await beat.start()
    await eventually(lambda: is_true(send.begun >= 3 and after.ended >= 3))
    await beat.stop()

    ours = [record.getMessage() for record in caplog.records if record.name == "qrev.worker.faults"]
    assert "job send_due failed: RuntimeError('the database is away')" in ours
    assert "job sweep_0 failed: RuntimeError('the database is away')" in ours


async def test_a_broker_that_is_away_for_a_while_does_not_stop_the_beat(
    caplog: pytest.LogCaptureFixture,
) -> None:
    send = Errand()
    beat = Beat(OwnJobs(Absent(), send), pace=QUICK)

    await beat.start()
    await eventually(lambda: is_true(send.ended >= 1))
    await beat.stop()

    assert "could not be given out" in caplog.text


async def test_after_a_failure_it_rests_longer_than_between_two_looks() -> None:
    send = Errand(fails=True)
    slow = Pace(rest=0.01, rest_after_failure=60, stop_within=5)
    beat = Beat(OwnJobs(in_process(), send), pace=slow)

    await beat.start()
    await eventually(lambda: is_true(send.begun >= 1))
    await asyncio.sleep(slow.rest * 5)
    await beat.stop()

    assert send.begun == 1


async def test_while_there_is_more_to_send_it_does_not_rest() -> None:
    left = [50, 50, 7, 0]

    async def send() -> int:
        return left.pop(0) if left else 0

    beat = Beat(OwnJobs(in_process(), send), pace=Pace(rest=60, stop_within=5))

    await beat.start()
    await eventually(lambda: is_true(not left))
    await beat.stop()


async def test_stopping_waits_for_what_is_in_flight_and_begins_nothing_more() -> None:
    send, first, second = Errand(), Errand(), Errand()
    first.may_end.clear()
    beat = Beat(OwnJobs(in_process(), send, first, second), pace=QUICK)
    await beat.start()
    await eventually(lambda: is_true(first.begun == 1))

    stopping = asyncio.create_task(beat.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    first.may_end.set()
    await stopping

    assert (first.ended, second.begun) == (1, 0)


async def test_what_never_ends_is_cut_off_so_that_stopping_does() -> None:
    stuck = Errand()
    stuck.may_end.clear()
    beat = Beat(OwnJobs(in_process(), stuck), pace=Pace(rest=0.01, stop_within=0.05))
    await beat.start()
    await eventually(lambda: is_true(stuck.begun == 1))

    await asyncio.wait_for(beat.stop(), 5)

    assert (stuck.begun, stuck.ended) == (1, 0)


async def test_what_was_never_started_can_be_stopped() -> None:
    await Beat(OwnJobs(in_process(), Errand())).stop()


def test_the_embedded_broker_is_in_this_process() -> None:
    assert isinstance(in_process(), InMemoryBroker)


async def is_true(claim: bool) -> bool:
    return claim
