"""Dangerous changes, as their card asks for them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qrev.accounts.changes import GOOD_FOR
from qrev.accounts.models import Actor
from qrev.assistant.asking import answer
from qrev.assistant.cards import ChangeCard, ChangeView
from qrev.assistant.questions import Answered
from tests.assistant.world import World

pytestmark = pytest.mark.anyio


async def a_deletion(world: World, actor: Actor) -> str:
    return (await world.services.changes.propose_deletion(actor)).id


async def ask(world: World, actor: Actor, name: str, **payload: str) -> Answered:
    return await answer(world.services.desks, actor, name, payload)


def seen(answered: Answered) -> ChangeView:
    assert isinstance(answered.view, ChangeView), answered
    return answered.view


async def test_a_change_is_shown_before_it_is_made(world: World, alice: Actor) -> None:
    change_id = await a_deletion(world, alice)

    view = seen(await ask(world, alice, "change_get", change_id=change_id))

    assert (view.state, view.verb, view.outcome) == ("open", "Delete", "")
    assert "is deleted in 7 days" in view.facts[0]
    assert (await world.services.accounts.account(alice)).deletes_at is None


async def test_what_was_confirmed_is_made_and_says_so(world: World, alice: Actor) -> None:
    change_id = await a_deletion(world, alice)
    view = seen(await ask(world, alice, "change_get", change_id=change_id))

    done = seen(await ask(world, alice, "change_confirm", change_id=change_id, hash=view.hash))

    assert done.state == "done"
    assert "restore it" in done.outcome
    assert (await world.services.accounts.account(alice)).deletes_at is not None


async def test_what_was_cancelled_changes_nothing(world: World, alice: Actor) -> None:
    change_id = await a_deletion(world, alice)

    view = seen(await ask(world, alice, "change_cancel", change_id=change_id))

    assert view.state == "cancelled"
    assert (await world.services.accounts.account(alice)).deletes_at is None


async def test_what_has_moved_on_is_void_and_can_be_looked_at_again(
    world: World, alice: Actor
) -> None:
    change_id = await a_deletion(world, alice)
    view = seen(await ask(world, alice, "change_get", change_id=change_id))
    await world.services.accounts.rename(alice, name="Another name")

    refused = await ask(world, alice, "change_confirm", change_id=change_id, hash=view.hash)
    [card] = (await ask(world, alice, "change_again", change_id=change_id)).cards

    assert refused.refusal is not None
    assert refused.refusal.code == "conflict"
    assert seen(await ask(world, alice, "change_get", change_id=change_id)).state == "void"
    assert isinstance(card, ChangeCard)
    fresh = seen(await ask(world, alice, "change_get", change_id=card.change_id))
    assert fresh.facts[0].startswith("Another name")


async def test_a_change_nobody_confirmed_in_time_is_expired(world: World, alice: Actor) -> None:
    change_id = await a_deletion(world, alice)

    world.clock.now += GOOD_FOR + timedelta(seconds=1)

    view = seen(await ask(world, alice, "change_get", change_id=change_id))
    assert view.state == "expired"


async def test_a_change_of_somebody_else_is_not_found(
    world: World, alice: Actor, mallory: Actor
) -> None:
    change_id = await a_deletion(world, alice)

    foreign = await ask(world, mallory, "change_get", change_id=change_id)

    assert foreign.refusal is not None
    assert foreign.refusal.code == "not_found"
