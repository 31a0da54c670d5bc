"""Whoever stops, dies or races at whatever point: a mail leaves once or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor
from qrev.campaigns.models import MessageStatus
from qrev.campaigns.ports import Letter, NotNow
from qrev.campaigns.sender import LEASE
from qrev.campaigns.store.messages import MongoMessages
from qrev.crm.models import Origin
from qrev.crm.veiling import Veil
from qrev.kit.mongo import Document
from tests.campaigns.accidents import around_database
from tests.campaigns.things import a_mailbox
from tests.campaigns.world import World
from tests.conftest import ACME
from tests.contract.builders import a_suppression

pytestmark = pytest.mark.anyio


async def test_someone_suppressed_since_the_plan_is_not_written_to(
    world: World, alice: Actor
) -> None:
    stopped, other = await world.due(alice, people=2)
    await world.suppressions.add(ACME, stopped.to, "asked to stop")

    await world.sender.send_batch()

    message = await world.message(stopped.id)
    assert message is not None
    assert (message.status, message.reason) == (
        MessageStatus.CANCELLED,
        "On the suppression list: asked to stop.",
    )
    assert set(world.postbox.times_delivered) == {other.id}


async def test_someone_erased_since_the_plan_is_not_written_to(world: World, alice: Actor) -> None:
    erased, other = await world.due(alice, people=2)
    await world.stores.suppressions.add_if_new(
        a_suppression(value=Veil("house").over(ACME, erased.to), origin=Origin.ERASED)
    )

    await world.sender.send_batch()

    assert set(world.postbox.times_delivered) == {other.id}


async def test_a_stop_between_claim_and_intent_is_obeyed(world: World, alice: Actor) -> None:
    """The first mail of the batch is on the wire when someone opts out who is next."""
    due = await world.due(alice, people=2)

    async def opt_out(letter: Letter) -> None:
        (other,) = [m for m in due if m.id != letter.message_id]
        await world.stopping.opt_out(world.stopping.link_token(other))

    world.postbox.before_answering = opt_out
    await world.sender.send_batch()

    assert await world.statuses() == {"sent": 1, "cancelled": 1}
    assert len(world.postbox.attempts) == 1


async def test_a_mail_that_is_on_the_wire_when_stopped_is_not_tried_again(
    world: World, alice: Actor
) -> None:
    (due,) = await world.due(alice)
    world.postbox.troubles[due.to] = NotNow("451")
    world.postbox.before_answering = lambda letter: world.stop(alice, due.sequence_id)

    await world.sender.send_batch()
    world.postbox.troubles.clear()
    await world.let_days_pass()

    assert await world.statuses() == {"cancelled": 1}
    assert world.postbox.attempts == [due.id]


async def test_a_mail_that_left_while_it_was_stopped_is_sent(world: World, alice: Actor) -> None:
    (due,) = await world.due(alice)
    world.postbox.before_answering = lambda letter: world.stop(alice, due.sequence_id)

    await world.sender.send_batch()

    assert await world.statuses() == {"sent": 1}


async def test_a_claim_whose_worker_died_goes_back_and_is_sent(world: World, alice: Actor) -> None:
    (due,) = await world.due(alice)
    now = world.clock()
    (claimed,) = await world.stores.messages.claim_due(
        since=now - LEASE, now=now, lease=now + LEASE, limit=1
    )
    world.clock.advance(minutes=5)

    assert await world.sweeps.settle_leases() == (1, 0)
    await world.sender.send_batch()

    assert world.postbox.times_delivered == {due.id: 1}
    assert not await world.stores.messages.intend(claimed, digest="", now=now, lease=now)


async def test_a_mail_whose_worker_died_on_the_wire_is_unknown_and_never_sent_again(
    world: World, alice: Actor
) -> None:
    await world.due(alice)
    now = world.clock()
    (claimed,) = await world.stores.messages.claim_due(
        since=now - LEASE, now=now, lease=now + LEASE, limit=1
    )
    assert await world.stores.messages.intend(claimed, digest="d", now=now, lease=now + LEASE)
    world.clock.advance(minutes=5)

    assert await world.sweeps.settle_leases() == (0, 1)
    await world.let_days_pass()

    assert await world.statuses() == {"unknown": 1}
    assert world.postbox.attempts == []


async def test_a_lease_that_still_runs_is_left_alone(world: World, alice: Actor) -> None:
    await world.due(alice)
    now = world.clock()
    await world.stores.messages.claim_due(since=now - LEASE, now=now, lease=now + LEASE, limit=1)
    world.clock.advance(minutes=4)

    assert await world.sweeps.settle_leases() == (0, 0)


@pytest.mark.parametrize("workers", [2, 5])
async def test_workers_that_race_send_each_mail_once(
    world: World, alice: Actor, workers: int
) -> None:
    await world.a_mailbox(a_mailbox("mbx_b", email="b@acme.test", cap=50))
    due = await world.due(alice, people=40)
    others = [
        World(stores=world.stores, clock=world.clock, postbox=world.postbox) for _ in range(workers)
    ]

    async def work(one: World) -> None:
        while await one.sender.send_batch():
            pass

    await asyncio.gather(*map(work, others))

    assert world.postbox.times_delivered == {m.id: 1 for m in due}


async def test_a_worker_that_was_overtaken_between_looking_and_claiming_sends_nothing(
    world: World, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    (due,) = await world.due(alice)
    overtaken = MongoMessages(around_database(mongo, "update_many", world.sender.send_batch))
    slow = World(
        stores=replace(world.stores, messages=overtaken), clock=world.clock, postbox=world.postbox
    )

    assert await slow.sender.send_batch() == 0

    assert world.postbox.times_delivered == {due.id: 1}
    assert await world.statuses() == {"sent": 1}


async def test_a_sender_that_comes_late_settles_what_was_unknown_by_then(
    world: World, alice: Actor
) -> None:
    """The server took ten minutes to answer; by then the lease was over."""
    await world.due(alice)

    async def sleep(letter: Letter) -> None:
        world.clock.advance(minutes=10)
        await world.sweeps.settle_leases()

    world.postbox.before_answering = sleep
    await world.sender.send_batch()

    assert await world.statuses() == {"sent": 1}
    assert len(world.postbox.delivered) == 1
