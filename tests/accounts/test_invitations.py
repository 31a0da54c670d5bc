"""Invitations on their real store."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest

from qrev.accounts.invitations import MAX_OPEN
from qrev.accounts.models import Actor, Newcomer, Role, Scope, Who
from qrev.accounts.store import MongoMemberBook
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.accounts.world import Room, address_of

pytestmark = pytest.mark.anyio


def token_in(link: str) -> str:
    return parse_qs(urlsplit(link).query)["t"][0]


async def invited(room: Room, owner: Actor, name: str, role: Role = Role.SELLER) -> str:
    found = await room.may.invitations.invite(owner, address_of(name), role)
    return found.invitation.id


async def test_an_invitation_waits_for_someone_who_never_signed_in(room: Room) -> None:
    ann = await room.owner("Ann")
    sent = await room.may.invitations.invite(ann, " BOB@acme.test ", Role.VIEWER)

    bob = await room.newcomer("Bob")
    (waiting,) = await room.may.invitations.of_address(bob)
    actor = await room.may.invitations.accept(bob, waiting.id)

    assert sent.was_mailed
    assert room.post.sent == [(sent.invitation, sent.link)]
    assert (waiting.account_name, waiting.invited_by_name) == ("Acme", "Ann")
    assert (actor.account_id, actor.role) == (ann.account_id, Role.VIEWER)
    assert await room.asked(bob) == actor
    assert await room.may.invitations.of_address(bob) == []
    assert (await room.actions(ann))[0] == "member.joined"


async def test_the_first_local_sign_in_makes_no_workspace_if_someone_waits(room: Room) -> None:
    ann = await room.owner("Ann")
    await invited(room, ann, "Bob")

    bob = await room.may.sign_in.local("bob@acme.test", "Bob")
    eve = await room.may.sign_in.local("eve@acme.test", "Eve", timezone="Asia/Tokyo")

    assert isinstance(bob.who, Newcomer)
    assert isinstance(eve.who, Actor)
    assert (await room.may.accounts.account(eve.who)).timezone == "Asia/Tokyo"


async def test_when_it_cannot_be_mailed_the_link_is_still_there(room: Room) -> None:
    ann = await room.owner("Ann")
    room.post.can_send = False

    sent = await room.may.invitations.invite(ann, "bob@acme.test", Role.SELLER)

    assert not sent.was_mailed
    assert await room.may.invitations.link(ann, sent.invitation.id) == sent.link
    assert (await room.may.invitations.read_link(token_in(sent.link))) == sent.invitation


async def test_a_link_shows_its_invitation_until_that_is_over(room: Room) -> None:
    ann = await room.owner("Ann")
    sent = await room.may.invitations.invite(ann, "bob@acme.test", Role.SELLER)
    token = token_in(sent.link)

    room.clock.advance(days=13, hours=23)
    assert await room.may.invitations.read_link(token)
    room.clock.advance(hours=1)

    bob = await room.newcomer("Bob")
    with pytest.raises(NotFound):
        await room.may.invitations.read_link(token)
    with pytest.raises(NotFound):
        await room.may.invitations.accept(bob, sent.invitation.id)
    assert await room.may.invitations.of_address(bob) == []


@pytest.mark.parametrize("token", ["", "x", "W10.x", "a.b", "ä.ö", "WyJpbnZfMSJd.AAAA"])
async def test_a_link_we_did_not_make_shows_nothing(room: Room, token: str) -> None:
    with pytest.raises(NotFound):
        await room.may.invitations.read_link(token)


async def test_inviting_again_renews_it_and_kills_the_earlier_link(room: Room) -> None:
    ann = await room.owner("Ann")
    first = await room.may.invitations.invite(ann, "bob@acme.test", Role.SELLER)
    room.clock.advance(days=10)
    second = await room.may.invitations.invite(ann, "bob@acme.test", Role.ADMIN)

    with pytest.raises(NotFound):
        await room.may.invitations.read_link(token_in(first.link))
    room.clock.advance(days=10)
    assert (await room.may.invitations.read_link(token_in(second.link))).role is Role.ADMIN
    assert len(await room.may.invitations.all(ann)) == 1


async def test_an_invitation_is_for_one_address_alone(room: Room) -> None:
    ann = await room.owner("Ann")
    invitation_id = await invited(room, ann, "Bob")
    mallory = await room.owner("Mallory", "Evil")

    for asked in (
        room.may.invitations.accept(mallory, invitation_id),
        room.may.invitations.decline(mallory, invitation_id),
        room.may.invitations.revoke(mallory, invitation_id),
        room.may.invitations.link(mallory, invitation_id),
        room.may.invitations.accept(mallory, "inv_nobody"),
    ):
        with pytest.raises(NotFound):
            await asked
    assert await room.may.invitations.of_address(mallory) == []
    assert await room.may.invitations.all(mallory) == []


@pytest.mark.parametrize("role", [Role.SELLER, Role.VIEWER])
async def test_who_may_not_manage_invites_nobody_and_sees_no_invitations(
    room: Room, role: Role
) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob", role)
    invitation_id = await invited(room, ann, "Eve")

    for asked in (
        room.may.invitations.invite(bob, "zoe@acme.test", Role.VIEWER),
        room.may.invitations.all(bob),
        room.may.invitations.link(bob, invitation_id),
        room.may.invitations.revoke(bob, invitation_id),
    ):
        with pytest.raises(NotAllowed):
            await asked


async def test_a_member_or_an_owner_to_be_is_not_invited(room: Room) -> None:
    ann = await room.owner("Ann")

    with pytest.raises(Conflict, match="is a member already"):
        await room.may.invitations.invite(ann, "ANN@acme.test", Role.SELLER)
    with pytest.raises(InvalidInput, match="admin first"):
        await room.may.invitations.invite(ann, "bob@acme.test", Role.OWNER)
    with pytest.raises(InvalidInput):
        await room.may.invitations.invite(ann, "bob\r\nBcc: eve@acme.test", Role.SELLER)


async def test_what_was_revoked_or_declined_cannot_be_accepted(room: Room) -> None:
    ann = await room.owner("Ann")
    revoked = await invited(room, ann, "Bob")
    declined = await invited(room, ann, "Eve")
    bob, eve = await room.newcomer("Bob"), await room.newcomer("Eve")

    await room.may.invitations.revoke(ann, revoked)
    await room.may.invitations.decline(eve, declined)

    for who, invitation_id in ((bob, revoked), (eve, declined)):
        with pytest.raises(NotFound):
            await room.may.invitations.accept(who, invitation_id)
    assert (await room.actions(ann))[:2] == ["invitation.declined", "invitation.revoked"]
    assert await room.may.invitations.all(ann) == []


async def test_two_tabs_that_accept_at_once_join_once(room: Room) -> None:
    for number in range(12):
        ann = await room.owner(f"Ann{number}")
        invitation_id = await invited(room, ann, f"Bob{number}")
        bob = await room.newcomer(f"Bob{number}")

        actors = await asyncio.gather(
            *(room.may.invitations.accept(bob, invitation_id) for _ in range(4))
        )

        assert {actor.role for actor in actors} == {Role.SELLER}
        assert len(await room.may.members.all(ann)) == 2
        assert (await room.actions(ann)).count("member.joined") == 1


async def test_accepting_again_goes_on_there(room: Room) -> None:
    ann = await room.owner("Ann")
    invitation_id = await invited(room, ann, "Bob")
    bob = await room.newcomer("Bob")
    first = await room.may.invitations.accept(bob, invitation_id)

    assert await room.may.invitations.accept(bob, invitation_id) == first


async def test_accepting_while_it_is_revoked_is_one_or_the_other(room: Room) -> None:
    for number in range(12):
        ann = await room.owner(f"Ann{number}")
        invitation_id = await invited(room, ann, f"Bob{number}")
        bob = await room.newcomer(f"Bob{number}")

        joined, revoked = await asyncio.gather(
            room.may.invitations.accept(bob, invitation_id),
            room.may.invitations.revoke(ann, invitation_id),
            return_exceptions=True,
        )

        is_member = len(await room.may.members.all(ann)) == 2
        assert is_member is isinstance(joined, Actor)
        assert is_member is isinstance(revoked, NotFound)


async def test_the_invitation_one_came_by_brings_nobody_back(room: Room) -> None:
    ann = await room.owner("Ann")
    invitation_id = await invited(room, ann, "Bob")
    bob = await room.newcomer("Bob")
    await room.may.invitations.accept(bob, invitation_id)

    await room.may.members.remove(ann, bob.user_id)

    with pytest.raises(NotFound):
        await room.may.invitations.accept(bob, invitation_id)
    assert len(await room.may.members.all(ann)) == 1


async def test_an_acceptance_cut_short_is_finished_by_the_next(room: Room) -> None:
    ann = await room.owner("Ann")
    invitation_id = await invited(room, ann, "Bob")
    bob = await room.newcomer("Bob")
    # As a process leaves it that dies before the member is written.
    await room.mongo.invitations.update_one({}, {"$set": {"state": "accepting"}})

    (waiting,) = await room.may.invitations.of_address(bob)
    await room.may.invitations.accept(bob, waiting.id)

    assert waiting.id == invitation_id
    members = MongoMemberBook(room.mongo)
    assert await members.get(ann.account_id, bob.user_id) is not None


async def test_so_many_open_invitations_are_enough(room: Room) -> None:
    ann = await room.owner("Ann")
    first = await room.may.invitations.invite(ann, "p0@acme.test", Role.VIEWER)
    document = await room.mongo.invitations.find_one({"_id": first.invitation.id})
    assert document is not None
    more = [{**document, "_id": f"inv_{n}", "email": f"p{n}@acme.test"} for n in range(1, MAX_OPEN)]
    await room.mongo.invitations.insert_many(more)

    with pytest.raises(Conflict, match="invitations are open"):
        await room.may.invitations.invite(ann, "one.more@acme.test", Role.VIEWER)
    assert await room.may.invitations.invite(ann, "p0@acme.test", Role.SELLER)


async def test_a_program_accepts_nothing(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.owner("Bob", "Other")
    invitation_id = await invited(room, ann, "Bob")
    made = await room.may.api_keys.create(bob, "Robot", [Scope.MANAGE])
    robot: Who = await room.may.api_keys.check(made.secret)

    for asked in (
        room.may.invitations.accept(robot, invitation_id),
        room.may.invitations.decline(robot, invitation_id),
    ):
        with pytest.raises(NotAllowed):
            await asked
