"""The card of a plan: by day and mailbox, by person, and one person in sentences."""

from __future__ import annotations

import pytest

from qrev.accounts.models import Actor
from qrev.assistant import plan_cards as asked
from qrev.assistant.contract import QueryAction
from qrev.assistant.plan_cards import PlanCard
from qrev.assistant.plan_desk import PlanDesk
from qrev.assistant.requests import ConfirmAsked, ProposalAsked
from qrev.kit.errors import InvalidInput, NotFound
from tests.assistant.asking import a_plan, desk_of
from tests.assistant.world import World

pytestmark = pytest.mark.anyio


def plans_of(world: World) -> PlanDesk:
    return world.services.desks.plans


async def test_a_plan_is_shown_before_and_after_it_is_confirmed(world: World, alice: Actor) -> None:
    sequence_id, proposal_id = await a_plan(world, alice)
    desk, ask = plans_of(world), asked.PlanAsked(sequence_id=sequence_id)
    before = await desk.plan_get(alice, ask)
    people = await desk.plan_people(alice, asked.PlanPeopleAsked(sequence_id=sequence_id))
    view = await desk_of(world).proposal_get(alice, ProposalAsked(proposal_id=proposal_id))
    confirm = ConfirmAsked(proposal_id=proposal_id, hash=view.hash)

    await desk_of(world).proposal_confirm(alice, confirm)

    after = await desk.plan_get(alice, ask)
    assert (before.is_running, after.is_running) == (False, True)
    assert after == before.model_copy(update={"is_running": True})
    assert (before.people, before.steps) == (2, 2)
    again = await desk.plan_people(alice, asked.PlanPeopleAsked(sequence_id=sequence_id))
    assert again == people
    assert (people.total, people.next) == (2, None)


async def test_one_person_is_told_in_sentences(world: World, alice: Actor) -> None:
    sequence_id, _ = await a_plan(world, alice)
    people = await plans_of(world).plan_people(
        alice, asked.PlanPeopleAsked(sequence_id=sequence_id)
    )
    ask = asked.PlanPersonAsked(sequence_id=sequence_id, prospect_id=people.rows[0].prospect_id)

    view = await plans_of(world).plan_person(alice, ask)

    assert view.email == people.rows[0].email
    assert [sentence[:13] for sentence in view.sentences] == ["Mail 1 leaves", "Mail 2 leaves"]


async def test_asking_for_the_plan_shows_its_card(world: World, alice: Actor) -> None:
    sequence_id, _ = await a_plan(world, alice)

    (card,) = await world.say(
        alice, "show me the plan", QueryAction(entity="plan", filter={"question": "show"})
    )

    assert card == PlanCard(sequence_id=sequence_id)


async def test_what_is_not_there_and_what_is_anothers_is_not_found(
    world: World, alice: Actor, mallory: Actor
) -> None:
    sequence_id, _ = await a_plan(world, alice)
    desk = plans_of(world)

    with pytest.raises(NotFound):
        await desk.plan_get(mallory, asked.PlanAsked(sequence_id=sequence_id))
    with pytest.raises(NotFound):
        await desk.plan_card(mallory, asked.PlanAsked(sequence_id=sequence_id))
    with pytest.raises(InvalidInput):
        await desk.plan_people(
            alice, asked.PlanPeopleAsked(sequence_id=sequence_id, after="made up")
        )
