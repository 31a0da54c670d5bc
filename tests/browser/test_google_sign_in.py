"""Signing in with Google in a real browser, whose cookies and policies are those of real people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Locator, Page, expect

from qrev.kit.clock import utc_now
from tests.browser.conftest import (
    Desktop,
    a_browser,
    card,
    command,
    looks,
    picture,
)
from tests.fakes import FakeClock
from tests.google_servers import Emulated, an_emulated_google, google_settings, redirect_uri
from tests.sites import a_free_port, a_site

pytestmark = pytest.mark.anyio
POST = """async ([path, body]) => (await fetch(path, {
  method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)
})).json()"""


@pytest.fixture
async def at_google(tmp_path: Path, chromium: str) -> AsyncIterator[Desktop]:
    """A browser on a QRev whose people sign in with Google."""
    port, clock = a_free_port(), FakeClock(utc_now())
    with an_emulated_google([redirect_uri(port)]) as google:
        settings = google_settings(tmp_path / "data", google.issuer, port)
        async with (
            a_site(settings, clock) as base,
            a_browser(chromium) as browser,
        ):
            yield Desktop(browser=browser, base=base, clock=clock, outbox=tmp_path)


async def test_the_page_fits_and_says_why(at_google: Desktop) -> None:
    page = await at_google.page()

    await page.goto(at_google.base)

    await expect(page.get_by_role("link", name="Sign in with Google")).to_be_visible()
    await expect(page.get_by_text("To send the mails you confirm")).to_be_visible()
    await looks(page, "google")


async def test_one_goes_to_google_and_comes_back_signed_in(at_google: Desktop) -> None:
    page = await at_google.page()
    await page.goto(f"{at_google.base}/login?next=/%3Fa=b")

    await page.get_by_role("link", name="Sign in with Google").click()
    await page.get_by_role("button", name="alice@acme.test").click()

    await page.locator("#chat-input").wait_for()
    assert page.url.startswith(f"{at_google.base}/")
    user = await page.evaluate("fetch('/user').then(response => response.json())")
    assert user["identifier"] == "alice@acme.test"
    assert await page.evaluate("document.cookie") == ""


async def test_a_wrong_way_back_is_a_page_one_can_go_on_from(at_google: Desktop) -> None:
    page = await at_google.page()

    await page.goto(f"{at_google.base}/api/google/auth/code/to/tokens?error=access_denied")

    await expect(page.get_by_role("alert")).to_contain_text("press Continue at Google")
    await picture(page, "google-denied")
    await page.get_by_role("link", name="Sign in with Google").click()
    await page.get_by_role("button", name="bob@acme.test").click()
    await page.locator("#chat-input").wait_for()


async def test_each_page_of_an_invitation_says_what_to_do(at_google: Desktop) -> None:
    alice = await at_google.page()
    await signed_in(at_google, alice, "alice@acme.test")
    link = await invited(alice, "bob@acme.test")
    guest = await at_google.page(width=360)

    await guest.goto(link)
    await expect(guest.get_by_text("Alice Archer invites bob@acme.test")).to_be_visible()
    await expect(guest.get_by_role("link", name="Sign in with Google")).to_be_visible()
    await looks(guest, "invitation")

    await guest.goto(f"{at_google.base}/invitation?t=made-up")
    await expect(guest.get_by_role("alert")).to_contain_text("This invitation is over")
    await expect(guest.get_by_role("link", name="Go to QRev")).to_be_visible()
    await looks(guest, "invitation-over")

    await alice.goto(link)
    await expect(alice.get_by_role("button", name="Sign out")).to_be_visible()
    await looks(alice, "invitation-of-another")


async def test_each_wrong_way_back_fits_a_telephone(at_google: Desktop) -> None:
    page = await at_google.page(width=360)
    other = await at_google.page()
    back = await way_back(at_google, other)

    await page.goto(back)
    await expect(page.get_by_role("alert")).to_contain_text("begun in another browser")
    await looks(page, "google-foreign")

    await other.goto(back)
    await page.context.add_cookies(await other.context.cookies())  # type: ignore[arg-type]
    await page.goto(back)
    await expect(page.get_by_role("alert")).to_contain_text("works only once")
    await looks(page, "google-replayed")

    late = await way_back(at_google, page)
    at_google.clock.advance(minutes=11)
    await page.goto(late)
    await expect(page.get_by_role("alert")).to_contain_text("longer than ten minutes")
    await looks(page, "google-expired")


async def test_a_mailbox_is_disconnected_and_connected_again(at_google: Desktop) -> None:
    page = await at_google.page()
    await signed_in(at_google, page, "alice@acme.test")
    profile = await profile_of(at_google, page)
    await expect(profile).to_contain_text("QRev may send mails as you and read the replies.")
    await looks(page, "mailbox-good")

    await profile.get_by_role("button", name="Disconnect").click()
    await profile.get_by_role("button", name="Disconnect").click()
    await expect(profile.get_by_text("Not connected", exact=True)).to_be_visible()
    await looks(page, "mailbox-missing")
    await profile.get_by_role("link", name="Connect Gmail").click()
    await page.get_by_role("button", name="alice@acme.test").click()
    await page.wait_for_url(f"{at_google.base}/**")

    again = await profile_of(at_google, page)
    await expect(again.get_by_text("Connected", exact=True)).to_be_visible()


async def profile_of(desktop: Desktop, page: Page) -> Locator:
    """Return the card of oneself, of a new conversation, down to where Gmail is."""
    await page.goto(desktop.base)
    await page.locator("#command-button").wait_for()
    await command(page, "profile")
    profile = card(page, "You:")
    await profile.get_by_role("heading", name="Gmail").scroll_into_view_if_needed()
    return profile


async def signed_in(desktop: Desktop, page: Page, email: str) -> None:
    await page.goto(desktop.base)
    await page.get_by_role("link", name="Sign in with Google").click()
    await page.get_by_role("button", name=email).click()
    await page.wait_for_url(f"{desktop.base}/**")
    await page.evaluate(POST, ["/api/account/create", {"name": "Acme"}])


async def invited(page: Page, email: str) -> str:
    asked = {"email": email, "role": "seller"}
    answer = await page.evaluate(POST, ["/api/account/users/invite", asked])
    return str(answer["link"])


async def way_back(desktop: Desktop, page: Page) -> str:
    """Return where Google sends that browser, which does not go there yet."""
    start = f"{desktop.base}/login/google"
    there = (await page.context.request.get(start, max_redirects=0)).headers["location"]
    parts = urlsplit(there)
    google = Emulated(issuer=f"{parts.scheme}://{parts.netloc}")
    return await google.choose(there, "alice@acme.test")
