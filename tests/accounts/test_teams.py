"""Teams on their real store."""

from __future__ import annotations

import asyncio

import pytest

from qrev.accounts.models import Role, Team, TeamMember, TeamRole, UserId
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.accounts.world import Room

pytestmark = pytest.mark.anyio


async def test_a_team_is_made_filled_renamed_and_deleted(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    teams = room.may.teams

    team = await teams.create(ann, "  North   Star ")
    await teams.put_member(ann, team.id, bob.user_id)
    changed = await teams.put_member(
        ann, team.id, bob.user_id, role=TeamRole.ADMIN, is_observer=True
    )
    renamed = await teams.rename(ann, team.id, "South")

    assert team.name == "North Star"
    assert changed.members == (
        TeamMember(user_id=bob.user_id, role=TeamRole.ADMIN, is_observer=True),
    )
    assert await teams.all(bob) == [renamed]
    assert await teams.get(bob, team.id) == renamed
    await teams.delete(ann, team.id)
    assert await teams.all(ann) == []
    assert (await room.actions(ann))[:5] == [
        "team.deleted",
        "team.renamed",
        "team.member_put",
        "team.member_put",
        "team.created",
    ]


async def test_two_teams_of_one_name_are_one_too_many(room: Room) -> None:
    ann = await room.owner("Ann")

    answers = await asyncio.gather(
        *(room.may.teams.create(ann, name) for name in ("North", "NORTH", "north")),
        return_exceptions=True,
    )
    south = await room.may.teams.create(ann, "South")

    assert sorted(type(each).__name__ for each in answers) == ["Conflict", "Conflict", "Team"]
    with pytest.raises(Conflict, match="already"):
        await room.may.teams.rename(ann, south.id, "nORTH")
    assert (await room.may.teams.rename(ann, south.id, "SOUTH")).name == "SOUTH"
    eve = await room.owner("Eve", "Other")
    assert await room.may.teams.create(eve, "North")


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "\u200b"])
async def test_a_team_has_a_name(room: Room, name: str) -> None:
    ann = await room.owner("Ann")

    with pytest.raises(InvalidInput):
        await room.may.teams.create(ann, name)


async def test_others_teams_are_not_there(room: Room) -> None:
    ann = await room.owner("Ann")
    team = await room.may.teams.create(ann, "North")
    mallory = await room.owner("Mallory", "Evil")
    teams = room.may.teams

    for asked in (
        teams.get(mallory, team.id),
        teams.rename(mallory, team.id, "Mine"),
        teams.delete(mallory, team.id),
        teams.put_member(mallory, team.id, mallory.user_id),
        teams.remove_member(mallory, team.id, mallory.user_id),
    ):
        with pytest.raises(NotFound):
            await asked
    assert await teams.all(mallory) == []
    assert await teams.get(ann, team.id) == team


async def test_a_stranger_comes_into_no_team(room: Room) -> None:
    ann = await room.owner("Ann")
    team = await room.may.teams.create(ann, "North")
    mallory = await room.owner("Mallory", "Evil")

    for user_id in (mallory.user_id, UserId("nobody")):
        with pytest.raises(NotFound, match="member"):
            await room.may.teams.put_member(ann, team.id, user_id)
    assert (await room.may.teams.get(ann, team.id)).members == ()


async def test_a_seller_changes_no_team_but_one_they_are_admin_of(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    eve = await room.joined(ann, "Eve")
    north = await room.may.teams.create(ann, "North")
    south = await room.may.teams.create(ann, "South")
    await room.may.teams.put_member(ann, north.id, bob.user_id, role=TeamRole.ADMIN)

    changed = await room.may.teams.put_member(bob, north.id, eve.user_id)

    assert changed.member(eve.user_id) is not None
    for asked in (
        room.may.teams.put_member(bob, south.id, eve.user_id),
        room.may.teams.put_member(eve, north.id, eve.user_id, role=TeamRole.ADMIN),
        room.may.teams.remove_member(eve, north.id, bob.user_id),
        room.may.teams.rename(bob, north.id, "Mine"),
        room.may.teams.delete(bob, north.id),
        room.may.teams.create(bob, "West"),
    ):
        with pytest.raises(NotAllowed):
            await asked


async def test_anyone_leaves_a_team_by_themselves(room: Room) -> None:
    ann = await room.owner("Ann")
    victor = await room.joined(ann, "Victor", Role.VIEWER)
    team = await room.may.teams.create(ann, "North")
    await room.may.teams.put_member(ann, team.id, victor.user_id)

    assert (await room.may.teams.remove_member(victor, team.id, victor.user_id)).members == ()
    with pytest.raises(NotFound):
        await room.may.teams.remove_member(victor, team.id, victor.user_id)


async def test_two_who_fill_a_team_at_once_put_each_member_in_once(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    team = await room.may.teams.create(ann, "North")

    await asyncio.gather(
        *(
            room.may.teams.put_member(ann, team.id, who.user_id)
            for who in (ann, bob)
            for _ in range(4)
        )
    )

    members = (await room.may.teams.get(ann, team.id)).members
    assert sorted(each.user_id for each in members) == sorted([ann.user_id, bob.user_id])


async def test_who_is_removed_while_being_put_into_a_team_is_not_in_it(room: Room) -> None:
    ann = await room.owner("Ann")
    team: Team = await room.may.teams.create(ann, "North")
    for number in range(10):
        bob = await room.joined(ann, f"Bob{number}")

        await asyncio.gather(
            room.may.teams.put_member(ann, team.id, bob.user_id),
            room.may.members.remove(ann, bob.user_id),
            return_exceptions=True,
        )

        assert (await room.may.teams.get(ann, team.id)).members == ()
