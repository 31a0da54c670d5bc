"""In doubt, the mailbox is asked: an error is no absence, and a single look is none either."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.models import Message
from qrev.campaigns.ports import NoAnswer
from tests.campaigns.things import a_mailbox
from tests.campaigns.world import World

pytestmark = pytest.mark.anyio


async def a_doubt(world: World, alice: Actor, *, has_left: bool) -> Message:
    (due,) = await world.due(alice)
    if has_left:
        world.postbox.cut_off.add(due.to)
    else:
        world.postbox.troubles[due.to] = NoAnswer("cut after the data")
    await world.sender.send_batch()
    world.postbox.cut_off.clear()
    world.postbox.troubles.clear()
    return due


async def look_a_minute_later(world: World) -> int:
    world.clock.advance(minutes=1)
    return await world.evidence.settle()


async def test_a_mail_the_mailbox_has_was_sent(world: World, alice: Actor) -> None:
    doubted = await a_doubt(world, alice, has_left=True)
    tried_at = world.clock()

    assert [await look_a_minute_later(world) for _ in range(2)] == [1, 0]

    sent = await world.message(doubted.id)
    assert sent is not None
    assert (sent.status.value, sent.sent_at, sent.provider_id) == ("sent", tried_at, "found")
    assert world.postbox.times_delivered == {doubted.id: 1}


async def test_a_mail_that_is_twice_not_there_is_planned_anew_and_leaves_once(
    world: World, alice: Actor
) -> None:
    doubted = await a_doubt(world, alice, has_left=False)

    assert [await look_a_minute_later(world) for _ in range(2)] == [0, 1]
    world.clock.advance(minutes=10)  # until then its hold is not long enough ago
    await world.sweeps.replan_late()
    await world.work_until(world.clock() + timedelta(days=1))

    assert world.postbox.times_delivered == {doubted.id: 1}
    assert await world.statuses() == {"sent": 1}


async def test_a_look_that_fails_says_nothing(world: World, alice: Actor) -> None:
    doubted = await a_doubt(world, alice, has_left=False)
    await look_a_minute_later(world)
    world.postbox.blind = "the mailbox does not answer"

    for _ in range(20):
        await look_a_minute_later(world)

    assert await world.statuses() == {"unknown": 1}
    message = await world.message(doubted.id)
    assert message is not None
    notes = [line.note for line in message.ledger if line.kind == "looked"]
    assert notes[0] == "looked: not there"
    assert set(notes[1:]) == {"could not look: the mailbox does not answer"}
    assert len(notes) == 5  # every five minutes, not every one


async def test_a_mail_that_turns_up_between_two_looks_was_sent(world: World, alice: Actor) -> None:
    doubted = await a_doubt(world, alice, has_left=True)
    letters, world.postbox.delivered = world.postbox.delivered, []
    assert await look_a_minute_later(world) == 0
    world.postbox.delivered = letters

    assert await look_a_minute_later(world) == 1

    assert await world.statuses() == {"sent": 1}
    assert world.postbox.attempts == [doubted.id]


async def test_where_nobody_can_look_a_person_is_asked_once(world: World, alice: Actor) -> None:
    doubted = await a_doubt(world, alice, has_left=True)
    blind = replace(a_mailbox(), channel="smtp")
    mailboxes = world.stores.mailboxes
    await mailboxes._mailboxes.update_one({"_id": blind.id}, {"$set": {"channel": "smtp"}})

    for _ in range(5):
        await look_a_minute_later(world)

    asked = [said for said in await world.said() if said.startswith("Did the mail")]
    assert len(asked) == 1
    assert doubted.to in asked[0]
    assert await world.statuses() == {"unknown": 1}


async def test_a_mail_that_is_never_there_is_a_persons_after_five_tries(
    world: World, alice: Actor
) -> None:
    (due,) = await world.due(alice)
    world.postbox.troubles[due.to] = NoAnswer("cut after the data")

    for _ in range(4 * 24 * 6):
        world.clock.advance(minutes=10)
        await world.sweeps.replan_late()
        await world.sender.send_batch()
        await look_a_minute_later(world)
        if len(world.postbox.attempts) == 5 and (await world.statuses()) == {"unknown": 1}:
            break
    for _ in range(3):
        await look_a_minute_later(world)

    assert len(world.postbox.attempts) == 5
    assert await world.statuses() == {"unknown": 1}
    assert any("it was tried five times" in said for said in await world.said())
