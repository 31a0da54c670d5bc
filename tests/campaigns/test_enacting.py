"""A confirmed plan is written once, whatever interrupts it, and can be taken back while held."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor
from qrev.campaigns.models import Proposal, ProposalState, ProspectStatus, Sequence, SequenceStatus
from qrev.kit.errors import Conflict
from qrev.kit.mongo import Document
from tests.campaigns.accidents import Around, HalfWritten, PowerCut, dying
from tests.campaigns.things import a_draft, a_prospect
from tests.campaigns.world import BOB, HOLD, World
from tests.conftest import ACME

pytestmark = pytest.mark.anyio
# Every write of a Confirm behind the point of no return, as (store, method, which call).
WRITES = [
    ("messages", "add_planned", 1),
    ("prospects", "set_status", 1),
    ("sequences", "change", 1),
    ("proposals", "move", 2),
    ("notices", "tell", 1),
]


def elsewhere(world: World, store: str, stand_in: object) -> World:
    """Return another process of ours, which sees one of the stores through a stand-in."""
    changed: dict[str, Any] = {store: stand_in}
    return World(stores=replace(world.stores, **changed), clock=world.clock, postbox=world.postbox)


async def cut_short(world: World, actor: Actor, other: World) -> tuple[Sequence, Proposal]:
    """Return a plan whose Confirm died in the other process."""
    sequence = await world.a_sequence(people=4, days=(0, 3))
    proposal = await other.proposing.propose(actor, sequence.id)
    with pytest.raises(PowerCut):
        await other.proposing.confirm(actor, proposal.id, proposal.hash)
    return sequence, proposal


async def state_of(world: World, proposal: Proposal) -> ProposalState:
    found = await world.stores.proposals.get(ACME, proposal.id)
    assert found is not None
    return found.state


async def people_of(world: World, sequence: Sequence) -> set[ProspectStatus]:
    found = await world.stores.prospects.of_sequence(ACME, sequence.id)
    return {prospect.status for prospect in found}


@pytest.mark.parametrize(("store", "method", "nth"), WRITES)
async def test_a_confirm_that_died_anywhere_is_finished_as_it_was_shown(
    world: World, alice: Actor, store: str, method: str, nth: int
) -> None:
    other = elsewhere(world, store, dying(getattr(world.stores, store), method, nth=nth))
    sequence, proposal = await cut_short(world, alice, other)
    shown = await world.proposing.preview(alice, proposal.id)
    world.clock.advance(minutes=2)

    await world.enacting.resume()

    assert await state_of(world, proposal) is ProposalState.APPLIED
    assert await people_of(world, sequence) == {ProspectStatus.ACTIVE}
    assert (await world.sequences.get(alice, sequence.id)).status is SequenceStatus.ACTIVE
    messages = await world.messages()
    assert len(messages) == proposal.messages == 8
    assert {m.held_until for m in messages} == {shown.proposal.confirmed_at + HOLD}  # type: ignore[operator]
    with pytest.raises(Conflict, match="settled"):
        await world.drafts.save(
            alice, a_draft(a_prospect(sequence, 0)).id, version=1, subject="x", body="y"
        )


async def test_half_a_written_plan_is_completed_to_the_minute(
    world: World, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    other = elsewhere(world, "messages", HalfWritten(mongo))
    sequence = await world.a_sequence(people=4, days=(0, 3))
    proposal = await other.proposing.propose(alice, sequence.id)
    shown = (await other.proposing.preview(alice, proposal.id)).run
    assert shown is not None
    with pytest.raises(PowerCut):
        await other.proposing.confirm(alice, proposal.id, proposal.hash)
    assert len(await world.messages()) == 4
    world.clock.advance(minutes=2)

    assert await world.enacting.resume() == 1

    planned = [(m.prospect_id, m.step, m.send_at) for m in await world.messages()]
    assert planned == [(m.prospect_id, m.step, m.send_at) for m in shown.messages]


async def test_a_confirm_in_the_making_is_left_alone(world: World, alice: Actor) -> None:
    other = elsewhere(world, "messages", dying(world.stores.messages, "add_planned"))
    await cut_short(world, alice, other)
    world.clock.advance(seconds=59)

    assert await world.enacting.resume() == 0
    assert await world.messages() == []


async def test_nothing_of_a_half_written_plan_leaves_however_late_it_gets(
    world: World, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    await cut_short(world, alice, elsewhere(world, "messages", HalfWritten(mongo)))

    for _ in range(20):
        world.clock.advance(hours=6)
        assert await world.sweeps.replan_late() == 0
        assert await world.sender.send_batch() == 0


async def test_an_interrupted_plan_is_taken_back_when_someone_was_suppressed(
    world: World, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    other = elsewhere(world, "messages", HalfWritten(mongo))
    sequence, proposal = await cut_short(world, alice, other)
    await world.suppressions.add(ACME, a_prospect(sequence, 0).email, "asked to stop")
    world.clock.advance(minutes=2)

    await world.enacting.resume()

    assert await state_of(world, proposal) is ProposalState.VOID
    assert await world.messages() == []
    assert await people_of(world, sequence) == {ProspectStatus.WAITING}
    (said,) = await world.said()
    assert "interrupted" in said
    assert (await world.proposing.propose(alice, sequence.id)).people == 3


async def test_an_interrupted_plan_is_taken_back_when_its_first_minute_has_passed(
    world: World, alice: Actor, mongo: AsyncDatabase[Document]
) -> None:
    other = elsewhere(world, "messages", HalfWritten(mongo))
    sequence, proposal = await cut_short(world, alice, other)
    world.clock.advance(hours=1)

    await world.enacting.resume()
    await world.confirmed(alice, sequence)

    assert await state_of(world, proposal) is ProposalState.VOID
    assert await world.statuses() == {"held": 8}


async def test_resuming_twice_is_harmless(world: World, alice: Actor) -> None:
    other = elsewhere(world, "prospects", dying(world.stores.prospects, "set_status"))
    await cut_short(world, alice, other)
    world.clock.advance(minutes=2)
    await world.enacting.resume()
    before = await world.messages()

    assert await world.enacting.resume() == 0
    assert await world.messages() == before


@pytest.mark.parametrize(("store", "method", "nth"), WRITES)
async def test_a_stop_pressed_while_more_people_are_planned_stops_them_too(
    world: World, alice: Actor, store: str, method: str, nth: int
) -> None:
    sequence = await world.a_sequence(people=2)
    draft = a_draft(a_prospect(sequence, 1))
    await world.drafts.save(alice, draft.id, version=1, subject="Hi", body="Hi {{name}}")
    await world.confirmed(alice, sequence)
    await world.drafts.save(alice, draft.id, version=2, subject="Hi", body="Hi Ann")
    stopping = Around(
        getattr(world.stores, store),
        method,
        lambda: world.stop(BOB, sequence.id),
        nth=nth,
    )

    await elsewhere(world, store, stopping).confirmed(alice, sequence)

    assert await world.statuses() == {"cancelled": 2}
    assert (await world.sequences.get(alice, sequence.id)).status is SequenceStatus.FINISHED


async def test_undo_takes_back_everything(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=3, days=(0, 3))
    proposal = await world.confirmed(alice, sequence)
    world.clock.advance(seconds=119)

    undone = await world.proposing.undo(BOB, proposal.id)

    assert undone.state is ProposalState.UNDONE
    assert await world.messages() == []
    assert await people_of(world, sequence) == {ProspectStatus.WAITING}
    assert (await world.sequences.get(alice, sequence.id)).status is SequenceStatus.DRAFT


async def test_after_undo_the_words_can_be_changed_and_planned_again(
    world: World, alice: Actor
) -> None:
    sequence = await world.a_sequence(people=1)
    first = await world.confirmed(alice, sequence)
    await world.proposing.undo(alice, first.id)
    draft = a_draft(a_prospect(sequence, 0))
    await world.drafts.save(alice, draft.id, version=1, subject="Better", body="words")

    await world.confirmed(alice, sequence)

    (message,) = await world.messages()
    assert (message.subject, message.proposal_id == first.id) == ("Better", False)


async def test_undo_after_the_hold_takes_back_what_has_not_left_and_says_what_had(
    world: World, alice: Actor
) -> None:
    sequence = await world.a_sequence(people=3, days=(0, 3))
    proposal = await world.confirmed(alice, sequence)
    world.clock.now = (await world.messages())[0].send_at
    await world.sender.send_batch()

    undone = await world.proposing.undo(alice, proposal.id)

    assert undone.state is ProposalState.UNDONE
    assert undone.outcome == "5 mails are taken back. 1 had already left and cannot be."
    # Who got the first mail does not get the second one; the others can be planned again.
    assert await world.statuses() == {"sent": 1, "cancelled": 1}
    assert await people_of(world, sequence) == {ProspectStatus.ACTIVE, ProspectStatus.WAITING}


UNDO = [
    ("messages", "take_back", 1),
    ("prospects", "set_status", 1),
    ("locks", "unlock", 1),
    ("proposals", "move", 2),
    ("notices", "tell", 1),
]


@pytest.mark.parametrize(("store", "method", "nth"), UNDO)
async def test_an_undo_that_dies_anywhere_lets_nothing_leave_and_is_ended_later(
    world: World, alice: Actor, store: str, method: str, nth: int
) -> None:
    name = "drafts" if store == "locks" else store
    sequence = await world.a_sequence(people=3, days=(0, 3))
    proposal = await world.confirmed(alice, sequence)
    other = elsewhere(world, name, dying(getattr(world.stores, name), method, nth=nth))
    with pytest.raises(PowerCut):
        await other.proposing.undo(alice, proposal.id)

    await world.let_days_pass()
    await world.enacting.resume()

    assert world.postbox.times_delivered == {}
    assert await state_of(world, proposal) is ProposalState.UNDONE
    assert await world.messages() == []
    assert await people_of(world, sequence) == {ProspectStatus.WAITING}
    assert (await world.proposing.propose(alice, sequence.id)).people == 3


async def test_undo_twice_is_refused_and_changes_nothing(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence()
    proposal = await world.confirmed(alice, sequence)
    await world.proposing.undo(alice, proposal.id)
    await world.confirmed(alice, sequence)

    with pytest.raises(Conflict):
        await world.proposing.undo(alice, proposal.id)

    assert await world.statuses() == {"held": 3}


async def test_undoing_one_send_leaves_the_other_one(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=2)
    draft = a_draft(a_prospect(sequence, 1))
    await world.drafts.save(alice, draft.id, version=1, subject="Hi", body="Hi {{name}}")
    await world.confirmed(alice, sequence)
    await world.drafts.save(alice, draft.id, version=2, subject="Hi", body="Hi Ann")
    second = await world.confirmed(alice, sequence)

    await world.proposing.undo(alice, second.id)

    (message,) = await world.messages()
    assert message.prospect_id == a_prospect(sequence, 0).id
    assert await people_of(world, sequence) == {ProspectStatus.ACTIVE, ProspectStatus.WAITING}
    assert (await world.sequences.get(alice, sequence.id)).status is SequenceStatus.ACTIVE


async def test_nothing_leaves_during_the_hold(world: World, alice: Actor) -> None:
    (message,) = await world.planned(alice, people=1)
    world.clock.now = message.send_at
    await world.stores.messages.hold_mailbox(
        ACME, message.mailbox_id, until=world.clock() + timedelta(seconds=1)
    )

    assert await world.sender.send_batch() == 0
    world.clock.advance(seconds=1)
    assert await world.sender.send_batch() == 1


async def test_a_confirm_tells_the_open_cards(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence()
    proposal = await world.confirmed(alice, sequence)

    notices = await world.stores.notices.since(["conversation"], world.clock())

    assert {n.card_id for n in notices} == {proposal.id, sequence.id, "campaigns"}


async def test_a_plan_applied_and_undone_while_it_was_taken_up_stays_undone(
    world: World, alice: Actor
) -> None:
    died = elsewhere(world, "messages", dying(world.stores.messages, "add_planned"))
    sequence, proposal = await cut_short(world, alice, died)
    world.clock.advance(seconds=90)

    async def finished_and_undone() -> None:
        await world.enacting.resume()
        await world.proposing.undo(alice, proposal.id)

    late = elsewhere(world, "lease", Around(world.stores.lease, "take", finished_and_undone))

    assert await late.enacting.resume() == 0
    assert await state_of(world, proposal) is ProposalState.UNDONE
    assert await world.messages() == []
    assert await people_of(world, sequence) == {ProspectStatus.WAITING}


async def test_a_confirm_that_still_holds_the_lease_is_not_taken_up(
    world: World, alice: Actor
) -> None:
    other = elsewhere(world, "messages", dying(world.stores.messages, "add_planned"))
    await cut_short(world, alice, other)
    world.clock.advance(seconds=90)
    now = world.clock()
    await world.stores.lease.take(ACME, at=now, until=now + timedelta(minutes=2))

    assert await world.enacting.resume() == 0
    assert await world.messages() == []


async def test_a_slow_confirm_whose_plan_was_taken_back_writes_nothing_that_leaves(
    world: World, alice: Actor
) -> None:
    """It slept through its lease; meanwhile the sweep found its first minute gone."""
    sequence = await world.a_sequence(people=4)
    proposal = await world.proposing.propose(alice, sequence.id)

    async def given_up_for_dead() -> None:
        world.clock.advance(hours=1)
        assert await world.enacting.resume() == 1

    slow = elsewhere(
        world, "messages", Around(world.stores.messages, "add_planned", given_up_for_dead)
    )
    await slow.proposing.confirm(alice, proposal.id, proposal.hash)

    assert await state_of(world, proposal) is ProposalState.VOID
    assert await world.messages() == []
    assert await people_of(world, sequence) == {ProspectStatus.WAITING}


async def test_the_drafts_of_whoever_is_blocked_can_be_mended_at_once(
    world: World, alice: Actor
) -> None:
    sequence = await world.a_sequence(people=2)
    draft = a_draft(a_prospect(sequence, 1))
    await world.drafts.save(alice, draft.id, version=1, subject="Hi", body="Hi {{name}}")

    await world.confirmed(alice, sequence)
    desk = await world.drafts.desk(alice, sequence.id, a_prospect(sequence, 0).id)

    assert [d.is_sealed for d in desk.drafts] == [True]
    saved = await world.drafts.save(alice, draft.id, version=2, subject="Hi", body="Hi Ann")
    assert saved.version == 3
