"""People who come later, and another campaign like it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.life.models import OrderKind
from qrev.campaigns.models import Fact, ProspectStatus, SequenceStatus
from qrev.crm.models import Person, person_id
from qrev.kit.errors import Conflict, NotAllowed, NotFound
from tests.campaigns.things import a_draft, a_prospect, a_sequence
from tests.campaigns.world import World
from tests.conftest import ACME

pytestmark = pytest.mark.anyio


def a_person(world: World, name: str, *, company: str = "Pine") -> Person:
    email = f"{name.lower()}@{name.lower()}.test"
    return Person(
        id=person_id(ACME, email),
        account_id=ACME,
        email=email,
        name=f"{name} Berg",
        company_name=company,
        source="list.csv",
        created_at=world.clock(),
    )


async def test_who_is_added_gets_the_same_mails_and_nobody_else_is_moved(
    world: World, alice: Actor
) -> None:
    before = await world.planned(alice, people=3, days=(0, 3))
    world.clock.now = before[0].send_at
    await world.sender.send_batch()
    sent = await world.message(before[0].id)
    ann = a_person(world, "Ann")

    assert await world.adding.add(alice, before[0].sequence_id, [ann]) == 1
    assert await world.adding.add(alice, before[0].sequence_id, [ann]) == 0
    sequence = await world.sequences.get(alice, before[0].sequence_id)
    proposal = await world.confirmed(alice, sequence)

    assert (sequence.people, proposal.people, proposal.messages) == (4, 1, 2)
    after = {m.id: m for m in await world.messages()}
    assert after[before[0].id] == sent
    assert [after[m.id].send_at for m in before] == [m.send_at for m in before]
    hers = [m for m in after.values() if m.to == ann.email]
    assert hers[0].body.startswith("Hi Ann Berg,")
    minutes = sorted(m.send_at for m in after.values())
    assert all(b - a >= timedelta(minutes=4) for a, b in itertools.pairwise(minutes))


async def test_words_that_were_changed_for_all_are_those_of_whoever_comes(
    world: World, alice: Actor
) -> None:
    sequence = await world.a_sequence(people=1)
    await world.ordered(
        alice,
        OrderKind.EDIT_STEP,
        sequence_id=sequence.id,
        step=1,
        subject="Hello {{first_name}}",
        body="At {{company_name}}.",
    )

    await world.adding.add(alice, sequence.id, [a_person(world, "Ann")])

    people = await world.stores.prospects.of_sequence(ACME, sequence.id)
    drafts = await world.stores.drafts.of_prospect(ACME, people[-1].id)
    assert [(d.subject, d.body) for d in drafts] == [("Hello Ann", "At Pine.")]


async def test_who_lacks_a_fact_is_in_and_blocked_until_somebody_writes(
    world: World, alice: Actor
) -> None:
    sequence = await world.a_sequence(people=1)
    body = f"I saw {a_prospect(sequence, 0).company_name}."
    await world.drafts.save(
        alice, a_draft(a_prospect(sequence, 0)).id, version=1, subject="Hi", body=body
    )

    await world.adding.add(alice, sequence.id, [a_person(world, "Ann", company="")])
    proposal = await world.proposing.propose(alice, sequence.id)
    run = (await world.proposing.preview(alice, proposal.id)).run

    assert run is not None
    assert [b.reason for b in run.blocked] == ["Missing: company."]


async def test_what_a_draft_says_of_one_alone_is_copied_to_nobody(
    world: World, alice: Actor
) -> None:
    sequence = a_sequence(people=1)
    await world.stores.sequences.add_if_new(sequence)
    person = a_prospect(sequence, 0)
    await world.intake.enroll(sequence, [person])
    draft = replace(
        a_draft(person, body="Your office in Oslo."), facts=(Fact(text="Oslo", source="csv:city"),)
    )
    await world.intake.draft([draft])

    with pytest.raises(Conflict, match="no words to copy yet"):
        await world.adding.add(alice, sequence.id, [a_person(world, "Ann")])


async def test_a_campaign_that_is_over_takes_nobody_in(world: World, alice: Actor) -> None:
    first, *_ = await world.planned(alice, people=1)
    await world.stop(alice, first.sequence_id)

    with pytest.raises(Conflict, match="Duplicate it"):
        await world.adding.add(alice, first.sequence_id, [a_person(world, "Ann")])


async def test_a_copy_has_the_mails_and_nobody_in_it(world: World, alice: Actor) -> None:
    first, *_ = await world.planned(alice, people=2, days=(0, 3))

    copy = await world.adding.duplicate(alice, first.sequence_id)

    assert (copy.name, copy.status, copy.people) == ("spring (copy)", SequenceStatus.DRAFT, 0)
    assert [step.day for step in copy.steps] == [0, 3]
    assert await world.statuses() == {"held": 4}
    await world.adding.add(alice, copy.id, [a_person(world, "Ann")])
    proposal = await world.confirmed(alice, copy)
    assert (proposal.people, proposal.messages) == (1, 2)


async def test_others_add_and_copy_nothing(
    world: World, alice: Actor, victor: Actor, mallory: Actor
) -> None:
    sequence = await world.a_sequence(people=1)

    with pytest.raises(NotAllowed):
        await world.adding.add(victor, sequence.id, [a_person(world, "Ann")])
    with pytest.raises(NotAllowed):
        await world.adding.duplicate(victor, sequence.id)
    with pytest.raises(NotFound):
        await world.adding.add(mallory, sequence.id, [a_person(world, "Ann")])
    with pytest.raises(NotFound):
        await world.adding.duplicate(mallory, sequence.id)
    people = await world.stores.prospects.of_sequence(ACME, sequence.id)
    assert [p.status for p in people] == [ProspectStatus.WAITING]
