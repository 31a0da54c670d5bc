"""The drop box of servers that are not ours: their own names for steps, and their silence."""

from __future__ import annotations

from typing import Any

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.contract import (
    DraftedSequence,
    DraftedStep,
    SequenceDraftAction,
    TimeOfDispatch,
)
from tests.assistant.test_intake import drafts, intake, kept_unused
from tests.assistant.world import PEOPLE, World, messages_of, people_of

pytestmark = pytest.mark.anyio


async def test_steps_are_matched_by_the_ids_the_answer_gave_them(
    world: World, alice: Actor
) -> None:
    steps = [DraftedStep(id=key, time_of_dispatch=TimeOfDispatch()) for key in ("9f", "2", "b")]
    sequence = DraftedSequence(id="ai1", name="Tea", steps=steps)
    upload = await world.drop(alice)
    await world.say(alice, "x", SequenceDraftAction(sequence=sequence), upload=upload)
    await world.lay_prospects(*people_of())
    email = PEOPLE[0]
    await world.lay_messages(
        *(
            {"_id": f"m{key}", **bare(email), "step_id": key, "body": str(key)}
            for key in ("b", "9f", 2)
        )
    )

    await intake(world).take_in("ai1", is_last=True)

    assert {d.step: d.body for d in await drafts(world)} == {1: "9f", 2: "2", 3: "b"}


async def test_an_id_two_steps_share_matches_neither_and_is_reported(
    world: World, alice: Actor
) -> None:
    steps = [DraftedStep(id="same"), DraftedStep(id="same")]
    sequence = DraftedSequence(id="ai1", name="Tea", steps=steps)
    await world.say(
        alice, "x", SequenceDraftAction(sequence=sequence), upload=await world.drop(alice)
    )
    await world.lay_prospects(*people_of())
    await world.lay_messages({"_id": "m", **bare(PEOPLE[0]), "step_id": "same"})

    await intake(world).take_in("ai1", is_last=True)

    assert await kept_unused(world) == {"m"}
    assert any("no step of the sequence" in text for text in await world.said_later())


async def test_a_server_that_never_calls_back_is_waited_for_and_then_taken_as_done(
    world: World, alice: Actor
) -> None:
    await world.a_campaign(alice)
    await world.lay_prospects(*people_of())
    await world.lay_messages(*messages_of())
    await intake(world).sweep()
    assert (await world.sequence()).is_drafting

    world.clock.advance(minutes=3)
    await intake(world).sweep()

    assert not (await world.sequence()).is_drafting
    assert "**4 drafts for 2 people are ready.**" in (await world.said_later())[0]


async def test_a_server_that_dies_half_way_does_not_leave_the_sequence_waiting_for_ever(
    world: World, alice: Actor
) -> None:
    await world.a_campaign(alice)
    await world.lay_prospects(*people_of())
    await world.lay_messages(*messages_of()[:3])
    await intake(world).take_in("ai1", are_people_complete=True)
    world.clock.advance(minutes=29)
    await intake(world).sweep()
    assert (await world.sequence()).is_drafting

    world.clock.advance(minutes=2)
    await intake(world).sweep()

    assert not (await world.sequence()).is_drafting
    assert "1 never came" in (await world.said_later())[0]


async def test_a_server_that_goes_on_writing_is_waited_for_however_long_it_takes(
    world: World, alice: Actor
) -> None:
    await world.a_campaign(alice)
    await world.lay_prospects(*people_of())
    for row in messages_of()[:3]:
        world.clock.advance(minutes=25)
        await world.lay_messages(row)
        await intake(world).sweep()

    assert (await world.sequence()).is_drafting


async def test_a_server_that_sends_nothing_at_all_is_told_about(world: World, alice: Actor) -> None:
    await world.a_campaign(alice)

    world.clock.advance(minutes=31)
    await intake(world).sweep()

    assert not (await world.sequence()).is_drafting
    assert "there is no draft to send" in (await world.said_later())[0]


def bare(email: str) -> dict[str, Any]:
    """Return a message as a server writes it that knows no numbers."""
    return {"sequence_id": "ai1", "email": email, "subject": "Tea", "body": "Hi, tea."}
