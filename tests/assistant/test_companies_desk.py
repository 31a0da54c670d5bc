"""Companies, as their cards ask for them."""

from __future__ import annotations

from typing import Any

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.asking import answer
from qrev.assistant.companies_cards import CompaniesCard, CompaniesView, CompanyCard, CompanyView
from qrev.assistant.contract import QueryAction
from tests.assistant.asking import sent_mails
from tests.assistant.world import World

pytestmark = pytest.mark.anyio


async def page(world: World, actor: Actor, **payload: Any) -> CompaniesView:
    answered = await answer(world.services.desks, actor, "companies_page", payload)
    assert isinstance(answered.view, CompaniesView), answered
    return answered.view


async def ask(world: World, actor: Actor, name: str, **payload: Any) -> CompanyView:
    answered = await answer(world.services.desks, actor, name, payload)
    assert isinstance(answered.view, CompanyView), answered
    return answered.view


async def code(world: World, actor: Actor, name: str, **payload: Any) -> str:
    answered = await answer(world.services.desks, actor, name, payload)
    assert answered.refusal is not None, answered
    return answered.refusal.code


async def pine(world: World, actor: Actor) -> str:
    asked = {"name": "Pine", "url": "pine.test"}
    answered = await answer(world.services.desks, actor, "company_create", asked)
    [card] = answered.cards
    assert isinstance(card, CompanyCard)
    return card.company_id


async def test_companies_of_a_list_are_shown_with_what_came_of_them(
    world: World, alice: Actor
) -> None:
    await sent_mails(world, alice)

    view = await page(world, alice)

    assert [(row.name, row.people) for row in view.rows] == [("Bright", 1), ("Solarex", 1)]
    assert all(row.last_written_at is not None for row in view.rows)
    shown = await ask(world, alice, "company_get", company_id=view.rows[0].id)
    assert [person.email for person in shown.people] == ["james@x.test"]
    assert (shown.title, shown.people_total) == ("Bright", 1)


async def test_it_is_edited_on_its_card_and_the_history_is_told(world: World, alice: Actor) -> None:
    id_ = await pine(world, alice)
    changes = {"industry": "Wood", "owner_id": alice.user_id, "fields.deal": "10"}

    saved = await ask(
        world, alice, "company_save", company_id=id_, changes=changes, seen={"industry": ""}
    )
    late = await code(
        world,
        alice,
        "company_save",
        company_id=id_,
        changes={"industry": "Tea"},
        seen={"industry": ""},
    )

    fields = {field.title: field.text for field in saved.fields}
    assert (fields["Industry"], fields["Owner"], fields["deal"]) == ("Wood", alice.name, "10")
    assert late == "conflict"
    assert saved.said == "Saved."
    assert [change.sentence for change in saved.changes] == [
        f"{alice.name} set the deal to 10, and set the industry to Wood, and set the owner to "
        f"{alice.name}"
    ]
    assert [row.owner for row in (await page(world, alice, owner_id=alice.user_id)).rows] == [
        alice.name
    ]


async def test_deleted_it_can_be_restored_from_its_card(world: World, alice: Actor) -> None:
    id_ = await pine(world, alice)

    deleted = await ask(world, alice, "company_delete", company_id=id_)
    gone = (await page(world, alice)).total, (await page(world, alice, deleted=True)).total
    restored = await ask(world, alice, "company_restore", company_id=id_)

    assert deleted.restorable_until is not None
    assert not any(field.can_edit for field in deleted.fields)
    assert (gone, restored.deleted_at) == ((0, 1), None)
    assert [change.sentence for change in restored.changes] == [
        f"{alice.name} restored the company",
        f"{alice.name} deleted the company",
    ]


async def test_who_may_only_look_sees_it_and_changes_nothing(
    world: World, alice: Actor, victor: Actor
) -> None:
    id_ = await pine(world, alice)

    view = await ask(world, victor, "company_get", company_id=id_)

    assert view.may_change is False
    assert (await page(world, victor)).may_change is False
    assert await code(world, victor, "company_delete", company_id=id_) == "not_allowed"
    saved = await code(world, victor, "company_save", company_id=id_, changes={"country": "x"})
    assert saved == "not_allowed"


async def test_another_workspaces_company_is_not_there(
    world: World, alice: Actor, mallory: Actor
) -> None:
    id_ = await pine(world, alice)

    for name in ("company_show", "company_get", "company_delete", "company_restore"):
        assert await code(world, mallory, name, company_id=id_) == "not_found"
    assert (await page(world, mallory)).total == 0


@pytest.mark.parametrize("after", ["x", "W10=", "WyJhIl0="])
async def test_a_made_up_place_is_refused(world: World, alice: Actor, after: str) -> None:
    assert await code(world, alice, "companies_page", after=after) == "invalid"


async def test_companies_are_a_command_and_can_be_asked_for(world: World, alice: Actor) -> None:
    assert await world.say(alice, "/companies") == [CompaniesCard()]
    assert await world.say(alice, "my companies", QueryAction(entity="companies")) == [
        CompaniesCard()
    ]
