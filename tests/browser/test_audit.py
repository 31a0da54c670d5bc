"""The log of changes and the API keys, on screen."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Desktop, card, command, looks, picture

pytestmark = pytest.mark.anyio


async def a_key(page: Page, name: str) -> None:
    """Make a key in the card that is open, and leave its secret behind."""
    keys = card(page, "API keys")
    await keys.get_by_role("button", name="New key").click()
    await keys.get_by_label("Name").fill(name)
    await keys.get_by_role("checkbox", name=re.compile("^Write")).check()
    await keys.get_by_role("button", name="Make the key").click()


async def test_a_key_is_made_copied_once_and_revoked(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await command(page, "keys")
    keys = card(page, "API keys")
    await expect(keys.get_by_text("No keys yet")).to_be_visible()
    await picture(page, "keys-1-empty")

    await keys.get_by_role("button", name="New key").click()
    await picture(page, "keys-2-form")
    await keys.get_by_role("button", name="Cancel").click()
    await a_key(page, "Nightly export")
    await expect(keys.get_by_text("It is not shown again.")).to_be_visible()
    secret = await keys.get_by_label("Secret").input_value()
    await keys.get_by_role("button", name="Copy").click()
    await expect(keys.get_by_text("Copied.")).to_be_visible()
    copied = await page.evaluate("navigator.clipboard.readText()")
    await picture(page, "keys-3-secret")
    await keys.get_by_role("button", name="I have kept it").click()
    await expect(keys.get_by_label("Secret")).to_be_hidden()
    await picture(page, "keys-4-list")

    assert copied == secret
    await keys.get_by_role("button", name="Revoke Nightly export").click()
    await picture(page, "keys-5-sure")
    await keys.get_by_role("button", name="Revoke it").click()
    await expect(keys.get_by_text("Nightly export is revoked")).to_be_visible()
    await expect(keys.get_by_text("No keys yet")).to_be_visible()
    assert secret not in await page.content()


async def test_the_log_tells_opens_and_is_narrowed(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await command(page, "keys")
    await a_key(page, "Nightly export")
    await card(page, "API keys").get_by_role("button", name="I have kept it").click()

    await command(page, "audit")
    log = card(page, "Log of changes")
    told = log.get_by_role(
        "button", name="Alice Doe made the API key Nightly export, which may read, write"
    )
    await told.click()
    await expect(log.get_by_text("alice@acme.test")).to_be_visible()
    await picture(page, "audit-1-open")
    await log.get_by_label("Kind of change").select_option("Sign-ins")
    await expect(told).to_be_hidden()
    await expect(log.get_by_role("button", name="Alice Doe signed in")).to_be_visible()
    await log.get_by_label("Who").select_option("Alice Doe")
    await log.get_by_label("Kind of change").select_option("Teams")
    await expect(log.get_by_text("No such change")).to_be_visible()
    await picture(page, "audit-2-empty")


async def test_both_fit_a_phone(desktop: Desktop) -> None:
    page = await desktop.signed_in(width=360)
    await command(page, "keys")
    await a_key(page, "Nightly export")
    await expect(card(page, "API keys").get_by_label("Secret")).to_be_visible()
    # Not `looks`: a page that changes its layout draws its cards anew, without the secret.
    await picture(page, "phone-keys-1-secret")
    await card(page, "API keys").get_by_role("button", name="I have kept it").click()
    await looks(page, "keys-2-list")

    await command(page, "audit")
    log = card(page, "Log of changes")
    await log.get_by_role("button", name=re.compile("made the API")).click()
    await expect(log.get_by_label("Before and after")).to_contain_text("Nightly export")
    await log.get_by_role("button", name="signed in").scroll_into_view_if_needed()
    await looks(page, "audit")


async def test_who_may_only_look_is_told_whom_to_ask(desktop: Desktop) -> None:
    alice = await desktop.signed_in()
    invited = {"email": "victor@acme.test", "role": "viewer"}
    await asked(alice, desktop, "/account/users/invite", invited)
    page = await desktop.page()
    await desktop.sign_in(page, "Victor Roe", "victor@acme.test")
    waiting = await page.request.get(f"{desktop.base}/api/user/invitations/list")
    [invitation] = await waiting.json()
    accepted = {"invitation_id": invitation["invitation_id"]}
    await asked(page, desktop, "/user/invitations/accept", accepted)
    await page.goto(desktop.base)
    await page.locator("#command-button").wait_for()

    await command(page, "audit")
    await expect(page.get_by_text("The log is for owners and admins")).to_be_visible()
    await picture(page, "audit-3-viewer")
    await command(page, "keys")
    await card(page, "API keys").get_by_role("button", name="New key").click()
    await expect(page.get_by_role("checkbox", name=re.compile("^Manage"))).to_be_disabled()
    await picture(page, "keys-6-viewer")


async def asked(page: Page, desktop: Desktop, path: str, body: dict[str, str]) -> None:
    """Do something by the browser's own session that must work."""
    answer = await page.request.post(
        f"{desktop.base}/api{path}", data=body, headers={"Origin": desktop.base}
    )
    assert answer.ok, await answer.text()
