"""The suppression list, as its card asks for it."""

from __future__ import annotations

from typing import Any

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.asking import answer
from qrev.assistant.contract import ProposalAction, QueryAction
from qrev.assistant.suppressions_cards import SuppressionsCard, SuppressionsView
from tests.assistant.world import World

pytestmark = pytest.mark.anyio


async def ask(world: World, actor: Actor, name: str, **payload: Any) -> SuppressionsView:
    answered = await answer(world.services.desks, actor, name, payload)
    assert isinstance(answered.view, SuppressionsView), answered
    return answered.view


async def code(world: World, actor: Actor, name: str, **payload: Any) -> str:
    answered = await answer(world.services.desks, actor, name, payload)
    assert answered.refusal is not None
    return answered.refusal.code


async def test_it_says_who_put_what_there_and_why(world: World, alice: Actor) -> None:
    await ask(world, alice, "suppression_add", value="@Pine.test", reason="a partner.")
    await world.services.suppressions.add(alice.account_id, "bob@elm.test", "unsubscribed by link")

    view = await ask(world, alice, "suppressions_page")

    told = [(row.title, row.reason, row.who, bool(row.warning)) for row in view.rows]
    assert told == [
        ("bob@elm.test", "unsubscribed by link", "they asked for it", True),
        ("pine.test", "a partner", alice.name, False),
    ]
    assert (view.total, view.may_add, view.may_remove) == (2, True, True)


async def test_it_is_read_in_pages_and_searched(world: World, alice: Actor) -> None:
    for n in range(5):
        await ask(world, alice, "suppression_add", value=f"p{n}.test", reason="a partner")

    first = await ask(world, alice, "suppressions_page", limit=3)
    rest = await ask(world, alice, "suppressions_page", limit=3, after=first.next)
    found = await ask(world, alice, "suppressions_page", search="P3")

    values = [row.value for row in (*first.rows, *rest.rows)]
    assert values == [f"p{n}.test" for n in range(5)]
    assert [row.value for row in found.rows] == ["p3.test"]


async def test_an_opt_out_is_taken_off_only_by_who_ticked_that_they_know(
    world: World, alice: Actor
) -> None:
    await world.services.suppressions.add(alice.account_id, "bob@elm.test", "unsubscribed by link")
    asked = {"value": "bob@elm.test", "reason": "wrote to us"}

    assert await code(world, alice, "suppression_remove", **asked) == "conflict"
    view = await ask(world, alice, "suppression_remove", **asked, is_meaning_known=True)

    assert view.said == "bob@elm.test can be written to again."
    assert view.rows == []


async def test_who_may_only_look_sees_no_buttons_and_changes_nothing(
    world: World, victor: Actor
) -> None:
    view = await ask(world, victor, "suppressions_page")

    assert (view.may_add, view.may_remove) == (False, False)
    asked = {"value": "pine.test", "reason": "x"}
    assert await code(world, victor, "suppression_add", **asked) == "not_allowed"
    assert await code(world, victor, "suppression_remove", **asked) == "not_allowed"


@pytest.mark.parametrize("after", ["x", "W10=", "WyJhIiwgImIiXQ=="])
async def test_a_made_up_place_is_refused(world: World, alice: Actor, after: str) -> None:
    assert await code(world, alice, "suppressions_page", after=after) == "invalid"


async def test_it_is_a_command_and_words_fill_its_form(world: World, alice: Actor) -> None:
    order = ProposalAction(kind="suppress", arguments={"value": "bob@x.test"})

    assert await world.say(alice, "/suppressions") == [SuppressionsCard()]
    assert await world.say(alice, "never write to bob@x.test", order) == [
        SuppressionsCard(value="bob@x.test")
    ]
    assert await world.say(alice, "show", QueryAction(entity="suppressions")) == [
        SuppressionsCard()
    ]
    assert (await ask(world, alice, "suppressions_page")).total == 0
