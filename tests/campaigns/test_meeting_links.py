"""{{meeting_link}} in a draft: the link of the next call, or a refusal that says what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.asking import answer
from qrev.assistant.cards import CampaignsView, DraftView
from qrev.crm.store import MongoMeetings
from tests.assistant.world import World, a_world
from tests.contract.vendor_builders import a_meeting

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(mongo, clock, tmp_path, alice):  # type: ignore[no-untyped-def]
    return await a_world(mongo, clock, tmp_path, alice)


async def saved(world: World, alice: Actor, body: str) -> tuple[str, DraftView | str]:
    """Save a draft, and return its sequence and the draft or why not."""
    sequence_id = await world.a_drafted_campaign(alice)
    page = await answer(world.services.desks, alice, "draft_page", {"sequence_id": sequence_id})
    assert page.view is not None
    draft = page.view.drafts[0]  # type: ignore[attr-defined]
    asked = {"draft_id": draft.id, "version": draft.version, "subject": "A call", "body": body}
    answered = await answer(world.services.desks, alice, "draft_save", asked)
    if answered.refusal is not None:
        return sequence_id, answered.refusal.message
    assert isinstance(answered.view, DraftView)
    return sequence_id, answered.view


async def booked(world: World, alice: Actor, sequence_id: str = "") -> None:
    """Book a call with everybody there is."""
    people = await world.services.people.page(alice)
    for person in people.people:
        meeting = a_meeting(
            f"mtg-{person.id}",
            account_id=alice.account_id,
            person_id=person.id,
            starts_at=world.clock() + timedelta(days=1),
            sequence_id=sequence_id,
        )
        await MongoMeetings(world.mongo).add(meeting)


async def test_without_a_call_it_is_refused_with_what_to_do(world: World, alice: Actor) -> None:
    _, said = await saved(world, alice, "Here we meet: {{meeting_link}}")

    assert isinstance(said, str)
    assert "No call is booked with them" in said


async def test_with_a_call_its_link_stands_in_its_place(world: World, alice: Actor) -> None:
    await world.a_drafted_campaign(alice)
    await booked(world, alice)

    _, draft = await saved(world, alice, "Here we meet: {{ Meeting_Link }}")

    assert isinstance(draft, DraftView)
    assert draft.body == "Here we meet: https://zoom.test/j/1"


async def test_whom_a_call_was_booked_with_is_counted_in_the_campaign(
    world: World, alice: Actor
) -> None:
    sequence_id = await world.a_drafted_campaign(alice)
    await booked(world, alice, sequence_id)
    known = (await world.services.people.page(alice)).people

    answered = await answer(world.services.desks, alice, "campaigns_page", {})

    assert isinstance(answered.view, CampaignsView)
    assert [row.booked for row in answered.view.rows] == [len(known)]
    assert known
