"""Workspaces, members, teams and what is written down of them, as a program sees them."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest

from qrev.accounts.models import Role
from tests.api.conftest import Door, Program

pytestmark = pytest.mark.anyio
MINUTE = timedelta(minutes=1)


async def roles(program: Program) -> dict[str, str]:
    members = (await program.get("/account/users/list")).json()
    return {member["name"]: member["role"] for member in members}


async def test_an_invited_person_joins_and_is_a_member(door: Door) -> None:
    alice = await door.program()

    bob = await door.joined(alice, "Bob", Role.SELLER)

    assert await roles(bob) == {"Alice": "owner", "Bob": "seller"}
    assert (await alice.get("/account/invitations/list")).json() == []


async def test_an_invitation_is_for_one_address_and_can_be_taken_back(door: Door) -> None:
    alice, mallory = await door.program(), await door.program("Mallory")
    invited = await alice.done("/account/users/invite", email="bob@bob.test")
    id_ = {"invitation_id": invited["invitation"]["invitation_id"]}

    foreign = await mallory.post("/user/invitations/accept", **id_)
    missing = await mallory.post("/user/invitations/accept", invitation_id="made-up")
    await alice.done("/account/invitations/revoke", **id_)
    bob = await door.program("Bob")

    assert (foreign.status_code, foreign.json()) == (404, missing.json())
    assert (await bob.post("/user/invitations/accept", **id_)).status_code == 404
    assert await roles(alice) == {"Alice": "owner"}


async def test_who_was_removed_is_stopped_at_the_next_request(door: Door) -> None:
    alice = await door.program()
    bob = await door.joined(alice, "Bob")
    before = await bob.get("/team/list")

    await alice.done("/account/users/remove", user_id=bob.user_id)

    after = await bob.get("/team/list")
    assert (before.status_code, after.status_code in (401, 403)) == (200, True)


async def test_the_last_owner_can_neither_go_nor_become_less(door: Door) -> None:
    alice = await door.program()
    await door.joined(alice, "Bob", Role.ADMIN)

    left = await alice.post("/account/leave")
    lowered = await alice.post("/account/users/role", user_id=alice.user_id, role="seller")

    assert (left.status_code, lowered.status_code) == (409, 409)
    assert (await roles(alice))["Alice"] == "owner"


@pytest.mark.parametrize("role", [Role.SELLER, Role.VIEWER])
async def test_who_manages_nothing_changes_nobody(door: Door, role: Role) -> None:
    alice = await door.program()
    bob = await door.joined(alice, "Bob", role)
    asked: dict[str, dict[str, Any]] = {
        "/account/users/invite": {"email": "eve@eve.test"},
        "/account/users/role": {"user_id": bob.user_id, "role": "owner"},
        "/account/users/remove": {"user_id": alice.user_id},
        "/account/update": {"name": "Bob's now"},
        "/account/transfer": {"user_id": bob.user_id},
        "/account/delete": {},
        "/team/create": {"name": "Mine"},
    }

    answers = {path: (await bob.post(path, **body)).status_code for path, body in asked.items()}
    audit = await bob.get("/account/audit")

    assert answers == dict.fromkeys(asked, 403)
    assert audit.status_code == 403
    assert await roles(alice) == {"Alice": "owner", "Bob": role.value}


async def test_an_admin_makes_no_owner_of_anybody(door: Door) -> None:
    alice = await door.program()
    bob = await door.joined(alice, "Bob", Role.ADMIN)

    own = await bob.post("/account/users/role", user_id=bob.user_id, role="owner")
    lowered = await bob.post("/account/users/role", user_id=alice.user_id, role="viewer")

    assert (own.status_code, lowered.status_code) == (403, 403)


async def test_a_workspace_changes_hands_only_by_a_proposal_with_its_hash(door: Door) -> None:
    alice = await door.program()
    bob = await door.joined(alice, "Bob", Role.ADMIN)
    change = await alice.done("/account/transfer", user_id=bob.user_id)
    named = {"change_id": change["change_id"]}

    wrong = await alice.post("/account/changes/confirm", **named, hash="x" * 64)
    between = await roles(alice)
    done = await alice.done("/account/changes/confirm", **named, hash=change["hash"])
    again = await alice.post("/account/changes/confirm", **named, hash=change["hash"])

    assert change["facts"]
    assert (wrong.status_code, between["Bob"]) == (409, "admin")
    assert (done["state"], (await roles(bob))["Bob"]) == ("done", "owner")
    assert again.status_code == 409


async def test_a_cancelled_proposal_does_nothing_any_more(door: Door) -> None:
    alice = await door.program()
    change = await alice.done("/account/delete")
    named = {"change_id": change["change_id"]}

    await alice.done("/account/changes/cancel", **named)
    confirmed = await alice.post("/account/changes/confirm", **named, hash=change["hash"])

    assert confirmed.status_code == 409
    assert (await alice.get("/account/details")).json()["deletes_at"] is None


async def test_a_deleted_workspace_can_be_restored_in_its_days_of_grace(door: Door) -> None:
    alice = await door.program()
    change = await alice.done("/account/delete")
    await alice.done("/account/changes/confirm", change_id=change["change_id"], hash=change["hash"])
    doomed = (await alice.get("/account/details")).json()

    restored = await alice.done("/account/restore")

    assert doomed["deletes_at"] is not None
    assert restored["deletes_at"] is None


async def test_teams_hold_members_and_lose_those_who_are_removed(door: Door) -> None:
    alice = await door.program()
    bob = await door.joined(alice, "Bob")
    team = await alice.done("/team/create", name="North")
    named = {"team_id": team["team_id"]}

    put = await alice.done("/team/members/put", **named, user_id=bob.user_id, is_observer=True)
    await alice.done("/team/update", **named, name="South")
    await alice.done("/account/users/remove", user_id=bob.user_id)

    after = (await alice.get("/team/details", **named)).json()
    assert put["members"] == [{"user_id": bob.user_id, "role": "member", "is_observer": True}]
    assert (after["name"], after["members"]) == ("South", [])
    await alice.done("/team/delete", **named)
    assert (await alice.get("/team/list")).json() == []


async def test_a_person_in_two_workspaces_goes_from_one_to_the_other(door: Door) -> None:
    alice = await door.program()
    own = (await alice.get("/account/details")).json()["account_id"]
    other = (await alice.done("/account/create", name="Second"))["account_id"]
    listed = (await alice.get("/user/accounts/list")).json()

    chosen = await alice.done("/user/accounts/choose", account_id=own)

    assert {w["account_id"]: w["is_chosen"] for w in listed} == {own: False, other: True}
    assert chosen["account_id"] == own
    assert (await alice.get("/account/details")).json()["account_id"] == own


async def test_profile_and_working_hours_are_kept(door: Door) -> None:
    alice = await door.program()
    hours = {"weekdays": [0, 2], "opens": "08:30", "closes": "12:00"}

    saved = await alice.done("/user/update", name="Alice B", timezone="Europe/Berlin")
    await alice.done("/account/user/config", **hours)

    assert (saved["name"], saved["timezone"], saved["phone"]) == ("Alice B", "Europe/Berlin", "")
    assert (await alice.get("/account/user/config")).json() == hours


async def test_the_audit_log_is_read_page_by_page_and_each_entry_once(door: Door) -> None:
    alice = await door.program()
    for number in range(5):
        door.clock.now += MINUTE
        await alice.done("/team/create", name=f"Team {number}")
    read: list[dict[str, Any]] = []
    after: dict[str, str] = {}

    while True:
        page = (await alice.get("/account/audit", limit=2, **after)).json()
        read += page["entries"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}

    created = [e["after"]["name"] for e in read if e["action"] == "team.created"]
    assert created == [f"Team {number}" for number in (4, 3, 2, 1, 0)]
    assert len({e["entry_id"] for e in read}) == len(read)
    assert {e["by_email"] for e in read} == {"alice@alice.test"}


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "W10=",
        "eyJhIjoxfQ==",
        "\ud7ff",
        "WzEsIDJd",
        base64.b64encode(b'["0001-01-01T00:00:00+14:00", "before all time"]').decode(),
        base64.b64encode(b'["2026-01-01T00:00:00+00:00", "half a character: \\ud800"]').decode(),
    ],
)
async def test_a_made_up_place_in_the_log_is_refused_in_words(door: Door, after: str) -> None:
    alice = await door.program()

    answer = await alice.get("/account/audit", after=after)

    assert answer.status_code == 422
    assert "first one" in answer.json()["detail"]
