"""What reaches many people is confirmed by two members."""

from __future__ import annotations

import pytest

from qrev.accounts.models import Actor, Role
from qrev.assistant import life_cards as asked
from qrev.assistant import requests
from qrev.assistant.asking import answer
from qrev.assistant.cards import ProposalCard
from qrev.assistant.life_cards import ApprovalsCard
from qrev.campaigns.life.models import OrderState
from qrev.campaigns.models import SequenceStatus
from qrev.kit.errors import NotAllowed
from tests.assistant.asking import a_plan
from tests.assistant.colleagues import a_colleague
from tests.assistant.test_life import confirmed, order_in, running, told
from tests.assistant.world import World

pytestmark = pytest.mark.anyio


async def waiting(world: World, alice: Actor) -> tuple[Actor, str, dict[str, str]]:
    """Return Bob, a proposal above the threshold with Alice's word, and how to confirm it."""
    bob = await a_colleague(world, alice)
    desks = world.services.desks
    await desks.life.threshold_save(alice, asked.ThresholdAsked(people=1))
    _, proposal_id = await a_plan(world, alice)
    view = await desks.sending.proposal_get(alice, requests.ProposalAsked(proposal_id=proposal_id))
    payload = {"proposal_id": proposal_id, "hash": view.hash}
    answered = await answer(desks, alice, "proposal_confirm", payload)
    assert answered.refusal is not None
    assert "it waits for Bob to confirm it as well" in answered.refusal.message
    return bob, proposal_id, payload


async def test_above_the_threshold_a_second_member_confirms(world: World, alice: Actor) -> None:
    bob, proposal_id, payload = await waiting(world, alice)
    desks = world.services.desks
    ask = requests.ProposalAsked(proposal_id=proposal_id)

    first = await desks.sending.proposal_get(alice, ask)
    second = await desks.sending.proposal_get(bob, ask)
    again = await answer(desks, alice, "proposal_confirm", payload)
    approvals = await desks.life.approvals(bob, asked.NothingAsked())
    done = await answer(desks, bob, "proposal_confirm", payload)

    assert first.waits_for == "You have confirmed this. It waits for Bob to confirm it as well."
    assert second.waits_for == "Alice has confirmed this. It happens once you confirm it, too."
    assert again.refusal is not None
    assert [(row.title, row.people, row.is_mine) for row in approvals.rows] == [
        ("Send “Tea”", 2, False)
    ]
    assert done.refusal is None
    assert (await desks.life.approvals(bob, asked.NothingAsked())).rows == []


async def test_the_second_word_counts_after_the_first_ones_minutes_have_passed(
    world: World, alice: Actor
) -> None:
    bob, proposal_id, _ = await waiting(world, alice)
    world.clock.advance(hours=3)
    desks = world.services.desks

    fresh = await desks.sending.proposal_get(bob, requests.ProposalAsked(proposal_id=proposal_id))
    done = await answer(
        desks, bob, "proposal_confirm", {"proposal_id": fresh.id, "hash": fresh.hash}
    )

    assert fresh.id != proposal_id
    assert done.refusal is None


async def test_what_was_declined_needs_a_first_word_again(world: World, alice: Actor) -> None:
    bob, _, payload = await waiting(world, alice)
    desks = world.services.desks
    (row,) = (await desks.life.approvals(bob, asked.NothingAsked())).rows

    card = await desks.life.approval_open(bob, asked.ApprovalAsked(approval_id=row.id))
    await desks.life.approval_decline(bob, asked.ApprovalAsked(approval_id=row.id))
    answered = await answer(desks, bob, "proposal_confirm", payload)

    assert isinstance(card, ProposalCard)
    assert answered.refusal is not None
    assert "it waits for Alice" in answered.refusal.message


async def test_pausing_never_waits_for_a_second_member_but_resuming_does(
    world: World, alice: Actor
) -> None:
    await running(world, alice)
    bob = await a_colleague(world, alice)
    await world.services.desks.life.threshold_save(alice, asked.ThresholdAsked(people=1))

    paused = await confirmed(
        world, alice, await order_in(world, alice, await told(world, alice, "pause tea"))
    )
    view = await order_in(world, alice, await told(world, alice, "resume tea"))
    payload = {"order_id": view.id, "hash": view.hash}
    first = await answer(world.services.desks, alice, "order_confirm", payload)
    second = await answer(world.services.desks, bob, "order_confirm", payload)

    assert paused.state == OrderState.DONE
    assert first.refusal is not None
    assert second.refusal is None


@pytest.mark.parametrize("people", [0, 2])
async def test_up_to_the_threshold_and_without_one_one_word_is_enough(
    world: World, alice: Actor, people: int
) -> None:
    await a_colleague(world, alice)
    await world.services.desks.life.threshold_save(alice, asked.ThresholdAsked(people=people))

    await running(world, alice)

    assert (await world.sequence()).status is SequenceStatus.ACTIVE


async def test_alone_nobody_waits_and_a_viewer_is_no_second_member(
    world: World, alice: Actor
) -> None:
    await a_colleague(world, alice, role=Role.VIEWER)
    await world.services.desks.life.threshold_save(alice, asked.ThresholdAsked(people=1))

    await running(world, alice)

    view = await world.services.desks.life.approvals(alice, asked.NothingAsked())
    assert view.is_alone
    assert (await world.sequence()).status is SequenceStatus.ACTIVE


async def test_only_owners_and_admins_choose_the_threshold(world: World, alice: Actor) -> None:
    bob = await a_colleague(world, alice)

    with pytest.raises(NotAllowed):
        await world.services.desks.life.threshold_save(bob, asked.ThresholdAsked(people=5))
    (card,) = await world.say(bob, "/approvals")
    assert isinstance(card, ApprovalsCard)
