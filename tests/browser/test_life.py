"""Pause, resume and undo in a real browser, with a mouse, a keyboard and a small screen."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import (
    Desktop,
    card,
    command,
    looks,
    picture,
    say,
)
from tests.browser.test_main_job import CAMPAIGN, planned

pytestmark = pytest.mark.anyio


async def running(page: Page) -> None:
    """Have a campaign to twelve people confirmed."""
    await planned(page)
    await card(page, CAMPAIGN).get_by_role("button", name="Confirm").click()
    await card(page, CAMPAIGN).get_by_role("button", name="Undo").wait_for()


async def test_a_campaign_is_paused_resumed_and_the_resume_undone(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await running(page)

    await command(page, "campaigns")
    await card(page, "Campaigns").get_by_role("button", name=f"Open {CAMPAIGN}").click()
    campaign = page.locator(".qrev-card").filter(has_text="for each person.").last
    await campaign.get_by_role("button", name="Pause…").click()
    await campaign.get_by_label("Goes on").fill("")
    await looks(page, "life-1-pause-form")
    await campaign.get_by_role("button", name="Show what would wait").click()
    order = card(page, f"Pause “{CAMPAIGN}”")
    await expect(order).to_contain_text("30 mails to 10 people wait until somebody resumes.")
    await looks(page, "life-2-pause")
    desktop.clock.advance(seconds=5)
    await order.get_by_role("button", name="Pause", exact=True).click()
    await expect(order).to_contain_text("None had left yet.")
    await expect(order.get_by_role("button", name="Undo")).to_be_visible()

    await expect(campaign.get_by_text("paused", exact=True)).to_be_visible()
    await campaign.scroll_into_view_if_needed()
    await looks(page, "life-3-paused")
    await campaign.get_by_role("button", name="Resume", exact=True).click()
    resume = card(page, f"Resume “{CAMPAIGN}”")
    await expect(resume).to_contain_text("30 mails to 10 people may leave again.")
    desktop.clock.advance(seconds=5)
    await resume.get_by_role("button", name="Resume", exact=True).click()
    await expect(resume).to_contain_text("The next leaves on")
    await looks(page, "life-4-resumed")

    await command(page, "undo")
    await expect(page.get_by_text("Paused again: 30 mails.").first).to_be_visible()
    await looks(page, "life-5-undone")


async def test_stop_while_a_send_is_held_takes_all_of_it_back(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await running(page)

    await say(page, "stop")

    await expect(page.get_by_text("30 mails are taken back. None had left.").first).to_be_visible()
    await picture(page, "life-6-held-stop")


async def test_a_person_is_stopped_in_words_and_with_the_keyboard_alone(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await running(page)

    await say(page, "stop Maria")
    order = card(page, "Stop Maria")
    await expect(order).to_contain_text("3 mails to them never leave.")
    await picture(page, "life-7-stop-person")
    await order.get_by_role("button", name="Stop", exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(order).to_contain_text("3 mails cancelled. None had left yet.")
    await page.reload()
    await expect(card(page, "Stop Maria")).to_contain_text("3 mails cancelled.")


async def test_what_waits_for_a_second_member_is_empty_and_the_threshold_is_kept(
    desktop: Desktop,
) -> None:
    page = await desktop.signed_in(width=360)

    await command(page, "approvals")
    approvals = card(page, "Approvals")
    await expect(approvals.get_by_text("Nothing waits", exact=True)).to_be_visible()
    await approvals.get_by_label("A second member confirms").fill("50")
    await approvals.get_by_role("button", name="Save").click()
    await expect(approvals.get_by_text("Saved.")).to_be_visible()
    await picture(page, "life-8-approvals")


async def test_a_mail_is_changed_in_two_variants_and_a_person_added(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await running(page)
    await command(page, "campaigns")
    await card(page, "Campaigns").get_by_role("button", name=f"Open {CAMPAIGN}").click()
    campaign = page.locator(".qrev-card").filter(has_text="for each person.").last

    await campaign.get_by_role("button", name="Change a mail…").click()
    await expect(campaign.get_by_label("Text")).to_have_value(re.compile("{{first_name}}"))
    await campaign.get_by_role("button", name="Add a variant").click()
    await campaign.get_by_label("Subject").last.fill("A question, {{first_name}}")
    await picture(page, "life-9-words")
    await campaign.get_by_role("button", name="Show who would read what").click()
    order = card(page, "New words for mail 1")
    await expect(order).to_contain_text("2 variants: A for ")
    await picture(page, "life-10-words-order")
    await order.get_by_role("button", name="Change the words").click()
    await expect(order).to_contain_text("have the new words. None had left yet.")

    await campaign.get_by_role("button", name="Add people…").click()
    await campaign.get_by_label("Addresses of people").fill("nobody@nowhere.test")
    await campaign.get_by_role("button", name="Draft and plan their mails").click()
    await expect(campaign.get_by_text("nobody you know yet")).to_be_visible()
    await picture(page, "life-11-people")
    await campaign.get_by_role("button", name="Close").first.click()
    await campaign.get_by_role("button", name="Duplicate").click()
    await expect(card(page, f"{CAMPAIGN} (copy)")).to_contain_text("draft")
