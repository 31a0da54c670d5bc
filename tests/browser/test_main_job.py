"""The path of somebody new, with a mouse, a keyboard and a small screen."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import SAMPLE, WISH, Desktop, card, command, looks, picture, say
from tests.waiting import eventually

pytestmark = pytest.mark.anyio
CAMPAIGN = "Demand forecasting tool"
POSTAL_ADDRESS = "Acme Ltd\n1 Main Street\n12345 Town, Germany"


async def planned(page: Page) -> None:
    """Drop the sample, wait for its drafts, press Send and give a postal address."""
    await say(page, WISH, file=SAMPLE)
    await page.get_by_text("36 drafts for 12 people are ready.").wait_for()
    await card(page, CAMPAIGN).get_by_role("button", name="Send").click()
    plan = card(page, CAMPAIGN)
    await plan.get_by_label("Postal address").fill(POSTAL_ADDRESS)
    await plan.get_by_role("button", name="Save").click()
    await plan.get_by_role("button", name="Confirm").wait_for()


async def test_from_a_list_to_a_mail_that_left(desktop: Desktop) -> None:
    page = await desktop.page()
    await page.goto(desktop.base)
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await picture(page, "1-sign-in")
    page = await desktop.signed_in()
    await picture(page, "2-empty")

    await say(page, WISH, file=SAMPLE)
    drafts = card(page, CAMPAIGN)
    await page.get_by_text("36 drafts for 12 people are ready.").wait_for()
    await expect(drafts.get_by_text("Hi Maria,")).to_be_visible()
    await picture(page, "3-drafts")

    await drafts.get_by_role("button", name="Edit").click()
    await drafts.get_by_label("Text").fill("Hi Maria,\n\nthese are my words.\n\nAlice")
    await drafts.get_by_role("button", name="Save").click()
    await expect(drafts.get_by_text("these are my words.")).to_be_visible()
    await drafts.get_by_role("button", name="Next person").click()
    await expect(drafts.get_by_text("Hi James,")).to_be_visible()

    await drafts.get_by_role("button", name="Send").click()
    plan = card(page, CAMPAIGN)
    await plan.get_by_label("Postal address").fill(POSTAL_ADDRESS)
    await plan.get_by_role("button", name="Save").click()
    confirm = plan.get_by_role("button", name="Confirm")
    await expect(confirm).to_be_enabled()
    await plan.scroll_into_view_if_needed()
    await picture(page, "4-plan")
    await confirm.click()
    await expect(plan.get_by_role("button", name=re.compile("Undo"))).to_be_visible()
    await picture(page, "5-confirmed")

    await until_one_left(desktop, page)
    await command(page, "outbox")
    outbox = card(page, "Outbox")
    await outbox.locator("button[aria-expanded]").first.click()
    await expect(outbox.get_by_text("Acme Ltd")).to_be_visible()
    await picture(page, "6-outbox")
    await command(page, "campaigns")
    await expect(card(page, "Campaigns").get_by_text(CAMPAIGN)).to_be_visible()
    await picture(page, "7-campaigns")


async def until_one_left(desktop: Desktop, page: Page) -> None:
    """Let minutes pass until the first mail is in the outbox folder."""

    async def has_left() -> bool:
        desktop.clock.advance(minutes=4)
        await page.wait_for_timeout(1200)
        return any(desktop.outbox.glob("*.eml"))

    await eventually(has_left, within=240)


async def test_after_a_reload_every_card_is_alive(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await planned(page)

    await page.reload()

    people = card(page, "sample.csv")
    await expect(page.get_by_text("36 drafts for 12 people are ready.")).to_be_visible()
    await people.get_by_role("button", name="Next").click()
    await expect(people.get_by_text("11–12 of 12")).to_be_visible()
    await card(page, CAMPAIGN).get_by_role("button", name="Confirm").click()
    await expect(
        card(page, CAMPAIGN).get_by_role("button", name=re.compile("Undo"))
    ).to_be_visible()


async def test_the_keyboard_is_enough(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await say(page, WISH, file=SAMPLE)
    await page.get_by_text("36 drafts for 12 people are ready.").wait_for()
    drafts = card(page, CAMPAIGN)

    await drafts.get_by_role("button", name="Next person").focus()
    await page.keyboard.press("Enter")
    await expect(drafts.get_by_text("Hi James,")).to_be_visible()
    await page.keyboard.press("ArrowLeft")
    await expect(drafts.get_by_text("Hi Maria,")).to_be_visible()
    await drafts.get_by_role("button", name="Send").focus()
    await page.keyboard.press("Enter")

    await expect(card(page, CAMPAIGN).get_by_label("Postal address")).to_be_visible()


async def test_on_a_phone_nothing_is_cut_off(desktop: Desktop) -> None:
    page = await desktop.signed_in(width=360)
    await looks(page, "phone-1-empty")
    await planned(page)
    await looks(page, "phone-2-plan")

    await command(page, "campaigns")
    await card(page, "Campaigns").wait_for()

    await looks(page, "phone-3-campaigns")


async def test_an_opt_out_link_that_does_not_work_offers_no_button(desktop: Desktop) -> None:
    page = await desktop.page()

    await page.goto(f"{desktop.base}/api/campaign/unsubscribe?t=made-up")

    await expect(page.get_by_role("heading", name="This link does not work")).to_be_visible()
    await expect(page.get_by_role("button", name="Unsubscribe")).to_be_hidden()
