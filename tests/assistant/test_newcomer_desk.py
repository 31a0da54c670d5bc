"""The way into a workspace, for those who are in none."""

from __future__ import annotations

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor, Newcomer, Role, Who
from qrev.assistant import newcomer_cards as cards
from qrev.assistant.newcomer_desk import NewcomerDesk
from qrev.kit.errors import InvalidInput, NotFound
from qrev.kit.mongo import Document
from tests.accounts.world import Room, a_room, address_of
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio


@pytest.fixture
async def room(mongo: AsyncDatabase[Document], clock: FakeClock) -> Room:
    return await a_room(mongo, clock)


@pytest.fixture
def desk(room: Room) -> NewcomerDesk:
    may = room.may
    return NewcomerDesk(accounts=may.accounts, invitations=may.invitations, sessions=may.sessions)


async def seen(desk: NewcomerDesk, who: Who) -> cards.WelcomeView:
    return await desk.welcome_get(who, cards.WelcomeAsked())


async def invited(room: Room, owner: Actor, name: str) -> cards.InvitationAsked:
    sent = await room.may.invitations.invite(owner, address_of(name), Role.SELLER)
    return cards.InvitationAsked(invitation_id=sent.invitation.id)


async def test_who_is_new_is_offered_the_domain_of_their_address(
    room: Room, desk: NewcomerDesk
) -> None:
    ann = await room.newcomer("Ann")

    view = await seen(desk, ann)

    assert (view.email, view.domain) == ("ann@acme.test", "acme.test")
    assert (view.workspace, view.has_lost_one) == (None, False)
    assert (view.invitations, view.others) == ([], [])


async def test_a_new_workspace_is_gone_on_in_by_the_same_session(
    room: Room, desk: NewcomerDesk
) -> None:
    ann = await room.newcomer("Ann")
    ask = cards.WorkspaceCreateAsked(name="Acme", domain="Acme.test", timezone="Europe/Berlin")

    view = await desk.workspace_create(ann, ask)

    assert view.workspace is not None
    assert (view.workspace.name, view.workspace.role) == ("Acme", "owner")
    now = await room.now(ann)
    account = await room.may.accounts.account(now)
    assert (account.domain, account.timezone) == ("acme.test", "Europe/Berlin")


async def test_a_zone_nobody_else_knows_keeps_nobody_out(room: Room, desk: NewcomerDesk) -> None:
    ann = await room.newcomer("Ann")

    await desk.workspace_create(ann, cards.WorkspaceCreateAsked(name="Acme", timezone="Mars/Sea"))

    assert (await room.may.accounts.account(await room.now(ann))).timezone == "UTC"


async def test_a_workspace_without_a_name_is_not_made(room: Room, desk: NewcomerDesk) -> None:
    ann = await room.newcomer("Ann")

    with pytest.raises(InvalidInput):
        await desk.workspace_create(ann, cards.WorkspaceCreateAsked(name="  "))

    assert isinstance(await room.asked(ann), Newcomer)


async def test_an_invitation_says_who_invites_to_where_as_what_until_when(
    room: Room, desk: NewcomerDesk
) -> None:
    await invited(room, await room.owner("Olga"), "Ann")

    [invitation] = (await seen(desk, await room.newcomer("Ann"))).invitations

    assert (invitation.invited_by, invitation.workspace, invitation.role) == (
        "Olga",
        "Acme",
        "seller",
    )
    assert (invitation.until - room.clock.now).days == 14


async def test_who_accepts_is_in_and_their_invitation_is_gone(
    room: Room, desk: NewcomerDesk
) -> None:
    ask = await invited(room, await room.owner("Olga"), "Ann")
    ann = await room.newcomer("Ann")

    view = await desk.invitation_accept(ann, ask)

    assert view.workspace is not None
    assert (view.workspace.name, view.workspace.role) == ("Acme", "seller")
    assert view.invitations == []
    assert (await room.now(ann)).role is Role.SELLER


async def test_who_declines_stays_where_they_are(room: Room, desk: NewcomerDesk) -> None:
    ask = await invited(room, await room.owner("Olga"), "Ann")
    ann = await room.newcomer("Ann")

    view = await desk.invitation_decline(ann, ask)

    assert (view.workspace, view.invitations) == (None, [])
    with pytest.raises(NotFound):
        await desk.invitation_accept(ann, ask)


async def test_an_invitation_to_another_answers_like_none(room: Room, desk: NewcomerDesk) -> None:
    ask = await invited(room, await room.owner("Olga"), "Ann")
    mallory = await room.newcomer("Mallory")
    missing = cards.InvitationAsked(invitation_id="made-up")

    for answered in (desk.invitation_accept, desk.invitation_decline):
        with pytest.raises(NotFound) as foreign:
            await answered(mallory, ask)
        with pytest.raises(NotFound) as none:
            await answered(mallory, missing)
        assert str(foreign.value) == str(none.value)

    assert len((await seen(desk, await room.newcomer("Ann"))).invitations) == 1


async def test_who_was_removed_is_told_and_goes_on_in_another_of_their_own(
    room: Room, desk: NewcomerDesk
) -> None:
    ann = await room.owner("Ann", "Beta")
    olga = await room.owner("Olga")
    await desk.invitation_accept(ann, await invited(room, olga, "Ann"))
    await room.may.members.remove(olga, ann.user_id)
    removed = await room.asked(ann)

    view = await seen(desk, removed)
    [beta] = view.others
    after = await desk.welcome_choose(removed, cards.WelcomeChooseAsked(account_id=beta.id))

    assert (view.workspace, view.has_lost_one, beta.name) == (None, True, "Beta")
    assert after.workspace is not None
    assert (after.workspace.name, after.others) == ("Beta", [])
    assert (await room.now(ann)).account_id == beta.id


async def test_nobody_chooses_a_workspace_of_others(room: Room, desk: NewcomerDesk) -> None:
    olga = await room.owner("Olga")
    ann = await room.newcomer("Ann")

    with pytest.raises(NotFound):
        await desk.welcome_choose(ann, cards.WelcomeChooseAsked(account_id=olga.account_id))

    assert isinstance(await room.asked(ann), Newcomer)
