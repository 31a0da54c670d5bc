"""Other words for many mails, on screen: from a sentence to a diff to Confirm, and back."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import SAMPLE, WISH, Desktop, card, looks, say

pytestmark = pytest.mark.anyio
DRAFTED = "36 drafts for 12 people are ready"


async def test_words_lead_to_a_diff_to_confirm_and_back(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await say(page, WISH, file=SAMPLE)
    await page.get_by_text(DRAFTED).wait_for(timeout=30000)

    await say(page, "More formal, and mention the fair in Milan in the first mail")
    change = card(page, "mention the fair in Milan")
    await expect(change.get_by_role("button", name="Confirm 12 mails")).to_be_visible(timeout=20000)
    await expect(change.locator("ins.qrev-new").first).to_contain_text("Dear")
    await expect(change.get_by_role("article")).to_have_count(5)
    await change.get_by_role("button", name="Next").focus()
    await page.keyboard.press("Enter")
    await expect(change.get_by_text("Page 2")).to_be_visible()
    await change.scroll_into_view_if_needed()
    await looks(page, "rewriting-1-diff")

    desktop.clock.advance(seconds=5)
    await change.get_by_role("button", name="Confirm 12 mails").click()
    await expect(change.get_by_text("12 mails not planned yet have the new words.")).to_be_visible()

    drafts = page.locator(".qrev-card").filter(has_text="36 of 36 drafted").first
    await expect(drafts.locator(".qrev-mail")).to_contain_text("to mention the fair in Milan.")
    await drafts.get_by_role("button", name="Versions").click()
    versions = card(page, "Versions of mail 1")
    await versions.get_by_text("Version 1 · The assistant").click()
    await versions.scroll_into_view_if_needed()
    await looks(page, "rewriting-2-versions")
    await versions.get_by_role("button", name="Bring version 1 back").click()
    await versions.get_by_role("button", name="Bring it back").click()
    await expect(versions.get_by_text("Version 1 is back, as version 3.")).to_be_visible()

    await change.get_by_role("button", name="Undo").click()
    await expect(change.get_by_text("11 mails have their earlier words again.")).to_be_visible()
    await change.scroll_into_view_if_needed()
    await looks(page, "rewriting-3-undone")


async def test_one_mail_is_changed_from_its_card_or_it_says_why_not(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await say(page, WISH, file=SAMPLE)
    await page.get_by_text(DRAFTED).wait_for(timeout=30000)
    drafts = page.locator(".qrev-card").filter(has_text="36 of 36 drafted").first

    await drafts.get_by_label("What should change in this mail?").fill("translate it into Latin")
    await drafts.get_by_role("button", name="Show the change").click()
    refused = card(page, "translate it into Latin")
    await expect(refused.get_by_text("needs a language model")).to_be_visible()
    await refused.scroll_into_view_if_needed()
    await looks(page, "rewriting-4-cannot")

    await drafts.get_by_label("What should change in this mail?").fill("shorter")
    await page.keyboard.press("Enter")
    change = card(page, "“shorter”")
    await expect(change.get_by_role("button", name="Confirm 1 mail")).to_be_visible()
