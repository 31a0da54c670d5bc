"""Stop a campaign, stop a person, put a campaign away, and taking that back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.life.models import OrderKind, OrderState, Terms
from qrev.campaigns.models import ProspectStatus, SequenceStatus
from qrev.kit.errors import Conflict
from tests.campaigns.accidents import Around, PowerCut, dying
from tests.campaigns.things import a_prospect
from tests.campaigns.world import BOB, World
from tests.conftest import ACME

pytestmark = pytest.mark.anyio
STOP, STOP_PERSON, ARCHIVE = OrderKind.STOP, OrderKind.STOP_PERSON, OrderKind.ARCHIVE


async def test_a_stop_cancels_what_has_not_left_and_says_who_stopped_it(
    world: World, alice: Actor
) -> None:
    first, *others = await world.planned(alice, people=3, days=(0, 3))
    world.clock.now = first.send_at
    await world.sender.send_batch()

    order = await world.stop(BOB, first.sequence_id)

    assert order.outcome == "5 mails cancelled. 1 had already left."
    assert await world.statuses() == {"sent": 1, "cancelled": 5}
    assert {m.reason for m in await world.messages() if m.id != first.id} == {"stopped by Bob"}
    status = (await world.sequences.get(alice, first.sequence_id)).status
    assert status is SequenceStatus.FINISHED
    world.clock.now = others[-1].send_at
    assert await world.sender.send_batch() == 0


async def test_a_stop_that_is_only_shown_stops_nothing(world: World, alice: Actor) -> None:
    first, *_ = await world.planned(alice, people=3, days=(0, 3))

    order = await world.orders.propose(alice, STOP, Terms(sequence_id=first.sequence_id))

    assert order.facts[0] == "6 mails to 3 people never leave."
    assert await world.statuses() == {"held": 6}


async def test_what_leaves_while_one_reads_does_not_void_a_stop(world: World, alice: Actor) -> None:
    first, *_ = await world.planned(alice, people=3)
    order = await world.orders.propose(alice, STOP, Terms(sequence_id=first.sequence_id))
    world.clock.now = first.send_at
    await world.sender.send_batch()

    done = await world.orders.confirm(alice, order.id, order.hash)

    assert done.outcome == "2 mails cancelled. 1 had already left."


async def test_stops_pressed_at_once_cancel_once(world: World, alice: Actor) -> None:
    (message,) = await world.planned(alice, people=1)
    order = await world.orders.propose(alice, STOP, Terms(sequence_id=message.sequence_id))

    answers = await asyncio.gather(
        *(world.orders.confirm(alice, order.id, order.hash) for _ in range(3)),
        return_exceptions=True,
    )

    assert len([a for a in answers if isinstance(a, Conflict)]) == 2
    found = await world.message(message.id)
    assert found is not None
    assert [line.kind for line in found.ledger].count("stop") == 1


async def test_a_stop_leaves_other_sequences_alone(world: World, alice: Actor) -> None:
    spring = await world.planned(alice, people=2, name="spring")
    await world.planned(alice, people=2, name="autumn")

    await world.stop(alice, spring[0].sequence_id)

    assert await world.statuses() == {"cancelled": 2, "held": 2}


async def test_a_draft_has_nothing_to_stop(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence()

    with pytest.raises(Conflict, match="Nothing of “spring” is planned yet"):
        await world.stop(alice, sequence.id)


async def test_a_stop_is_not_kept_waiting_by_someone_who_plans(world: World, alice: Actor) -> None:
    (message,) = await world.planned(alice, people=1)
    now = world.clock()
    await world.stores.lease.take(ACME, at=now, until=now + timedelta(minutes=2))

    order = await world.stop(alice, message.sequence_id)

    assert order.state is OrderState.DONE


async def test_undo_of_a_stop_plans_what_it_cancelled_without_a_burst(
    world: World, alice: Actor
) -> None:
    first, *_ = await world.planned(alice, people=5)
    await world.suppressions.add(ACME, a_prospect(await seq(world), 4).email, "asked to stop")
    order = await world.stop(alice, first.sequence_id)
    world.clock.advance(days=1)

    undone = await world.orders.undo(alice, order.id)

    assert undone.outcome == "5 mails may leave again, none in a burst."
    assert (await seq(world)).status is SequenceStatus.ACTIVE
    await world.work_until(world.clock() + timedelta(days=2))
    assert await world.statuses() == {"sent": 4, "cancelled": 1}
    assert set(world.postbox.times_delivered.values()) == {1}


async def seq(world: World) -> Any:
    [sequence] = await world.stores.sequences.page(ACME, before=None, limit=1)
    return sequence


async def test_a_stopped_person_gets_nothing_more_and_the_others_do(
    world: World, alice: Actor
) -> None:
    planned = await world.planned(alice, people=2, days=(0, 3))
    first = planned[0]
    world.clock.now = first.send_at
    await world.sender.send_batch()

    order = await world.ordered(alice, STOP_PERSON, person=first.to)

    assert order.title == f"Stop {first.to_name}"
    assert order.outcome == "1 mail cancelled. 1 had already left."
    assert await world.statuses() == {"sent": 1, "cancelled": 1, "held": 2}
    stopped = await world.stores.prospects.get(ACME, first.prospect_id)
    assert stopped is not None
    assert stopped.status is ProspectStatus.STOPPED


async def test_a_person_is_stopped_in_one_campaign_or_in_all(world: World, alice: Actor) -> None:
    email = "ann@pine.test"
    for name in ("spring", "autumn"):
        sequence = await world.a_sequence(people=0, name=name)
        await world.enroll(sequence, [a_prospect(sequence, 0, email=email)])
        await world.confirmed(alice, sequence)
    spring = next(m for m in await world.messages() if m.sequence_id == sequence.id)

    one = await world.orders.propose(
        alice, STOP_PERSON, Terms(person=email, sequence_id=spring.sequence_id)
    )
    every = await world.ordered(alice, STOP_PERSON, person=email)

    assert (one.touched, every.touched) == (1, 2)
    assert await world.statuses() == {"cancelled": 2}


@pytest.mark.parametrize(
    ("store", "method", "nth"),
    [("messages", "add_planned", 1), ("prospects", "set_status", 1), ("proposals", "move", 2)],
)
async def test_a_person_stopped_while_they_are_planned_gets_nothing(
    world: World, alice: Actor, store: str, method: str, nth: int
) -> None:
    sequence = await world.a_sequence(people=2)
    stopping = Around(
        getattr(world.stores, store),
        method,
        lambda: world.ordered(BOB, STOP_PERSON, person=a_prospect(sequence, 0).email),
        nth=nth,
    )
    changed: dict[str, Any] = {store: stopping}
    other = World(stores=replace(world.stores, **changed), clock=world.clock)

    await other.confirmed(alice, sequence)

    assert await world.statuses() == {"cancelled": 1, "held": 1}
    people = await world.stores.prospects.of_sequence(ACME, sequence.id)
    assert [p.status for p in people] == [ProspectStatus.STOPPED, ProspectStatus.ACTIVE]


async def test_who_was_stopped_before_send_is_left_out_of_the_plan(
    world: World, alice: Actor
) -> None:
    sequence = await world.a_sequence(people=2)
    await world.ordered(alice, STOP_PERSON, person=a_prospect(sequence, 0).email)

    proposal = await world.proposing.propose(alice, sequence.id)

    assert proposal.people == 1


async def test_undo_of_a_stopped_person_is_as_before(world: World, alice: Actor) -> None:
    planned = await world.planned(alice, people=1, days=(0, 3))
    order = await world.ordered(alice, STOP_PERSON, person=planned[0].to)

    await world.orders.undo(alice, order.id)

    assert await world.statuses() == {"planned": 2}
    back = await world.stores.prospects.get(ACME, planned[0].prospect_id)
    assert back is not None
    assert back.status is ProspectStatus.ACTIVE


async def test_a_stranger_cannot_be_stopped(world: World, alice: Actor) -> None:
    await world.planned(alice, people=1)

    with pytest.raises(Conflict, match="is in no campaign"):
        await world.orders.propose(alice, STOP_PERSON, Terms(person="nobody@x.test"))


async def test_an_archived_campaign_sends_nothing_and_comes_back(
    world: World, alice: Actor
) -> None:
    first, *_ = await world.planned(alice, people=2)

    order = await world.ordered(alice, ARCHIVE, sequence_id=first.sequence_id)
    archived = (await seq(world)).status
    with pytest.raises(Conflict, match="archived already"):
        await world.orders.propose(alice, ARCHIVE, Terms(sequence_id=first.sequence_id))
    await world.orders.undo(alice, order.id)

    assert order.outcome == "2 mails cancelled. None had left yet."
    assert archived is SequenceStatus.ARCHIVED
    assert (await seq(world)).status is SequenceStatus.ACTIVE
    assert await world.statuses() == {"planned": 2}


async def test_a_draft_is_archived_as_well(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence()

    order = await world.ordered(alice, ARCHIVE, sequence_id=sequence.id)

    assert order.outcome == "0 mails cancelled. None had left yet."
    with pytest.raises(Conflict, match="is over"):
        await world.proposing.propose(alice, sequence.id)


@pytest.mark.parametrize(
    ("store", "method", "nth"),
    [("sequences", "change", 1), ("messages", "cancel", 1), ("orders", "move", 2)],
)
async def test_a_stop_that_died_half_way_is_ended_later(
    world: World, alice: Actor, store: str, method: str, nth: int
) -> None:
    first, *_ = await world.planned(alice, people=2)
    order = await world.orders.propose(alice, STOP, Terms(sequence_id=first.sequence_id))
    changed: dict[str, Any] = {store: dying(getattr(world.stores, store), method, nth=nth)}
    other = World(stores=replace(world.stores, **changed), clock=world.clock)
    with pytest.raises(PowerCut):
        await other.orders.confirm(alice, order.id, order.hash)
    world.clock.advance(minutes=2)

    assert await world.orders.resume() == 1

    assert await world.statuses() == {"cancelled": 2}
    assert (await seq(world)).status is SequenceStatus.FINISHED


@pytest.mark.parametrize(
    ("store", "method", "nth"),
    [("messages", "restore", 1), ("sequences", "change", 1), ("orders", "move", 2)],
)
async def test_an_undo_of_a_stop_that_died_half_way_is_ended_later(
    world: World, alice: Actor, store: str, method: str, nth: int
) -> None:
    first, *_ = await world.planned(alice, people=2)
    order = await world.stop(alice, first.sequence_id)
    changed: dict[str, Any] = {store: dying(getattr(world.stores, store), method, nth=nth)}
    other = World(stores=replace(world.stores, **changed), clock=world.clock)
    with pytest.raises(PowerCut):
        await other.orders.undo(alice, order.id)
    world.clock.advance(minutes=2)

    assert await world.orders.resume() == 1

    assert await world.statuses() == {"planned": 2}
    assert (await world.orders.get(alice, order.id)).state is OrderState.UNDONE


async def test_undoing_a_send_does_not_free_whoever_was_stopped(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=2)
    proposal = await world.confirmed(alice, sequence)
    await world.ordered(alice, STOP_PERSON, person=a_prospect(sequence, 0).email)

    await world.proposing.undo(alice, proposal.id)

    people = await world.stores.prospects.of_sequence(ACME, sequence.id)
    assert [p.status for p in people] == [ProspectStatus.STOPPED, ProspectStatus.WAITING]
