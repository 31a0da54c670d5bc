"""Signing in with Google: the way there, the way back, and everything that is no way back."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from qrev.kit.clock import utc_now
from tests.chat.google import Browser
from tests.fakes import FakeClock
from tests.google_servers import (
    UNVERIFIED,
    Emulated,
    Provider,
    a_provider,
    an_emulated_google,
    google_settings,
    redirect_uri,
)
from tests.sites import a_free_port, a_site

pytestmark = pytest.mark.anyio
PORT = a_free_port()
ALICE, BOB = "alice@acme.test", "bob@acme.test"


@pytest.fixture(scope="module")
def emulated() -> Iterator[Emulated]:
    with an_emulated_google([redirect_uri(PORT)]) as google:
        yield google


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with a_provider() as server:
        yield server


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(utc_now())


@pytest.fixture
async def base(tmp_path: Path, emulated: Emulated, clock: FakeClock) -> AsyncIterator[str]:
    settings = google_settings(tmp_path / "data", emulated.issuer, PORT)
    async with a_site(settings, clock) as address:
        yield address


@pytest.fixture
async def strict(tmp_path: Path, provider: Provider, clock: FakeClock) -> AsyncIterator[str]:
    """Where QRev answers whose people can say no."""
    settings = google_settings(tmp_path / "data", provider.issuer, PORT)
    async with a_site(settings, clock) as address:
        yield address


@pytest.fixture
async def browser(base: str, emulated: Emulated) -> AsyncIterator[Browser]:
    one = Browser(base, emulated)
    yield one
    await one.http.aclose()


@pytest.fixture
async def other(base: str, emulated: Emulated) -> AsyncIterator[Browser]:
    one = Browser(base, emulated)
    yield one
    await one.http.aclose()


async def test_the_page_says_why_each_permission_is_asked(browser: Browser) -> None:
    page = (await browser.http.get("/login")).text

    assert 'href="/login/google?next=/"' in page
    for words in ("To send the mails you confirm", "To notice replies and bounces", "untick"):
        assert words in page
    assert 'name="email"' not in page


async def test_who_google_vouches_for_is_signed_in(browser: Browser) -> None:
    response = await browser.sign_in(ALICE, timezone="Europe/Berlin")

    user = await browser.user()
    assert response.headers["location"] == "/"
    assert user is not None
    assert (user["identifier"], user["display_name"]) == (ALICE, "Alice Archer")
    assert "httponly" in response.headers["set-cookie"].lower()
    assert "session" not in str(user)


async def test_names_are_not_believed_beside_google(browser: Browser) -> None:
    response = await browser.http.post("/login", data={"email": ALICE, "name": "Alice"})

    assert response.status_code == 403
    assert await browser.user() is None


async def test_one_who_unticks_the_mailbox_is_signed_in_all_the_same(
    browser: Browser, emulated: Emulated
) -> None:
    url = await browser.leave()
    back = await emulated.choose(url, BOB, scope="openid email profile")

    response = await browser.http.get(back)

    assert response.status_code == 303
    assert (await browser.user() or {})["identifier"] == BOB


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        ("/thread/5f0c", "/thread/5f0c"),
        ("/?a=b", "/?a=b"),
        ("https://evil.test/", "/"),
        ("//evil.test", "/"),
        ("/\\evil.test", "/"),
        ("/%5C/evil.test", "/%5C/evil.test"),  # a path like any other: browsers do not undo it
        ("\t//evil.test", "/"),
        ("/\n/evil.test", "/"),
        ("javascript:alert(1)", "/"),
        ("evil.test", "/"),
        ("/" + "x" * 600, "/"),
        ("/ü", "/"),
    ],
)
async def test_one_comes_back_to_a_place_of_ours_and_nowhere_else(
    browser: Browser, wanted: str, there: str
) -> None:
    response = await browser.sign_in(ALICE, next=wanted)
    page = await browser.http.get("/login", params={"next": wanted})

    assert response.headers["location"] == there
    assert "evil.test" not in page.text or there != "/"


async def test_who_says_no_is_told_what_that_means(strict: str, provider: Provider) -> None:
    browser = Browser(strict, provider)

    response = await browser.http.get(await provider.deny(await browser.leave()))

    assert response.status_code == 403
    assert "press Continue at Google" in response.text
    assert 'href="/login/google' in response.text
    assert await browser.user() is None
    await browser.http.aclose()


async def test_a_sign_in_of_ten_minutes_ago_is_over(
    browser: Browser, emulated: Emulated, clock: FakeClock
) -> None:
    back = await emulated.choose(await browser.leave(), ALICE)
    clock.advance(minutes=10)

    response = await browser.http.get(back)

    assert response.status_code == 403
    assert "longer than ten minutes" in response.text
    assert await browser.user() is None


async def test_an_answer_works_once(browser: Browser, emulated: Emulated) -> None:
    back = await emulated.choose(await browser.leave(), ALICE)
    await browser.http.get(back)
    await browser.http.post("/logout")

    response = await browser.http.get(back)

    assert response.status_code == 403
    assert "works only once" in response.text
    assert await browser.user() is None


async def test_an_answer_in_another_browser_signs_nobody_in(
    browser: Browser, other: Browser, emulated: Emulated
) -> None:
    await other.leave()
    back = await emulated.choose(await browser.leave(), ALICE)

    response = await other.http.get(back)

    assert response.status_code == 403
    assert "begun in another browser" in response.text
    assert await other.user() is None
    assert (await browser.http.get(back)).status_code == 303


@pytest.mark.parametrize(
    "query",
    ["", "code=x", "state=x&code=x", "state=&code=", "error=x", "state=x&error=access_denied"],
)
async def test_an_answer_to_nothing_signs_nobody_in(browser: Browser, query: str) -> None:
    response = await browser.http.get(f"/api/google/auth/code/to/tokens?{query}")

    assert response.status_code == 403
    assert "qrev_session" not in response.headers.get("set-cookie", "")
    assert 'role="alert"' in response.text


async def test_a_code_of_another_persons_sign_in_is_refused(
    browser: Browser, other: Browser, emulated: Emulated
) -> None:
    mine = await emulated.choose(await browser.leave(), ALICE)
    theirs = await emulated.choose(await other.leave(), BOB)
    [state] = parse_qs(urlsplit(mine).query)["state"]
    [code] = parse_qs(urlsplit(theirs).query)["code"]

    response = await browser.http.get(
        "/api/google/auth/code/to/tokens", params={"state": state, "code": code}
    )

    assert response.status_code == 403
    assert await browser.user() is None


async def test_an_unverified_address_is_said_so(browser: Browser) -> None:
    response = await browser.come_back(UNVERIFIED)

    assert response.status_code == 403
    assert "has not verified" in response.text
    assert await browser.user() is None


async def test_two_tabs_can_sign_in_at_once(browser: Browser, emulated: Emulated) -> None:
    first, second = await browser.leave(), await browser.leave()

    one = await browser.http.get(await emulated.choose(first, ALICE))
    two = await browser.http.get(await emulated.choose(second, ALICE))

    assert (one.status_code, two.status_code) == (303, 303)


async def test_each_sign_in_is_a_new_session_and_the_one_before_ends(browser: Browser) -> None:
    await browser.sign_in(ALICE)
    before = browser.http.cookies["qrev_session"]
    await browser.sign_in(ALICE)
    after = browser.http.cookies["qrev_session"]

    async with httpx.AsyncClient(base_url=browser.http.base_url) as thief:
        answer = await thief.get("/user", headers={"Cookie": f"qrev_session={before}"})

    assert before != after
    assert answer.status_code == 401
    assert (await browser.user() or {})["identifier"] == ALICE


async def test_too_many_tries_are_told_when_to_come_again(browser: Browser) -> None:
    answers = [await browser.http.get("/login/google") for _ in range(61)]
    callback = await browser.http.get("/api/google/auth/code/to/tokens?state=x&code=x")

    assert {answer.status_code for answer in answers[:60]} == {303}
    assert answers[60].status_code == 429
    assert 1 <= int(answers[60].headers["retry-after"]) <= 600
    assert "Wait a few minutes" in answers[60].text
    assert callback.status_code == 403  # counted apart: who has begun may finish


async def test_states_cannot_be_guessed_at_leisure(browser: Browser, clock: FakeClock) -> None:
    path = "/api/google/auth/code/to/tokens?state=guess&code=x"
    answers = [(await browser.http.get(path)).status_code for _ in range(61)]
    clock.advance(minutes=10)

    assert answers == [403] * 60 + [429]
    assert (await browser.http.get(path)).status_code == 403


async def test_nothing_secret_is_logged(
    browser: Browser, emulated: Emulated, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    back = await emulated.choose(await browser.leave(), ALICE)
    await browser.http.get(back)
    await browser.http.get(back)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith(("qrev", "chainlit"))]

    secrets = [value for values in parse_qs(urlsplit(back).query).values() for value in values]
    secrets += [cookie.value or "" for cookie in browser.http.cookies.jar]
    assert len(secrets) == 4
    assert not [secret for secret in secrets if secret in "\n".join(ours)]


async def test_who_is_signed_in_can_connect_the_mailbox_later(
    browser: Browser, emulated: Emulated
) -> None:
    url = await browser.leave()
    await browser.http.get(await emulated.choose(url, BOB, scope="openid email profile"))
    session = browser.http.cookies["qrev_session"]

    asked = await browser.leave(mailbox="", next="/")
    response = await browser.http.get(await emulated.choose(asked, BOB))

    query = parse_qs(urlsplit(asked).query)
    assert (query["prompt"], query["login_hint"]) == (["consent"], [BOB])
    assert response.status_code == 303
    assert browser.http.cookies["qrev_session"] == session


async def test_another_persons_mailbox_is_not_connected(
    browser: Browser, emulated: Emulated
) -> None:
    await browser.sign_in(BOB)

    response = await browser.http.get(await emulated.choose(await browser.leave(mailbox=""), ALICE))

    assert response.status_code == 403
    assert "choose bob@acme.test" in response.text
    assert (await browser.user() or {})["identifier"] == BOB


async def test_a_google_that_is_away_is_said_in_words(tmp_path: Path, clock: FakeClock) -> None:
    nobody = f"http://127.0.0.1:{a_free_port()}"
    settings = google_settings(tmp_path / "data", nobody, PORT)
    async with a_site(settings, clock) as address, httpx.AsyncClient(base_url=address) as browser:
        response = await browser.get("/login/google")

    assert response.status_code == 503
    assert "did not answer" in response.text
