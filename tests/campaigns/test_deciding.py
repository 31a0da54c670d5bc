"""Where nothing keeps a copy, a member's word settles a mail, once, and it is written down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qrev.accounts.models import Actor, Change, ChangeKind, ChangeState
from qrev.campaigns.deciding import Deciding, Decision
from qrev.campaigns.models import Message
from qrev.campaigns.ports import NoAnswer
from qrev.kit.errors import NotAllowed, NotFound
from tests.campaigns.world import World

pytestmark = pytest.mark.anyio


async def a_doubt(world: World, alice: Actor) -> Message:
    (due,) = await world.due(alice)
    world.postbox.troubles[due.to] = NoAnswer("cut after the data")
    await world.sender.send_batch()
    world.postbox.troubles.clear()
    return due


def a_decision(world: World, *, has_left: bool) -> Decision:
    return Decision(
        has_left=has_left, doubts=world.stores.doubts, audit=world.audit, clock=world.clock
    )


def a_change(world: World, alice: Actor, message: Message) -> Change:
    return Change(
        id="chg_1",
        account_id=alice.account_id,
        kind=ChangeKind.SETTLE_AS_SENT,
        subject=message.id,
        created_by=alice.user_id,
        hash="",
        facts=(),
        state=ChangeState.CONFIRMED,
        created_at=world.clock(),
        expires_at=world.clock(),
    )


async def test_what_is_known_of_a_mail_in_doubt_is_shown(
    world: World, alice: Actor, mallory: Actor
) -> None:
    doubted = await a_doubt(world, alice)
    deciding = Deciding(doubts=world.stores.doubts, mailboxes=world.stores.mailboxes)

    (doubt,) = await deciding.page(alice, before=None, limit=5)

    assert (doubt.message.id, doubt.mailbox) == (doubted.id, "alice@acme.test")
    assert [text for _, text in doubt.evidence] == [
        "It was about to leave.",
        "It was handed to the mail server.",
        "Cut after the data.",
    ]
    assert await deciding.page(mallory, before=None, limit=5) == []


async def test_a_mail_that_left_counts_as_sent(world: World, alice: Actor) -> None:
    doubted = await a_doubt(world, alice)
    decision = a_decision(world, has_left=True)

    facts = await decision.facts(alice, doubted.id)
    await decision.make(alice, a_change(world, alice, doubted))

    assert doubted.to in facts[0]
    assert await world.statuses() == {"sent": 1}
    entry = (await world.audit.page(alice))[0]
    assert (entry.action, entry.after) == ("message.settled", {"said": "that it left"})


async def test_a_mail_that_did_not_leave_leaves_again(world: World, alice: Actor) -> None:
    doubted = await a_doubt(world, alice)
    decision = a_decision(world, has_left=False)

    assert "gets it twice" in (await decision.facts(alice, doubted.id))[1]
    await decision.make(alice, a_change(world, alice, doubted))
    world.clock.advance(minutes=10)
    await world.sweeps.replan_late()
    await world.work_until(world.clock() + timedelta(days=1))

    assert world.postbox.times_delivered == {doubted.id: 1}


async def test_nobody_decides_twice_or_for_others(
    world: World, alice: Actor, victor: Actor, mallory: Actor
) -> None:
    doubted = await a_doubt(world, alice)
    decision = a_decision(world, has_left=True)

    with pytest.raises(NotAllowed):
        await decision.facts(victor, doubted.id)
    with pytest.raises(NotFound):
        await decision.facts(mallory, doubted.id)
    await decision.make(alice, a_change(world, alice, doubted))
    with pytest.raises(NotFound):
        await decision.make(alice, a_change(world, alice, doubted))
