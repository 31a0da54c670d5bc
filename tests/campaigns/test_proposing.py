"""Send, in two presses, on the real stores."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from qrev.accounts.models import Actor
from qrev.campaigns.models import (
    Message,
    MessageStatus,
    Proposal,
    ProposalState,
    Sequence,
    SequenceStatus,
)
from qrev.campaigns.proposing import VALID_FOR, ProposalChanged
from qrev.crm.models import Origin
from qrev.crm.veiling import Veil
from qrev.kit.errors import Conflict, NotAllowed, NotFound
from tests.campaigns.things import a_draft, a_mailbox, a_prospect
from tests.campaigns.world import BOB, HOLD, World
from tests.conftest import ACME
from tests.contract.builders import a_suppression

pytestmark = pytest.mark.anyio


async def proposed(world: World, actor: Actor, *, people: int = 3) -> tuple[Sequence, Proposal]:
    sequence = await world.a_sequence(people=people, days=(0, 3))
    return sequence, await world.proposing.propose(actor, sequence.id)


async def refused(world: World, actor: Actor, proposal: Proposal) -> Proposal:
    """Return the fresh plan that comes with the refusal. Nothing was planned."""
    with pytest.raises(ProposalChanged) as caught:
        await world.proposing.confirm(actor, proposal.id, proposal.hash)
    assert await world.messages() == []
    return caught.value.fresh


async def test_a_proposal_plans_nothing(world: World, alice: Actor) -> None:
    _, proposal = await proposed(world, alice)

    assert (proposal.state, proposal.people, proposal.messages) == (ProposalState.OPEN, 3, 6)
    assert proposal.expires_at == world.clock() + VALID_FOR
    assert await world.messages() == []


async def test_what_is_stored_is_the_run_that_was_shown(world: World, alice: Actor) -> None:
    _, proposal = await proposed(world, alice)
    shown = (await world.proposing.preview(alice, proposal.id)).run

    await world.proposing.confirm(alice, proposal.id, proposal.hash)

    def key(m: Message) -> tuple[object, ...]:
        return m.prospect_id, m.step, m.mailbox_id, m.send_at, m.because

    assert shown is not None
    assert [key(m) for m in await world.messages()] == [
        (m.prospect_id, m.step, m.mailbox_id, m.send_at, str(m.because)) for m in shown.messages
    ]


async def test_confirming_carries_the_words_and_begins_the_sequence(
    world: World, alice: Actor
) -> None:
    sequence, proposal = await proposed(world, alice)

    confirmed = await world.proposing.confirm(alice, proposal.id, proposal.hash)

    assert (confirmed.state, confirmed.confirmed_by) == (ProposalState.APPLIED, alice.user_id)
    assert (await world.sequences.get(alice, sequence.id)).status is SequenceStatus.ACTIVE
    person, draft = a_prospect(sequence, 0), a_draft(a_prospect(sequence, 0))
    message = await world.message(draft.id)
    assert message is not None
    assert (message.subject, message.body) == (draft.subject, draft.body)
    assert (message.to, message.to_name) == (person.email, person.name)
    assert message.status is MessageStatus.HELD
    assert message.held_until == world.clock() + HOLD


async def test_a_second_press_plans_nothing_twice(world: World, alice: Actor) -> None:
    _, proposal = await proposed(world, alice)
    await world.proposing.confirm(alice, proposal.id, proposal.hash)
    before = await world.messages()

    with pytest.raises(ProposalChanged, match="confirmed already") as caught:
        await world.proposing.confirm(alice, proposal.id, proposal.hash)

    assert caught.value.fresh.state is ProposalState.APPLIED
    assert await world.messages() == before


async def test_two_tabs_and_two_members_at_once_plan_once(world: World, alice: Actor) -> None:
    _, proposal = await proposed(world, alice)

    answers = await asyncio.gather(
        *(
            world.proposing.confirm(actor, proposal.id, proposal.hash)
            for actor in (alice, alice, BOB, BOB)
        ),
        return_exceptions=True,
    )

    assert len([a for a in answers if isinstance(a, Proposal)]) == 1, answers
    assert len([a for a in answers if isinstance(a, Conflict)]) == 3, answers
    assert await world.statuses() == {"held": 6}


async def test_two_sequences_at_once_keep_the_mailboxs_cap(world: World, alice: Actor) -> None:
    sequences = [await world.a_sequence(people=20, name=name) for name in ("spring", "summer")]
    proposals = [await world.proposing.propose(alice, s.id) for s in sequences]

    async def press(proposal: Proposal) -> None:
        for _ in range(500):
            try:
                await world.proposing.confirm(alice, proposal.id, proposal.hash)
                return
            except ProposalChanged as changed:
                proposal = changed.fresh
            except Conflict:
                await asyncio.sleep(0)
        raise AssertionError("never got its turn")

    await asyncio.gather(*map(press, proposals))

    messages = await world.messages()
    today = [m for m in messages if m.send_at.date() == world.clock().date()]
    assert (len(messages), len(today)) == (40, 30)
    assert len({m.send_at for m in messages}) == 40


async def test_the_hash_of_an_older_plan_is_not_taken(world: World, alice: Actor) -> None:
    sequence, proposal = await proposed(world, alice)

    with pytest.raises(ProposalChanged, match="newer plan"):
        await world.proposing.confirm(alice, proposal.id, "0" * 64)

    assert await world.messages() == []
    assert (await world.proposing.preview(alice, proposal.id)).proposal == proposal
    assert (await world.sequences.get(alice, sequence.id)).status is SequenceStatus.DRAFT


async def test_before_the_drafts_are_ready_nothing_can_be_confirmed(
    world: World, alice: Actor
) -> None:
    sequence = await world.a_sequence()
    await world.stores.sequences.change(ACME, sequence.id, is_drafting=True)
    proposal = await world.proposing.propose(alice, sequence.id)

    preview = await world.proposing.preview(alice, proposal.id)
    with pytest.raises(Conflict, match="Nobody in this plan"):
        await world.proposing.confirm(alice, proposal.id, proposal.hash)

    assert preview.run is not None
    assert preview.run.needs == ("drafts",)
    assert await world.messages() == []


async def test_before_anyone_has_arrived_there_is_nothing_to_propose(
    world: World, alice: Actor
) -> None:
    sequence = await world.a_sequence(people=0)

    with pytest.raises(Conflict, match="not arrived"):
        await world.proposing.propose(alice, sequence.id)


async def test_a_changed_draft_needs_a_second_look(world: World, alice: Actor) -> None:
    sequence, proposal = await proposed(world, alice)
    draft = a_draft(a_prospect(sequence, 1))
    await world.drafts.save(BOB, draft.id, version=1, subject="Better", body="Words")

    fresh = await refused(world, alice, proposal)
    await world.proposing.confirm(alice, fresh.id, fresh.hash)

    message = await world.message(draft.id)
    assert message is not None
    assert message.subject == "Better"


async def test_someone_suppressed_meanwhile_is_left_out(world: World, alice: Actor) -> None:
    sequence, proposal = await proposed(world, alice)
    await world.suppressions.add(ACME, a_prospect(sequence, 0).email, "asked to stop")

    fresh = await refused(world, alice, proposal)

    assert fresh.people == 2
    (blocked,) = (await world.proposing.preview(alice, fresh.id)).run.blocked  # type: ignore[union-attr]
    assert blocked.reason == "On the suppression list: asked to stop."


async def test_someone_erased_meanwhile_is_left_out(world: World, alice: Actor) -> None:
    sequence, proposal = await proposed(world, alice)
    value = Veil("house").over(ACME, a_prospect(sequence, 0).email)
    await world.stores.suppressions.add_if_new(a_suppression(value=value, origin=Origin.ERASED))

    fresh = await refused(world, alice, proposal)

    assert fresh.people == 2


async def test_a_mailbox_paused_meanwhile_stops_the_plan(world: World, alice: Actor) -> None:
    _, proposal = await proposed(world, alice)
    await world.stores.mailboxes.pause(ACME, "mbx_alice", "revoked")

    fresh = await refused(world, alice, proposal)

    run = (await world.proposing.preview(alice, fresh.id)).run
    assert run is not None
    assert (run.needs, fresh.messages) == (("mailbox",), 0)


async def test_a_mailbox_added_or_mail_planned_meanwhile_changes_the_plan(
    world: World, alice: Actor
) -> None:
    _, proposal = await proposed(world, alice)
    await world.a_mailbox(a_mailbox("mbx_b", email="b@acme.test"))
    await refused(world, alice, proposal)


async def test_an_expired_plan_is_made_anew(world: World, alice: Actor) -> None:
    """In the evening its first minute, tomorrow at nine, would be far enough ahead still."""
    world.clock.advance(hours=8)
    _, proposal = await proposed(world, alice)
    world.clock.advance(minutes=15)

    fresh = await refused(world, alice, proposal)

    assert fresh.planned_at == world.clock()
    assert fresh.hash == proposal.hash


async def test_a_plan_whose_first_minute_is_too_near_is_made_anew(
    world: World, alice: Actor
) -> None:
    _, proposal = await proposed(world, alice)
    run = (await world.proposing.preview(alice, proposal.id)).run
    assert run is not None
    assert run.first_at is not None
    world.clock.now = run.first_at - HOLD + timedelta(seconds=1)

    fresh = await refused(world, alice, proposal)

    assert fresh.id != proposal.id


async def test_a_preview_turns_to_the_newest_plan(world: World, alice: Actor) -> None:
    _, proposal = await proposed(world, alice)
    world.clock.advance(minutes=20)

    renewed = await world.proposing.preview(alice, proposal.id)
    again = await world.proposing.preview(alice, proposal.id)

    assert renewed.proposal.id != proposal.id
    assert again.proposal == renewed.proposal
    old = await world.stores.proposals.get(ACME, proposal.id)
    assert old is not None
    assert (old.state, old.replaced_by) == (ProposalState.VOID, renewed.proposal.id)


async def test_two_who_look_at_an_old_plan_are_shown_the_same_new_one(
    world: World, alice: Actor
) -> None:
    _, proposal = await proposed(world, alice)
    world.clock.advance(minutes=20)

    shown = await asyncio.gather(
        *(world.proposing.preview(actor, proposal.id) for actor in (alice, BOB, alice))
    )
    last = await world.proposing.preview(alice, proposal.id)

    assert {each.proposal.id for each in shown} == {last.proposal.id}


async def test_while_another_send_is_planned_one_is_asked_to_wait(
    world: World, alice: Actor
) -> None:
    _, proposal = await proposed(world, alice)
    now = world.clock()
    number = await world.stores.lease.take(ACME, at=now, until=now + timedelta(minutes=2))
    assert number is not None

    with pytest.raises(Conflict, match="Another Send"):
        await world.proposing.confirm(alice, proposal.id, proposal.hash)
    await world.stores.lease.give_back(ACME, number)

    assert (await world.proposing.confirm(alice, proposal.id, proposal.hash)).people == 3


async def test_a_lease_somebody_died_with_ends_by_itself(world: World, alice: Actor) -> None:
    now = world.clock()
    first = await world.stores.lease.take(ACME, at=now, until=now + timedelta(minutes=2))
    second = await world.stores.lease.take(
        ACME, at=now + timedelta(minutes=2), until=now + timedelta(minutes=4)
    )

    assert first is not None
    assert second == first + 1
    assert not await world.stores.lease.still_mine(ACME, first)
    assert await world.stores.lease.still_mine(ACME, second)


async def test_drafts_are_still_while_a_send_is_confirmed_and_sealed_after(
    world: World, alice: Actor
) -> None:
    sequence, proposal = await proposed(world, alice)
    draft = a_draft(a_prospect(sequence, 0))
    await world.proposing.confirm(alice, proposal.id, proposal.hash)

    with pytest.raises(Conflict, match="settled"):
        await world.drafts.save(alice, draft.id, version=1, subject="Late", body="words")


async def test_a_refused_confirm_leaves_the_drafts_writable(world: World, alice: Actor) -> None:
    sequence, proposal = await proposed(world, alice)
    world.clock.advance(minutes=15)
    await refused(world, alice, proposal)

    saved = await world.drafts.save(
        alice, a_draft(a_prospect(sequence, 0)).id, version=1, subject="Now", body="words"
    )

    assert saved.version == 2


async def test_who_is_blocked_can_be_planned_once_mended(world: World, alice: Actor) -> None:
    sequence = await world.a_sequence(people=2)
    draft = a_draft(a_prospect(sequence, 1))
    await world.drafts.save(alice, draft.id, version=1, subject="Hi", body="Hi {{name}}")
    await world.confirmed(alice, sequence)
    assert len(await world.messages()) == 1

    await world.drafts.save(alice, draft.id, version=2, subject="Hi", body="Hi Ann")
    await world.confirmed(alice, sequence)

    assert len(await world.messages()) == 2
    with pytest.raises(Conflict, match="planned already"):
        await world.proposing.propose(alice, sequence.id)


async def test_a_stopped_sequence_can_be_neither_proposed_nor_confirmed(
    world: World, alice: Actor
) -> None:
    sequence = await world.a_sequence(people=2)
    draft = a_draft(a_prospect(sequence, 1))
    await world.drafts.save(alice, draft.id, version=1, subject="Hi", body="Hi {{name}}")
    await world.confirmed(alice, sequence)
    await world.drafts.save(alice, draft.id, version=2, subject="Hi", body="Hi Ann")
    proposal = await world.proposing.propose(alice, sequence.id)
    await world.stop(alice, sequence.id)

    for attempt in (
        world.proposing.confirm(alice, proposal.id, proposal.hash),
        world.proposing.propose(alice, sequence.id),
    ):
        with pytest.raises(Conflict, match="is over"):
            await attempt

    assert await world.statuses() == {"cancelled": 1}


async def test_who_may_only_look_sees_the_plan_and_changes_nothing(
    world: World, alice: Actor, victor: Actor
) -> None:
    sequence, proposal = await proposed(world, alice)
    world.clock.advance(minutes=20)

    assert (await world.proposing.preview(victor, proposal.id)).proposal == proposal
    for attempt in (
        world.proposing.propose(victor, sequence.id),
        world.proposing.confirm(victor, proposal.id, proposal.hash),
        world.proposing.undo(victor, proposal.id),
    ):
        with pytest.raises(NotAllowed):
            await attempt


async def test_another_workspaces_plan_is_not_there(
    world: World, alice: Actor, mallory: Actor
) -> None:
    sequence, proposal = await proposed(world, alice)

    for attempt in (
        world.proposing.propose(mallory, sequence.id),
        world.proposing.preview(mallory, proposal.id),
        world.proposing.confirm(mallory, proposal.id, proposal.hash),
        world.proposing.undo(mallory, proposal.id),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await world.messages() == []
