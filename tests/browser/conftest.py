"""A real browser on a running QRev. Screenshots go to SCREENSHOTS, where it is set."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.fakes import FakeClock
from tests.sites import a_site, some_settings

SAMPLE = Path(__file__).parents[2] / "docs" / "sample.csv"
# No sandbox for those who run tests as root; and nothing that would look for other hosts.
FLAGS = [
    "--headless",
    "--remote-debugging-port=0",
    "--no-sandbox",
    "--hide-scrollbars",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--force-color-profile=srgb",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1280, "light"), (360, "dark"))
TRIES = 5
WISH = "Write to these people about our demand forecasting tool, in 3 steps over two weeks"


@dataclass(kw_only=True)
class Desktop:
    """A browser, QRev's address, and the clock both of them go by."""

    browser: Browser
    base: str
    clock: FakeClock
    outbox: Path
    complaints: list[str] = field(default_factory=list)

    async def page(self, *, width: int = 1280, scheme: Literal["light", "dark"] = "light") -> Page:
        """Return a page that nobody is signed in on."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            timezone_id="Europe/Berlin",
            permissions=["clipboard-read", "clipboard-write"],
        )
        page = await context.new_page()
        await page.clock.install(time=self.clock.now)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    async def signed_in(
        self, *, width: int = 1280, scheme: Literal["light", "dark"] = "light"
    ) -> Page:
        """Return a page with Alice's empty conversation."""
        page = await self.page(width=width, scheme=scheme)
        await self.sign_in(page, "Alice Doe", "alice@acme.test")
        await page.goto(self.base)
        # The commands come over the socket: before it is up, a file would be left behind.
        await page.locator("#command-button").wait_for()
        return page

    async def sign_in(self, page: Page, name: str, email: str) -> None:
        """Send what the page for signing in sends, without waiting for that page to be drawn."""
        said: dict[str, str | float | bool] = {
            "name": name,
            "email": email,
            "timezone": "Europe/Berlin",
        }
        answer = await page.request.post(
            f"{self.base}/login", form=said, headers={"Origin": self.base}, max_redirects=0
        )
        assert answer.status == 303, await answer.text()


@pytest.fixture
def more_settings() -> dict[str, Any]:
    """Return what else is set; a file of tests may have its own."""
    return {}


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield where one Chromium listens: starting it for each test takes longer than most do."""
    executable = shutil.which("chromium")
    assert executable, "The browser tests need Chromium: on Debian, apt install chromium"
    profile = tmp_path_factory.mktemp("chromium")
    child = subprocess.Popen(
        [executable, *FLAGS, f"--user-data-dir={profile}", "about:blank"], stderr=subprocess.PIPE
    )
    assert child.stderr is not None
    with child, child.stderr as told:
        lines = iter(told.readline, b"")
        found = (re.search(rb"listening on (ws://\S+)", line) for line in lines)
        yield next(match for match in found if match)[1].decode()
        child.terminate()
        told.read()


@asynccontextmanager
async def a_browser(address: str) -> AsyncIterator[Browser]:
    """Yield the Chromium that listens there; the pages opened in it are closed afterwards."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(address)
        before = set(browser.contexts)
        yield browser
        for context in set(browser.contexts) - before:
            await context.close()


@pytest.fixture
async def desktop(
    tmp_path: Path, clock: FakeClock, chromium: str, more_settings: dict[str, Any]
) -> AsyncIterator[Desktop]:
    async with (
        a_site(some_settings(tmp_path / "data", **more_settings), clock) as base,
        a_browser(chromium) as browser,
    ):
        opened = Desktop(
            browser=browser, base=base, clock=clock, outbox=tmp_path / "data" / "outbox"
        )
        yield opened
        for context in browser.contexts:
            await context.close()
        assert opened.complaints == []


async def say(page: Page, words: str, *, file: Path | None = None) -> None:
    """Type into the composer and press Enter, with a file if there is one."""
    if file is not None:
        await page.set_input_files("#upload-button-input", file)
        await page.get_by_text(file.name).first.wait_for()
    await page.locator("#chat-input").press_sequentially(words)
    await page.locator("#chat-input").press("Enter")  # a menu that closes takes the focus back


async def command(page: Page, name: str) -> None:
    """Choose a command by typing it, and send it."""
    composer, chosen = (
        page.locator("#chat-input"),
        page.get_by_role("button", name=name, exact=True),
    )
    for _ in range(TRIES):
        await composer.press("ControlOrMeta+a")
        await composer.press("Delete")
        await composer.press_sequentially(f"/{name}")
        await composer.press("Enter")
        try:
            await chosen.wait_for(timeout=5000)
        except PlaywrightTimeout:
            if not (await composer.inner_text()).strip():
                return  # it went as it was typed, which is the same to QRev
            continue  # the page was drawn anew in the middle of the word
        await composer.press("Enter")
        return
    pytest.fail(f"/{name} could not be chosen")


def card(page: Page, title: str) -> Locator:
    """Return the newest card with that title."""
    return page.locator(".qrev-card").filter(has=page.get_by_role("heading", name=title)).last


async def picture(page: Page, name: str) -> None:
    """Keep what the page looks like now, for somebody to look at."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def is_wider_than_its_window(page: Page) -> bool:
    """Return whether a person would have to scroll sideways."""
    wide: bool = await page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return wide


async def dress(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Choose light or dark, the way a member does. Pages of our own follow the system alone."""
    await page.emulate_media(color_scheme=scheme)
    toggle, chosen = (
        page.locator("#theme-toggle"),
        page.get_by_role("menuitem", name=scheme.title()),
    )
    if not await toggle.count():
        return
    for _ in range(TRIES):
        await toggle.click()
        try:
            # Not `click`: a menu whose page is drawn anew goes before it stands still.
            await chosen.dispatch_event("click", timeout=2000)
        except PlaywrightTimeout:
            continue
        await page.get_by_role("menu").wait_for(state="hidden")
        return
    pytest.fail(f"the page could not be made {scheme}")


async def looks(page: Page, name: str) -> None:
    """Keep pictures of the page, wide and light, and narrow and dark, where all must fit."""
    before = page.viewport_size
    assert before is not None
    for width, scheme in LOOKS:
        await page.set_viewport_size({"width": width, "height": before["height"]})
        await dress(page, scheme)
        assert not await is_wider_than_its_window(page)
        await picture(page, f"{name}-{width}-{scheme}")
    await page.set_viewport_size(before)
