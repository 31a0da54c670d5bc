"""One's workspaces in a real browser: settings, another one and back, handing over, deleting."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Desktop, card, command, is_wider_than_its_window, picture

pytestmark = pytest.mark.anyio
ADDRESS = "Acme Ltd\n1 Main Street\n12345 Town, Germany"
MINE = "Alice Doe's workspace"


async def workspace(page: Page) -> Locator:
    """Ask for the card of one's workspaces, and return it."""
    await command(page, "workspace")
    shown = card(page, "Workspace:")
    await shown.wait_for()
    return shown


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
async def test_settings_are_saved_and_what_is_odd_is_told_beside_them(
    desktop: Desktop, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = await desktop.signed_in(width=width, scheme=scheme)
    shown = await workspace(page)
    await picture(page, f"workspace-{width}-{scheme}")

    await shown.get_by_label("Company domain").fill("no domain")
    await shown.get_by_role("button", name="Save").click()
    await expect(shown.get_by_role("alert")).to_contain_text("is not a domain")
    await picture(page, f"workspace-odd-{width}-{scheme}")
    await shown.get_by_label("Company domain").fill("acme.com")
    await shown.get_by_label("Name", exact=True).fill("Acme")
    await shown.get_by_label("Postal address").fill(ADDRESS)
    await shown.get_by_label("Time zone").select_option("Europe/Paris")
    await shown.get_by_role("button", name="Save").click()

    await expect(shown.get_by_role("heading", name="Workspace: Acme")).to_be_visible()
    await expect(shown.get_by_role("status")).to_contain_text("Saved.")
    await page.goto(desktop.base)
    await page.locator("#command-button").wait_for()
    again = await workspace(page)
    await expect(again.get_by_label("Time zone")).to_have_value("Europe/Paris")
    await expect(again.get_by_label("Postal address")).to_have_value(ADDRESS)
    assert not await is_wider_than_its_window(page)


async def test_one_makes_another_workspace_and_switches_back(desktop: Desktop) -> None:
    page = await desktop.signed_in(width=360)
    shown = await workspace(page)

    await shown.get_by_role("button", name="New workspace").click()
    await page.keyboard.type("Second")
    await picture(page, "workspace-new")
    await page.keyboard.press("Enter")
    await page.locator(".qrev-card").wait_for(state="detached")
    await page.locator("#command-button").wait_for()
    there = await workspace(page)
    await expect(there).to_contain_text("stay there until you come back")
    await picture(page, "workspace-two")
    assert not await is_wider_than_its_window(page)
    await there.get_by_role("button", name=f"Switch to {MINE}").click()
    await page.locator(".qrev-card").wait_for(state="detached")
    await page.locator("#command-button").wait_for()

    await expect(await workspace(page)).to_contain_text(f"Workspace: {MINE}")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
async def test_a_workspace_is_deleted_and_restored(
    desktop: Desktop, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = await desktop.signed_in(width=width, scheme=scheme)
    shown = await workspace(page)

    await shown.get_by_text("Leave, hand over or delete").click()
    await expect(shown).to_contain_text("The last owner of a workspace cannot go")
    await picture(page, f"workspace-leave-{width}-{scheme}")
    await shown.get_by_role("button", name=f"Delete {MINE}").click()
    await card(page, "Delete the workspace").get_by_role("button", name="Delete").click()
    await expect(shown).to_contain_text("Until then you can restore it.")
    await expect(shown).not_to_contain_text("Nothing has happened yet")
    await shown.get_by_role("button", name="Restore").scroll_into_view_if_needed()
    await picture(page, f"workspace-doomed-{width}-{scheme}")
    await shown.get_by_role("button", name="Restore").click()

    await expect(shown.get_by_role("status")).to_contain_text("is restored")
    await expect(shown.get_by_role("button", name="Restore")).to_have_count(0)
