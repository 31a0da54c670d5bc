"""Mailboxes in a real browser: connected, tried, worded, paused, set going again, taken away."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Desktop, card, command, looks
from tests.integrations.smtp.server import LOOPBACK, MailServer

pytestmark = pytest.mark.anyio


async def test_a_mailbox_is_looked_after(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await command(page, "mailboxes")
    shown = card(page, "Mailboxes")
    await expect(shown.get_by_text("Mails are kept as files and reach nobody")).to_be_visible()
    await looks(page, "mailboxes-1-first")

    await shown.get_by_role("button", name="Send a test mail from").click()
    await expect(shown.get_by_role("status")).to_contain_text("Look whether it is in your inbox")
    await shown.get_by_role("button", name="Settings of").click()
    await shown.get_by_label("Answers go to").fill("desk@acme.test")
    await shown.get_by_label("Signature under every mail").fill("Alice Archer\nAcme")
    await looks(page, "mailboxes-2-settings")
    await page.get_by_label("Mails a day, at most").press("Enter")
    await expect(shown.get_by_role("status")).to_contain_text("is saved")

    await shown.get_by_role("button", name="Domain of").click()
    await expect(shown.get_by_text("What receivers see of")).to_be_visible()
    await expect(shown.get_by_text("DMARC", exact=True)).to_be_visible()
    await looks(page, "mailboxes-3-domain")
    await shown.get_by_role("button", name="Close").click()

    await shown.get_by_role("button", name="Pause").click()
    await shown.get_by_role("group").get_by_role("button", name="Pause").click()
    await expect(shown.get_by_text("Paused:")).to_be_visible()
    await looks(page, "mailboxes-4-paused")
    await shown.get_by_role("button", name="going again").click()
    await expect(shown.get_by_role("status")).to_contain_text("sends again")


async def test_a_login_that_does_not_work_keeps_its_form_and_says_why(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await command(page, "mailboxes")
    shown = card(page, "Mailboxes")
    await shown.get_by_role("button", name="Connect by mail server").click()
    async with MailServer().running() as address:
        await shown.get_by_label("Address to send from").fill("sales@acme.test")
        await expect(shown.get_by_label("User name")).to_have_value("sales@acme.test")
        await shown.get_by_label("Mail server").fill(LOOPBACK)
        await shown.get_by_label("Port").fill(address.partition(":")[2])
        await shown.get_by_label("Password").fill("s3cret-pass")
        await page.keyboard.press("Enter")
        await expect(shown.get_by_role("alert")).to_contain_text("offers no encryption")
    await looks(page, "mailboxes-5-refused")
    await expect(shown.get_by_label("Mail server")).to_have_value(LOOPBACK)

    await shown.get_by_label("Mail server").press("Escape")
    await expect(shown.get_by_role("button", name="Connect by mail server")).to_be_visible()
