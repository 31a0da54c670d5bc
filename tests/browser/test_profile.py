"""Oneself in a real browser: name, hours, picture, devices, and out everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Desktop, card, command, is_wider_than_its_window, looks, picture

pytestmark = pytest.mark.anyio
PHOTO = Path(__file__).parents[2] / "docs" / "screenshots" / "plan.png"


async def profile(page: Page) -> Locator:
    """Ask for the card of oneself, and return it."""
    await command(page, "profile")
    shown = card(page, "You:")
    await shown.wait_for()
    return shown


async def test_what_one_says_of_oneself_is_kept(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    shown = await profile(page)
    await looks(page, "profile")

    await shown.get_by_label("Phone").fill("no number")
    await shown.get_by_role("button", name="Save", exact=True).click()
    await expect(shown.get_by_role("alert")).to_contain_text("is not a telephone number")
    await looks(page, "profile-odd")
    await shown.get_by_label("Phone").fill("+49 30 1234")
    await shown.get_by_role("textbox", name="Name").fill("Alice Roe")
    await shown.get_by_role("button", name="Save", exact=True).click()
    await expect(shown.get_by_text("Saved.", exact=True)).to_be_visible()
    await shown.get_by_label("Friday").uncheck()
    await shown.get_by_label("From").fill("10:30")
    await shown.get_by_role("button", name="Save working hours").click()
    await expect(shown.get_by_text("Your working hours are saved.")).to_be_visible()
    await looks(page, "profile-hours")

    await page.goto(desktop.base)
    await page.locator("#command-button").wait_for()
    again = await profile(page)
    await expect(again.get_by_role("heading", name="You: Alice Roe")).to_be_visible()
    await expect(again.get_by_label("Phone")).to_have_value("+49 30 1234")
    await expect(again.get_by_label("Friday")).not_to_be_checked()
    await expect(again.get_by_label("From")).to_have_value("10:30")
    assert not await is_wider_than_its_window(page)
    await again.get_by_role("button", name="Log out everywhere").scroll_into_view_if_needed()
    await looks(page, "profile-devices")


async def test_a_picture_is_made_small_shown_and_removed(desktop: Desktop, tmp_path: Path) -> None:
    page = await desktop.signed_in()
    shown = await profile(page)
    no_picture = tmp_path / "none.png"
    no_picture.write_bytes(b"none")

    await shown.get_by_label("Picture file").set_input_files(PHOTO)
    await expect(shown.get_by_text("Your picture is saved.")).to_be_visible()
    image = shown.get_by_role("img", name="Your picture")
    await expect(image).to_have_js_property("naturalWidth", 256)
    await picture(page, "profile-picture")
    await shown.get_by_label("Picture file").set_input_files(no_picture)
    await expect(shown.get_by_role("alert")).to_contain_text("not a picture this browser can read")
    await expect(image).to_be_visible()
    await shown.get_by_role("button", name="Remove").click()

    await expect(shown.get_by_text("Your picture is gone.")).to_be_visible()
    await expect(image).to_have_count(0)


async def test_another_device_is_signed_out_and_then_all(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    other = await desktop.signed_in()
    shown = await profile(page)
    devices = shown.get_by_role("row").filter(has_text="Chrome on Linux")
    await expect(devices).to_have_count(2)

    await shown.get_by_role("button", name="Log out Chrome on Linux").click()
    await shown.get_by_role("button", name="Log out", exact=True).click()
    await expect(devices).to_have_count(1)
    await other.goto(desktop.base)
    await expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    await shown.get_by_role("button", name="Log out everywhere").click()
    await picture(page, "profile-everywhere")
    await shown.get_by_role("button", name="Log out", exact=True).click()

    await page.wait_for_url(re.compile("/login"))
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
