"""The card of settings: which assistant answers, and what it has cost whom."""

from __future__ import annotations

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.asking import answer
from qrev.assistant.contract import SPENDING_COLLECTION
from qrev.assistant.ports import Spent
from qrev.assistant.settings_cards import SettingsCard, SettingsView
from qrev.assistant.settings_desk import Limit, SettingsDesk, TheAssistant
from tests.assistant.world import World
from tests.contract.assistant_builders import a_spending
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio


async def shown(world: World, actor: Actor) -> SettingsView:
    answered = await answer(world.services.desks, actor, "settings_get", {})
    assert isinstance(answered.view, SettingsView), answered.refusal
    return answered.view


async def test_the_command_shows_the_card(world: World, alice: Actor) -> None:
    assert await world.say(alice, "/settings") == [SettingsCard()]


async def test_without_a_model_it_says_that_rules_answer(world: World, alice: Actor) -> None:
    view = await shown(world, alice)

    assert (view.assistant, view.model) == ("rules", "")
    assert (view.month, view.until) == ("2026-03-01", "2026-04-01")


async def test_a_member_sees_their_own_and_the_whole_an_owner_everyones(
    world: World, alice: Actor, victor: Actor, mallory: Actor
) -> None:
    spending = world.mongo[SPENDING_COLLECTION]
    await spending.insert_one(a_spending(read=900))
    await spending.insert_one(a_spending("alice", read=800, dollars=0.4))
    await spending.insert_one(a_spending("gone", read=100, dollars=0.1))

    owners, viewers, strangers = [await shown(world, each) for each in (alice, victor, mallory)]

    assert (owners.mine.tokens, owners.workspace.tokens) == (820, 920)
    assert [(r.name, r.is_me, r.tokens) for r in owners.members] == [
        ("Alice", True, 820),
        ("Someone who left", False, 120),
    ]
    assert (viewers.mine.tokens, viewers.workspace.tokens, viewers.members) == (0, 920, [])
    assert (strangers.workspace.tokens, strangers.members) == (0, [])


async def test_december_is_followed_by_january(world: World, alice: Actor) -> None:
    class Nothing:
        async def in_month(self, account_id: str, month: str) -> list[Spent]:
            assert month == "2026-12"
            return []

    clock = FakeClock(world.clock().replace(month=12))
    model = TheAssistant(kind="model", model="m", of_member=Limit(tokens=5))
    desk = SettingsDesk(
        assistant=model, spending=Nothing(), members=world.services.members, clock=clock
    )

    view = await desk.settings_get(alice, None)  # type: ignore[arg-type]

    assert view.until == "2027-01-01"
    assert view.mine.max_tokens == 5
