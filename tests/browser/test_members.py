"""Members and teams in a real browser: invited, promoted, put into a team, and looked at."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import (
    Desktop,
    card,
    command,
    looks,
    picture,
    say,
)

pytestmark = pytest.mark.anyio
LINK = re.compile(r"/invitation\?t=.+")
Scheme = Literal["light", "dark"]


async def bob_joins(desktop: Desktop, address: str = "bob@acme.test") -> Page:
    """Have Bob sign in with an invitation waiting, and accept it."""
    page = await desktop.page()
    await desktop.sign_in(page, "Bob Ray", address)
    await page.goto(f"{desktop.base}/login")
    accepted = await page.evaluate(
        """async () => {
          const asked = await fetch("/api/user/invitations/list");
          const [invitation] = await asked.json();
          const answer = await fetch("/api/user/invitations/accept", {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ invitation_id: invitation.invitation_id }),
          });
          return answer.ok;
        }"""
    )
    assert accepted
    await page.goto(desktop.base)
    await page.locator("#command-button").wait_for()
    return page


async def test_somebody_is_invited_promoted_and_removed(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await say(page, "invite bob@acme.test as viewer")
    shown = card(page, "Members")
    await expect(shown.get_by_label("Email address")).to_have_value("bob@acme.test")
    await expect(shown).to_contain_text("The last owner.")
    await looks(page, "members-filled")

    await shown.get_by_role("button", name="Invite", exact=True).click()
    await expect(shown).to_contain_text("bob@acme.test is invited as viewer")
    await expect(shown.get_by_label("Link for them")).to_have_value(LINK)
    await looks(page, "members-invited")
    await bob_joins(desktop)

    await command(page, "members")
    shown = card(page, "Members")
    await shown.get_by_label("Role of Bob Ray").select_option("admin")
    await shown.get_by_role("button", name="Save").click()
    await expect(shown).to_contain_text("Bob Ray is an admin now.")
    await looks(page, "members-two")

    await shown.get_by_role("button", name="Remove Bob Ray").click()
    await shown.get_by_role("group").get_by_role("button", name="Remove").click()
    await expect(shown).to_contain_text("Bob Ray is out, on every device.")


async def test_a_seller_sees_who_is_there_and_no_buttons(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await command(page, "members")
    shown = card(page, "Members")
    await shown.get_by_label("Email address").fill("bob@acme.test")
    await page.keyboard.press("Enter")
    await expect(shown).to_contain_text("bob@acme.test is invited as seller")

    bobs = await bob_joins(desktop)
    await command(bobs, "members")

    seen = card(bobs, "Members")
    await expect(seen).to_contain_text("Alice Doe")
    await expect(seen).to_contain_text("Only owners and admins invite people")
    await expect(seen.get_by_role("button")).to_have_count(0)
    await picture(bobs, "members-seller")


async def test_a_wrong_address_is_said_beside_the_form(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await command(page, "members")
    shown = card(page, "Members")

    await shown.get_by_label("Email address").fill("bob at acme")
    await page.keyboard.press("Enter")

    await expect(shown.get_by_role("alert")).to_contain_text("is not an email address")
    await expect(shown.get_by_label("Email address")).to_have_value("bob at acme")
    await picture(page, "members-error")


async def test_a_team_is_made_filled_renamed_and_deleted(desktop: Desktop) -> None:
    page = await desktop.signed_in()
    await command(page, "teams")
    shown = card(page, "Teams")
    await expect(shown).to_contain_text("No teams yet")
    await looks(page, "teams-empty")

    await shown.get_by_label("Name of a new team").fill("Sales north")
    await page.keyboard.press("Enter")
    team = shown.get_by_role("region", name="Sales north")
    await team.get_by_label("Whom to add to Sales north").select_option(index=1)
    await team.get_by_label("As what in Sales north").select_option("observer")
    await team.get_by_role("button", name="Add").click()
    await expect(shown).to_contain_text("Alice Doe is an observer in “Sales north” now.")
    await looks(page, "teams-one")

    await team.get_by_role("button", name="Rename Sales north").click()
    await page.keyboard.type("Sales south")
    await page.keyboard.press("Enter")
    await expect(shown).to_contain_text("The team is called “Sales south” now.")
    await shown.get_by_role("button", name="Delete Sales south").click()
    await shown.get_by_role("button", name="Delete", exact=True).click()
    await expect(shown).to_contain_text("No teams yet")
