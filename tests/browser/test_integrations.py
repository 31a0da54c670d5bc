"""HubSpot in a real browser: connected, read, confirmed, written to, looked up, disconnected."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Desktop, card, command, looks
from tests.hubspot_server import APP_ID, CLIENT_ID, SECRET, HubSpotServer, a_hubspot

pytestmark = pytest.mark.anyio


@pytest.fixture
async def hubspot() -> AsyncIterator[HubSpotServer]:
    async with a_hubspot() as server:
        server.contact("anna@globex.test", firstname="Anna", lastname="Lee", company="Globex")
        server.contact("bo@globex.test", firstname="Bo", lastname="Li", hs_email_optout="true")
        yield server


@pytest.fixture
def more_settings(hubspot: HubSpotServer) -> dict[str, Any]:
    return {
        "hubspot_client_id": CLIENT_ID,
        "hubspot_client_secret": SECRET,
        "hubspot_app_id": APP_ID,
        "hubspot_web_url": hubspot.base,
        "hubspot_api_url": hubspot.base,
    }


async def test_hubspot_is_connected_read_confirmed_and_disconnected(
    desktop: Desktop, hubspot: HubSpotServer
) -> None:
    page = await desktop.signed_in()
    await command(page, "integrations")
    shown = card(page, "Integrations")
    await expect(shown.get_by_text("not connected")).to_be_visible()
    await looks(page, "integrations-1-not-connected")

    await shown.get_by_role("link", name="Connect").click()
    await page.get_by_role("link", name="Cancel").click()
    await expect(page.get_by_role("heading", name="HubSpot is not connected")).to_be_visible()
    await looks(page, "integrations-2-refused")
    await page.get_by_role("link", name="Back to QRev").click()
    await command(page, "integrations")
    await card(page, "Integrations").get_by_role("link", name="Connect").click()
    await page.get_by_role("link", name="Connect app").click()
    await page.locator("#command-button").wait_for()
    await command(page, "integrations")
    shown = card(page, "Integrations")
    await expect(shown.get_by_text("acme.hubspot.test")).to_be_visible()

    await shown.get_by_role("button", name="Read contacts").click()
    see = shown.get_by_role("button", name="See what would change")
    await expect(see).to_be_visible(timeout=15_000)
    await looks(page, "integrations-3-read")
    await see.click()
    imported = card(page, "HubSpot, all contacts")
    await imported.get_by_role("button", name="Confirm: bring in 1").click()
    await expect(imported.get_by_role("button", name="Undo this import")).to_be_visible()
    await looks(page, "integrations-4-brought-in")

    await shown.get_by_label("About whom?").fill("anna@globex.test")
    await shown.get_by_role("button", name="Look", exact=True).click()
    await expect(shown.get_by_text("Nothing was said about anna@globex.test")).to_be_visible()
    await looks(page, "integrations-5-connected")
    await shown.get_by_role("button", name="Disconnect").click()
    await shown.get_by_role("button", name="Disconnect", exact=True).last.click()
    await expect(shown.get_by_text("not connected")).to_be_visible()

    assert hubspot.refresh_token == ""
