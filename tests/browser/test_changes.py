"""A dangerous change in a real browser: read, confirmed, and told what came of it."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Desktop, card, command, looks

pytestmark = pytest.mark.anyio
POST = """async ([path, body]) => {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  return await answer.json();
}"""


async def a_deletion(page: Page) -> None:
    """Have the deletion of the workspace shown in the page's conversation."""
    # Chainlit reads its home while it is imported: only once a site is open.
    from chainlit.session import ws_sessions_id

    await command(page, "help")
    await page.get_by_text("Drop a CSV or Excel file here").wait_for()
    proposed = await page.evaluate(POST, ["/api/account/delete", {}])
    tabs = [tab for tab in ws_sessions_id.values() if tab.has_first_interaction]
    session_id = tabs[-1].id
    action = {"name": "change_again", "payload": {"change_id": proposed["change_id"]}}
    told = await page.evaluate(
        POST, ["/project/action", {"sessionId": session_id, "action": action}]
    )
    assert told["response"]["ok"], (proposed, told)


async def test_a_change_is_read_confirmed_and_done(desktop: Desktop) -> None:
    page = await desktop.signed_in()

    await a_deletion(page)
    shown = card(page, "Delete the workspace")
    await expect(shown).to_contain_text("is deleted in 7 days")
    await looks(page, "change-open")
    await shown.get_by_role("button", name="Delete", exact=True).click()

    await expect(shown).to_contain_text("Until they are over an owner can restore it.")
    await expect(shown.get_by_role("button")).to_have_count(0)
    await looks(page, "change-done")
