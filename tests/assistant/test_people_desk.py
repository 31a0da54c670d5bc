"""What the cards about people ask, and what they are answered."""

from __future__ import annotations

from typing import Any

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.asking import answer
from qrev.assistant.cards import PeopleCard
from qrev.assistant.people_cards import (
    MergeCard,
    MergeView,
    PeopleOptions,
    PersonCard,
    PersonView,
)
from tests.assistant.asking import sent_mails
from tests.assistant.world import CSV, World
from tests.bringing import bring_in

pytestmark = pytest.mark.anyio


async def ask(world: World, actor: Actor, question: str, /, **payload: Any) -> Any:
    """Return the view of a question that must be answered."""
    answered = await answer(world.services.desks, actor, question, payload)
    assert answered.refusal is None, answered.refusal
    return answered.view


async def refused(world: World, actor: Actor, question: str, /, **payload: Any) -> str:
    answered = await answer(world.services.desks, actor, question, payload)
    assert answered.refusal is not None
    return answered.refusal.code


async def two(world: World, alice: Actor) -> list[str]:
    """Have Maria and James, and return their ids."""
    await bring_in(world.services, alice, CSV)
    page = await ask(world, alice, "people_page", descending=True)
    return [row.id for row in page.rows]


async def names(world: World, actor: Actor, **payload: Any) -> list[str]:
    return [row.name for row in (await ask(world, actor, "people_page", **payload)).rows]


async def test_a_search_and_a_filter_narrow_the_table(world: World, alice: Actor) -> None:
    maria, james = await two(world, alice)
    await ask(world, alice, "people_tag", person_ids=[maria], tag="VIP")
    await ask(world, alice, "people_owner", person_ids=[james], owner_id=alice.user_id)

    assert await names(world, alice, search="gom") == ["Maria Gomez"]
    assert await names(world, alice, tags=["vip"]) == ["Maria Gomez"]
    assert await names(world, alice, owner_id=alice.user_id) == ["James Okafor"]
    assert await names(world, alice, lacks=["owner_id"], search="solarex") == ["Maria Gomez"]
    [row] = (await ask(world, alice, "people_page", search="maria")).rows
    assert (row.tags, row.owner) == (["VIP"], "")


async def test_a_saved_list_is_opened_searched_and_forgotten(world: World, alice: Actor) -> None:
    maria, james = await two(world, alice)
    await ask(world, alice, "people_tag", person_ids=[maria, james], tag="VIP")

    options: PeopleOptions = await ask(
        world, alice, "people_list_save", name="The important", tags=["VIP"]
    )

    [saved] = options.lists
    assert (options.tags, saved.name) == (["VIP"], "The important")
    assert await names(world, alice, list_id=saved.id) == ["James Okafor", "Maria Gomez"]
    assert await names(world, alice, list_id=saved.id, search="mar") == ["Maria Gomez"]
    after = await ask(world, alice, "people_list_remove", list_id=saved.id)
    assert after.lists == []
    assert await refused(world, alice, "people_page", list_id=saved.id) == "not_found"


async def test_a_person_is_written_down_edited_and_told_about(world: World, alice: Actor) -> None:
    made = await ask(
        world, alice, "person_create", email="ann@oak.test", facts={"name": "Ann", "job_title": ""}
    )
    id_ = {"person_id": made.person_id}
    await ask(world, alice, "person_tag", **id_, tag="VIP")
    await ask(world, alice, "person_owner", **id_, owner_id=alice.user_id)
    changes, seen = {"name": "Anna", "fields.Deal": "10"}, {"name": "Ann"}

    view: PersonView = await ask(world, alice, "person_save", **id_, changes=changes, seen=seen)

    assert (view.name, view.tags, view.owner, view.said) == ("Anna", ["VIP"], "Alice", "Saved.")
    assert {f.label: f.value for f in view.facts if f.value} == {"Name": "Anna", "Deal": "10"}
    assert view.timeline[0].text == (
        "Alice filled in the Deal: “10”. Alice changed the name from “Ann” to “Anna”."
    )
    assert {row.text for row in view.timeline} >= {
        "Alice took them over.",
        "Alice added the tag VIP.",
        "Alice wrote them down.",
        "Became one of your people.",
    }
    other = {"changes": {"name": "Annette"}, "seen": seen}
    assert await refused(world, alice, "person_save", **id_, **other) == "conflict"
    long = {"name": "x" * 301}
    assert await refused(world, alice, "person_save", **id_, changes=long) == "invalid"


