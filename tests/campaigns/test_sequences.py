"""Making a sequence, taking in people and drafts, and stopping it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.models import Draft, DraftCounts, DraftStatus, MessageStatus, SequenceStatus
from qrev.campaigns.sequences import PAGE, NewSequence
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.campaigns.things import a_draft, a_prospect, a_sequence, steps_on
from tests.campaigns.world import World
from tests.conftest import ACME

pytestmark = pytest.mark.anyio


def new(dropbox_id: str = "box-1", *, days: tuple[int, ...] = (0, 3, 7)) -> NewSequence:
    return NewSequence(
        dropbox_id=dropbox_id,
        name="Spring",
        steps=steps_on(*days),
        upload_id="upl_1",
        conversation_id="conversation",
    )


async def test_a_new_sequence_waits_for_its_people_and_drafts(world: World, alice: Actor) -> None:
    sequence = await world.sequences.create(alice, new())

    assert (sequence.status, sequence.owner_id) == (SequenceStatus.DRAFT, alice.user_id)
    assert (sequence.people, sequence.is_enrolled, sequence.is_drafting) == (0, False, True)
    assert [step.day for step in sequence.steps] == [0, 3, 7]


async def test_one_answer_delivered_twice_and_at_once_makes_one_sequence(
    world: World, alice: Actor
) -> None:
    made = await asyncio.gather(*(world.sequences.create(alice, new()) for _ in range(4)))

    assert len({sequence.id for sequence in made}) == 1
    assert len(await world.sequences.page(alice)) == 1


async def test_a_drop_box_belongs_to_one_workspace(
    world: World, alice: Actor, mallory: Actor
) -> None:
    await world.sequences.create(alice, new())

    with pytest.raises(Conflict):
        await world.sequences.create(mallory, new())
    assert await world.sequences.page(mallory) == []


@pytest.mark.parametrize("days", [(), tuple(range(13))])
async def test_a_sequence_has_one_to_twelve_steps(
    world: World, alice: Actor, days: tuple[int, ...]
) -> None:
    with pytest.raises(InvalidInput, match="1 to 12 steps"):
        await world.sequences.create(alice, new(days=days))


async def test_who_may_only_look_makes_and_renames_nothing(
    world: World, alice: Actor, victor: Actor
) -> None:
    (message,) = await world.planned(alice, people=1)

    with pytest.raises(NotAllowed):
        await world.sequences.create(victor, new())
    with pytest.raises(NotAllowed):
        await world.sequences.rename(victor, message.sequence_id, "Mine")
    assert (await world.sequences.overview(victor, message.sequence_id)).sequence.people == 1


async def test_another_workspaces_sequence_is_not_there(
    world: World, alice: Actor, mallory: Actor
) -> None:
    (message,) = await world.planned(alice, people=1)

    for attempt in (
        world.sequences.get(mallory, message.sequence_id),
        world.sequences.overview(mallory, message.sequence_id),
        world.sequences.rename(mallory, message.sequence_id, "Mine"),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await world.statuses() == {"held": 1}


async def test_a_sequence_gets_another_name(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence()

    renamed = await world.sequences.rename(alice, sequence.id, "  Berlin\tautumn ")

    assert renamed.name == "Berlin autumn"


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "bell\x07"])
async def test_a_name_that_is_none_is_refused(world: World, alice: Actor, name: str) -> None:
    sequence = await world.a_sequence()

    with pytest.raises(InvalidInput, match="1 to 100 characters"):
        await world.sequences.rename(alice, sequence.id, name)


async def test_pages_go_from_the_newest_back(world: World, alice: Actor) -> None:
    for n in range(PAGE + 2):
        world.clock.advance(minutes=1)
        await world.sequences.create(alice, new(f"box-{n}"))

    first = await world.sequences.page(alice)
    last = first[-1].sequence
    second = await world.sequences.page(alice, before=(last.created_at, last.id))

    names = [each.sequence.dropbox_id for each in (*first, *second)]
    assert names == [f"box-{n}" for n in reversed(range(PAGE + 2))]


async def test_an_overview_counts_the_ledger(world: World, alice: Actor) -> None:
    first, *others = await world.planned(alice, people=3)
    world.clock.now = first.send_at
    await world.sender.send_batch()

    counts = (await world.sequences.overview(alice, first.sequence_id)).counts

    assert counts.by_status == {MessageStatus.SENT: 1, MessageStatus.HELD: 2}
    assert (counts.next_at, counts.last_at) == (others[0].send_at, others[-1].send_at)


async def test_an_overview_of_nothing_planned_is_empty(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence()

    counts = (await world.sequences.overview(alice, sequence.id)).counts

    assert (counts.by_status, counts.next_at, counts.last_at) == ({}, None, None)


# --- taking in people and drafts


async def test_enrolling_twice_enrolls_once(world: World, alice: Actor) -> None:
    sequence = await world.sequences.create(alice, new())
    people = [a_prospect(sequence, n) for n in range(3)]

    assert await world.intake.enroll(sequence, people[:2]) == 2
    assert await world.intake.enroll(sequence, people) == 1

    assert (await world.sequences.get(alice, sequence.id)).people == 3
    assert set(await world.intake.enrolled(sequence)) == {p.email for p in people}


async def test_a_draft_that_comes_again_does_not_undo_an_edit(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=1)
    draft = a_draft(a_prospect(sequence, 0))
    await world.drafts.save(alice, draft.id, version=1, subject="Mine", body="words")

    assert await world.intake.draft([draft]) == 0

    kept = await world.stores.drafts.get(ACME, draft.id)
    assert kept is not None
    assert (kept.subject, kept.version) == ("Mine", 2)


async def test_drafting_ends_with_the_last_draft_and_only_once(world: World, alice: Actor) -> None:
    sequence = await world.sequences.create(alice, new(days=(0, 3)))
    people = [a_prospect(sequence, n) for n in range(2)]
    drafts = [a_draft(p, step) for p in people for step in (1, 2)]
    await world.intake.enroll(sequence, people)
    await world.intake.all_enrolled(sequence)
    ended = []

    for draft in drafts:
        await world.intake.draft([draft])
        now = await world.sequences.get(alice, sequence.id)
        ended.append((await world.intake.settle(now, is_last=False))[1])
    again = (await world.intake.settle(now, is_last=False))[1]

    assert (ended, again) == ([False, False, False, True], False)
    assert not (await world.sequences.get(alice, sequence.id)).is_drafting


async def test_drafting_goes_on_while_people_are_still_arriving(world: World, alice: Actor) -> None:
    sequence = await world.sequences.create(alice, new(days=(0,)))
    await world.intake.enroll(sequence, [a_prospect(sequence, 0)])
    await world.intake.draft([a_draft(a_prospect(sequence, 0))])

    _, ended = await world.intake.settle(sequence, is_last=False)

    assert not ended


async def test_the_last_word_of_the_ai_server_ends_the_drafting(world: World, alice: Actor) -> None:
    sequence = await world.sequences.create(alice, new(days=(0,)))
    await world.intake.enroll(sequence, [a_prospect(sequence, n) for n in range(3)])
    await world.intake.draft([a_draft(a_prospect(sequence, 0))])

    counts, ended = await world.intake.settle(sequence, is_last=True)

    assert (counts.ready, ended) == (1, True)


async def test_a_draft_that_failed_counts_as_arrived(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=0)
    lacking: list[Draft] = [
        a_draft(a_prospect(sequence, 0)),
        replace(a_draft(a_prospect(sequence, 1)), status=DraftStatus.FAILED, reason="no facts"),
        replace(a_draft(a_prospect(sequence, 2)), missing=("name",)),
    ]
    await world.intake.draft(lacking)

    assert await world.sequences.progress(sequence) == DraftCounts(ready=2, failed=1, missing=1)


def test_a_steps_day_is_its_whole_days() -> None:
    (step,) = steps_on(3)

    assert replace(step, delay=timedelta(days=3, hours=5)).day == 3
    assert a_sequence(days=(0, 3)).steps[0].delay == timedelta(0)
