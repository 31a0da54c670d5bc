"""What cards can ask about a Send, the campaigns and what left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qrev.accounts.models import Actor
from qrev.assistant import requests as asked
from qrev.campaigns.life.models import OrderKind, Terms
from qrev.campaigns.proposing import ProposalChanged
from qrev.kit.errors import Conflict, NotFound
from tests.assistant.asking import a_plan, desk_of, first_page, sent_mails
from tests.assistant.world import World, a_draft_action, messages_of, people_of

pytestmark = pytest.mark.anyio


async def test_a_plan_shows_everything_before_anything_leaves(world: World, alice: Actor) -> None:
    _, proposal_id = await a_plan(world, alice)

    view = await desk_of(world).proposal_get(alice, asked.ProposalAsked(proposal_id=proposal_id))

    assert (view.state, view.people, view.messages) == ("open", 2, 4)
    assert (view.sequence_name, view.hold_seconds, view.needs) == ("Tea", 120, [])
    assert len(view.rows) == 4
    assert sum(day.count for day in view.per_day) == 4
    assert [(box.mailbox, box.count) for box in view.per_mailbox] == [(alice.email, 4)]
    assert view.first_at is not None
    assert view.last_at is not None
    assert view.first_at <= view.rows[0].send_at <= view.last_at
    assert view.rows[0].local.endswith("UTC")
    assert view.rows[0].because
    assert (view.next, view.blocked_count, view.undo_until) == (None, 0, None)


async def a_long_plan(world: World, alice: Actor) -> str:
    """Return the proposal of a Send to thirty people."""
    emails = tuple(f"p{n}@x{n}.test" for n in range(30))
    data = "\n".join(["email", *emails]).encode()
    await world.lay_prospects(*people_of(emails=emails))
    await world.lay_messages(*messages_of(emails=emails, steps=1))
    await world.say(alice, "x", a_draft_action(steps=1), upload=await world.drop(alice, data))
    await world.services.taking_in.take_in("ai1", is_last=True)
    sequence = await world.sequence()
    ask = asked.SequenceAsked(sequence_id=sequence.id)
    return (await desk_of(world).sequence_send(alice, ask)).id


async def test_a_long_schedule_is_paged_without_a_gap(world: World, alice: Actor) -> None:
    plan, desk = await a_long_plan(world, alice), desk_of(world)

    view = await desk.proposal_get(alice, asked.ProposalAsked(proposal_id=plan))
    more = await desk.proposal_rows(alice, asked.ScheduleAsked(proposal_id=plan, after=view.next))

    assert (len(view.rows), len(more.rows), more.next) == (25, 5, None)
    assert len({row.id for row in [*view.rows, *more.rows]}) == 30


async def test_who_is_blocked_is_named_with_the_repair(world: World, alice: Actor) -> None:
    rows = messages_of()
    rows[0] = rows[0].model_copy(update={"missing": ["job_title"]})
    await world.lay_prospects(*people_of())
    await world.lay_messages(*rows)
    sequence_id = await world.a_campaign(alice)
    await world.services.taking_in.take_in("ai1", is_last=True)
    desk = desk_of(world)
    plan = await desk.sequence_send(alice, asked.SequenceAsked(sequence_id=sequence_id))

    view = await desk.proposal_get(alice, asked.ProposalAsked(proposal_id=plan.id))

    (blocked,) = view.blocked
    assert (blocked.email, blocked.step) == ("maria@x.test", 1)
    assert "job title" in blocked.reason
    assert blocked.repair
    page = await desk.draft_page(
        alice, asked.DraftPageAsked(sequence_id=sequence_id, prospect_id=blocked.prospect_id)
    )
    assert page.prospect is not None
    assert page.prospect.email == blocked.email


async def test_confirm_plans_once_and_undo_takes_it_back(world: World, alice: Actor) -> None:
    sequence_id, proposal_id = await a_plan(world, alice)
    desk, proposal = desk_of(world), asked.ProposalAsked(proposal_id=proposal_id)
    shown = await desk.proposal_get(alice, proposal)
    confirm = asked.ConfirmAsked(proposal_id=proposal_id, hash=shown.hash)

    applied = await desk.proposal_confirm(alice, confirm)
    with pytest.raises(ProposalChanged):
        await desk.proposal_confirm(alice, confirm)
    sealed = await first_page(world, alice, sequence_id)
    undone = await desk.proposal_undo(alice, proposal)

    assert (applied.state, applied.counts) == ("applied", {"held": 4})
    assert applied.undo_until == world.clock() + timedelta(minutes=2)
    assert not any(draft.can_edit for draft in sealed.drafts)
    assert (undone.state, undone.counts.get("held", 0)) == ("undone", 0)


async def test_a_made_up_hash_confirms_nothing(world: World, alice: Actor) -> None:
    _, proposal_id = await a_plan(world, alice)

    with pytest.raises(Conflict):
        await desk_of(world).proposal_confirm(
            alice, asked.ConfirmAsked(proposal_id=proposal_id, hash="0" * 64)
        )


async def test_a_plan_that_was_left_lying_is_replaced_by_a_fresh_one(
    world: World, alice: Actor, victor: Actor
) -> None:
    _, proposal_id = await a_plan(world, alice)
    world.clock.advance(minutes=16)
    ask = asked.ProposalAsked(proposal_id=proposal_id)

    looked_at = await desk_of(world).proposal_get(victor, ask)
    renewed = await desk_of(world).proposal_get(alice, ask)

    assert (looked_at.id, looked_at.state) == (proposal_id, "expired")
    assert renewed.id != proposal_id
    assert renewed.state == "open"


async def test_the_postal_address_is_asked_for_and_the_plan_goes_on(
    world: World, alice: Actor
) -> None:
    await world.mongo["accounts"].update_one(
        {"_id": alice.account_id}, {"$set": {"postal_address": ""}}
    )
    _, proposal_id = await a_plan(world, alice)
    desk = desk_of(world)

    before = await desk.proposal_get(alice, asked.ProposalAsked(proposal_id=proposal_id))
    after = await desk.postal_address_save(
        alice, asked.PostalAddressAsked(proposal_id=proposal_id, address="2 Street\nTown, UK")
    )

    assert before.needs == ["postal_address"]
    assert (after.needs, after.state) == ([], "open")


async def test_campaigns_are_listed_the_newest_first(
    world: World, alice: Actor, mallory: Actor
) -> None:
    for number in range(26):
        await world.say(alice, "x", a_draft_action(f"ai{number}", name=f"Tea {number}"))
    desk = desk_of(world)

    first = await desk.campaigns_page(alice, asked.CampaignsAsked())
    second = await desk.campaigns_page(alice, asked.CampaignsAsked(after=first.next))

    assert [row.name for row in first.rows][:2] == ["Tea 25", "Tea 24"]
    assert ([row.name for row in second.rows], second.next) == (["Tea 0"], None)
    assert (await desk.campaigns_page(mallory, asked.CampaignsAsked())).rows == []


async def test_a_campaign_tells_what_is_planned_and_can_be_stopped(
    world: World, alice: Actor, victor: Actor
) -> None:
    sequence_id, proposal_id = await a_plan(world, alice)
    desk = desk_of(world)
    shown = await desk.proposal_get(alice, asked.ProposalAsked(proposal_id=proposal_id))
    await desk.proposal_confirm(alice, asked.ConfirmAsked(proposal_id=proposal_id, hash=shown.hash))

    (planned,) = (await desk.campaigns_page(alice, asked.CampaignsAsked())).rows
    (seen,) = (await desk.campaigns_page(victor, asked.CampaignsAsked())).rows
    order = await world.services.orders.propose(
        alice, OrderKind.STOP, Terms(sequence_id=sequence_id)
    )
    await world.services.orders.confirm(alice, order.id, order.hash)
    (stopped,) = (await desk.campaigns_page(alice, asked.CampaignsAsked())).rows

    assert (planned.planned, planned.sent, planned.can_stop) == (4, 0, True)
    assert planned.next_at == shown.first_at
    assert not seen.can_stop
    assert (stopped.planned, stopped.cancelled, stopped.can_stop) == (0, 4, False)


async def test_what_left_can_be_read_as_it_left(world: World, alice: Actor, mallory: Actor) -> None:
    await sent_mails(world, alice)
    desk = desk_of(world)

    outbox = await desk.outbox_page(alice, asked.OutboxAsked())
    mail = await desk.outbox_read(alice, asked.MailAsked(message_id=outbox.rows[0].message_id))

    assert len(outbox.rows) == 4
    assert [row.sent_at for row in outbox.rows] == sorted(
        (row.sent_at for row in outbox.rows), reverse=True
    )
    assert {row.mailbox for row in outbox.rows} == {alice.email}
    headers = dict(mail.headers)
    assert headers["Subject"] == outbox.rows[0].subject
    assert outbox.rows[0].to in headers["To"]
    assert "about tea." in mail.text
    assert "1 Road" in mail.text
    assert (await desk.outbox_page(mallory, asked.OutboxAsked())).rows == []
    with pytest.raises(NotFound):
        await desk.outbox_read(mallory, asked.MailAsked(message_id=outbox.rows[0].message_id))


async def test_a_mail_that_has_not_left_cannot_be_read_as_sent(world: World, alice: Actor) -> None:
    _, proposal_id = await a_plan(world, alice)
    desk = desk_of(world)
    view = await desk.proposal_get(alice, asked.ProposalAsked(proposal_id=proposal_id))
    await desk.proposal_confirm(alice, asked.ConfirmAsked(proposal_id=proposal_id, hash=view.hash))

    with pytest.raises(NotFound):
        await desk.outbox_read(alice, asked.MailAsked(message_id=view.rows[0].id))


async def test_a_long_outbox_is_paged_without_a_gap(world: World, alice: Actor) -> None:
    plan, desk = await a_long_plan(world, alice), desk_of(world)
    view = await desk.proposal_get(alice, asked.ProposalAsked(proposal_id=plan))
    more = await desk.proposal_rows(alice, asked.ScheduleAsked(proposal_id=plan, after=view.next))
    await desk.proposal_confirm(alice, asked.ConfirmAsked(proposal_id=plan, hash=view.hash))
    for row in [*view.rows, *more.rows]:
        world.clock.now = row.send_at
        await world.services.sender.send_batch()

    first = await desk.outbox_page(alice, asked.OutboxAsked())
    second = await desk.outbox_page(alice, asked.OutboxAsked(after=first.next))

    assert (len(first.rows), len(second.rows), second.next) == (25, 5, None)
    assert len({row.message_id for row in [*first.rows, *second.rows]}) == 30


async def test_a_mail_sent_through_a_server_of_its_own_is_shown_by_its_words(
    world: World, alice: Actor
) -> None:
    await sent_mails(world, alice)
    await world.mongo["mailboxes"].update_many({}, {"$set": {"channel": "smtp"}})
    desk = desk_of(world)
    row = (await desk.outbox_page(alice, asked.OutboxAsked())).rows[0]

    mail = await desk.outbox_read(alice, asked.MailAsked(message_id=row.message_id))

    assert mail.headers == [("To", row.to), ("Subject", row.subject)]
    assert "about tea." in mail.text
