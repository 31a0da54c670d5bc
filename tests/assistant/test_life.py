"""Orders in words and by their cards: shown first, done when confirmed, undone in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from qrev.accounts.models import Actor
from qrev.assistant import life_cards as asked
from qrev.assistant import requests
from qrev.assistant.asking import answer
from qrev.assistant.cards import CampaignsCard, Card, ProposalCard, QuestionCard, TextCard
from qrev.assistant.contract import ProposalAction
from qrev.assistant.life_cards import OrderCard
from qrev.campaigns.models import SequenceStatus
from qrev.kit.errors import NotAllowed
from tests.assistant.asking import a_plan
from tests.assistant.colleagues import a_colleague
from tests.assistant.world import World

pytestmark = pytest.mark.anyio


async def running(world: World, actor: Actor, *, dropbox_id: str = "ai1") -> str:
    """Return a campaign to Maria and James that is confirmed, four mails ahead."""
    sequence_id, proposal_id = await a_plan(world, actor, dropbox_id=dropbox_id)
    desk = world.services.desks.sending
    view = await desk.proposal_get(actor, requests.ProposalAsked(proposal_id=proposal_id))
    await desk.proposal_confirm(
        actor, requests.ConfirmAsked(proposal_id=proposal_id, hash=view.hash)
    )
    return sequence_id


async def told(world: World, actor: Actor, words: str) -> list[Card]:
    """Return what is shown when somebody says that and the AI server passes the order on."""
    kind = words.split()[0].lower()
    action = ProposalAction(kind=kind, arguments={"words": words})
    return await world.say(actor, words, action)


async def order_in(world: World, actor: Actor, cards: Iterable[Card]) -> asked.OrderView:
    (card,) = [card for card in cards if isinstance(card, OrderCard)]
    return await world.services.desks.life.order_get(
        actor, asked.OrderAsked(order_id=card.order_id)
    )


async def confirmed(world: World, actor: Actor, view: asked.OrderView) -> asked.OrderView:
    return await world.services.desks.life.order_confirm(
        actor, asked.OrderConfirmAsked(order_id=view.id, hash=view.hash)
    )


def texts(cards: Iterable[Card]) -> str:
    return " ".join(card.text for card in cards if isinstance(card, TextCard | QuestionCard))


async def over_the_hold(world: World) -> None:
    world.clock.advance(minutes=3)


async def test_a_campaign_is_paused_by_its_name(world: World, alice: Actor) -> None:
    sequence_id = await running(world, alice)

    view = await order_in(world, alice, await told(world, alice, "pause the tea campaign"))
    before = (await world.sequence()).status
    done = await confirmed(world, alice, view)

    assert (view.title, view.verb, view.touched) == ("Pause “Tea”", "Pause", 4)
    assert before is SequenceStatus.ACTIVE
    assert done.outcome == "4 mails wait until somebody resumes. None had left yet."
    campaign = await world.services.desks.life.campaign(
        alice, asked.CampaignAsked(sequence_id=sequence_id)
    )
    assert (campaign.status, campaign.can_resume) == ("paused", True)
    assert [(p.what, p.by) for p in campaign.pauses] == [("Everything", "Alice")]


async def test_the_only_campaign_need_not_be_named(world: World, alice: Actor) -> None:
    await running(world, alice)

    view = await order_in(world, alice, await told(world, alice, "pause until Monday"))

    assert view.title == "Pause “Tea”"
    assert "until Mon " in view.facts[0]


async def test_of_several_campaigns_one_is_asked_for(world: World, alice: Actor) -> None:
    await running(world, alice)
    await running(world, alice, dropbox_id="ai2")

    (question,) = await told(world, alice, "pause")

    assert isinstance(question, QuestionCard)
    assert question.choices[-1] == "Pause everything"
    view = await order_in(world, alice, await told(world, alice, "pause everything"))
    assert (view.title, view.touched) == ("Pause all campaigns", 8)


async def test_a_person_is_stopped_by_name(world: World, alice: Actor) -> None:
    await running(world, alice)

    view = await order_in(world, alice, await told(world, alice, "stop Maria"))
    done = await confirmed(world, alice, view)

    assert view.title == "Stop Maria Gomez"
    assert done.outcome == "2 mails cancelled. None had left yet."
    assert view.facts[0] == "Maria Gomez (maria@x.test) gets nothing more in “Tea”."


async def test_a_name_nobody_has_is_said(world: World, alice: Actor) -> None:
    await running(world, alice)

    cards = await told(world, alice, "stop Zoe")

    assert "I found nothing called “Zoe” that is running." in texts(cards)


async def test_a_country_without_people_is_said(world: World, alice: Actor) -> None:
    await running(world, alice)

    cards = await told(world, alice, "pause Norway until Monday")

    assert "No mail to Norway is waiting to leave in all campaigns." in texts(cards)


async def test_a_mailbox_is_paused_by_its_address_and_resumed(world: World, alice: Actor) -> None:
    await running(world, alice)

    paused = await order_in(world, alice, await told(world, alice, f"pause {alice.email}"))
    await confirmed(world, alice, paused)
    resumed = await order_in(world, alice, await told(world, alice, f"resume {alice.email}"))

    assert paused.title == f"Pause all campaigns from {alice.email}"
    assert (resumed.title, resumed.touched) == ("Resume all campaigns", 4)


async def test_stop_alone_while_a_send_is_held_takes_it_back(world: World, alice: Actor) -> None:
    await running(world, alice)

    said, card = await told(world, alice, "stop")

    assert isinstance(said, TextCard)
    assert said.text == "Undone: your last Send. 4 mails are taken back. None had left."
    assert isinstance(card, ProposalCard)
    assert (await world.sequence()).status is SequenceStatus.DRAFT


async def test_stop_alone_after_the_hold_asks_before_it_stops(world: World, alice: Actor) -> None:
    await running(world, alice)
    await over_the_hold(world)

    view = await order_in(world, alice, await told(world, alice, "stop"))

    assert (view.title, view.state) == ("Stop “Tea”", "open")
    assert (await world.sequence()).status is SequenceStatus.ACTIVE


async def test_undo_takes_back_what_was_confirmed_last_and_then_what_was_before(
    world: World, alice: Actor
) -> None:
    await running(world, alice)
    await over_the_hold(world)
    view = await order_in(world, alice, await told(world, alice, "pause tea"))
    await confirmed(world, alice, view)

    first = await world.say(alice, "/undo")
    second = await world.say(alice, "/undo")

    assert texts(first).startswith("Undone: Pause “Tea”. The pause is over: 4 mails may leave")
    assert texts(second) == "Undone: your last Send. 4 mails are taken back. None had left."
    with pytest.raises(Exception, match="nothing of yours to undo"):
        await world.say(alice, "/undo")


@pytest.mark.parametrize("kind", ["undo", "stop"])
async def test_what_nobody_said_is_not_undone(world: World, alice: Actor, kind: str) -> None:
    """An AI server that misunderstood, or was told so by a cell of a list."""
    await running(world, alice)

    cards = await world.say(alice, "How are you?", ProposalAction(kind=kind, arguments={}))

    assert not [card for card in cards if isinstance(card, ProposalCard)]
    assert (await world.sequence()).status is SequenceStatus.ACTIVE


async def test_what_another_member_confirmed_is_theirs_to_undo(world: World, alice: Actor) -> None:
    await running(world, alice)
    bob = await a_colleague(world, alice)

    with pytest.raises(Exception, match="nothing of yours to undo"):
        await world.say(bob, "/undo")


async def test_an_order_that_changed_comes_back_as_it_is_now(world: World, alice: Actor) -> None:
    await running(world, alice)
    view = await order_in(world, alice, await told(world, alice, "pause tea"))
    world.clock.advance(minutes=16)

    answered = await answer(
        world.services.desks, alice, "order_confirm", {"order_id": view.id, "hash": view.hash}
    )

    assert answered.refusal is not None
    assert (answered.refusal.code, answered.refusal.fresh is None) == ("conflict", False)
    assert answered.refusal.fresh is not None
    assert answered.refusal.fresh["state"] == "open"
    expired = await world.services.desks.life.order_get(alice, asked.OrderAsked(order_id=view.id))
    assert expired.id == answered.refusal.fresh["id"]


async def test_who_may_only_look_sees_orders_and_gives_none(
    world: World, alice: Actor, victor: Actor
) -> None:
    sequence_id = await running(world, alice)
    view = await order_in(world, alice, await told(world, alice, "pause tea"))
    desk = world.services.desks.life

    seen = await desk.order_get(victor, asked.OrderAsked(order_id=view.id))
    campaign = await desk.campaign(victor, asked.CampaignAsked(sequence_id=sequence_id))

    assert (seen.title, seen.can_decide) == ("Pause “Tea”", False)
    assert not any((campaign.can_pause, campaign.can_stop, campaign.can_archive))
    cards = await told(world, victor, "pause tea")
    assert "Your role lets you look" in texts(cards)
    with pytest.raises(NotAllowed):
        await desk.order_undo(victor, asked.OrderAsked(order_id=view.id))


async def test_the_card_takes_a_day_and_a_country_as_they_are_written(
    world: World, alice: Actor
) -> None:
    sequence_id = await running(world, alice)
    desk = world.services.desks.life
    until = world.clock().date() + timedelta(days=4)

    terms = await desk.terms(
        alice,
        asked.OrderProposeAsked(
            order="pause", sequence_id=sequence_id, country="germany", until=until
        ),
    )
    odd = await answer(
        world.services.desks, alice, "order_propose", {"order": "pause", "country": "Atlantis"}
    )

    assert terms.country == "DE"
    assert terms.until is not None
    assert isinstance(until, date)
    assert terms.until.date() == until
    assert odd.refusal is not None
    assert "no country we know" in odd.refusal.message


async def test_with_nothing_running_there_is_nothing_to_stop(world: World, alice: Actor) -> None:
    cards = await told(world, alice, "stop")

    assert [type(card) for card in cards] == [TextCard, CampaignsCard]
