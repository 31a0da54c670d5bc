"""What the tests of the desk ask it for."""

from __future__ import annotations

from qrev.accounts.models import Actor
from qrev.assistant import requests as asked
from qrev.assistant.cards import DraftPage, ProspectView
from qrev.assistant.desk import Desk
from tests.assistant.world import World


def desk_of(world: World) -> Desk:
    return world.services.desks.sending


async def first_page(world: World, actor: Actor, sequence_id: str) -> DraftPage:
    return await desk_of(world).draft_page(actor, asked.DraftPageAsked(sequence_id=sequence_id))


def shown(page: DraftPage) -> ProspectView:
    """Return the person a page of drafts is about."""
    assert page.prospect is not None
    return page.prospect


async def a_plan(world: World, actor: Actor, *, dropbox_id: str = "ai1") -> tuple[str, str]:
    """Return (sequence id, proposal id) of a campaign whose Send is shown and not confirmed."""
    sequence_id = await world.a_drafted_campaign(actor, dropbox_id=dropbox_id)
    ask = asked.SequenceAsked(sequence_id=sequence_id)
    return sequence_id, (await desk_of(world).sequence_send(actor, ask)).id


async def sent_mails(world: World, actor: Actor) -> None:
    """Confirm a plan and let all its mails leave."""
    _, proposal_id = await a_plan(world, actor)
    desk = desk_of(world)
    view = await desk.proposal_get(actor, asked.ProposalAsked(proposal_id=proposal_id))
    await desk.proposal_confirm(actor, asked.ConfirmAsked(proposal_id=proposal_id, hash=view.hash))
    for row in view.rows:
        world.clock.now = row.send_at
        await world.services.sender.send_batch()
