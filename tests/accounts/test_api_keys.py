"""API keys on their real store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qrev.accounts.api_keys import MAX_KEYS, is_api_key
from qrev.accounts.models import Role, Scope
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotSignedIn
from tests.accounts.world import Room

pytestmark = pytest.mark.anyio


async def test_a_key_acts_for_who_made_it_within_its_scopes(room: Room) -> None:
    ann = await room.owner("Ann")
    made = await room.may.api_keys.create(ann, "Export", [Scope.WRITE])

    robot = await room.may.api_keys.check(made.secret, address="10.0.0.9")

    assert is_api_key(made.secret)
    assert (robot.account_id, robot.user_id, robot.role) == (
        ann.account_id,
        ann.user_id,
        Role.OWNER,
    )
    assert (robot.scopes, robot.address) == (frozenset({Scope.READ, Scope.WRITE}), "10.0.0.9")
    assert robot.may_change
    assert not robot.may_manage
    with pytest.raises(NotAllowed, match="scope “manage”"):
        await room.may.teams.create(robot, "North")


async def test_a_key_that_may_only_read_changes_nothing(room: Room) -> None:
    ann = await room.owner("Ann")
    made = await room.may.api_keys.create(ann, "Export", [])
    robot = await room.may.api_keys.check(made.secret)

    with pytest.raises(NotAllowed, match="scope “write”"):
        await room.may.accounts.save_timezone(robot, "Asia/Tokyo")


async def test_the_secret_is_nowhere_but_in_the_first_answer(room: Room) -> None:
    ann = await room.owner("Ann")

    made = await room.may.api_keys.create(ann, "Export", [Scope.READ])

    rest = made.secret.rpartition("_")[2]
    kept = [d async for d in room.mongo.api_keys.find()]
    assert rest not in repr(kept)
    assert rest not in repr(made)
    assert rest not in repr(await room.may.audit.page(ann))
    assert made.key.hint in made.secret
    assert await room.may.api_keys.all(ann) == [made.key]


async def test_a_secret_that_is_not_one_is_nobodys(room: Room) -> None:
    ann = await room.owner("Ann")
    secret = (await room.may.api_keys.create(ann, "Export", [])).secret
    other = (await room.may.api_keys.create(ann, "Other", [])).secret
    mixed = secret.rpartition("_")[0] + "_" + other[-43:]

    for wrong in ("", "qrev_", secret[:-1], secret + "x", mixed, secret.upper(), "a.b.c"):
        with pytest.raises(NotSignedIn):
            await room.may.api_keys.check(wrong)


async def test_a_key_works_no_more_once_it_is_revoked_or_over(room: Room) -> None:
    ann = await room.owner("Ann")
    short = await room.may.api_keys.create(ann, "Short", [], days=1)
    long = await room.may.api_keys.create(ann, "Long", [])

    room.clock.advance(days=1)
    await room.may.api_keys.check(long.secret)
    await room.may.api_keys.revoke(ann, long.key.id)

    for made in (short, long):
        with pytest.raises(NotSignedIn):
            await room.may.api_keys.check(made.secret)
    with pytest.raises(NotFound):
        await room.may.api_keys.revoke(ann, long.key.id)


async def test_it_is_known_when_a_key_was_last_used_to_the_minute(room: Room) -> None:
    ann = await room.owner("Ann")
    made = await room.may.api_keys.create(ann, "Export", [])

    used = []
    for _ in range(3):
        await room.may.api_keys.check(made.secret)
        (key,) = await room.may.api_keys.all(ann)
        used.append(key.last_used_at)
        room.clock.advance(seconds=40)

    begin = room.clock() - timedelta(seconds=120)
    assert used == [begin, begin, begin + timedelta(seconds=80)]


async def test_a_key_follows_the_role_of_who_made_it(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob", Role.ADMIN)
    made = await room.may.api_keys.create(bob, "Robot", [Scope.WRITE, Scope.MANAGE])

    await room.may.members.change_role(ann, bob.user_id, Role.VIEWER)

    robot = await room.may.api_keys.check(made.secret)
    assert (robot.role, robot.may_change, robot.may_manage) == (Role.VIEWER, False, False)


@pytest.mark.parametrize(
    ("role", "scope"),
    [(Role.VIEWER, Scope.WRITE), (Role.VIEWER, Scope.MANAGE), (Role.SELLER, Scope.MANAGE)],
)
async def test_nobody_gives_away_more_than_they_may(room: Room, role: Role, scope: Scope) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob", role)

    with pytest.raises(NotAllowed, match="role"):
        await room.may.api_keys.create(bob, "Robot", [scope])
    assert await room.may.api_keys.create(bob, "Robot", [Scope.READ])


async def test_a_key_makes_and_revokes_no_keys(room: Room) -> None:
    ann = await room.owner("Ann")
    made = await room.may.api_keys.create(ann, "Robot", [Scope.WRITE, Scope.MANAGE])
    robot = await room.may.api_keys.check(made.secret)

    for asked in (
        room.may.api_keys.create(robot, "Child", []),
        room.may.api_keys.revoke(robot, made.key.id),
    ):
        with pytest.raises(NotAllowed, match="API key"):
            await asked


async def test_one_sees_ones_own_keys_and_managers_see_all(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    eve = await room.joined(ann, "Eve")
    mallory = await room.owner("Mallory", "Evil")
    bobs = (await room.may.api_keys.create(bob, "Bob's", [])).key

    assert await room.may.api_keys.all(bob) == await room.may.api_keys.all(ann) == [bobs]
    for other in (eve, mallory):
        assert await room.may.api_keys.all(other) == []
        with pytest.raises(NotFound):
            await room.may.api_keys.revoke(other, bobs.id)
    await room.may.api_keys.revoke(ann, bobs.id)


async def test_a_key_has_a_name_and_an_end_that_can_be(room: Room) -> None:
    ann = await room.owner("Ann")

    for name, days in (("", None), ("x" * 101, None), ("Export", 0), ("Export", 4000)):
        with pytest.raises(InvalidInput):
            await room.may.api_keys.create(ann, name, [], days=days)


async def test_so_many_keys_are_enough(room: Room) -> None:
    ann = await room.owner("Ann")
    for number in range(MAX_KEYS):
        await room.may.api_keys.create(ann, f"Key {number}", [])

    with pytest.raises(Conflict, match="Revoke one"):
        await room.may.api_keys.create(ann, "One more", [])
