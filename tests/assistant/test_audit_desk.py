"""The log of changes, as its card asks for it."""

from __future__ import annotations

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.asking import answer
from qrev.assistant.audit_cards import AuditCard, AuditView
from qrev.assistant.contract import QueryAction
from qrev.assistant.questions import Answered
from tests.assistant.world import World

pytestmark = pytest.mark.anyio


async def ask(world: World, actor: Actor, **payload: object) -> Answered:
    return await answer(world.services.desks, actor, "audit_page", payload)


async def seen(world: World, actor: Actor, **payload: object) -> AuditView:
    answered = await ask(world, actor, **payload)
    assert isinstance(answered.view, AuditView), answered
    return answered.view


async def some_changes(world: World, alice: Actor) -> None:
    for zone in ("Asia/Tokyo", "Europe/Paris", "Africa/Cairo"):
        world.clock.advance(minutes=1)
        await world.services.accounts.save_timezone(alice, zone)
    world.clock.advance(minutes=1)
    await world.services.api_keys.create(alice, "Export", [], days=5)


async def test_who_changed_what_is_told_in_sentences(world: World, alice: Actor) -> None:
    await some_changes(world, alice)

    view = await seen(world, alice)

    assert [row.sentence for row in view.rows[:2]] == [
        f"{alice.name} made the API key Export, which may read",
        f"{alice.name} set the time zone of the workspace to Africa/Cairo, before: Europe/Paris",
    ]
    [fact] = view.rows[1].facts
    assert (fact.name, fact.before, fact.after) == ("time zone", "Europe/Paris", "Africa/Cairo")


async def test_it_is_read_in_pages_that_miss_and_repeat_nothing(world: World, alice: Actor) -> None:
    await some_changes(world, alice)
    whole = (await seen(world, alice)).rows

    pages, after = [], None
    while True:
        view = await seen(world, alice, limit=2, after=after)
        pages += view.rows
        if (after := view.next) is None:
            break

    assert len(whole) == 4
    assert pages == whole


async def test_it_can_be_narrowed_to_a_kind_and_a_person(
    world: World, alice: Actor, victor: Actor
) -> None:
    await some_changes(world, alice)

    keys = await seen(world, alice, kind="keys")
    hers = await seen(world, alice, user_id=alice.user_id, kind="workspace")
    his = await seen(world, alice, user_id=victor.user_id)

    assert [row.kind for row in keys.rows] == ["API keys"]
    assert len(hers.rows) == 3
    assert his.rows == []
    assert {choice.value for choice in his.people} == {alice.user_id, victor.user_id}


async def test_only_owners_and_admins_read_it(world: World, victor: Actor) -> None:
    answered = await ask(world, victor)

    assert answered.refusal is not None
    assert answered.refusal.code == "not_allowed"


async def test_nothing_of_another_workspace_is_in_it(
    world: World, alice: Actor, mallory: Actor
) -> None:
    await some_changes(world, alice)

    assert (await seen(world, mallory, user_id=alice.user_id)).rows == []


@pytest.mark.parametrize("after", ["x", "W10=", "WyJhIiwgImIiXQ==", "WyIyMDI2LTAxLTAxIiwgImIiXQ=="])
async def test_a_made_up_place_is_refused(world: World, alice: Actor, after: str) -> None:
    answered = await ask(world, alice, after=after)

    assert answered.refusal is not None
    assert answered.refusal.code == "invalid"


async def test_the_log_is_a_command_and_can_be_asked_for(world: World, alice: Actor) -> None:
    asked = QueryAction(entity="audit")

    assert await world.say(alice, "/audit") == [AuditCard()]
    assert await world.say(alice, "what changed yesterday?", asked) == [AuditCard()]
