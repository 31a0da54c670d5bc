"""What is put right every minute: late mails, lost leases, sequences that are over."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import timedelta

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor
from qrev.campaigns.models import LATE, MessageStatus, Sequence, SequenceStatus
from qrev.campaigns.ports import ContentRefused, NotNow
from qrev.kit.mongo import Document
from tests.campaigns.things import a_mailbox
from tests.campaigns.world import World
from tests.conftest import ACME

pytestmark = pytest.mark.anyio


async def run_to_the_end(world: World, sequence: Sequence) -> None:
    """Let the worker do its work whenever a mail is due, until none is left."""
    while True:
        counts = (await world.stores.messages.counts(ACME, [sequence.id]))[sequence.id]
        if counts.next_at is None:
            return
        world.clock.now = max(world.clock.now, counts.next_at)
        await world.sweeps.settle_leases()
        await world.sweeps.replan_late()
        await world.sender.send_batch()


async def test_after_an_outage_mails_are_spread_out_again_not_sent_in_a_burst(
    world: World, alice: Actor
) -> None:
    planned = await world.planned(alice, people=20)
    world.clock.now = planned[-1].send_at + timedelta(minutes=30)

    assert await world.sender.send_batch() == 0
    assert await world.sweeps.replan_late() == 20

    minutes = sorted(m.send_at for m in await world.messages())
    assert minutes[0] >= world.clock()
    assert all(b - a >= timedelta(minutes=4) for a, b in itertools.pairwise(minutes))


async def test_a_mail_that_is_only_a_little_late_is_sent_not_moved(
    world: World, alice: Actor
) -> None:
    (message,) = await world.planned(alice, people=1)
    world.clock.now = message.send_at + LATE - timedelta(seconds=1)

    assert await world.sweeps.replan_late() == 0
    assert await world.sender.send_batch() == 1


async def test_a_mail_too_late_for_the_sender_is_never_lost(world: World, alice: Actor) -> None:
    (message,) = await world.planned(alice, people=1)
    world.clock.now = message.send_at + LATE

    assert await world.sender.send_batch() == 0
    assert await world.sweeps.replan_late() == 1


async def test_a_moved_mail_says_when_and_why(world: World, alice: Actor) -> None:
    (message,) = await world.planned(alice, people=1)
    world.clock.now = message.send_at + timedelta(days=2)

    await world.sweeps.replan_late()

    moved = await world.message(message.id)
    assert moved is not None
    assert moved.status is MessageStatus.PLANNED
    assert moved.because.endswith("planned anew, its minute had passed")
    assert (moved.ledger[-1].kind, moved.ledger[-1].at) == ("moved", world.clock())


async def test_follow_ups_keep_their_distance_when_the_first_mail_was_late(
    world: World, alice: Actor
) -> None:
    first, second, third = await world.planned(alice, people=1, days=(0, 3, 7))
    world.clock.now = first.send_at + timedelta(days=2)

    await world.sweeps.replan_late()

    days = [m.send_at.date() for m in await world.messages()]
    # Thursday; three days on is Sunday, so Monday; seven days on is Thursday.
    assert [day.isoformat() for day in days] == ["2026-03-05", "2026-03-09", "2026-03-12"]
    assert second.send_at.date().isoformat() == "2026-03-06"
    assert third.send_at.date().isoformat() == "2026-03-10"


async def test_three_days_are_three_days_whatever_the_hours(world: World, alice: Actor) -> None:
    """The first was planned for the late afternoon, the second for a morning three days on."""
    first, second = await world.planned(alice, people=1, days=(0, 3))
    now = world.clock()
    for message, hour in ((first, 16), (second, 9)):
        send_at = message.send_at.replace(hour=hour, minute=30)
        await world.stores.messages.move(message, send_at=send_at, at=now, because="")
    world.clock.now = (first.send_at + timedelta(days=1)).replace(hour=9)

    await world.sweeps.replan_late()

    days = [m.send_at.date().isoformat() for m in await world.messages()]
    assert days == ["2026-03-04", "2026-03-09"]


async def test_a_short_delay_leaves_the_follow_up_on_its_day(world: World, alice: Actor) -> None:
    first, second = await world.planned(alice, people=1, days=(0, 3))
    world.clock.now = first.send_at + timedelta(minutes=20)

    await world.sweeps.replan_late()

    moved = await world.message(second.id)
    assert moved is not None
    assert moved.send_at.date() == second.send_at.date()


async def test_late_mails_and_their_follow_ups_keep_the_gap_to_everyone_elses(
    world: World, alice: Actor
) -> None:
    """Half of the people were written to before the outage, half of them were not."""
    planned = await world.planned(alice, people=20, days=(0, 3))
    for message in planned[:10]:
        world.clock.now = message.send_at
        await world.sender.send_batch()
    world.clock.advance(hours=3)

    await world.sweeps.replan_late()

    minutes = sorted(m.send_at for m in await world.messages())
    assert await world.statuses() == {"sent": 10, "planned": 20, "held": 10}
    assert all(b - a >= timedelta(minutes=4) for a, b in itertools.pairwise(minutes))


async def test_a_late_mail_keeps_to_its_own_mailbox_however_full_that_is(
    world: World, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    await world.a_mailbox(a_mailbox("mbx_b", email="b@acme.test"))
    planned = await world.planned(alice, people=20)
    await mongo.mailboxes.update_one({"_id": "mbx_b"}, {"$set": {"cap": 3}})
    world.clock.now = planned[-1].send_at.replace(hour=6) + timedelta(days=1)

    await world.sweeps.replan_late()

    own = [m.send_at for m in await world.messages() if m.mailbox_id == "mbx_b"]
    assert sorted(Counter(at.date() for at in own).values()) == [1, 3, 3, 3]


async def test_what_waits_for_a_paused_mailbox_is_not_late(world: World, alice: Actor) -> None:
    (message,) = await world.planned(alice, people=1)
    await world.stores.messages.hold_mailbox(
        ACME, message.mailbox_id, until=world.clock() + timedelta(days=300)
    )
    world.clock.advance(days=30)

    assert await world.sweeps.replan_late() == 0
    assert await world.sender.send_batch() == 0


async def test_a_whole_sequence_leaves_day_by_day_each_mail_once(
    world: World, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    await mongo.mailboxes.update_one({}, {"$set": {"cap": 2}})
    sequence = await world.a_sequence(people=3, days=(0, 3))
    await world.confirmed(alice, sequence)
    unlucky = (await world.messages())[0]
    world.postbox.troubles[unlucky.to] = NotNow("421")
    world.clock.now = unlucky.send_at
    await world.sender.send_batch()
    world.postbox.troubles.clear()

    await run_to_the_end(world, sequence)
    await world.sweeps.finish_sequences()

    messages = await world.messages()
    assert world.postbox.times_delivered == {m.id: 1 for m in messages}
    days = [m.sent_at.date() for m in messages if m.sent_at is not None]
    assert (len(days), max(days.count(day) for day in days)) == (6, 2)
    assert (await world.sequences.get(alice, sequence.id)).status is SequenceStatus.FINISHED


async def test_a_sequence_with_mails_ahead_goes_on(world: World, alice: Actor) -> None:
    await world.planned(alice, people=1, days=(0, 3))

    assert await world.sweeps.finish_sequences() == 0


async def test_a_sequence_that_is_out_is_finished_and_said_once(world: World, alice: Actor) -> None:
    due = await world.due(alice, people=3)
    world.postbox.troubles[due[0].to] = ContentRefused("554 spam")
    await world.sender.send_batch()

    assert await world.sweeps.finish_sequences() == 1
    assert await world.sweeps.finish_sequences() == 0

    assert await world.said() == [
        "All mails of this sequence are out: 2 sent. 1 did not leave: /campaigns says why."
    ]


async def test_a_mail_on_the_wire_keeps_its_sequence_open(world: World, alice: Actor) -> None:
    await world.due(alice)
    seen: list[int] = []

    async def look(_: object) -> None:
        seen.append(await world.sweeps.finish_sequences())

    world.postbox.before_answering = look
    await world.sender.send_batch()

    assert seen == [0]


async def test_the_sweeps_of_an_empty_workspace_do_nothing(world: World) -> None:
    assert await world.sweeps.settle_leases() == (0, 0)
    assert await world.sweeps.replan_late() == 0
    assert await world.sweeps.finish_sequences() == 0
    assert await world.enacting.resume() == 0


async def test_late_mails_wait_while_someone_plans_for_the_account(
    world: World, alice: Actor
) -> None:
    """Both would take the same free minutes."""
    (message,) = await world.planned(alice, people=1)
    world.clock.now = now = message.send_at + timedelta(hours=1)
    number = await world.stores.lease.take(ACME, at=now, until=now + timedelta(minutes=2))
    assert number is not None

    while_planning = await world.sweeps.replan_late()
    await world.stores.lease.give_back(ACME, number)

    assert (while_planning, await world.sweeps.replan_late()) == (0, 1)
