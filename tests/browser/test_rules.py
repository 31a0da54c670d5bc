"""A plan is looked at, questioned, ruled, confirmed and undone, in a real browser."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.browser.conftest import (
    SAMPLE,
    WISH,
    Desktop,
    card,
    command,
    looks,
    say,
)
from tests.browser.test_main_job import CAMPAIGN, planned

pytestmark = pytest.mark.anyio

RULE = "never on Fridays after 14"


async def shown(page: Page, box: Locator, name: str) -> None:
    """Keep a picture of a card, its beginning at the top."""
    await box.evaluate("element => element.scrollIntoView({ block: 'start' })")
    await page.wait_for_timeout(300)
    await looks(page, name)


async def looked_at(page: Page) -> Locator:
    """Open the plan by mailbox and person, and return its card."""
    await card(page, CAMPAIGN).get_by_role("button", name="See it by mailbox").click()
    found = card(page, f"The plan of {CAMPAIGN}")
    await found.get_by_role("grid").wait_for()
    return found


async def test_a_plan_is_questioned_ruled_confirmed_and_undone(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await planned(page)
    await expect(card(page, CAMPAIGN).get_by_role("button", name="Confirm")).to_be_enabled()

    await say(page, "who gets mail next Tuesday?")
    said = page.get_by_text("9 mails to 9 people leave on Tuesday 10 March 2026.")
    await expect(said).to_be_visible()
    await expect(card(page, "Mails, in Europe/Berlin").get_by_text("Maria Gomez")).to_be_visible()
    await looks(page, "rules-question")
    await say(page, "what if the cap were 3?")
    await expect(page.get_by_text("With 3 mails a day for each mailbox")).to_be_visible()

    await say(page, RULE)
    rule = card(page, "Never on Fridays after 14:00")
    await expect(rule.get_by_text("Nothing is planned at the moment")).to_be_visible()
    await shown(page, rule, "rules-rule")
    await rule.get_by_role("button", name="Confirm").click()
    await expect(rule.get_by_text("In force", exact=True)).to_be_visible()

    heading = page.get_by_role("heading", name=CAMPAIGN, exact=True, level=3)
    plan = page.locator(".qrev-card").filter(has=heading).last
    await expect(plan.get_by_text("Made anew, because something changed")).to_be_visible()
    await expect(plan.get_by_role("button", name="Confirm")).to_be_enabled(timeout=10_000)
    await plan.get_by_role("button", name="Confirm").click()
    undo = plan.get_by_role("button", name="Undo")
    await undo.wait_for()
    running = await looked_at(page)
    await expect(running.get_by_text("Planned", exact=True)).to_be_visible()
    await undo.click()
    await expect(plan.get_by_text("Undone", exact=True)).to_be_visible()
    await rule.get_by_role("button", name="Undo").click()
    await rule.get_by_role("button", name="Remove it").click()
    await expect(rule.get_by_text("Not in force")).to_be_visible()


async def test_a_plan_that_takes_long_says_of_whom_it_is_at_once(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    let_go = asyncio.Event()

    async def slowly(route: Route) -> None:
        if "proposal_get" in (route.request.post_data or ""):
            await let_go.wait()
        await route.continue_()

    await page.route("**/project/action", slowly)
    await say(page, WISH, file=SAMPLE)
    await page.get_by_text("36 drafts for 12 people are ready.").wait_for()
    await card(page, CAMPAIGN).get_by_role("button", name="Send").click()

    plan = card(page, CAMPAIGN)
    await expect(plan.get_by_text("Planning", exact=True)).to_be_visible()
    await expect(plan.get_by_text("mails at most")).to_be_visible()
    await expect(plan.get_by_role("progressbar")).to_be_visible()
    await shown(page, plan, "plan-being-made")
    let_go.set()
    await expect(plan.get_by_label("Postal address")).to_be_visible()


async def test_settings_say_why_and_what_they_would_move(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await command(page, "defaults")
    empty = card(page, "Sending rules")
    await empty.get_by_label("Friday").wait_for()
    await shown(page, empty, "defaults-empty")
    await planned(page)
    await card(page, CAMPAIGN).get_by_role("button", name="Confirm").click()
    await card(page, CAMPAIGN).get_by_role("button", name="Undo").wait_for()
    await command(page, "defaults")
    rules = card(page, "Sending rules")
    await expect(page.get_by_role("heading", name="Sending rules")).to_have_count(2)
    await rules.get_by_label("Friday").wait_for()

    await rules.get_by_label("Friday").fill("9 to 5")
    await rules.get_by_role("button", name="See what changes").click()
    await expect(rules.get_by_role("alert")).to_contain_text("Sending hours")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        await rules.get_by_label(day).fill("20:00-22:00")
    await rules.get_by_role("button", name="See what changes").click()
    await expect(rules.get_by_text(re.compile("30 mails of 30 planned move"))).to_be_visible()
    await looks(page, "defaults-trial")
    await rules.get_by_role("button", name="Confirm").click()

    await expect(rules.get_by_text("Saved.")).to_be_visible()
    await expect(rules.get_by_label("Friday")).to_have_value("20:00–22:00")
    await shown(page, rules, "defaults")


async def test_a_plan_is_seen_by_mailbox_and_person_with_the_keyboard_alone(
    desktop: Desktop,
) -> None:
    page = await desktop.signed_in()
    await planned(page)
    plan = await looked_at(page)
    await shown(page, plan, "plan")

    first = plan.get_by_role("gridcell").first
    await first.focus()
    await page.keyboard.press("ArrowRight")
    focused = plan.locator("td:focus")
    await expect(focused).to_have_attribute(
        "aria-label", re.compile("Wed 4 Mar.*mails? of at most")
    )
    mail = plan.locator(".qrev-stop").first
    await mail.focus()
    await expect(mail.get_by_role("note")).to_be_visible()
    await expect(mail.get_by_role("note")).to_contain_text("first mail")
    await looks(page, "plan-why")

    await plan.get_by_role("button", name="Maria Gomez").focus()
    await page.keyboard.press("Enter")
    await expect(plan.get_by_role("listitem")).to_have_count(3)
    await expect(plan.get_by_text(re.compile("Mail 1 leaves on"))).to_be_visible()
    await looks(page, "plan-person")
    await plan.get_by_role("button", name="All people").focus()
    await page.keyboard.press("Enter")
    await expect(plan.get_by_text("10 people · page 1")).to_be_visible()
