"""Other words for a mail, for everybody who has not got it, in up to four variants."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.life.models import Order, OrderKind, OrderState, Terms
from qrev.campaigns.life.orders import OrderChanged
from qrev.campaigns.merging import variant_of
from qrev.campaigns.models import Sequence
from qrev.kit.errors import Conflict, InvalidInput
from tests.campaigns.accidents import PowerCut, dying
from tests.campaigns.things import a_draft, a_prospect
from tests.campaigns.world import World
from tests.conftest import ACME

pytestmark = pytest.mark.anyio
EDIT = OrderKind.EDIT_STEP
NEW: dict[str, Any] = {"subject": "Hi {{first_name}}", "body": "New words for {{company_name}}."}


async def edited(
    world: World, actor: Actor, sequence_id: str, step: int = 1, **terms: Any
) -> Order:
    return await world.ordered(actor, EDIT, sequence_id=sequence_id, step=step, **{**NEW, **terms})


async def the(world: World) -> Sequence:
    [sequence] = await world.stores.sequences.page(ACME, before=None, limit=1)
    return sequence


async def test_who_has_not_got_it_reads_the_new_words_and_who_has_is_counted(
    world: World, alice: Actor
) -> None:
    first, *_ = await world.planned(alice, people=3, days=(0, 3))
    world.clock.now = first.send_at
    await world.sender.send_batch()

    order = await edited(world, alice, first.sequence_id)

    assert order.outcome == "2 mails and 0 drafts have the new words. 1 had already left."
    texts = {m.prospect_id: m.body for m in await world.messages() if m.step == 1}
    assert {"New words for Company 1.", "New words for Company 2."} <= set(texts.values())
    assert "may I ask" in texts[first.prospect_id]
    assert all("may I ask" in m.body for m in await world.messages() if m.step == 2)


async def test_an_edit_shows_before_and_after_and_moves_no_minute(
    world: World, alice: Actor
) -> None:
    planned = await world.planned(alice, people=2)
    terms = Terms(sequence_id=planned[0].sequence_id, step=1, **NEW)

    order = await world.orders.propose(alice, EDIT, terms)
    shown = order.rows[0]
    await world.orders.confirm(alice, order.id, order.hash)

    assert (shown.before[:10], shown.after) == (
        "A question",
        "Hi Person: New words for Company 0.",
    )
    assert [m.send_at for m in await world.messages()] == [m.send_at for m in planned]


async def test_drafts_of_whoever_waits_get_them_too(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=2)

    order = await edited(world, alice, sequence.id)

    assert order.outcome.startswith("0 mails and 2 drafts have the new words.")
    draft = await world.stores.drafts.get(ACME, a_draft(a_prospect(sequence, 1)).id)
    assert draft is not None
    assert (draft.body, draft.version) == ("New words for Company 1.", 2)


async def test_whoever_lacks_a_fact_keeps_their_words_and_is_named(
    world: World, alice: Actor
) -> None:
    sequence = await world.a_sequence(people=1)
    await world.enroll(sequence, [replace(a_prospect(sequence, 7), company_name="")])

    order = await edited(world, alice, sequence.id)

    assert "1 person keeps their words: their company is not known." in order.facts
    assert order.touched == 1


async def test_variants_are_split_by_person_and_stay_theirs(world: World, alice: Actor) -> None:
    first, *_ = await world.planned(alice, people=10)

    order = await edited(
        world, alice, first.sequence_id, variants=(("B {{first_name}}", "b"), ("C", "c"))
    )

    subjects = ["Hi Person", "B Person", "C"]
    assert [m.subject for m in await world.messages()] == [
        subjects[variant_of(m.prospect_id, 1, 3)] for m in await world.messages()
    ]
    assert any(fact.startswith("3 variants: A for ") for fact in order.facts)
    assert len((await the(world)).words[0].variants) == 3


async def test_a_mail_in_a_workers_hand_leaves_with_the_new_words_or_not_at_all(
    world: World, alice: Actor
) -> None:
    due, *_ = await world.due(alice, people=2)
    orders = []

    async def changed(_: object) -> None:
        world.postbox.before_answering = lambda letter: None
        orders.append(await edited(world, alice, due.sequence_id))

    world.postbox.before_answering = changed
    await world.sender.send_batch()
    await world.work_until(world.clock())

    assert orders[0].outcome.endswith("1 is on the way just now and cannot be called back.")
    assert await world.statuses() == {"sent": 2}
    assert len([m for m in await world.messages() if "New words" in m.body]) == 1
    assert set(world.postbox.times_delivered.values()) == {1}


async def test_a_mail_that_leaves_while_one_reads_is_shown_anew(world: World, alice: Actor) -> None:
    first, *_ = await world.planned(alice, people=2)
    terms = Terms(sequence_id=first.sequence_id, step=1, **NEW)
    order = await world.orders.propose(alice, EDIT, terms)
    world.clock.now = first.send_at
    await world.sender.send_batch()

    with pytest.raises(OrderChanged) as caught:
        await world.orders.confirm(alice, order.id, order.hash)

    assert caught.value.fresh.touched == 1


async def test_undo_brings_the_earlier_words_of_what_has_not_left(
    world: World, alice: Actor
) -> None:
    first, *_ = await world.planned(alice, people=2)
    order = await edited(world, alice, first.sequence_id)
    world.clock.now = first.send_at
    await world.sender.send_batch()

    undone = await world.orders.undo(alice, order.id)

    assert undone.outcome.startswith("1 mail has its earlier words again. 1 had already left.")
    assert sorted("may I ask" in m.body for m in await world.messages()) == [False, True]


@pytest.mark.parametrize(
    ("store", "method", "nth"),
    [("messages", "reword", 2), ("sequences", "change", 1), ("orders", "move", 2)],
)
async def test_an_edit_that_died_half_way_is_ended_later(
    world: World, alice: Actor, store: str, method: str, nth: int
) -> None:
    first, *_ = await world.planned(alice, people=3)
    order = await world.orders.propose(
        alice, EDIT, Terms(sequence_id=first.sequence_id, step=1, **NEW)
    )
    changed: dict[str, Any] = {store: dying(getattr(world.stores, store), method, nth=nth)}
    other = World(stores=replace(world.stores, **changed), clock=world.clock)
    with pytest.raises(PowerCut):
        await other.orders.confirm(alice, order.id, order.hash)
    world.clock.advance(minutes=3)

    assert await world.orders.resume() == 1

    assert (await world.orders.get(alice, order.id)).state is OrderState.DONE
    assert {m.subject for m in await world.messages()} == {"Hi Person"}


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"subject": " "}, "needs a subject and a text"),
        ({"body": "{{shoe_size}}"}, "no field “shoe_size”"),
        ({"subject": "x" * 251}, "Too long"),
        ({"variants": (("B", "b"),) * 4}, "at most 4 variants"),
        ({"variants": (("B", "b"), ("B", "b"))}, "say the same"),
        ({"step": 2}, "has no mail 2"),
    ],
)
async def test_words_that_are_none_are_refused_by_name(
    world: World, alice: Actor, terms: dict[str, Any], words: str
) -> None:
    sequence = await world.a_sequence()

    with pytest.raises(InvalidInput, match=words):
        await edited(world, alice, sequence.id, **terms)


async def test_when_everybody_has_got_it_there_is_nothing_to_change(
    world: World, alice: Actor
) -> None:
    (due,) = await world.due(alice)
    await world.sender.send_batch()

    with pytest.raises(Conflict, match="Everybody has got mail 1"):
        await edited(world, alice, due.sequence_id)
