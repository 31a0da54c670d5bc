"""The chat's cookie is worth what its session is worth: at every request, turn and press."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import jwt
import pytest
import socketio

from qrev.chat.home import COOKIE
from tests.fakes import FakeClock
from tests.sites import SECRETS, a_site, some_settings
from tests.socket_client import Tab
from tests.waiting import eventually

pytestmark = pytest.mark.anyio
Refused = socketio.exceptions.ConnectionError
EMAIL = "alice@acme.test"
KEY = SECRETS["chainlit_auth_secret"]


@pytest.fixture
async def tab(base: str) -> Tab:
    return await Tab(base).sign_in(EMAIL, "Alice")


def forged(key: str = KEY, **changes: object) -> str:
    """Return a cookie as Chainlit makes them."""
    facts: dict[str, object] = {
        "identifier": EMAIL,
        "display_name": "Alice",
        "metadata": {},
        "exp": datetime.now(UTC) + timedelta(days=1),
    }
    return jwt.encode(facts | changes, key, "HS256")


async def status_with(base: str, cookie: str) -> int:
    async with httpx.AsyncClient(base_url=base) as browser:
        return (await browser.get("/user", headers={"Cookie": f"{COOKIE}={cookie}"})).status_code


async def test_signing_out_ends_the_session_and_not_only_the_cookie(tab: Tab, base: str) -> None:
    kept = tab.http.cookies[COOKIE]

    response = await tab.http.post("/logout")

    assert (response.status_code, response.json()) == (200, {"success": True})
    assert COOKIE not in tab.http.cookies
    assert await status_with(base, kept) == 401


async def test_an_open_tab_is_closed_when_its_session_ends(tab: Tab) -> None:
    await tab.open()
    await tab.say("/help")
    await tab.text("Drop a CSV")

    await tab.http.post("/logout")

    await eventually(lambda: _is_closed(tab))


async def test_a_press_of_who_signed_out_is_refused(tab: Tab) -> None:
    await tab.open()
    cookies = dict(tab.http.cookies)
    await tab.http.post("/logout")
    tab.http.cookies.update(cookies)

    pressed = await tab.http.post(
        "/project/action",
        json={"sessionId": tab.session_id, "action": {"name": "people_page", "payload": {}}},
    )

    assert pressed.status_code == 401


async def test_a_turn_in_a_session_that_ended_elsewhere_is_refused_in_words(
    tab: Tab, base: str
) -> None:
    await tab.open()
    await tab.say("/help")
    await tab.text("Drop a CSV")
    await _end_over_rest(tab)

    await tab.say("Show my people")

    await tab.until(lambda tab: tab.toasts)
    assert tab.toasts == ["You are not signed in any more. Please sign in again."]
    assert not [e for e in tab.elements.values() if e["name"] == "PeopleCard"]


async def test_a_socket_is_not_opened_for_who_signed_out(tab: Tab, base: str) -> None:
    late = Tab(base).same_browser(tab)
    await tab.http.post("/logout")

    with pytest.raises(Refused):
        await late.open()


async def test_signing_out_everywhere_ends_every_device(tab: Tab, base: str) -> None:
    phone = await (await Tab(base).sign_in(EMAIL, "Alice")).open()
    colleague = await Tab(base).sign_in("mallory@other.test", "Mallory")
    kept = phone.http.cookies[COOKIE]

    response = await tab.http.post("/logout/everywhere")

    assert response.status_code == 200
    assert await status_with(base, kept) == 401
    await eventually(lambda: _is_closed(phone))
    assert (await colleague.http.get("/user")).status_code == 200


async def test_nobody_signs_out_others_by_being_nobody(tab: Tab, base: str) -> None:
    async with httpx.AsyncClient(base_url=base) as nobody:
        response = await nobody.post("/logout/everywhere")

    assert response.status_code == 401
    assert (await tab.http.get("/user")).status_code == 200


@pytest.mark.parametrize("path", ["/logout", "/logout/everywhere", "/project/action"])
async def test_a_page_of_another_origin_changes_nothing(tab: Tab, path: str) -> None:
    response = await tab.http.post(path, json={}, headers={"Origin": "https://evil.test"})

    assert response.status_code == 403
    assert (await tab.http.get("/user")).status_code == 200


async def test_a_form_is_shown_where_to_sign_in_again(tab: Tab) -> None:
    response = await tab.http.post("/logout", headers={"Accept": "text/html,*/*"})

    assert (response.status_code, response.headers["location"]) == (303, "/login")


async def test_signing_in_again_ends_the_session_before(tab: Tab, base: str) -> None:
    before = tab.http.cookies[COOKIE]

    await tab.sign_in(EMAIL, "Alice")

    assert await status_with(base, before) == 401
    assert await status_with(base, tab.http.cookies[COOKIE]) == 200


async def test_a_cookie_that_was_planted_is_not_what_one_is_signed_in_by(base: str) -> None:
    mallory = await Tab(base).sign_in("mallory@other.test", "Mallory")
    planted = mallory.http.cookies[COOKIE]
    victim = Tab(base)
    victim.http.cookies.update(mallory.http.cookies)

    await victim.sign_in(EMAIL, "Alice")

    assert victim.http.cookies[COOKIE] != planted
    assert (await victim.http.get("/user")).json()["identifier"] == EMAIL
    assert await status_with(base, planted) == 401


@pytest.mark.parametrize(
    "cookie",
    [
        forged(),
        forged(metadata={"session_id": "ses_made_up"}),
        forged(metadata={"session_id": {"$ne": ""}}),
        forged(metadata={"session_id": None}),
        forged(metadata="x"),
        forged("another-key-of-32-bytes-and-more!"),
        jwt.encode({"identifier": EMAIL}, "", "none"),
        "x" * 5000,
        "a.b.c",
        "",
    ],
    ids=[
        "without a session",
        "of a session nobody began",
        "with an operator",
        "with nothing",
        "with words",
        "signed by another",
        "unsigned",
        "far too long",
        "no token",
        "empty",
    ],
)
async def test_a_cookie_without_a_living_session_is_nobodys(tab: Tab, cookie: str) -> None:
    assert await status_with(tab.base, cookie) == 401


async def test_a_cookie_that_has_ended_is_nobodys(tab: Tab) -> None:
    facts = jwt.decode(tab.http.cookies[COOKIE], KEY, ["HS256"])
    old = forged(metadata=facts["metadata"], exp=datetime.now(UTC) - timedelta(seconds=1))
    again = forged(metadata=facts["metadata"])

    assert await status_with(tab.base, again) == 200
    assert await status_with(tab.base, old) == 401


async def test_a_session_nobody_used_for_months_is_over(
    tab: Tab, base: str, clock: FakeClock
) -> None:
    clock.advance(days=181)

    assert await status_with(base, tab.http.cookies[COOKIE]) == 401


async def test_a_bearer_token_is_not_a_cookie(tab: Tab, base: str) -> None:
    async with httpx.AsyncClient(base_url=base) as program:
        token = {"Authorization": f"Bearer {tab.http.cookies[COOKIE]}"}
        response = await program.get("/user", headers=token)

    assert response.status_code == 401


async def test_what_the_page_is_told_of_its_user_is_no_secret(tab: Tab) -> None:
    told = (await tab.http.get("/user")).json()

    assert set(told) == {"id", "createdAt", "identifier", "display_name", "metadata"}
    assert told["metadata"] == {}
    facts = jwt.decode(tab.http.cookies[COOKIE], KEY, ["HS256"])
    assert facts["metadata"]["session_id"] not in json.dumps(told)


async def test_a_tab_that_comes_back_after_signing_in_again_works(tab: Tab, base: str) -> None:
    await tab.open()
    await tab.say("/help")
    await tab.text("Drop a CSV")
    await tab.lose_connection()
    await tab.sign_in(EMAIL, "Alice")

    again = Tab(base).same_browser(tab)
    again.session_id = tab.session_id
    await again.connect_only()

    assert (await again.view("people_page"))["total"] == 0
    await again.close()


async def test_without_google_and_beyond_loopback_the_page_says_what_to_set(
    tmp_path: Path, clock: FakeClock
) -> None:
    settings = some_settings(tmp_path / "data", host="0.0.0.0")
    async with a_site(settings, clock) as address, httpx.AsyncClient(base_url=address) as browser:
        page = await browser.get("/login")

    assert page.status_code == 403
    assert "GOOGLE_CLIENT_ID" in page.text


async def _is_closed(tab: Tab) -> bool:
    return not tab.is_connected


async def _end_over_rest(tab: Tab) -> None:
    """End the tab's session in a way that leaves its socket open."""
    answer = await tab.http.post("/api/auth/logout", headers={"Origin": tab.base})
    assert answer.status_code == 204, answer.text
