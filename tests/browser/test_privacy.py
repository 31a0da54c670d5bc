"""“What do you hold on me?” in a real browser: looked at, downloaded, erased."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import (
    Desktop,
    card,
    command,
    looks,
    say,
)

pytestmark = pytest.mark.anyio
BOB = "bob@pine.test"


async def test_somebody_is_looked_up_downloaded_and_erased(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await command(page, "privacy")
    await looks(page, "privacy-1-empty")
    await command(page, "suppressions")
    listed = card(page, "Suppression list")
    await listed.get_by_label("Address, or a whole domain").fill(BOB)
    await listed.get_by_label("Why").fill("asked to stop")
    await listed.get_by_role("button", name="Add", exact=True).click()
    await expect(listed.get_by_text("Nobody here writes to bob")).to_be_visible()

    await say(page, f"what do you hold on {BOB}?")
    asked = card(page, "Privacy")
    await expect(asked.get_by_label("Whose address?")).to_have_value(BOB)
    await asked.get_by_role("button", name="Look").click()
    await expect(asked.get_by_text("1 entry on the suppression list")).to_be_visible()
    async with page.expect_download() as downloaded:
        await asked.get_by_role("button", name="Download everything").click()
    held = json.loads(Path(await (await downloaded.value).path()).read_text())
    await looks(page, "privacy-2-found")
    await asked.get_by_role("button", name="Erase everything…").click()
    change = card(page, "Erase everything about somebody")
    await expect(change.get_by_text("There is no way back.")).to_be_visible()
    await change.scroll_into_view_if_needed()
    await looks(page, "privacy-3-change")
    await change.get_by_role("button", name="Erase for good").click()
    await expect(change.get_by_text("It is gone.")).to_be_visible()

    assert held["counts"]["suppressions"] == 1
    await command(page, "suppressions")
    again = card(page, "Suppression list")
    await expect(again.get_by_text("Somebody who was erased")).to_be_visible()
    await looks(page, "privacy-4-after")
