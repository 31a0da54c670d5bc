"""Signing in with Google in a real browser, whose cookies and policies are those of real people."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from qrev.kit.clock import utc_now
from tests.browser.conftest import FLAGS, Desktop, is_wider_than_its_window, picture
from tests.fakes import FakeClock
from tests.google_servers import an_emulated_google, google_settings, redirect_uri
from tests.sites import a_free_port, a_site

pytestmark = pytest.mark.anyio


@pytest.fixture
async def at_google(tmp_path: Path) -> AsyncIterator[Desktop]:
    """A browser on a QRev whose people sign in with Google."""
    port, clock = a_free_port(), FakeClock(utc_now())
    with an_emulated_google([redirect_uri(port)]) as google:
        settings = google_settings(tmp_path / "data", google.issuer, port)
        async with a_site(settings, clock) as base, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=FLAGS
            )
            yield Desktop(browser=browser, base=base, clock=clock, outbox=tmp_path)
            await browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
async def test_the_page_fits_and_says_why(at_google: Desktop, width: int, scheme: str) -> None:
    page = await at_google.page(width=width, scheme="dark" if scheme == "dark" else "light")

    await page.goto(at_google.base)

    await expect(page.get_by_role("link", name="Sign in with Google")).to_be_visible()
    await expect(page.get_by_text("To send the mails you confirm")).to_be_visible()
    assert not await is_wider_than_its_window(page)
    await picture(page, f"google-{width}-{scheme}")


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
