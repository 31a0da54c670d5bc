"""“Stop drafting”: what is there stays, nothing more is written, and whoever asked is told."""

from __future__ import annotations

import pytest

from qrev.accounts.models import Actor
from qrev.assistant.asking import answer
from qrev.assistant.cards import SequenceView, TextCard
from qrev.assistant.contract import STOPS_COLLECTION, ProposalAction
from qrev.assistant.draft_stops import NOTHING_IS_DRAFTED
from tests.assistant.world import World, messages_of, people_of

pytestmark = pytest.mark.anyio
STOP = ProposalAction(kind="stop_drafting")


async def half_drafted(world: World, alice: Actor) -> str:
    sequence_id = await world.a_campaign(alice)
    await world.lay_prospects(*people_of())
    await world.lay_messages(*messages_of()[:1])
    await world.services.taking_in.take_in("ai1", are_people_complete=True)
    return sequence_id


async def test_words_stop_what_is_drafted_in_this_conversation(world: World, alice: Actor) -> None:
    await half_drafted(world, alice)

    (card,) = await world.say(alice, "stop drafting", STOP)

    assert isinstance(card, TextCard)
    assert card.text.startswith("Tea: **Drafting is stopped.** 1 of 4 drafts are there.")
    assert not (await world.sequence()).is_drafting
    assert await world.mongo[STOPS_COLLECTION].find_one({"_id": "ai1"}) is not None


async def test_what_is_on_its_way_is_still_taken_in(world: World, alice: Actor) -> None:
    await half_drafted(world, alice)
    await world.lay_messages(*messages_of()[:2])

    (card,) = await world.say(alice, "stop drafting", STOP)

    assert isinstance(card, TextCard)
    assert "2 of 4" in card.text
    assert not any("are ready" in text for text in await world.said_later())


async def test_another_conversation_is_left_alone(world: World, alice: Actor) -> None:
    await half_drafted(world, alice)

    (card,) = await world.say(alice, "stop drafting", STOP, conversation_id="c2")

    assert card == TextCard(text=NOTHING_IS_DRAFTED)
    assert (await world.sequence()).is_drafting


async def test_who_may_only_look_stops_nothing(world: World, alice: Actor, victor: Actor) -> None:
    await half_drafted(world, alice)

    (card,) = await world.say(victor, "stop drafting", STOP)

    assert isinstance(card, TextCard)
    assert "look, not change" in card.text
    assert (await world.sequence()).is_drafting


async def test_the_card_stops_it_and_the_conversation_is_told(world: World, alice: Actor) -> None:
    sequence_id = await half_drafted(world, alice)

    pressed = [
        await answer(world.services.desks, alice, "drafting_stop", {"sequence_id": sequence_id})
        for _ in range(2)
    ]

    assert isinstance(pressed[0].view, SequenceView)
    assert (pressed[0].view.is_drafting, pressed[0].view.ready) == (False, 1)
    assert pressed[1].refusal is not None
    assert pressed[1].refusal.code == "conflict"
    assert ["Drafting is stopped" in text for text in await world.said_later()] == [True]


async def test_a_foreign_sequence_is_not_there_to_be_stopped(
    world: World, alice: Actor, mallory: Actor
) -> None:
    sequence_id = await half_drafted(world, alice)

    pressed = await answer(
        world.services.desks, mallory, "drafting_stop", {"sequence_id": sequence_id}
    )

    assert pressed.refusal is not None
    assert pressed.refusal.code == "not_found"
    assert (await world.sequence()).is_drafting


async def test_how_fast_it_goes_and_when_it_is_done_is_shown(world: World, alice: Actor) -> None:
    sequence_id = await half_drafted(world, alice)
    world.clock.advance(seconds=30)

    answered = await answer(world.services.desks, alice, "draft_page", {"sequence_id": sequence_id})

    sequence = answered.view.sequence  # type: ignore[union-attr]
    assert sequence.per_minute == 2
    assert (sequence.done_at - world.clock()).total_seconds() == pytest.approx(90, abs=5)
