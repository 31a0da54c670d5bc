"""A plan is made beside everything else: gathered once, in a thread, for whoever looks first."""

from __future__ import annotations

import asyncio
import time

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor
from qrev.campaigns.models import ProposalState
from qrev.kit.mongo import Document
from tests.campaigns.things import a_draft, a_prospect
from tests.campaigns.world import World
from tests.conftest import OTHER

pytestmark = pytest.mark.anyio

MANY = 8_000


async def test_a_plan_is_begun_at_once_and_made_when_somebody_looks(
    world: World, alice: Actor
) -> None:
    sequence = await world.a_sequence(people=3)

    begun = await world.proposing.begin(alice, sequence.id)
    looked_at = await world.proposing.preview(alice, begun.id)

    assert (begun.hash, begun.messages) == ("", 0)
    assert looked_at.proposal.id == begun.id
    assert (looked_at.proposal.people, looked_at.proposal.messages) == (3, 3)
    kept = await world.stores.proposals.get(alice.account_id, begun.id)
    assert kept == looked_at.proposal


async def test_two_who_look_at_once_see_the_same_plan(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=3)
    begun = await world.proposing.begin(alice, sequence.id)

    one, two = await asyncio.gather(
        world.proposing.preview(alice, begun.id), world.proposing.preview(alice, begun.id)
    )

    assert one.run is two.run
    assert one.proposal == two.proposal
    assert one.proposal.state is ProposalState.OPEN


async def test_other_turns_go_on_while_a_long_list_is_planned(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=0, days=(0, 3, 7))
    for start in range(0, MANY, 1000):
        people = [a_prospect(sequence, n) for n in range(start, start + 1000)]
        await world.enroll(sequence, people)
    begun = await world.proposing.begin(alice, sequence.id)

    looking = asyncio.create_task(world.proposing.preview(alice, begun.id))
    began, turns, longest, planned = time.perf_counter(), 0, 0.0, set()
    while not looking.done():
        before = time.perf_counter()
        await asyncio.sleep(0.01)  # somebody else's turn
        longest = max(longest, time.perf_counter() - before)
        turns += 1
        if (progress := world.proposing.progress(alice, begun.id)) is not None:
            planned.add(progress.planned)

    took = time.perf_counter() - began
    assert (await looking).proposal.messages == 3 * MANY
    assert turns > 20
    assert longest < took / 2
    assert len(planned) > 3
    assert world.proposing.progress(alice, begun.id) is None


async def test_how_far_a_plan_is_nobody_else_learns(
    world: World, alice: Actor, mallory: Actor
) -> None:
    sequence = await world.a_sequence(people=200)
    begun = await world.proposing.begin(alice, sequence.id)

    looking = asyncio.create_task(world.proposing.preview(alice, begun.id))
    while world.proposing.progress(alice, begun.id) is None and not looking.done():
        await asyncio.sleep(0)

    assert mallory.account_id == OTHER
    assert world.proposing.progress(alice, begun.id) is not None
    assert world.proposing.progress(mallory, begun.id) is None
    await looking


async def test_reading_on_in_a_plan_does_not_make_it_again(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=3)
    proposal = await world.proposing.propose(alice, sequence.id)
    first = await world.proposing.shown(alice, proposal.id)
    await world.enroll(sequence, [a_prospect(sequence, 3)])

    again = await world.proposing.shown(alice, proposal.id)
    anew = await world.proposing.preview(alice, proposal.id)

    assert again.run is first.run
    assert anew.proposal.id != proposal.id
    assert anew.proposal.people == 4


async def test_drafts_of_earlier_checks_are_looked_at_again(
    world: World, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    sequence = await world.a_sequence(people=0)
    ann, ben = (a_prospect(sequence, n) for n in range(2))
    await world.intake.enroll(sequence, [ann, ben])
    await world.intake.draft([a_draft(ann, body="Hi {{name}}"), a_draft(ben)])
    judged = {"checked": "", "has_remarks": "", "wrong": "", "repair": "", "unwise": ""}
    await mongo.drafts.update_many({}, {"$unset": judged})

    proposal = await world.proposing.propose(alice, sequence.id)

    preview = await world.proposing.preview(alice, proposal.id)
    assert preview.run is not None
    assert [b.prospect_id for b in preview.run.blocked] == [ann.id]
    assert {m.prospect_id for m in preview.run.messages} == {ben.id}


async def test_a_draft_that_never_came_blocks_its_person(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=1, days=(0, 3))
    late = a_prospect(sequence, 5)
    await world.intake.enroll(sequence, [late])
    await world.intake.draft([a_draft(late, 1)])

    proposal = await world.proposing.propose(alice, sequence.id)

    preview = await world.proposing.preview(alice, proposal.id)
    assert preview.run is not None
    assert [(b.prospect_id, b.step) for b in preview.run.blocked] == [(late.id, 2)]
