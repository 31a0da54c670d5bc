"""Claim, intent, wire, outcome: each trouble has its consequence, and nobody gets a mail twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor
from qrev.campaigns.models import MessageStatus
from qrev.campaigns.ports import (
    AddressRefused,
    ContentRefused,
    Letter,
    MailboxRefused,
    NoAnswer,
    NotNow,
    SendError,
)
from qrev.kit.mongo import Document
from tests.campaigns.accidents import PowerCut, dying
from tests.campaigns.things import a_mailbox
from tests.campaigns.world import World
from tests.conftest import ACME

pytestmark = pytest.mark.anyio


async def test_what_is_due_is_sent_once_and_what_is_not_stays(world: World, alice: Actor) -> None:
    first, *others = await world.planned(alice, people=3)
    world.clock.now = first.send_at

    assert [await world.sender.send_batch() for _ in range(3)] == [1, 0, 0]

    (letter,) = world.postbox.delivered
    assert (letter.message_id, letter.recipient) == (first.id, first.to)
    assert await world.statuses() == {"sent": 1, "held": len(others)}


async def test_a_sent_mail_tells_its_whole_story(world: World, alice: Actor) -> None:
    (due,) = await world.due(alice)
    await world.sender.send_batch()

    sent = await world.message(due.id)

    assert sent is not None
    assert (sent.provider_id, sent.sent_at, sent.attempts) == ("taken-1", world.clock(), 1)
    assert [line.kind for line in sent.ledger] == [
        *("planned", "moved", "claimed", "intent", "wire", "outcome")
    ]
    intent = sent.ledger[3]
    assert len(intent.digest) == 64
    assert intent.token == sent.ledger[2].token != ""


async def test_the_intent_is_written_before_the_wire(world: World, alice: Actor) -> None:
    await world.due(alice)
    seen: list[MessageStatus] = []

    async def look(letter: Letter) -> None:
        message = await world.message(letter.message_id)
        assert message is not None
        seen.append(message.status)

    world.postbox.before_answering = look
    await world.sender.send_batch()

    assert seen == [MessageStatus.SENDING]


async def test_the_link_in_the_mail_is_this_messages(world: World, alice: Actor) -> None:
    (due,) = await world.due(alice)
    await world.sender.send_batch()

    token = world.stopping.link_token(due)
    assert f"/u/{token}>".encode() in world.postbox.delivered[0].raw


async def test_a_busy_server_is_asked_again_after_1_5_15_and_60_minutes(
    world: World, alice: Actor
) -> None:
    (due,) = await world.due(alice)
    world.postbox.troubles[due.to] = NotNow("451 try later")
    began = world.clock()
    waits = []

    for _ in range(4):
        await world.sender.send_batch()
        message = await world.message(due.id)
        assert message is not None
        assert message.status is MessageStatus.PLANNED
        waits.append(message.send_at - world.clock())
        world.clock.now = message.send_at
    await world.sender.send_batch()

    assert waits == [timedelta(minutes=m) for m in (1, 5, 15, 60)]
    assert world.clock() - began == timedelta(minutes=81)
    assert await world.statuses() == {"failed": 1}
    assert len(world.postbox.attempts) == 5
    assert "could not be handed over: 451 try later" in (await world.said())[0]


async def test_a_server_that_is_well_again_gets_the_mail(world: World, alice: Actor) -> None:
    (due,) = await world.due(alice)
    world.postbox.troubles[due.to] = NotNow("421")
    await world.sender.send_batch()
    world.postbox.troubles.clear()
    world.clock.advance(minutes=1)

    await world.sender.send_batch()

    assert await world.statuses() == {"sent": 1}


async def test_no_answer_is_unknown_and_never_sent_again(world: World, alice: Actor) -> None:
    (due,) = await world.due(alice)
    world.postbox.troubles[due.to] = NoAnswer("cut after the data")
    await world.sender.send_batch()
    world.postbox.troubles.clear()

    await world.let_days_pass()

    assert await world.statuses() == {"unknown": 1}
    assert world.postbox.attempts == [due.id]
    assert "not certain" in (await world.said())[0]


async def test_a_refused_address_is_suppressed_and_gets_no_more_steps(
    world: World, alice: Actor
) -> None:
    first, _ = await world.planned(alice, people=1, days=(0, 3))
    world.clock.now = first.send_at
    world.postbox.troubles[first.to] = AddressRefused("550 5.1.1 no such user")

    await world.sender.send_batch()

    assert await world.statuses() == {"failed": 1, "cancelled": 1}
    reasons = await world.suppressions.unreachable(ACME, [first.to])
    assert reasons == {first.to: "On the suppression list: 550 5.1.1 no such user."}


async def test_refused_words_do_not_cost_us_the_address(world: World, alice: Actor) -> None:
    (due,) = await world.due(alice)
    world.postbox.troubles[due.to] = ContentRefused("554 looks like spam")

    await world.sender.send_batch()

    assert await world.statuses() == {"failed": 1}
    assert await world.suppressions.unreachable(ACME, [due.to]) == {}


async def test_what_would_follow_a_mail_that_never_arrived_does_not_leave(
    world: World, alice: Actor
) -> None:
    planned = await world.planned(alice, people=2, days=(0, 3))
    first = planned[0]
    world.postbox.troubles[first.to] = ContentRefused("554 looks like spam")
    world.clock.now = first.send_at

    await world.sender.send_batch()

    own = {m.step: m for m in await world.messages() if m.to == first.to}
    assert [own[step].status for step in (1, 2)] == ["failed", "cancelled"]
    assert own[2].reason == "mail 1 could not be delivered"
    assert await world.statuses() == {"failed": 1, "cancelled": 1, "held": 2}


async def test_a_revoked_mailbox_does_not_cost_us_the_person(world: World, alice: Actor) -> None:
    due = await world.due(alice, people=3)
    world.postbox.troubles["alice@acme.test"] = MailboxRefused("access revoked")

    await world.sender.send_batch()
    await world.let_days_pass()

    assert len(world.postbox.attempts) == 1
    assert await world.statuses() == {"planned": 3}
    assert await world.suppressions.unreachable(ACME, [m.to for m in due]) == {}
    (mailbox,) = await world.stores.mailboxes.of_account(ACME)
    assert (mailbox.is_paused, mailbox.paused_reason) == (True, "access revoked")
    assert await world.said() == [
        "alice@acme.test is paused: access revoked. Its mails wait; nobody was written to twice."
    ]


async def test_mails_of_a_revoked_mailbox_that_are_not_due_yet_wait_as_well(
    world: World, alice: Actor
) -> None:
    first, later = await world.planned(alice, people=1, days=(0, 3))
    world.clock.now = first.send_at
    world.postbox.troubles["alice@acme.test"] = MailboxRefused("access revoked")

    await world.sender.send_batch()

    waiting = await world.message(later.id)
    assert waiting is not None
    assert waiting.held_until - world.clock() > timedelta(days=365)


async def test_a_mailbox_whose_way_of_sending_is_gone_is_paused_before_any_intent(
    world: World, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    (due,) = await world.due(alice)
    await mongo.mailboxes.update_one({}, {"$set": {"channel": "pigeon"}})

    await world.sender.send_batch()

    message = await world.message(due.id)
    assert message is not None
    assert (message.status, message.attempts) == (MessageStatus.PLANNED, 0)
    assert "is paused" in (await world.said())[0]


@pytest.mark.parametrize("trouble", [RuntimeError("a bug"), SendError("of no known kind")])
async def test_a_channel_that_breaks_leaves_one_mail_unknown_and_the_rest_go_on(
    world: World, alice: Actor, trouble: Exception
) -> None:
    broken, *others = await world.due(alice, people=4)
    world.postbox.troubles[broken.to] = trouble

    assert await world.sender.send_batch() == 4
    world.postbox.troubles.clear()
    await world.let_days_pass()

    assert await world.statuses() == {"unknown": 1, "sent": len(others)}
    assert world.postbox.times_delivered == {m.id: 1 for m in others}
    assert "something broke" in (await world.said())[0]


async def test_a_mailbox_in_trouble_does_not_stop_another_ones_mails(
    world: World, alice: Actor
) -> None:
    await world.a_mailbox(a_mailbox("mbx_b", email="b@acme.test"))
    due = await world.due(alice, people=6)
    world.postbox.troubles["b@acme.test"] = MailboxRefused("revoked")

    await world.sender.send_batch()

    own = [m for m in due if m.mailbox_id == "mbx_alice"]
    assert 0 < len(own) < 6
    assert set(world.postbox.times_delivered) == {m.id for m in own}


async def test_a_database_that_fails_for_one_mailbox_lets_the_others_finish(
    world: World, alice: Actor
) -> None:
    await world.a_mailbox(a_mailbox("mbx_b", email="b@acme.test"))
    due = await world.due(alice, people=8)
    world.postbox.troubles["b@acme.test"] = MailboxRefused("revoked")
    stores = replace(world.stores, mailboxes=dying(world.stores.mailboxes, "pause"))
    other = World(stores=stores, clock=world.clock, postbox=world.postbox)

    with pytest.raises(PowerCut):
        await other.sender.send_batch()

    own = {m.id for m in due if m.mailbox_id == "mbx_alice"}
    assert set(world.postbox.times_delivered) == own
    assert (await world.statuses())["sent"] == len(own)


async def test_the_cap_is_asked_again_before_the_wire(
    world: World, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    await world.due(alice, people=5)
    await mongo.mailboxes.update_one({}, {"$set": {"cap": 2}})

    await world.sender.send_batch()
    assert await world.sender.send_batch() == 0
    assert len(world.postbox.delivered) == 2

    world.clock.advance(minutes=10)
    assert await world.sweeps.replan_late() == 3
    days = [m.send_at.date() - world.clock().date() for m in await world.messages()]
    assert sorted(day.days for day in days) == [0, 0, 1, 1, 2]


async def test_a_new_mailbox_keeps_its_ramp_on_the_wire(
    world: World, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    await world.due(alice, people=8)
    midnight = world.clock().replace(hour=0, minute=0, second=0, microsecond=0)
    await mongo.mailboxes.update_one({}, {"$set": {"ramp_started_on": midnight}})

    await world.sender.send_batch()

    assert len(world.postbox.delivered) == 5


async def test_the_count_of_the_day_begins_anew_at_the_mailboxs_midnight(
    world: World, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    """In Tokyo midnight is at 15:00 UTC."""
    await mongo.mailboxes.update_one({}, {"$set": {"cap": 1, "timezone": "Asia/Tokyo"}})
    first, second = await world.planned(alice, people=2)
    for message, minute in ((first, 59), (second, 60)):
        world.clock.now = first.send_at.replace(hour=14, minute=0) + timedelta(minutes=minute)
        now = world.clock()
        await world.stores.messages.move(message, send_at=now, at=now, because="")
        await world.sender.send_batch()

    assert len(world.postbox.delivered) == 2


async def test_after_an_outage_a_mailbox_does_not_catch_up_in_a_burst(
    world: World, alice: Actor
) -> None:
    await world.due(alice, people=3)
    sender = world.a_sender(world.stores.rulebooks)

    await sender.send_batch()
    assert len(world.postbox.delivered) == 1

    assert await world.sweeps.replan_late() == 2
    while ahead := [m for m in await world.messages() if m.status is MessageStatus.PLANNED]:
        world.clock.now = ahead[0].send_at
        await sender.send_batch()
        await world.sweeps.replan_late()
    times = sorted(m.sent_at for m in await world.messages() if m.sent_at is not None)
    assert len(times) == 3
    assert all(b - a >= timedelta(minutes=4) for a, b in pairwise(times))


async def test_what_comes_late_does_not_leave_after_hours(world: World, alice: Actor) -> None:
    (due,) = await world.due(alice)
    world.clock.now = due.send_at.replace(hour=17, minute=2)
    last = due.send_at.replace(hour=16, minute=59)
    await world.stores.messages.move(due, send_at=last, at=last, because="")

    await world.sender.send_batch()
    await world.sweeps.replan_late()

    assert world.postbox.attempts == []
    (moved,) = await world.messages()
    assert moved.send_at.date() == due.send_at.date() + timedelta(days=1)


async def test_who_is_slower_than_the_lease_is_given_up_on_the_wire(
    world: World, alice: Actor
) -> None:
    await world.due(alice)
    world.postbox.before_answering = lambda letter: asyncio.Event().wait()
    sender = world.a_sender(world.stores.rulebooks, lease=timedelta(seconds=0.2))

    await sender.send_batch()

    assert await world.statuses() == {"unknown": 1}
    assert world.postbox.delivered == []


async def test_more_than_a_batch_leaves_in_several(world: World, alice: Actor) -> None:
    for n in range(3):
        await world.a_mailbox(a_mailbox(f"mbx_{n}", email=f"m{n}@acme.test"))
    await world.due(alice, people=110)

    assert [await world.sender.send_batch() for _ in range(3)] == [100, 10, 0]


async def test_open_cards_are_told_once_per_sequence(world: World, alice: Actor) -> None:
    due = await world.due(alice, people=5)
    await world.sender.send_batch()

    notices = await world.stores.notices.since(["conversation"], world.clock())

    assert sorted(n.card_id for n in notices) == sorted(["campaigns", "outbox", due[0].proposal_id])
