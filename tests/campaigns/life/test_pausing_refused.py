"""Pauses and resumes that cannot be, or that somebody may not ask for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.life.models import OrderKind, OrderState, Terms
from qrev.campaigns.models import MessageStatus
from qrev.kit.errors import Conflict, NotAllowed, NotFound
from tests.campaigns.world import World

pytestmark = pytest.mark.anyio
PAUSE, RESUME = OrderKind.PAUSE, OrderKind.RESUME


async def test_nothing_paused_nothing_to_resume(world: World, alice: Actor) -> None:
    first, *_ = await world.planned(alice, people=1)

    with pytest.raises(Conflict, match="Nothing of that is paused"):
        await world.orders.propose(alice, RESUME, Terms(sequence_id=first.sequence_id))


async def test_a_pause_of_nobody_says_so(world: World, alice: Actor) -> None:
    first, *_ = await world.planned(alice, people=1)
    terms = Terms(sequence_id=first.sequence_id, country="NO")

    with pytest.raises(Conflict, match="No mail to Norway is waiting to leave in “spring”"):
        await world.orders.propose(alice, PAUSE, terms)


async def test_a_day_that_is_over_is_refused(world: World, alice: Actor) -> None:
    first, *_ = await world.planned(alice, people=1)
    terms = Terms(sequence_id=first.sequence_id, until=world.clock() - timedelta(days=1))

    with pytest.raises(Conflict, match="is not ahead"):
        await world.orders.propose(alice, PAUSE, terms)


async def test_others_see_and_may_nothing(
    world: World, alice: Actor, victor: Actor, mallory: Actor
) -> None:
    first, *_ = await world.planned(alice, people=1)
    terms = Terms(sequence_id=first.sequence_id)
    order = await world.orders.propose(alice, PAUSE, terms)

    with pytest.raises(NotAllowed):
        await world.orders.propose(victor, PAUSE, terms)
    with pytest.raises(NotAllowed):
        await world.orders.confirm(victor, order.id, order.hash)
    with pytest.raises(NotFound):
        await world.orders.propose(mallory, PAUSE, terms)
    with pytest.raises(NotFound):
        await world.orders.confirm(mallory, order.id, order.hash)
    assert (await world.orders.get(victor, order.id)).state is OrderState.OPEN
    assert {m.status for m in await world.messages()} == {MessageStatus.HELD}