async def test_a_person_written_to_has_the_mails_in_their_timeline(
    world: World, alice: Actor
) -> None:
    await sent_mails(world, alice)
    [maria] = (await ask(world, alice, "people_page", search="maria")).rows

    view = await ask(world, alice, "person_get", person_id=maria.id)

    told = " ".join(row.text for row in view.timeline)
    assert "Mail 1 was sent: “" in told
    assert "Came in with people.csv." in told


async def test_deleting_is_told_undone_and_stops_what_is_planned(
    world: World, alice: Actor
) -> None:
    maria, james = await two(world, alice)

    done = await ask(world, alice, "people_delete", person_ids=[maria, james])
    view = await ask(world, alice, "person_get", person_id=maria)

    assert done.said == "2 people are deleted, for 30 days not for good."
    assert (view.deleted_at is not None, await names(world, alice)) == (True, [])
    assert await names(world, alice, is_deleted=True) == ["James Okafor", "Maria Gomez"]
    back = await ask(world, alice, "people_restore", person_ids=done.undo)
    assert back.said == "2 people are back."
    gone = await ask(world, alice, "person_delete", person_id=maria)
    assert gone.said.startswith("1 person is deleted")
    assert (await ask(world, alice, "person_restore", person_id=maria)).deleted_at is None


async def test_two_people_are_merged_on_a_card_of_their_own(world: World, alice: Actor) -> None:
    maria, james = await two(world, alice)
    both = {"person_id": maria, "other_id": james}

    opened = await answer(world.services.desks, alice, "merge_open", both)
    shown: MergeView = await ask(world, alice, "merge_get", **both, of_other=["name"])
    done = await ask(world, alice, "merge_confirm", **both, of_other=["name"], hash=shown.hash)

    assert opened.cards == (MergeCard(person_id=maria, other_id=james),)
    assert (shown.kept, shown.sides[0].label) == ("Maria Gomez (maria@x.test)", "Name")
    assert await names(world, alice) == ["James Okafor"]
    assert await refused(world, alice, "merge_confirm", **both, hash=shown.hash) == "not_found"
    later = await ask(world, alice, "merge_get", person_id=james, other_id=maria)
    assert (later.merge_id, later.said) == (
        done.merge_id,
        "James Okafor (james@x.test) is now part of James Okafor (maria@x.test).",
    )
    merged: PersonView = await ask(world, alice, "person_get", person_id=maria)
    told = [row.text for row in merged.timeline]
    assert "Alice merged James Okafor (james@x.test) into them." in told
    undone = await ask(
        world, alice, "merge_undo", **both, of_other=["name"], merge_id=done.merge_id
    )
    assert undone.is_undone
    assert await names(world, alice) == ["James Okafor", "Maria Gomez"]


async def test_a_name_in_the_table_opens_the_person(
    world: World, alice: Actor, mallory: Actor
) -> None:
    maria, _ = await two(world, alice)

    opened = await answer(world.services.desks, alice, "person_open", {"person_id": maria})

    assert opened.cards == (PersonCard(person_id=maria),)
    for name in ("person_open", "person_get"):
        assert await refused(world, mallory, name, person_id=maria) == "not_found"


async def test_who_may_only_look_sees_the_person_and_no_button(
    world: World, alice: Actor, victor: Actor
) -> None:
    maria, _ = await two(world, alice)

    view = await ask(world, victor, "person_get", person_id=maria)
    options = await ask(world, victor, "people_options")

    assert (view.may_change, options.may_change) == (False, False)
    for name in ("person_delete", "person_restore"):
        assert await refused(world, victor, name, person_id=maria) == "not_allowed"
    assert await refused(world, victor, "people_delete", person_ids=[maria]) == "not_allowed"


@pytest.mark.parametrize("words", ["/people Gomez", "/PEOPLE  Gomez "])
async def test_the_command_takes_what_to_look_for(world: World, alice: Actor, words: str) -> None:
    [card] = await world.say(alice, words)

    assert card == PeopleCard(title="People", search="Gomez")
