"""Adding people, new words, copies and new names, in words and by cards."""

from __future__ import annotations

import pytest

from qrev.accounts.models import Actor
from qrev.assistant import life_cards as asked
from qrev.assistant.asking import answer
from qrev.assistant.cards import ImportCard
from qrev.assistant.contract import ProposalAction
from qrev.assistant.life_cards import OrderCard
from tests.assistant.test_imports_desk import ask
from tests.assistant.test_life import confirmed, order_in, running, texts, told
from tests.assistant.world import World

pytestmark = pytest.mark.anyio
MORE = b"name,email,company_name\nAda Berg,ada@x.test,Pine\nMaria Gomez,maria@x.test,Solarex\n"


async def test_a_list_is_added_to_a_running_campaign_and_planned_when_confirmed(
    world: World, alice: Actor
) -> None:
    await running(world, alice)
    upload = await world.drop(alice, MORE)
    words = "add these people to the Tea campaign"

    # Somebody of the list is in a running campaign: that is looked at before the list comes in.
    [*_, list_card] = await world.say(
        alice, words, ProposalAction(kind="add_people", arguments={"words": words}), upload=upload
    )
    assert isinstance(list_card, ImportCard)
    pressed = await ask(world, alice, "import_confirm", import_id=list_card.import_id, version=2)
    assert pressed.later is not None
    cards = [card async for card in pressed.later]

    assert "1 person is new in “Tea”. 1 person was in it before." in texts(cards)
    kinds = [type(card).__name__ for card in cards[-3:]]
    assert kinds == ["TextCard", "DraftCard", "ProposalCard"]
    assert (await world.sequence()).people == 3


async def test_without_a_list_one_is_asked_for(world: World, alice: Actor) -> None:
    await running(world, alice)

    cards = await world.say(
        alice, "add them to tea", ProposalAction(kind="add_people", arguments={})
    )

    assert "Drop the list of people" in texts(cards)


async def test_addresses_nobody_is_known_by_are_named_and_nobody_is_added(
    world: World, alice: Actor
) -> None:
    sequence_id = await running(world, alice)
    payload = {"sequence_id": sequence_id, "emails": "maria@x.test, zoe@y.test"}

    answered = await answer(world.services.desks, alice, "campaign_add_people", payload)

    assert answered.refusal is not None
    assert "These are nobody you know yet: zoe@y.test." in answered.refusal.message
    assert (await world.sequence()).people == 2


async def test_the_words_of_a_mail_are_shown_with_fields_and_changed_for_all(
    world: World, alice: Actor
) -> None:
    sequence_id = await running(world, alice)
    desk = world.services.desks.life

    words = await desk.step_words(alice, asked.StepAsked(sequence_id=sequence_id, step=1))
    answered = await answer(
        world.services.desks,
        alice,
        "order_propose",
        {
            "order": "edit_step",
            "sequence_id": sequence_id,
            "step": 1,
            "variants": [{"subject": "Hi {{first_name}}", "body": "Short."}],
        },
    )
    view = await order_in(world, alice, answered.cards)
    done = await confirmed(world, alice, view)

    assert len(words.variants) == 1
    assert (view.verb, view.touched) == ("Change the words", 2)
    assert {row.after for row in view.rows} == {"Hi Maria: Short.", "Hi James: Short."}
    assert done.outcome == "2 mails and 0 drafts have the new words. None had left yet."
    kept = await desk.step_words(alice, asked.StepAsked(sequence_id=sequence_id, step=1))
    assert kept.variants[0].subject == "Hi {{first_name}}"


async def test_a_campaign_is_copied_and_renamed_in_words(world: World, alice: Actor) -> None:
    await running(world, alice)

    copied = await told(world, alice, "duplicate the tea campaign")
    renamed = await told(world, alice, "rename “Tea (copy)” to Coffee")

    kinds = [type(card).__name__ for card in copied]
    assert kinds == ["TextCard", "CampaignCard"]
    assert "“Tea (copy)” is called “Coffee” now." in texts(renamed)
    assert not [card for card in (*copied, *renamed) if isinstance(card, OrderCard)]


async def test_an_unknown_name_is_said(world: World, alice: Actor) -> None:
    await running(world, alice)

    cards = await told(world, alice, "duplicate the wine campaign")

    assert "There is no campaign called “wine”." in texts(cards)
