"""Whom the desk does not answer: other accounts, those who may only look, made-up cursors."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable

import pytest

from qrev.accounts.models import Actor
from qrev.assistant import requests as asked
from qrev.assistant.people_cards import PeopleAsked
from qrev.assistant.viewing import from_cursor, to_cursor
from qrev.kit.errors import InvalidInput, NotAllowed, NotFound
from tests.assistant.asking import a_plan, desk_of, first_page, shown
from tests.assistant.world import World

pytestmark = pytest.mark.anyio
MADE_UP = [
    "x",
    "",
    "not base64 !!",
    "ünïcode",
    base64.urlsafe_b64encode(b"not json").decode(),
    base64.urlsafe_b64encode(b"{}").decode(),
    base64.urlsafe_b64encode(b'["a","b","c"]').decode(),
    base64.urlsafe_b64encode(b"[1]").decode(),
    base64.urlsafe_b64encode(b'[{"$gt":""},""]').decode(),
    base64.urlsafe_b64encode(b"[" * 900).decode(),
]


def test_a_cursor_comes_back_as_it_was() -> None:
    assert from_cursor(to_cursor("ü", "b"), 2) == ["ü", "b"]
    assert from_cursor(None, 2) is None


@pytest.mark.parametrize("cursor", MADE_UP)
def test_a_made_up_cursor_is_refused_in_words(cursor: str) -> None:
    with pytest.raises(InvalidInput, match="That page does not exist"):
        from_cursor(cursor, 2)


@pytest.mark.parametrize("cursor", [*MADE_UP, to_cursor("not a time"), to_cursor("9" * 30)])
async def test_no_list_believes_a_made_up_cursor(world: World, alice: Actor, cursor: str) -> None:
    _, proposal_id = await a_plan(world, alice)
    desk, people = desk_of(world), world.services.desks.people
    asks: list[Callable[[], Awaitable[object]]] = [
        lambda: people.people_page(alice, PeopleAsked(after=cursor)),
        lambda: desk.campaigns_page(alice, asked.CampaignsAsked(after=cursor)),
        lambda: desk.outbox_page(alice, asked.OutboxAsked(after=cursor)),
    ]
    if cursor != to_cursor("9" * 30):  # a number is a place, only behind the end
        asks.append(
            lambda: desk.proposal_rows(
                alice, asked.ScheduleAsked(proposal_id=proposal_id, after=cursor)
            )
        )

    for ask in asks:
        with pytest.raises(InvalidInput):
            await ask()


async def test_another_accounts_ids_are_not_there_at_all(
    world: World, alice: Actor, mallory: Actor
) -> None:
    sequence_id, proposal_id = await a_plan(world, alice)
    draft = (await first_page(world, alice, sequence_id)).drafts[0]
    desk, sequence = desk_of(world), asked.SequenceAsked(sequence_id=sequence_id)
    proposal = asked.ProposalAsked(proposal_id=proposal_id)
    asks: list[Callable[[], Awaitable[object]]] = [
        lambda: desk.draft_page(mallory, asked.DraftPageAsked(sequence_id=sequence_id)),
        lambda: desk.draft_save(
            mallory, asked.DraftSaveAsked(draft_id=draft.id, version=1, subject="x", body="x")
        ),
        lambda: desk.draft_reset(mallory, asked.DraftResetAsked(draft_id=draft.id, version=1)),
        lambda: desk.sequence_send(mallory, sequence),
        lambda: desk.proposal_get(mallory, proposal),
        lambda: desk.proposal_rows(mallory, asked.ScheduleAsked(proposal_id=proposal_id)),
        lambda: desk.proposal_confirm(
            mallory, asked.ConfirmAsked(proposal_id=proposal_id, hash="x")
        ),
        lambda: desk.proposal_undo(mallory, proposal),
        lambda: desk.postal_address_save(
            mallory, asked.PostalAddressAsked(proposal_id=proposal_id, address="3 Road, Town")
        ),
    ]

    for ask in asks:
        with pytest.raises(NotFound):
            await ask()
    assert (await first_page(world, alice, sequence_id)).drafts[0] == draft


async def test_a_prospect_of_another_sequence_is_not_shown_in_this_one(
    world: World, alice: Actor
) -> None:
    first = await world.a_drafted_campaign(alice)
    second = await world.a_drafted_campaign(alice, dropbox_id="ai2")
    prospect_id = shown(await first_page(world, alice, first)).id

    with pytest.raises(NotFound):
        await desk_of(world).draft_page(
            alice, asked.DraftPageAsked(sequence_id=second, prospect_id=prospect_id)
        )


async def test_who_may_only_look_sees_everything_and_changes_nothing(
    world: World, alice: Actor, victor: Actor
) -> None:
    sequence_id, proposal_id = await a_plan(world, alice)
    desk, sequence = desk_of(world), asked.SequenceAsked(sequence_id=sequence_id)
    page = await first_page(world, victor, sequence_id)
    view = await desk.proposal_get(victor, asked.ProposalAsked(proposal_id=proposal_id))
    draft = page.drafts[0]
    asks: list[Callable[[], Awaitable[object]]] = [
        lambda: desk.draft_save(
            victor, asked.DraftSaveAsked(draft_id=draft.id, version=1, subject="x", body="x")
        ),
        lambda: desk.draft_reset(victor, asked.DraftResetAsked(draft_id=draft.id, version=1)),
        lambda: desk.sequence_send(victor, sequence),
        lambda: desk.proposal_confirm(
            victor, asked.ConfirmAsked(proposal_id=proposal_id, hash=view.hash)
        ),
        lambda: desk.proposal_undo(victor, asked.ProposalAsked(proposal_id=proposal_id)),
        lambda: desk.postal_address_save(
            victor, asked.PostalAddressAsked(proposal_id=proposal_id, address="3 Road, Town")
        ),
    ]

    assert view.messages == 4
    assert not any(each.can_edit for each in page.drafts)
    for ask in asks:
        with pytest.raises(NotAllowed):
            await ask()
