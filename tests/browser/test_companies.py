"""Companies in a real browser: made, opened, edited, searched, deleted and brought back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Desktop, card, command, looks, picture

pytestmark = pytest.mark.anyio


async def test_a_company_is_made_edited_deleted_and_restored(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await command(page, "companies")
    table = card(page, "Companies")
    await expect(table.get_by_text("No companies yet")).to_be_visible()
    await looks(page, "companies-1-empty")
    await table.get_by_role("button", name="New company").click()
    await table.get_by_label("Name").fill("Pine Ltd")
    await table.get_by_label("Web site").fill("pine.test")
    await page.keyboard.press("Enter")

    company = card(page, "Pine Ltd")
    await company.get_by_role("button", name="Edit").click()
    await company.get_by_label("Industry").fill("Wood")
    await company.get_by_label("Owner").select_option("Alice Doe")
    await company.get_by_label("A field of your own").fill("Deal")
    await company.get_by_label("What it says").fill("$10,000")
    await looks(page, "companies-2-edit")
    await company.get_by_role("button", name="Save").click()
    await expect(company.get_by_text("Saved.")).to_be_visible()
    await expect(company.get_by_label("History")).to_contain_text("set the industry to Wood")
    await looks(page, "companies-3-card")

    await expect(table.get_by_role("row")).to_have_count(2)
    await company.get_by_role("button", name="Delete").click()
    await company.get_by_role("button", name="Delete it").click()
    await expect(company.get_by_text("can be restored for 30 days")).to_be_visible()
    await table.get_by_label("Show").select_option("Deleted ones")
    await expect(table.get_by_role("button", name="Pine Ltd")).to_be_visible()
    await looks(page, "companies-4-deleted")
    await company.get_by_role("button", name="Restore").click()
    await expect(company.get_by_text("It is back.")).to_be_visible()
    await table.get_by_label("Show").select_option("Those there are")
    await table.get_by_label("Search").fill("PIN")
    await expect(table.get_by_role("row")).to_have_count(2)
    await table.get_by_label("Search").fill("oak")
    await expect(table.get_by_text("No such company")).to_be_visible()


async def test_a_list_of_companies_is_looked_at_added_and_taken_back(
    desktop: Desktop, tmp_path: Path
) -> None:
    file = tmp_path / "firms.csv"
    file.write_text("Name,Website,Deal\nPine,pine.test,$10\nOak,not a site,\nElm,elm.test,\n")
    page = await desktop.signed_in()
    await command(page, "companies")
    table = card(page, "Companies")
    await table.get_by_label("List of companies").set_input_files(file)
    await expect(table.get_by_text("2 companies are new.")).to_be_visible()
    await expect(table.get_by_text("Line 3: “not a site” is not a web address")).to_be_visible()
    await looks(page, "companies-list-1-seen")

    await table.get_by_role("button", name="Add them").click()
    await expect(table.get_by_text("2 companies were added.")).to_be_visible()
    await expect(table.get_by_role("row")).to_have_count(3)
    await table.get_by_role("button", name="Undo").click()

    await expect(table.get_by_text("2 companies were taken back.")).to_be_visible()
    await expect(table.get_by_text("No companies yet")).to_be_visible()
    await picture(page, "companies-list-2-back")
