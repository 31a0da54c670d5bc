"""Members on their real store: who may do what to whom, and that an owner always stays."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

import pytest

from qrev.accounts.models import Actor, Newcomer, Role, Scope, TeamRole, UserId
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotSignedIn, QrevError
from tests.accounts.world import Room

pytestmark = pytest.mark.anyio
ROUNDS = 12  # of each race


async def owners_of(room: Room, actor: Actor) -> set[UserId]:
    everyone = await room.may.members.all(actor)
    return {each.user.id for each in everyone if each.member.role is Role.OWNER}


async def test_everyone_sees_everyone_by_name(room: Room) -> None:
    zoe = await room.owner("Zoe")
    await room.joined(zoe, "bob", Role.VIEWER)
    ann = await room.joined(zoe, "Ann")
    await room.owner("Mallory", "Evil")

    everyone = await room.may.members.all(ann)

    assert [(each.user.name, each.member.role.value) for each in everyone] == [
        ("Ann", "seller"),
        ("bob", "viewer"),
        ("Zoe", "owner"),
    ]


async def test_a_stranger_looks_like_someone_who_is_not_there(room: Room) -> None:
    ann = await room.owner("Ann")
    mallory = await room.owner("Mallory", "Evil")
    members = room.may.members

    for asked in (
        members.get(mallory, ann.user_id),
        members.change_role(mallory, ann.user_id, Role.VIEWER),
        members.remove(mallory, ann.user_id),
        members.remove(mallory, UserId("nobody")),
    ):
        with pytest.raises(NotFound, match="could not find that member"):
            await asked
    assert (await room.now(ann)).role is Role.OWNER


@pytest.mark.parametrize("role", [Role.SELLER, Role.VIEWER])
async def test_who_may_not_manage_changes_nobody(room: Room, role: Role) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob", role)

    for asked in (
        room.may.members.change_role(bob, bob.user_id, Role.ADMIN),
        room.may.members.remove(bob, ann.user_id),
        room.may.members.transfer(bob, bob.user_id),
    ):
        with pytest.raises(NotAllowed):
            await asked


async def test_an_admin_changes_everyone_but_owners(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob", Role.ADMIN)
    eve = await room.joined(ann, "Eve")
    members = room.may.members

    changed = await members.change_role(bob, eve.user_id, Role.ADMIN)

    assert changed.member.role is Role.ADMIN
    for asked in (
        members.change_role(bob, eve.user_id, Role.OWNER),
        members.change_role(bob, ann.user_id, Role.SELLER),
        members.remove(bob, ann.user_id),
    ):
        with pytest.raises(NotAllowed, match="Only an owner"):
            await asked


async def test_the_last_owner_stays(room: Room) -> None:
    ann = await room.owner("Ann")
    await room.joined(ann, "Bob", Role.ADMIN)

    for asked in (
        room.may.members.change_role(ann, ann.user_id, Role.ADMIN),
        room.may.members.leave(ann),
    ):
        with pytest.raises(Conflict, match="last owner"):
            await asked
    assert await owners_of(room, ann) == {ann.user_id}


async def test_of_two_owners_one_may_go(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob", Role.OWNER)

    await room.may.members.leave(ann)

    assert isinstance(await room.asked(ann), Newcomer)
    with pytest.raises(Conflict, match="last owner"):
        await room.may.members.leave(bob)


async def test_two_owners_who_demote_each_other_at_once_leave_one(room: Room) -> None:
    for number in range(ROUNDS):
        ann = await room.owner(f"Ann{number}")
        bob = await room.joined(ann, f"Bob{number}", Role.OWNER)

        await asyncio.gather(
            room.may.members.change_role(ann, bob.user_id, Role.SELLER),
            room.may.members.change_role(bob, ann.user_id, Role.SELLER),
            return_exceptions=True,
        )

        assert len(await owners_of(room, ann)) == 1


async def test_two_owners_who_leave_at_once_leave_one(room: Room) -> None:
    for number in range(ROUNDS):
        ann = await room.owner(f"Ann{number}")
        bob = await room.joined(ann, f"Bob{number}", Role.OWNER)

        await asyncio.gather(
            room.may.members.leave(ann), room.may.members.leave(bob), return_exceptions=True
        )

        assert len(await owners_of(room, ann)) == 1


def a_deed(room: Room, everyone: list[Actor], dice: random.Random) -> Coroutine[Any, Any, Any]:
    """Return what one of them does to one of them."""
    one, other = dice.choice(everyone), dice.choice(everyone)
    kind = dice.choice(["change", "remove", "leave"])
    if kind == "change":
        role = dice.choice([Role.OWNER, Role.ADMIN, Role.SELLER])
        return room.may.members.change_role(one, other.user_id, role)
    if kind == "remove":
        return room.may.members.remove_with_belongings(one, other.user_id)
    return room.may.members.leave(one)


async def test_whatever_owners_do_to_each_other_at_once_one_is_left(room: Room) -> None:
    dice = random.Random(2)
    for number in range(ROUNDS):
        ann = await room.owner(f"Ann{number}")
        names = [f"Bob{number}", f"Eve{number}"]
        everyone = [ann, *[await room.joined(ann, name, Role.OWNER) for name in names]]

        for _ in range(3):
            deeds = [a_deed(room, everyone, dice) for _ in range(6)]
            done = await asyncio.gather(*deeds, return_exceptions=True)

            bugs = [e for e in done if isinstance(e, Exception) and not isinstance(e, QrevError)]
            account = await room.mongo.accounts.find_one({"_id": ann.account_id})
            assert bugs == []
            assert account is not None
            assert account["owners"]
            assert set(account["owners"]) <= await owners_of(room, ann)


async def test_a_promotion_cut_short_can_be_done_again(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob", Role.ADMIN)
    # As a process leaves it that dies before the last of three writes.
    await room.mongo.members.update_one({"user_id": bob.user_id}, {"$set": {"role": "owner"}})
    await room.mongo.accounts.update_one({}, {"$set": {"promoting": [bob.user_id]}})

    with pytest.raises(Conflict, match="last owner"):
        await room.may.members.leave(ann)
    await room.may.members.change_role(ann, bob.user_id, Role.ADMIN)
    await room.may.members.change_role(ann, bob.user_id, Role.OWNER)
    await room.may.members.leave(ann)

    assert await owners_of(room, bob) == {bob.user_id}


async def test_a_removed_member_leaves_nothing_behind(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    team = await room.may.teams.create(ann, "North")
    await room.may.teams.put_member(ann, team.id, bob.user_id, role=TeamRole.ADMIN)
    made = await room.may.api_keys.create(bob, "Export", [Scope.WRITE])

    await room.may.members.remove(ann, bob.user_id)

    assert (await room.may.teams.get(ann, team.id)).members == ()
    with pytest.raises(NotSignedIn):
        await room.may.api_keys.check(made.secret)
    assert await room.may.api_keys.all(ann) == []
    with pytest.raises(NotFound):
        await room.may.members.get(ann, bob.user_id)


async def test_who_owns_something_is_removed_by_a_proposal_alone(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    await room.own_a_sequence(bob, "spring")

    with pytest.raises(Conflict, match="1 sequence, which would go to you"):
        await room.may.members.remove(ann, bob.user_id)
    await room.may.members.remove_with_belongings(ann, bob.user_id)

    assert await room.owner_of("spring") == ann.user_id


async def test_what_one_owned_goes_to_an_owner_when_one_leaves(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    await room.own_a_sequence(bob, "spring")

    await room.may.members.leave(bob)

    assert await room.owner_of("spring") == ann.user_id
    assert isinstance(await room.asked(bob), Newcomer)


async def test_nobody_removes_themselves(room: Room) -> None:
    ann = await room.owner("Ann")

    with pytest.raises(InvalidInput, match="leave"):
        await room.may.members.remove(ann, ann.user_id)


async def test_a_program_does_not_leave(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    made = await room.may.api_keys.create(bob, "Export", [Scope.WRITE])

    with pytest.raises(NotAllowed, match="API key"):
        await room.may.members.leave(await room.may.api_keys.check(made.secret))


async def test_a_removed_member_who_signs_in_again_is_a_newcomer(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    await room.may.members.remove(ann, bob.user_id)

    again = await room.may.sign_in.local("bob@acme.test", "Bob")

    assert isinstance(again.who, Newcomer)


async def test_every_change_of_a_member_is_in_the_log(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    await room.may.members.change_role(ann, bob.user_id, Role.VIEWER)
    await room.may.members.remove(ann, bob.user_id)

    removed, changed, *_ = await room.may.audit.page(ann)

    assert (removed.action, removed.before["role"]) == ("member.removed", "viewer")
    assert (changed.action, changed.subject) == ("member.role_changed", bob.user_id)
    assert (changed.before, changed.after) == ({"role": "seller"}, {"role": "viewer"})
    assert (changed.by, changed.address) == (ann.user_id, "127.0.0.1")
    assert changed.through == ann.session_id
