"""People in a real browser: searched, narrowed, tagged, edited, merged, deleted and restored."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import (
    SAMPLE,
    Desktop,
    card,
    command,
    looks,
    picture,
    say,
)

pytestmark = pytest.mark.anyio


async def with_people(desktop: Desktop) -> tuple[Page, Locator]:
    """Return a page with the sample's twelve people, and the card of all of them."""
    page = await desktop.signed_in()
    await say(page, "Who are they?", file=Path(SAMPLE))
    await expect(card(page, "sample.csv")).to_contain_text("12 people")
    await command(page, "people")
    title = page.get_by_role("heading", name="People", exact=True)
    shown = page.locator(".qrev-card").filter(has=title).last
    await expect(shown).to_contain_text("12 people")
    return page, shown


async def test_somebody_is_searched_opened_edited_and_deleted(desktop: Desktop) -> None:
    page, shown = await with_people(desktop)
    await looks(page, "people")
    await shown.get_by_label("Search people").press_sequentially("grace")
    await expect(shown.get_by_role("row")).to_have_count(2)
    await expect(shown).to_contain_text("Grace Kim")
    await looks(page, "people-searched")

    await shown.get_by_role("button", name="Grace Kim").click()
    grace = card(page, "Grace Kim")
    await expect(grace).to_contain_text("Came in with sample.csv.")
    await grace.get_by_role("button", name="Edit").click()
    await grace.get_by_label("Title", exact=True).fill("Chief Buyer")
    await looks(page, "person-edited")
    await grace.get_by_role("button", name="Save").click()
    await expect(grace).to_contain_text("Alice Doe changed the title")
    await grace.get_by_label("Tag", exact=True).fill("VIP")
    await page.keyboard.press("Enter")
    await expect(grace).to_contain_text("Alice Doe added the tag VIP.")
    await grace.get_by_label("Owner").select_option("Alice Doe")
    await expect(grace).to_contain_text("Alice Doe took them over.")
    await looks(page, "person")

    await grace.get_by_role("button", name="Delete").click()
    await grace.get_by_role("group").get_by_role("button", name="Delete").click()
    await expect(grace).to_contain_text("After 30 days they are gone for good.")
    await looks(page, "person-deleted")
    await grace.get_by_role("button", name="Restore").click()
    await expect(grace).to_contain_text("They are back.")


async def test_a_selection_is_tagged_narrowed_saved_deleted_and_undone(desktop: Desktop) -> None:
    page, shown = await with_people(desktop)
    for name in ("Daniel Cohen", "Grace Kim"):
        await shown.get_by_label(f"Choose {name}").check()
    await expect(shown).to_contain_text("2 people chosen")
    chosen = shown.get_by_role("region", name="Those chosen")
    await chosen.get_by_label("Tag").fill("Warm")
    await looks(page, "people-chosen")
    await chosen.get_by_role("button", name="Add", exact=True).click()
    await expect(shown).to_contain_text("2 people got the tag.")

    await shown.get_by_role("button", name="Narrow down").click()
    filters = shown.get_by_role("region", name="Narrow down")
    await filters.get_by_label("Tag").select_option("Warm")
    await expect(shown.get_by_role("row")).to_have_count(3)
    await filters.get_by_label("Save this as a list").fill("The warm ones")
    await filters.get_by_role("button", name="Save list").click()
    await filters.get_by_label("Saved list").select_option("The warm ones")
    await expect(shown.get_by_role("row")).to_have_count(3)
    await looks(page, "people-narrowed")

    await shown.get_by_label("Choose everybody on this page").check()
    await shown.get_by_role("button", name="Delete").click()
    await shown.get_by_role("group").get_by_role("button", name="Delete").click()
    await expect(shown).to_contain_text("2 people are deleted, for 30 days not for good.")
    await expect(shown).to_contain_text("Nobody is like that")
    await looks(page, "people-gone")
    await shown.get_by_role("button", name="Undo").click()
    await expect(shown).to_contain_text("2 people are back.")
    await expect(shown.get_by_role("row")).to_have_count(3)


async def test_two_are_made_one_and_two_again(desktop: Desktop) -> None:
    page, shown = await with_people(desktop)
    for name in ("Daniel Cohen", "Grace Kim"):
        await shown.get_by_label(f"Choose {name}").check()
    await shown.get_by_role("button", name="Merge the two").click()
    merge = card(page, "Merge two people")
    await expect(merge).to_contain_text("This can be undone for 30 days.")
    await merge.get_by_role("radio").nth(1).check()
    await looks(page, "merge")

    await merge.get_by_role("button", name="Make them one").click()
    await expect(merge).to_contain_text("is now part of")
    await expect(shown).to_contain_text("11 people")
    await looks(page, "merged")
    await merge.get_by_role("button", name="Undo").click()
    await expect(merge).to_contain_text("They are two people again.")
    await expect(shown).to_contain_text("12 people")


async def test_nobody_yet_is_said_and_somebody_is_written_down_by_keyboard(
    desktop: Desktop,
) -> None:
    page = await desktop.signed_in()
    await command(page, "people")
    shown = card(page, "People")
    await expect(shown).to_contain_text("Nobody here yet")
    await picture(page, "people-empty")

    await shown.get_by_role("button", name="Add a person").focus()
    await page.keyboard.press("Enter")
    await expect(shown.get_by_label("Email")).to_be_focused()
    await page.keyboard.type("ann@")
    await page.keyboard.press("Enter")
    await expect(shown.get_by_role("alert")).to_contain_text("is not an email address")
    await picture(page, "people-refused")
    await page.keyboard.type("acme.test")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Ann Lee")
    await page.keyboard.press("Enter")
    await expect(shown).to_contain_text("Ann Lee (ann@acme.test) is one of your people.")
    await expect(shown.get_by_role("row")).to_have_count(2)

    await say(page, "show Ann Lee")
    found = card(page, "People")
    await expect(found.get_by_label("Search people")).to_have_value("Ann Lee")
    await expect(found.get_by_role("row")).to_have_count(2)
