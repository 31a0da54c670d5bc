"""What the cards of lists ask, and what becomes of a list that was cut off."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.asking import answer
from qrev.assistant.cards import ImportCard
from qrev.assistant.contract import TextAction
from qrev.assistant.questions import Answered
from qrev.crm.imports import ImportState
from tests.assistant.world import World

pytestmark = pytest.mark.anyio
ODD = b"Email,Name,Time zone\nann@gmial.com,Ann,Berlin Germany\ninfo@x.test,,\nnonsense,,\n"
CLEAN = b"email,name\n" + b"".join(b"p%d@x.test,Ann\n" % n for n in range(2500))


async def dropped(world: World, actor: Actor, data: bytes = ODD) -> str:
    upload = await world.drop(actor, data)
    (card,) = await world.say(actor, "sell tea", upload=upload)
    assert isinstance(card, ImportCard)
    return card.import_id


async def ask(world: World, actor: Actor, name: str, **payload: Any) -> Answered:
    return await answer(world.services.desks, actor, name, payload)


async def view(world: World, actor: Actor, name: str, **payload: Any) -> Any:
    answered = await ask(world, actor, name, **payload)
    assert answered.refusal is None, answered.refusal
    assert answered.view is not None
    return answered.view.model_dump(mode="json")


async def test_a_list_is_told_in_words_with_what_can_be_pressed(world: World, alice: Actor) -> None:
    seen = await view(world, alice, "import_get", import_id=await dropped(world, alice))

    told = {each["kind"]: (each["words"], each["press"]) for each in seen["findings"]}
    assert told == {
        "invalid": ("1 line has no address that works", ""),
        "typo": ("1 address looks mistyped", "Fix 1"),
        "role": ("1 address is of a function, like info@", "Leave out 1"),
        "unknown_zone": ("1 time zone is not known", "Fix 1"),
    }
    assert (seen["state"], seen["wish"], seen["may_change"]) == ("open", "sell tea", True)
    assert seen["refused_url"] == f"/files/refused/{seen['id']}"


async def test_a_repair_is_made_and_taken_back(world: World, alice: Actor) -> None:
    import_id = await dropped(world, alice)

    made = await view(
        world, alice, "import_repair", import_id=import_id, version=2, repairs=["drop_roles"]
    )
    back = await view(
        world, alice, "import_repair", import_id=import_id, version=made["version"], repairs=[]
    )

    assert [each["repair"] for each in made["repairs"]] == ["drop_roles"]
    assert (made["new"], made["refused"]) == (1, 2)
    assert (back["repairs"], back["new"], back["refused"]) == ([], 2, 1)


async def test_what_was_seen_before_is_a_conflict(world: World, alice: Actor) -> None:
    import_id = await dropped(world, alice)

    late = await ask(world, alice, "import_confirm", import_id=import_id, version=1)
    odd = await ask(
        world, alice, "import_repair", import_id=import_id, version=2, repairs=["burn_all"]
    )

    assert late.refusal is not None
    assert odd.refusal is not None
    assert (late.refusal.code, odd.refusal.code) == ("conflict", "invalid")


async def test_confirm_answers_at_once_and_the_wish_comes_later(world: World, alice: Actor) -> None:
    import_id = await dropped(world, alice)
    world.ai.answers.append([TextAction(response="hello")])

    pressed = await ask(world, alice, "import_confirm", import_id=import_id, version=2)

    assert pressed.later is not None
    cards = [card async for card in pressed.later]
    assert [type(card).__name__ for card in cards] == ["PeopleCard", "TextCard"]
    seen = await view(world, alice, "import_get", import_id=import_id)
    assert (seen["state"], seen["tally"]["new"]) == ("done", 2)
    undone = await view(world, alice, "import_undo", import_id=import_id)
    assert (undone["state"], undone["tally"]["removed"]) == ("undone", 2)


async def test_who_may_only_look_sees_the_list_and_presses_nothing(
    world: World, alice: Actor, victor: Actor, mallory: Actor
) -> None:
    import_id = await dropped(world, alice)

    seen = await view(world, victor, "import_get", import_id=import_id)
    pressed = await ask(world, victor, "import_confirm", import_id=import_id, version=2)
    foreign = await ask(world, mallory, "import_get", import_id=import_id)

    assert seen["may_change"] is False
    assert pressed.refusal is not None
    assert foreign.refusal is not None
    assert (pressed.refusal.code, foreign.refusal.code) == ("not_allowed", "not_found")


async def test_the_page_of_lists_shows_them_and_the_rules(world: World, alice: Actor) -> None:
    import_id = await dropped(world, alice)
    await view(world, alice, "import_rules_save", rules={"name": "keep"})

    page = await view(world, alice, "imports_page")
    shown = await ask(world, alice, "import_show", import_id=import_id)

    assert [row["import_id"] for row in page["rows"]] == [import_id]
    assert {row["field"]: row["rule"] for row in page["rules"]}["name"] == "keep"
    assert [type(card).__name__ for card in shown.cards] == ["ImportCard"]


async def test_a_turn_that_is_stopped_stops_its_list_which_may_go_on(
    world: World, alice: Actor
) -> None:
    upload = await world.drop(alice, CLEAN)
    turn = asyncio.create_task(world.say(alice, "sell tea", upload=upload))
    while await world.mongo.people.count_documents({}) < 1000:
        await asyncio.sleep(0.01)

    turn.cancel()
    await asyncio.gather(turn, return_exceptions=True)

    (made,) = (await world.services.importing.page(alice)).imports
    assert made.state is ImportState.STOPPED
    world.ai.answers.append([TextAction(response="hello")])
    pressed = await ask(world, alice, "import_go_on", import_id=made.id)
    assert pressed.later is not None
    assert len([card async for card in pressed.later]) == 2
    done = await world.services.importing.get(alice, made.id)
    assert (done.state, done.tally.new) == (ImportState.DONE, 2500)


async def test_a_list_whose_process_died_is_gone_on_with_and_said(
    world: World, alice: Actor
) -> None:
    import_id = await dropped(world, alice)
    await world.services.importing.confirm(alice, import_id, 2)
    world.clock.advance(minutes=2)

    assert await world.services.resuming.sweep() == 1
    assert await world.services.resuming.sweep() == 0

    (said,) = await world.said_later()
    assert said.startswith("**people.csv is in:** 2 new people")
