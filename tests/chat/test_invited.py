"""The link of an invitation: it shows who asks, and gives nothing."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.fakes import FakeClock
from tests.socket_client import Tab

pytestmark = pytest.mark.anyio
BOB = "bob@acme.test"


@pytest.fixture
async def alice(base: str) -> Tab:
    return await Tab(base).sign_in("alice@acme.test", "Alice <b>")


async def invited(alice: Tab, email: str = BOB) -> str:
    """Return the path of a link that invites someone."""
    answer = await alice.http.post(
        "/api/account/users/invite",
        json={"email": email, "role": "seller"},
        headers={"Origin": alice.base},
    )
    assert answer.status_code == 201, answer.text
    link = urlsplit(answer.json()["link"])
    return f"{link.path}?{link.query}"


async def test_the_link_says_who_invites_whom_and_asks_to_sign_in(alice: Tab, base: str) -> None:
    path = await invited(alice)

    page = await Tab(base).http.get(path)

    assert page.status_code == 200
    for words in ("Alice &lt;b&gt; invites", BOB, "as a seller", 'action="/login"'):
        assert words in page.text
    assert "<b>'s workspace" not in page.text
    assert "set-cookie" not in page.headers


async def test_whoever_it_is_for_is_let_through_to_answer(alice: Tab, base: str) -> None:
    path = await invited(alice)
    bob = await Tab(base).sign_in(BOB, "Bob")

    page = await bob.http.get(path)

    assert (page.status_code, page.headers["location"]) == (303, "/")


async def test_anyone_else_is_told_to_sign_in_with_that_address(alice: Tab, base: str) -> None:
    path = await invited(alice)
    mallory = await Tab(base).sign_in("mallory@other.test", "Mallory")

    page = await mallory.http.get(path)
    joined = await mallory.http.get("/api/user/accounts/list")

    assert page.status_code == 403
    assert "you are signed in as\nmallory@other.test" in page.text
    assert 'action="/logout"' in page.text
    assert "Alice" not in joined.text


async def test_a_link_that_was_renewed_or_is_too_old_says_so(
    alice: Tab, base: str, clock: FakeClock
) -> None:
    first = await invited(alice)
    second = await invited(alice)
    nobody = Tab(base).http

    renewed = await nobody.get(first)
    alive = await nobody.get(second)
    clock.advance(days=14)
    old = await nobody.get(second)

    assert (renewed.status_code, alive.status_code, old.status_code) == (404, 200, 404)
    assert "Ask whoever invited you" in renewed.text


@pytest.mark.parametrize("token", ["", "x", "x.y", "é", "x" * 9000])
async def test_a_made_up_link_is_over(base: str, token: str) -> None:
    page = await Tab(base).http.get("/invitation", params={"t": token})

    assert page.status_code == 404
