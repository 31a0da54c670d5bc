"""A messy list in a browser: repaired, brought in, and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import (
    SAMPLE,
    WISH,
    Desktop,
    card,
    command,
    is_wider_than_its_window,
    picture,
    say,
)

pytestmark = pytest.mark.anyio
MESSY = (
    "Notes:\nexported on Monday\n\n"
    "E-Mail;Full name;Job titel;Compny Name;Time zone;Ref\n"
    "ann@gmial.com;Ann Lee;CEO;Acme;Europe/Berlin;1\n"
    "info@acme.test;;;Acme;;2\n"
    "bob(at)acme.test;Bob Ray;CTO;Acme;Berlin, Germany;3\n"
    "nonsense;Nobody;;;;4\n"
    "ANN@gmial.com;Ann again;;;;5\n"
    ";=1+1;;;;6\n"
)


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    file = tmp_path / "messy.csv"
    file.write_text(MESSY, "utf-8")
    return file


def doctor_of(page: Page) -> Locator:
    """Return the card of the list; the table of its people has the same title, further down."""
    titled = page.get_by_role("heading", name="messy.csv")
    return page.locator(".qrev-card").filter(has=titled).first


async def repaired(page: Page) -> None:
    """Press every repair of the newest list."""
    for press in ("Fix 1: 1 address", "Mend 1", "Leave out 1: 1 address is of a function"):
        await doctor_of(page).get_by_role("button", name=press).click()
    await expect(
        doctor_of(page).get_by_text("Addresses of a function are left out")
    ).to_be_visible()


async def test_a_messy_list_is_repaired_brought_in_and_undone(
    desktop: Desktop, messy: Path
) -> None:
    page = await desktop.signed_in()
    await say(page, WISH, file=messy)
    doctor = doctor_of(page)
    await expect(doctor.get_by_text("Waits for you")).to_be_visible()
    await picture(page, "imports-1-doctor")
    await repaired(page)
    await doctor.get_by_role("button", name="Fix 1: 1 time zone").click()
    await expect(doctor.get_by_text("Time zones are fixed")).to_be_visible()
    await picture(page, "imports-2-repaired")

    async with page.expect_download() as waiting:
        await doctor.get_by_role("link", name="Download refused lines").click()
    refused = (await (await waiting.value).path()).read_text("utf-8-sig")
    assert "“nonsense” is not an email address" in refused
    assert "'=1+1" in refused

    await doctor.get_by_role("button", name="Confirm: bring in 2").click()
    await expect(doctor.get_by_text("Brought in", exact=True)).to_be_visible()
    await page.get_by_text("drafts for 2 people are ready.").wait_for()
    await picture(page, "imports-3-done")

    await doctor.get_by_role("button", name="Undo this import").click()
    await doctor.get_by_role("button", name="Undo", exact=True).click()
    await expect(doctor.get_by_text("people removed again")).to_be_visible()
    await picture(page, "imports-4-undone")
    await command(page, "people")
    await expect(card(page, "People").get_by_text("Nobody here yet")).to_be_visible()


async def test_a_clean_list_needs_no_press(desktop: Desktop) -> None:
    page = await desktop.signed_in()

    await say(page, WISH, file=SAMPLE)

    await expect(page.get_by_text("Brought in", exact=True)).to_be_visible()
    await page.get_by_text("36 drafts for 12 people are ready.").wait_for()


async def test_on_a_phone_the_doctor_can_be_read_and_pressed(desktop: Desktop, messy: Path) -> None:
    page = await desktop.signed_in(width=360, scheme="dark")
    await command(page, "imports")
    await expect(card(page, "Imports").get_by_text("No lists yet")).to_be_visible()
    await picture(page, "imports-phone-1-empty")
    await say(page, "Write to them about tea", file=messy)
    await doctor_of(page).get_by_role("button", name="Mend 1").wait_for()
    await picture(page, "imports-phone-2-doctor")

    assert not await is_wider_than_its_window(page)
    await repaired(page)
    await doctor_of(page).get_by_role("button", name="Confirm: bring in 2").focus()
    await picture(page, "imports-phone-3-repaired")
    await page.keyboard.press("Enter")
    await expect(doctor_of(page).get_by_text("Brought in", exact=True)).to_be_visible()
    await command(page, "imports")
    await expect(card(page, "Imports").get_by_text("messy.csv")).to_be_visible()
    await card(page, "Imports").get_by_text("What a list may do").click()
    await picture(page, "imports-phone-4-imports")
    assert not await is_wider_than_its_window(page)
