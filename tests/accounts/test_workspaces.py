"""Making and naming workspaces, and the log of it, on the real store."""

from __future__ import annotations

import pytest

from qrev.accounts.models import Role, Scope
from qrev.accounts.service import MAX_WORKSPACES
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed
from tests.accounts.world import Room

pytestmark = pytest.mark.anyio


async def test_a_newcomer_makes_a_workspace_and_is_in_it(room: Room) -> None:
    ann = await room.newcomer("Ann")

    actor = await room.may.accounts.create(
        ann, " Acme  Ltd ", domain="https://www.Acme.com/", timezone="Europe/Berlin"
    )

    account = await room.may.accounts.account(actor)
    assert (account.name, account.domain) == ("Acme Ltd", "acme.com")
    assert (account.timezone, actor.role) == ("Europe/Berlin", Role.OWNER)
    assert await room.asked(ann) == actor


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "Acme", "domain": "acme"},
        {"name": "Acme", "domain": "acme com"},
        {"name": "Acme", "domain": "a" * 300 + ".com"},
        {"name": "Acme", "domain": "javascript:alert(1)"},
        {"name": "Acme", "timezone": "Mars/Olympus"},
    ],
)
async def test_a_workspace_that_cannot_be_is_not_made(room: Room, bad: dict[str, str]) -> None:
    ann = await room.newcomer("Ann")

    with pytest.raises(InvalidInput):
        await room.may.accounts.create(ann, **bad)

    assert await room.may.accounts.mine(ann) == []


async def test_one_sees_every_workspace_one_is_in_by_name(room: Room) -> None:
    ann = await room.owner("Ann", "zebra")
    eve = await room.owner("Eve", "Alpha")
    await room.owner("Mallory", "Evil")
    invited = await room.may.invitations.invite(eve, ann.email, Role.VIEWER)
    await room.may.invitations.accept(ann, invited.invitation.id)

    mine = await room.may.accounts.mine(ann)

    assert [(each.account.name, each.role) for each in mine] == [
        ("Alpha", Role.VIEWER),
        ("zebra", Role.OWNER),
    ]


async def test_so_many_workspaces_are_enough(room: Room) -> None:
    ann = await room.owner("Ann")
    for number in range(MAX_WORKSPACES - 1):
        await room.may.accounts.create(ann, f"Number {number}")

    with pytest.raises(Conflict):
        await room.may.accounts.create(ann, "One more")


async def test_a_workspace_is_renamed_by_who_manages_it(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")

    account = await room.may.accounts.rename(ann, name="Acme 2", domain="acme.test")
    again = await room.may.accounts.rename(ann, domain="")

    assert (account.name, account.domain, again.domain) == ("Acme 2", "acme.test", "")
    assert again.version == account.version + 1
    with pytest.raises(NotAllowed):
        await room.may.accounts.rename(bob, name="Mine")
    entry = (await room.may.audit.page(ann))[1]
    assert (entry.before, entry.after) == (
        {"name": "Acme", "domain": ""},
        {"name": "Acme 2", "domain": "acme.test"},
    )


async def test_a_program_makes_no_workspace(room: Room) -> None:
    ann = await room.owner("Ann")
    made = await room.may.api_keys.create(ann, "Robot", [Scope.MANAGE])

    with pytest.raises(NotAllowed, match="API key"):
        await room.may.accounts.create(await room.may.api_keys.check(made.secret), "Mine")


async def test_the_log_is_read_by_managers_alone_and_only_their_own(room: Room) -> None:
    ann = await room.owner("Ann")
    bob = await room.joined(ann, "Bob")
    mallory = await room.owner("Mallory", "Evil")

    with pytest.raises(NotAllowed):
        await room.may.audit.page(bob)

    of_mallory = await room.may.audit.page(mallory)
    assert {entry.by for entry in of_mallory} == {mallory.user_id}
    assert {entry.account_id for entry in await room.may.audit.page(ann)} == {ann.account_id}


async def test_the_log_is_read_in_pages_that_leave_nothing_out(room: Room) -> None:
    ann = await room.owner("Ann")
    for number in range(7):
        await room.may.accounts.rename(ann, name=f"Acme {number}")

    whole = await room.may.audit.page(ann, limit=100)
    first = await room.may.audit.page(ann, limit=3)
    rest = await room.may.audit.page(ann, before=(first[-1].at, first[-1].id), limit=100)

    assert first + rest == whole
    assert [entry.after.get("name") for entry in whole[:3]] == ["Acme 6", "Acme 5", "Acme 4"]
    assert len(await room.may.audit.page(ann, limit=0)) == 1


async def test_what_a_program_changed_is_logged_as_through_its_key(room: Room) -> None:
    ann = await room.owner("Ann")
    made = await room.may.api_keys.create(ann, "Robot", [Scope.WRITE])
    robot = await room.may.api_keys.check(made.secret, address="10.0.0.9")

    await room.may.accounts.save_timezone(robot, "Asia/Tokyo")

    entry = (await room.may.audit.page(ann))[0]
    assert (entry.action, entry.through) == ("account.timezone_saved", made.key.id)
    assert (entry.by_email, entry.address) == ("ann@acme.test", "10.0.0.9")
