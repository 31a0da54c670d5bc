"""One's workspaces in a real browser: settings, another one and back, handing over, deleting."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Desktop, card, command, is_wider_than_its_window, looks, picture

pytestmark = pytest.mark.anyio
ADDRESS = "Acme Ltd\n1 Main Street\n12345 Town, Germany"
MINE = "Alice Doe's workspace"
POST = """async ([path, body]) => {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  return answer.status === 204 ? null : await answer.json();
}"""


async def workspace(page: Page) -> Locator:
    """Ask for the card of one's workspaces, and return it."""
    await command(page, "workspace")
    shown = card(page, "Workspace:")
    await shown.wait_for()
    return shown


async def test_settings_are_saved_and_what_is_odd_is_told_beside_them(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    shown = await workspace(page)
    await looks(page, "workspace")

    await shown.get_by_label("Company domain").fill("no domain")
    await shown.get_by_role("button", name="Save").click()
    await expect(shown.get_by_role("alert")).to_contain_text("is not a domain")
    await looks(page, "workspace-odd")
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


async def test_a_workspace_is_deleted_and_restored(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    shown = await workspace(page)

    await shown.get_by_text("Leave, hand over or delete").click()
    await expect(shown).to_contain_text("The last owner of a workspace cannot go")
    await looks(page, "workspace-leave")
    await shown.get_by_role("button", name=f"Delete {MINE}").click()
    await card(page, "Delete the workspace").get_by_role("button", name="Delete").click()
    await expect(shown).to_contain_text("Until then you can restore it.")
    await expect(shown).not_to_contain_text("Nothing has happened yet")
    await shown.get_by_role("button", name="Restore").scroll_into_view_if_needed()
    await looks(page, "workspace-doomed")
    await shown.get_by_role("button", name="Restore").click()

    await expect(shown.get_by_role("status")).to_contain_text("is restored")
    await expect(shown.get_by_role("button", name="Restore")).to_have_count(0)


async def a_viewer(desktop: Desktop, owner: Page) -> Page:
    """Return a page of Victor, who was invited and may look."""
    asked = {"email": "victor@acme.test", "role": "viewer"}
    invited = await owner.evaluate(POST, ["/api/account/users/invite", asked])
    page = await desktop.page(width=360, scheme="dark")
    await desktop.sign_in(page, "Victor Ray", "victor@acme.test")
    answer = {"invitation_id": invited["invitation"]["invitation_id"]}
    await page.goto(f"{desktop.base}/login")
    await page.evaluate(POST, ["/api/user/invitations/accept", answer])
    await page.goto(desktop.base)
    await page.locator("#command-button").wait_for()
    return page


async def test_who_may_look_sees_no_buttons_but_may_leave(desktop: Desktop) -> None:
    alice = await desktop.signed_in()
    victor = await a_viewer(desktop, alice)

    shown = await workspace(victor)
    await expect(shown).to_contain_text("An owner or admin can change these.")
    await expect(shown.get_by_role("button", name="Save")).to_have_count(0)
    await picture(victor, "workspace-viewer")
    await shown.get_by_text("Leave this workspace").click()
    await expect(shown).to_contain_text("Only an invitation brings you back.")
    await shown.get_by_role("button", name="Leave", exact=True).click()
    await shown.get_by_role("button", name="Leave", exact=True).scroll_into_view_if_needed()
    await picture(victor, "workspace-leaving")
    assert not await is_wider_than_its_window(victor)
    await shown.get_by_role("button", name="Leave", exact=True).click()
    await victor.locator(".qrev-card").wait_for(state="detached")

    left = await victor.evaluate("fetch('/api/user/details').then((answer) => answer.json())")
    assert left["role"] != "viewer"


async def test_a_workspace_is_handed_over(desktop: Desktop) -> None:
    alice = await desktop.signed_in()
    await a_viewer(desktop, alice)
    shown = await workspace(alice)

    await shown.get_by_text("Leave, hand over or delete").click()
    heir = "Victor Ray (victor@acme.test), viewer"
    await shown.get_by_label("New owner").select_option(label=heir)
    await shown.get_by_role("button", name="Hand over…").click()
    await expect(shown).to_contain_text("Nothing has happened yet")
    await picture(alice, "workspace-handing")
    change = card(alice, "Hand the workspace over")
    await change.get_by_role("button", name="Hand over").click()

    await expect(change).to_contain_text("They are an owner now, and you are an admin.")
    await expect(shown).to_contain_text("You are an admin here.")
