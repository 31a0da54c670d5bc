"""Pause and resume, with a worker that claims at the same time."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.life.models import OrderKind, OrderState, Terms
from qrev.campaigns.life.orders import OrderChanged
from qrev.campaigns.models import SequenceStatus
from qrev.campaigns.ports import NotNow
from qrev.kit.errors import Conflict
from tests.campaigns.accidents import Around, PowerCut, dying
from tests.campaigns.things import a_draft, a_mailbox, a_prospect
from tests.campaigns.world import BOB, World
from tests.conftest import ACME

pytestmark = pytest.mark.anyio
PAUSE, RESUME = OrderKind.PAUSE, OrderKind.RESUME


async def test_a_pause_shows_what_would_wait_and_changes_nothing(
    world: World, alice: Actor
) -> None:
    first, *_ = await world.planned(alice, people=3, days=(0, 3))

    order = await world.orders.propose(alice, PAUSE, Terms(sequence_id=first.sequence_id))

    assert (order.title, order.touched, order.people) == ("Pause “spring”", 6, 3)
    assert order.facts[0] == "6 mails to 3 people wait until somebody resumes."
    assert "None had left yet." in order.facts
    assert (order.rows[0].email, order.rows[0].after) == (first.to, "waits until somebody resumes")
    assert await world.statuses() == {"held": 6}


async def test_a_paused_sequence_sends_nothing_and_says_how_many_had_left(
    world: World, alice: Actor
) -> None:
    first, *_ = await world.planned(alice, people=3, days=(0, 3))
    world.clock.now = first.send_at
    await world.sender.send_batch()

    order = await world.ordered(alice, PAUSE, sequence_id=first.sequence_id)
    await world.let_days_pass()

    assert order.outcome == "5 mails wait until somebody resumes. 1 had already left."
    assert await world.statuses() == {"sent": 1, "planned": 5}
    status = (await world.sequences.get(alice, first.sequence_id)).status
    assert status is SequenceStatus.PAUSED


async def test_a_mail_a_worker_has_claimed_is_paused_before_the_wire(
    world: World, alice: Actor
) -> None:
    due, _ = await world.due(alice, people=2)

    async def paused(_: object) -> None:
        await world.ordered(BOB, PAUSE, sequence_id=due.sequence_id)

    world.postbox.before_answering = paused
    await world.sender.send_batch()

    assert await world.statuses() == {"sent": 1, "planned": 1}
    assert len(world.postbox.attempts) == 1


async def test_a_mail_on_the_wire_that_is_refused_for_now_waits_with_the_others(
    world: World, alice: Actor
) -> None:
    (due,) = await world.due(alice)
    world.postbox.troubles[due.to] = NotNow("451")
    outcomes = []

    async def paused(_: object) -> None:
        other = await world.a_sequence(name="other")
        await world.confirmed(BOB, other)
        outcomes.append((await world.ordered(BOB, PAUSE)).outcome)

    world.postbox.before_answering = paused
    await world.sender.send_batch()
    world.postbox.troubles.clear()
    await world.let_days_pass()

    assert world.postbox.times_delivered == {}
    assert "1 is on the way just now and cannot be called back." in outcomes[0]


@pytest.mark.parametrize("method", ["claim_due", "intend", "record"])
async def test_whatever_the_worker_is_at_a_pause_counts_exactly_what_left(
    world: World, alice: Actor, method: str
) -> None:
    due, *_ = await world.due(alice, people=4)
    orders = []

    async def paused() -> None:
        orders.append(await world.ordered(BOB, PAUSE, sequence_id=due.sequence_id))

    changed: dict[str, Any] = {"messages": Around(world.stores.messages, method, paused)}
    other = World(stores=replace(world.stores, **changed), clock=world.clock, postbox=world.postbox)
    await other.sender.send_batch()
    at_the_end = await world.statuses()

    left = at_the_end["sent"]
    assert len(world.postbox.attempts) == left
    counted = {0: "None had left yet.", 1: "1 is on the way"}
    assert counted[left] in orders[0].outcome


async def test_a_resume_shows_the_new_minutes_and_gives_exactly_those(
    world: World, alice: Actor
) -> None:
    first, *_ = await world.planned(alice, people=20)
    await world.ordered(alice, PAUSE, sequence_id=first.sequence_id)
    world.clock.advance(days=2)

    order = await world.orders.propose(alice, RESUME, Terms(sequence_id=first.sequence_id))
    shown = [row.after for row in order.rows]
    order = await world.orders.confirm(alice, order.id, order.hash)

    assert order.outcome.startswith("20 mails may leave again. The next leaves on ")
    messages = await world.messages()
    assert [f"{m.send_at:%a %-d %b %H:%M}" for m in messages[:10]] == shown
    minutes = [m.send_at for m in messages]
    assert minutes[0] >= world.clock()
    assert all(b - a >= timedelta(minutes=4) for a, b in itertools.pairwise(minutes))
    status = (await world.sequences.get(alice, first.sequence_id)).status
    assert status is SequenceStatus.ACTIVE


async def test_what_is_not_past_its_minute_keeps_it(world: World, alice: Actor) -> None:
    before = await world.planned(alice, people=3)
    await world.ordered(alice, PAUSE, sequence_id=before[0].sequence_id)
    for message in before:
        await world.stores.messages.move(
            message, send_at=message.send_at + timedelta(days=1), because="", at=world.clock()
        )
    before = await world.messages()

    await world.ordered(alice, RESUME, sequence_id=before[0].sequence_id)

    after = await world.messages()
    assert [m.send_at for m in after] == [m.send_at for m in before]
    assert {m.paused_by for m in after} == {()}


async def test_a_mailbox_alone_is_paused(world: World, alice: Actor) -> None:
    await world.a_mailbox(a_mailbox("mbx_b", email="b@acme.test"))
    await world.planned(alice, people=10)

    order = await world.ordered(alice, PAUSE, mailbox_id="mbx_b")
    await world.work_until(world.clock() + timedelta(days=3))

    assert order.title == "Pause all campaigns from b@acme.test"
    left = Counter((m.mailbox_id, m.status.value) for m in await world.messages())
    assert left == {("mbx_alice", "sent"): 5, ("mbx_b", "planned"): 5}
    sequence = (await world.messages())[0].sequence_id
    assert (await world.sequences.get(alice, sequence)).status is SequenceStatus.ACTIVE


async def in_two_countries(world: World) -> str:
    """Return a sequence with two people in Germany, one said and one by their zone, and one in
    France.
    """
    sequence = await world.a_sequence(people=0)
    people = [
        replace(a_prospect(sequence, 0), country="Germany"),
        a_prospect(sequence, 1, timezone="Europe/Berlin"),
        a_prospect(sequence, 2, timezone="Europe/Paris"),
    ]
    await world.enroll(sequence, people)
    return sequence.id


async def test_germany_waits_until_monday_and_then_goes_on_by_itself(
    world: World, alice: Actor
) -> None:
    sequence = await world.sequences.get(alice, await in_two_countries(world))
    await world.confirmed(alice, sequence)
    monday = world.clock().replace(hour=0) + timedelta(days=6)

    order = await world.ordered(alice, PAUSE, country="DE", until=monday)

    assert order.title == "Pause all campaigns to Germany"
    assert order.outcome == "2 mails wait until Mon 9 Mar 00:00. None had left yet."
    await world.work_until(world.clock() + timedelta(days=3))
    assert await world.statuses() == {"sent": 1, "planned": 2}
    world.clock.now = monday + timedelta(minutes=1)
    assert [p.id for p in await world.pausing.end_due()] == [order.id]
    await world.work_until(world.clock() + timedelta(days=3))
    assert await world.statuses() == {"sent": 3}


async def test_two_pauses_hold_until_both_are_over(world: World, alice: Actor) -> None:
    sequence = await world.sequences.get(alice, await in_two_countries(world))
    await world.confirmed(alice, sequence)
    germany = await world.ordered(alice, PAUSE, sequence_id=sequence.id, country="DE")
    whole = await world.ordered(alice, PAUSE, sequence_id=sequence.id)

    order = await world.ordered(alice, RESUME, sequence_id=sequence.id, pause_ids=(whole.id,))

    assert order.touched == 1
    assert "2 mails stay paused: another pause holds them." in order.facts
    held = [m for m in await world.messages() if m.paused_by]
    assert {m.paused_by for m in held} == {(germany.id,)}
    assert len(held) == 2


@pytest.mark.parametrize(
    ("store", "method", "nth"),
    [("messages", "add_planned", 1), ("sequences", "change", 1), ("proposals", "move", 2)],
)
async def test_people_planned_while_the_pause_was_pressed_wait_as_well(
    world: World, alice: Actor, store: str, method: str, nth: int
) -> None:
    sequence = await world.a_sequence(people=2)
    draft = a_draft(a_prospect(sequence, 1))
    await world.drafts.save(alice, draft.id, version=1, subject="Hi", body="Hi {{name}}")
    await world.confirmed(alice, sequence)
    await world.drafts.save(alice, draft.id, version=2, subject="Hi", body="Hi Ann")
    around = Around(
        getattr(world.stores, store),
        method,
        lambda: world.ordered(BOB, PAUSE, sequence_id=sequence.id),
        nth=nth,
    )
    changed: dict[str, Any] = {store: around}
    other = World(stores=replace(world.stores, **changed), clock=world.clock)

    await other.confirmed(alice, sequence)
    await world.let_days_pass()

    assert world.postbox.times_delivered == {}
    assert {len(m.paused_by) for m in await world.messages()} == {1}


async def test_who_is_planned_into_a_paused_sequence_waits_too(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=1)
    await world.confirmed(alice, sequence)
    await world.ordered(alice, PAUSE, sequence_id=sequence.id)
    await world.enroll(sequence, [a_prospect(sequence, 7)])

    await world.confirmed(alice, sequence)
    await world.let_days_pass()

    assert await world.statuses() == {"planned": 2}


async def test_an_old_resume_is_shown_anew_and_does_nothing(world: World, alice: Actor) -> None:
    first, *_ = await world.planned(alice, people=2)
    await world.ordered(alice, PAUSE, sequence_id=first.sequence_id)
    order = await world.orders.propose(alice, RESUME, Terms(sequence_id=first.sequence_id))
    world.clock.advance(minutes=15)

    with pytest.raises(OrderChanged) as caught:
        await world.orders.confirm(alice, order.id, order.hash)

    fresh = caught.value.fresh
    assert (await world.orders.get(alice, order.id)).id == fresh.id != order.id
    assert (await world.stores.orders.get(ACME, order.id)).state is OrderState.VOID  # type: ignore[union-attr]
    assert {len(m.paused_by) for m in await world.messages()} == {1}
    await world.orders.confirm(alice, fresh.id, fresh.hash)


async def test_a_resume_whose_plan_would_be_another_by_now_is_shown_anew(
    world: World, alice: Actor
) -> None:
    first, *_ = await world.planned(alice, people=5)
    await world.ordered(alice, PAUSE, sequence_id=first.sequence_id)
    world.clock.advance(days=1)
    order = await world.orders.propose(alice, RESUME, Terms(sequence_id=first.sequence_id))
    await world.planned(BOB, people=5, name="autumn")

    with pytest.raises(OrderChanged):
        await world.orders.confirm(alice, order.id, order.hash)


async def test_of_two_presses_one_pauses(world: World, alice: Actor) -> None:
    first, *_ = await world.planned(alice, people=2)
    order = await world.orders.propose(alice, PAUSE, Terms(sequence_id=first.sequence_id))
    await world.orders.confirm(alice, order.id, order.hash)

    with pytest.raises(OrderChanged, match=r"done already\. 2 mails wait"):
        await world.orders.confirm(BOB, order.id, order.hash)


async def test_undo_of_a_pause_lets_the_mails_leave_again(world: World, alice: Actor) -> None:
    first, *_ = await world.planned(alice, people=2)
    order = await world.ordered(alice, PAUSE, sequence_id=first.sequence_id)

    undone = await world.orders.undo(alice, order.id)

    assert undone.state is OrderState.UNDONE
    assert undone.outcome == "The pause is over: 2 mails may leave again, none in a burst."
    await world.work_until(world.clock() + timedelta(days=3))
    assert await world.statuses() == {"sent": 2}
    with pytest.raises(Conflict, match="was undone"):
        await world.orders.undo(alice, order.id)


async def test_undo_of_a_resume_pauses_again(world: World, alice: Actor) -> None:
    first, *_ = await world.planned(alice, people=2)
    await world.ordered(alice, PAUSE, sequence_id=first.sequence_id)
    order = await world.ordered(alice, RESUME, sequence_id=first.sequence_id)

    undone = await world.orders.undo(alice, order.id)
    await world.let_days_pass()

    assert undone.outcome == "Paused again: 2 mails. None had left yet."
    assert world.postbox.times_delivered == {}


@pytest.mark.parametrize(
    ("store", "method", "nth"),
    [
        ("pauses", "add_if_new", 1),
        ("messages", "pause", 1),
        ("sequences", "change", 1),
        ("orders", "move", 2),
    ],
)
async def test_a_pause_that_died_half_way_is_put_in_force_later(
    world: World, alice: Actor, store: str, method: str, nth: int
) -> None:
    first, *_ = await world.planned(alice, people=2)
    order = await world.orders.propose(alice, PAUSE, Terms(sequence_id=first.sequence_id))
    changed: dict[str, Any] = {store: dying(getattr(world.stores, store), method, nth=nth)}
    other = World(stores=replace(world.stores, **changed), clock=world.clock)
    with pytest.raises(PowerCut):
        await other.orders.confirm(alice, order.id, order.hash)
    world.clock.advance(minutes=2)

    assert await world.orders.resume() == 1
    assert await world.orders.resume() == 0

    assert (await world.orders.get(alice, order.id)).state is OrderState.DONE
    assert {len(m.paused_by) for m in await world.messages()} == {1}
    assert (await world.sequences.get(alice, first.sequence_id)).status is SequenceStatus.PAUSED


@pytest.mark.parametrize(
    ("store", "method", "nth"),
    [("messages", "move", 2), ("pauses", "end", 1), ("messages", "release", 1)],
)
async def test_a_resume_that_died_half_way_is_ended_later_without_a_burst(
    world: World, alice: Actor, store: str, method: str, nth: int
) -> None:
    first, *_ = await world.planned(alice, people=6)
    await world.ordered(alice, PAUSE, sequence_id=first.sequence_id)
    world.clock.advance(days=1)
    order = await world.orders.propose(alice, RESUME, Terms(sequence_id=first.sequence_id))
    changed: dict[str, Any] = {store: dying(getattr(world.stores, store), method, nth=nth)}
    other = World(stores=replace(world.stores, **changed), clock=world.clock)
    with pytest.raises(PowerCut):
        await other.orders.confirm(alice, order.id, order.hash)
    world.clock.advance(minutes=3)

    assert await world.orders.resume() == 1
    await world.sweeps.replan_late()

    minutes = [m.send_at for m in await world.messages()]
    assert all(b - a >= timedelta(minutes=4) for a, b in itertools.pairwise(minutes))
    assert {m.paused_by for m in await world.messages()} == {()}
