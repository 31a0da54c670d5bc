"""One's workspaces, as their card asks for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qrev.accounts.models import Account, Actor, Role
from qrev.accounts.service import actor_of
from qrev.assistant.asking import answer
from qrev.assistant.cards import ChangeCard
from qrev.assistant.questions import Answered
from qrev.assistant.workspace_cards import MovedView, WorkspaceCard, WorkspaceView
from tests.assistant.world import World

pytestmark = pytest.mark.anyio
ADDRESS = "Acme Ltd\n1 Main Street\n12345 Town"


async def ask(world: World, actor: Actor, question: str, /, **payload: Any) -> Answered:
    return await answer(world.services.desks, actor, question, payload)


async def seen(world: World, actor: Actor, question: str = "workspace_get", /, **said: Any) -> Any:
    answered = await ask(world, actor, question, **said)
    assert answered.refusal is None, answered
    return answered.view


async def refused(world: World, actor: Actor, question: str, /, **said: Any) -> str:
    answered = await ask(world, actor, question, **said)
    assert answered.refusal is not None, answered
    return answered.refusal.code


async def account_of(world: World, actor: Actor) -> Account:
    return await world.services.accounts.account(actor)


async def moved(world: World, actor: Actor) -> Actor:
    """Return the same person in the workspace they chose last."""
    user = await world.services.profile.get(actor)
    member = await world.services.accounts.home_of(user)
    assert member is not None
    return actor_of(actor, member)


async def test_the_command_shows_the_card(world: World, alice: Actor) -> None:
    assert await world.say(alice, "/workspace") == [WorkspaceCard()]


async def test_one_sees_where_one_is_and_as_what(world: World, alice: Actor, victor: Actor) -> None:
    mine: WorkspaceView = await seen(world, alice)
    victors: WorkspaceView = await seen(world, victor)

    assert [(place.name, place.role, place.is_here) for place in mine.places] == [
        (mine.name, "owner", True)
    ]
    assert [heir.user_id for heir in mine.heirs] == [victor.user_id]
    assert (mine.may_manage, mine.can_leave) == (True, False)
    assert (victors.may_manage, victors.can_leave, victors.heirs) == (False, True, [])


async def test_only_what_is_given_is_saved(world: World, alice: Actor) -> None:
    await seen(world, alice, "workspace_save", name="Acme", domain="https://www.Acme.com/")
    await seen(world, alice, "workspace_save", timezone="Europe/Paris", postal_address=ADDRESS)

    view: WorkspaceView = await seen(world, alice)
    assert (view.name, view.domain) == ("Acme", "acme.com")
    assert (view.timezone, view.postal_address) == ("Europe/Paris", ADDRESS)


@pytest.mark.parametrize(
    "odd", [{"name": " "}, {"domain": "no domain"}, {"timezone": "Mars"}, {"postal_address": "x"}]
)
async def test_what_is_odd_is_refused_in_words(
    world: World, alice: Actor, odd: dict[str, str]
) -> None:
    before = await account_of(world, alice)

    assert await refused(world, alice, "workspace_save", **odd) == "invalid"
    assert await account_of(world, alice) == before


async def test_who_may_only_look_saves_nothing(world: World, victor: Actor) -> None:
    before = await account_of(world, victor)

    assert await refused(world, victor, "workspace_save", name="Mine") == "not_allowed"
    assert await refused(world, victor, "workspace_delete") == "not_allowed"
    assert await refused(world, victor, "workspace_restore") == "not_allowed"
    assert await account_of(world, victor) == before


async def test_one_makes_another_workspace_and_goes_back(world: World, alice: Actor) -> None:
    made: MovedView = await seen(
        world, alice, "workspace_add", name="Second", timezone="Europe/Paris"
    )
    there = await moved(world, alice)
    view: WorkspaceView = await seen(world, there)
    back: MovedView = await seen(world, there, "workspace_choose", account_id=alice.account_id)

    assert made.name == "Second"
    assert (view.name, view.role, view.timezone) == ("Second", "owner", "Europe/Paris")
    assert len(view.places) == 2
    assert back.name == (await account_of(world, alice)).name
    assert (await moved(world, alice)).account_id == alice.account_id


async def test_a_foreign_workspace_is_not_found(world: World, alice: Actor, mallory: Actor) -> None:
    code = await refused(world, mallory, "workspace_choose", account_id=alice.account_id)

    assert code == "not_found"
    assert (await moved(world, mallory)).account_id == mallory.account_id


async def test_the_last_owner_cannot_leave(world: World, alice: Actor) -> None:
    view: WorkspaceView = await seen(world, alice)

    assert "last owner" in view.leaving[0]
    assert await refused(world, alice, "workspace_leave") == "conflict"


async def test_leaving_says_what_it_costs_and_goes_on_in_another(
    world: World, alice: Actor, victor: Actor
) -> None:
    await world.a_campaign(alice)
    await world.services.members.change_role(alice, victor.user_id, Role.OWNER)
    await seen(world, alice, "workspace_add", name="Second")

    view: WorkspaceView = await seen(world, alice)
    left: MovedView = await seen(world, alice, "workspace_leave")

    assert "Your sequence goes to an owner." in view.leaving
    assert left.name == "Second"
    assert await world.services.members.owned(alice, victor.user_id) == 1
    assert [each.account.name for each in await world.services.accounts.mine(alice)] == ["Second"]


async def test_who_leaves_their_only_workspace_is_in_none(world: World, victor: Actor) -> None:
    left: MovedView = await seen(world, victor, "workspace_leave")

    assert left.name == ""
    assert await world.services.accounts.mine(victor) == []


async def test_handing_over_is_shown_first(world: World, alice: Actor, victor: Actor) -> None:
    [card] = (await ask(world, alice, "workspace_hand_over", user_id=victor.user_id)).cards

    assert isinstance(card, ChangeCard)
    change = await world.services.changes.get(alice, card.change_id)
    assert "becomes an owner" in change.facts[0]
    assert (await seen(world, alice)).role == "owner"


async def test_a_deletion_is_shown_made_and_taken_back(world: World, alice: Actor) -> None:
    [card] = (await ask(world, alice, "workspace_delete")).cards
    assert isinstance(card, ChangeCard)
    assert (await seen(world, alice)).deletes_at is None
    change = await world.services.changes.get(alice, card.change_id)
    await world.services.changes.confirm(alice, change.id, change.hash)

    doomed: WorkspaceView = await seen(world, alice)
    kept: WorkspaceView = await seen(world, alice, "workspace_restore")

    assert doomed.deletes_at == world.clock() + timedelta(days=7)
    assert kept.deletes_at is None
    assert await refused(world, alice, "workspace_restore") == "conflict"
