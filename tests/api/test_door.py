"""Who may come in how: browsers from our own pages, programs with keys, newcomers to few rooms."""

from __future__ import annotations

import pytest

from qrev.accounts.models import Role
from tests.api.conftest import HOME, Door

pytestmark = pytest.mark.anyio
NEW_TEAM = {"name": "North"}


@pytest.mark.parametrize(
    "origin",
    ["", "null", "https://evil.test", "http://qrev.test.evil.test", "http://evil.test/qrev.test"],
)
async def test_another_pages_request_with_our_cookie_changes_nothing(
    door: Door, origin: str
) -> None:
    alice = await door.program()
    browser = door.browser_of(alice, origin=origin)

    answer = await browser.post("/api/team/create", json=NEW_TEAM)

    assert answer.status_code == 403
    assert (await alice.get("/team/list")).json() == []


async def test_our_own_page_may_change_things_with_the_cookie(door: Door) -> None:
    alice = await door.program()

    answer = await door.browser_of(alice, origin=HOME).post("/api/team/create", json=NEW_TEAM)

    assert answer.status_code == 201


async def test_a_form_cannot_pass_for_json(door: Door) -> None:
    alice = await door.program()
    browser = door.browser_of(alice)

    answer = await browser.post(
        "/api/team/create",
        content=b'{"name": "North"}',
        headers={"Content-Type": "text/plain"},
    )

    assert answer.status_code == 422
    assert (await alice.get("/team/list")).json() == []


async def test_a_cookie_nobody_was_given_is_nobody(door: Door) -> None:
    alice = await door.program()
    browser = door.browser_of(alice)
    browser.cookies.set("qrev_session", "a-session-an-attacker-chose")

    answer = await browser.get("/api/user/details")

    assert answer.status_code == 401


async def test_a_key_may_do_what_its_scopes_say_and_no_more(door: Door) -> None:
    alice = await door.program()
    statuses = {}
    for scope in ("read", "write", "manage"):
        made = await alice.done("/account/api-keys/create", name=scope, scopes=[scope])
        headers = {"Authorization": f"Bearer {made['secret']}"}
        looked = await door.http.get("/api/team/list", headers=headers)
        managed = await door.http.post("/api/team/create", json={"name": scope}, headers=headers)
        statuses[scope] = (looked.status_code, managed.status_code)

    assert statuses == {"read": (200, 403), "write": (200, 403), "manage": (200, 201)}


async def test_a_keys_secret_is_shown_once_and_kept_nowhere(door: Door) -> None:
    alice = await door.program()

    made = await alice.done("/account/api-keys/create", name="Nightly", scopes=["read"])

    listed = await alice.get("/account/api-keys/list")
    kept = [d async for d in door.database.api_keys.find()]
    assert made["secret"] not in listed.text + repr(kept)
    assert listed.json()[0]["hint"] in made["secret"]


async def test_a_revoked_key_stops_at_once_and_a_used_one_says_when(door: Door) -> None:
    alice = await door.program()
    made = await alice.done("/account/api-keys/create", name="Nightly", scopes=["read"])
    headers = {"Authorization": f"Bearer {made['secret']}"}
    await door.http.get("/api/team/list", headers=headers)
    [used] = (await alice.get("/account/api-keys/list")).json()

    await alice.done("/account/api-keys/revoke", key_id=made["key"]["key_id"])

    assert used["last_used_at"] is not None
    assert (await door.http.get("/api/team/list", headers=headers)).status_code == 401


async def test_a_key_has_no_session_and_makes_no_other_key(door: Door) -> None:
    alice = await door.program()
    made = await alice.done(
        "/account/api-keys/create", name="All", scopes=["read", "write", "manage"]
    )
    headers = {"Authorization": f"Bearer {made['secret']}"}
    asked: dict[str, dict[str, object]] = {
        "/api/auth/ex/tokens": {},
        "/api/auth/logout": {},
        "/api/auth/sessions/end": {"session_id": alice.session_id},
        "/api/account/api-keys/create": {"name": "More", "scopes": ["read"]},
    }

    answers = {
        path: (await door.http.post(path, json=body, headers=headers)).status_code
        for path, body in asked.items()
    }

    assert answers == dict.fromkeys(asked, 403) | {"/api/auth/ex/tokens": 401}
    assert (await alice.get("/user/details")).status_code == 200


async def test_a_key_sees_its_own_workspace_and_nothing_of_its_makers_others(door: Door) -> None:
    alice = await door.program()
    bob = await door.joined(alice, "Bob")
    made = await bob.done("/account/api-keys/create", name="All", scopes=["read", "write"])
    headers = {"Authorization": f"Bearer {made['secret']}"}
    await bob.done("/account/create", name="Bob's own")
    seen = {}

    for path in ("/user/accounts/list", "/user/invitations/list", "/auth/sessions/list"):
        answer = await door.http.get(f"/api{path}", headers=headers)
        seen[path] = answer.status_code

    workspaces = await door.http.get("/api/user/accounts/list", headers=headers)
    assert list(seen.values()) == [200, 403, 403]
    assert [each["is_chosen"] for each in workspaces.json()] == [True]
    assert "Bob's own" not in workspaces.text
    assert len((await bob.get("/user/accounts/list")).json()) == 2


async def test_a_newcomer_is_told_what_to_do_and_may_do_that(door: Door) -> None:
    alice = await door.program()
    await alice.done("/account/users/invite", email="bob@bob.test", role=Role.SELLER)
    bob = await door.program("Bob")

    refused = await bob.get("/account/users/list")
    details = (await bob.get("/user/details")).json()
    created = await bob.post("/account/create", name="Bob's own")

    assert (refused.status_code, "Create one" in refused.json()["detail"]) == (403, True)
    assert (details["account_id"], details["role"]) == (None, None)
    assert (created.status_code, created.json()["role"]) == (201, "owner")
    assert (await bob.get("/account/details")).json()["name"] == "Bob's own"
