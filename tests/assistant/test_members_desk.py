"""Members, invitations and teams, as their cards ask for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor, Role
from qrev.assistant.asking import answer
from qrev.assistant.cards import ChangeCard
from qrev.assistant.members_cards import MemberRow, MembersView, TeamRow, TeamsView
from qrev.assistant.members_viewing import LAST_OWNER, OWNERS_ONLY
from qrev.assistant.questions import Answered
from qrev.kit.mongo import Document
from tests.assistant.world import World, a_world
from tests.conftest import ACME, an_actor
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def bob() -> Actor:
    return an_actor("Bob", ACME, Role.SELLER)


@pytest.fixture
def ada() -> Actor:
    return an_actor("Ada", ACME, Role.ADMIN)


@pytest.fixture
async def world(
    mongo: AsyncDatabase[Document],
    clock: FakeClock,
    tmp_path: Path,
    alice: Actor,
    ada: Actor,
    bob: Actor,
    victor: Actor,
    mallory: Actor,
) -> World:
    return await a_world(mongo, clock, tmp_path, alice, ada, bob, victor, mallory)


async def ask(world: World, actor: Actor, question: str, /, **payload: object) -> Answered:
    return await answer(world.services.desks, actor, question, payload)


async def members(
    world: World, actor: Actor, question: str = "members_page", /, **payload: object
) -> MembersView:
    answered = await ask(world, actor, question, **payload)
    assert isinstance(answered.view, MembersView), answered
    return answered.view


async def teams(
    world: World, actor: Actor, question: str = "teams_page", /, **payload: object
) -> TeamsView:
    answered = await ask(world, actor, question, **payload)
    assert isinstance(answered.view, TeamsView), answered
    return answered.view


async def refusal(
    world: World, actor: Actor, question: str, /, **payload: object
) -> tuple[str, str]:
    answered = await ask(world, actor, question, **payload)
    assert answered.refusal is not None, answered
    return answered.refusal.code, answered.refusal.message


def row(view: MembersView, who: Actor) -> MemberRow:
    [found] = [each for each in view.members if each.user_id == who.user_id]
    return found


async def a_team(world: World, actor: Actor, name: str = "North") -> TeamRow:
    view = await teams(world, actor, "team_create", name=name)
    return next(team for team in view.teams if team.name == name)


async def test_everyone_sees_who_is_there_and_in_which_teams(
    world: World, alice: Actor, bob: Actor, victor: Actor
) -> None:
    team = await a_team(world, alice)
    await teams(world, alice, "team_member_put", team_id=team.team_id, user_id=bob.user_id)

    view = await members(world, victor)

    assert [each.name for each in view.members] == ["Ada", "Alice", "Bob", "Victor"]
    assert row(view, bob).teams == ["North"]
    assert row(view, victor).is_you
    assert not view.may_manage
    assert not any(each.roles or each.can_remove or each.note for each in view.members)


async def test_an_invitation_without_a_mailbox_gives_the_link_to_hand_over(
    world: World, alice: Actor
) -> None:
    view = await members(world, alice, "member_invite", email="Carol@acme.test", role="seller")

    assert [(each.email, each.role) for each in view.invitations] == [("carol@acme.test", "seller")]
    assert view.link
    assert "carol@acme.test is invited as seller." in view.said


async def test_the_link_can_be_had_again_until_the_invitation_is_taken_back(
    world: World, alice: Actor
) -> None:
    sent = await members(world, alice, "member_invite", email="carol@acme.test", role="seller")
    invitation_id = sent.invitations[0].invitation_id

    again = await members(world, alice, "invitation_link", invitation_id=invitation_id)
    revoked = await members(world, alice, "invitation_revoke", invitation_id=invitation_id)

    assert again.link == sent.link
    assert revoked.invitations == []
    assert "carol@acme.test is taken back" in revoked.said
    code, _ = await refusal(world, alice, "invitation_link", invitation_id=invitation_id)
    assert code == "not_found"


@pytest.mark.parametrize(
    ("email", "role", "code"),
    [("no address", "seller", "invalid"), ("x@y.test", "owner", "invalid")],
)
async def test_what_cannot_be_invited_is_refused_in_words(
    world: World, alice: Actor, email: str, role: str, code: str
) -> None:
    assert (await refusal(world, alice, "member_invite", email=email, role=role))[0] == code
    assert (await members(world, alice)).invitations == []


async def test_only_owners_and_admins_see_and_make_invitations(
    world: World, alice: Actor, bob: Actor
) -> None:
    await members(world, alice, "member_invite", email="carol@acme.test", role="seller")

    seen = await members(world, bob)
    code, _ = await refusal(world, bob, "member_invite", email="eve@acme.test", role="admin")

    assert seen.invitations == []
    assert code == "not_allowed"


async def test_so_many_invitations_in_an_hour_are_too_many(world: World, ada: Actor) -> None:
    said = [
        await ask(world, ada, "member_invite", email="carol@acme.test", role="seller")
        for _ in range(61)
    ]

    codes = [each.refusal.code if each.refusal else "" for each in said]
    assert codes == [""] * 60 + ["too_many"]


async def test_a_role_is_changed_and_told(world: World, alice: Actor, bob: Actor) -> None:
    view = await members(
        world, alice, "member_role", user_id=bob.user_id, role="viewer", was="seller"
    )

    assert row(view, bob).role == "viewer"
    assert view.said == "Bob is a viewer now."


async def test_a_role_that_was_changed_meanwhile_is_a_conflict(
    world: World, alice: Actor, ada: Actor, bob: Actor
) -> None:
    await members(world, ada, "member_role", user_id=bob.user_id, role="admin", was="seller")

    code, _ = await refusal(
        world, alice, "member_role", user_id=bob.user_id, role="viewer", was="seller"
    )

    assert code == "conflict"
    assert row(await members(world, alice), bob).role == "admin"


async def test_the_last_owner_is_told_before_any_press(world: World, alice: Actor) -> None:
    own = row(await members(world, alice), alice)

    assert (own.roles, own.can_remove, own.note) == ([], False, LAST_OWNER)
    code, _ = await refusal(
        world, alice, "member_role", user_id=alice.user_id, role="admin", was="owner"
    )
    assert code == "conflict"


async def test_one_of_two_owners_can_step_down_and_loses_the_buttons(
    world: World, alice: Actor, ada: Actor
) -> None:
    await members(world, alice, "member_role", user_id=ada.user_id, role="owner", was="admin")

    view = await members(
        world, alice, "member_role", user_id=alice.user_id, role="seller", was="owner"
    )

    assert view.said == "You are a seller now."
    assert not view.may_manage
    assert not any(each.roles for each in view.members)


async def test_an_admin_neither_makes_nor_changes_an_owner(
    world: World, alice: Actor, ada: Actor, bob: Actor
) -> None:
    view = await members(world, ada)

    assert row(view, alice).note == OWNERS_ONLY
    assert not row(view, alice).can_remove
    assert row(view, bob).roles == ["admin", "seller", "viewer"]
    code, _ = await refusal(
        world, ada, "member_role", user_id=bob.user_id, role="owner", was="seller"
    )
    assert code == "not_allowed"


async def test_who_owns_nothing_is_removed_at_once(world: World, alice: Actor, bob: Actor) -> None:
    answered = await ask(world, alice, "member_remove", user_id=bob.user_id)

    assert answered.cards == ()
    assert isinstance(answered.view, MembersView)
    assert bob.user_id not in [each.user_id for each in answered.view.members]
    assert answered.view.said == "Bob is out, on every device."


async def test_who_owns_campaigns_is_shown_as_a_change_first(
    world: World, alice: Actor, bob: Actor
) -> None:
    await world.a_campaign(bob)

    answered = await ask(world, alice, "member_remove", user_id=bob.user_id)

    assert [type(card) for card in answered.cards] == [ChangeCard]
    assert row(await members(world, alice), bob).name == "Bob"


@pytest.mark.parametrize("name", ["member_remove", "member_role"])
async def test_a_member_of_another_workspace_is_not_found(
    world: World, alice: Actor, mallory: Actor, name: str
) -> None:
    payload = {"user_id": alice.user_id, "role": "viewer", "was": "owner"}

    assert (await refusal(world, mallory, name, **payload))[0] == "not_found"


async def test_a_team_is_made_renamed_and_deleted(world: World, alice: Actor) -> None:
    team = await a_team(world, alice)

    renamed = await teams(world, alice, "team_rename", team_id=team.team_id, name="South")
    deleted = await teams(world, alice, "team_delete", team_id=team.team_id)

    assert [each.name for each in renamed.teams] == ["South"]
    assert renamed.said == "The team is called “South” now."
    assert deleted.teams == []


async def test_a_name_that_is_taken_is_said(world: World, alice: Actor) -> None:
    await a_team(world, alice)

    code, words = await refusal(world, alice, "team_create", name="North")

    assert (code, words) == ("conflict", "There is a team “North” already.")


async def test_a_member_is_put_into_a_team_as_what_was_asked(
    world: World, alice: Actor, bob: Actor
) -> None:
    team = await a_team(world, alice)
    who = {"team_id": team.team_id, "user_id": bob.user_id}

    added = await teams(world, alice, "team_member_put", **who, team_role="admin")
    watching = await teams(world, alice, "team_member_put", **who, is_observer=True)
    out = await teams(world, alice, "team_member_remove", **who)

    assert [(each.name, each.role) for each in added.teams[0].members] == [("Bob", "admin")]
    assert added.said == "Bob is an admin in “North” now."
    assert watching.teams[0].members[0].is_observer
    assert watching.said == "Bob is an observer in “North” now."
    assert out.teams[0].members == []


async def test_a_teams_own_admin_changes_who_is_in_it_and_nothing_else(
    world: World, alice: Actor, bob: Actor, victor: Actor
) -> None:
    team = await a_team(world, alice)
    await teams(
        world,
        alice,
        "team_member_put",
        team_id=team.team_id,
        user_id=bob.user_id,
        team_role="admin",
    )

    view = await teams(world, bob, "team_member_put", team_id=team.team_id, user_id=victor.user_id)

    assert (view.may_manage, view.teams[0].can_change) == (False, True)
    assert len(view.teams[0].members) == 2
    assert (await refusal(world, bob, "team_delete", team_id=team.team_id))[0] == "not_allowed"


async def test_who_may_only_look_can_still_leave_a_team(
    world: World, alice: Actor, victor: Actor
) -> None:
    team = await a_team(world, alice)
    who = {"team_id": team.team_id, "user_id": victor.user_id}
    await teams(world, alice, "team_member_put", **who)

    seen = await teams(world, victor)
    left = await teams(world, victor, "team_member_remove", **who)

    assert (seen.teams[0].can_change, seen.teams[0].can_leave) == (False, True)
    assert left.teams[0].members == []


async def test_a_team_of_another_workspace_is_not_found(
    world: World, alice: Actor, mallory: Actor
) -> None:
    team = await a_team(world, alice)

    code, _ = await refusal(world, mallory, "team_rename", team_id=team.team_id, name="Mine")

    assert code == "not_found"
    assert (await teams(world, mallory)).teams == []
