"""From a first sign-in with Google into a workspace, and out of it again, in a real browser."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Desktop, card, looks, picture, say
from tests.browser.test_google_sign_in import at_google

__all__ = ["at_google"]
pytestmark = pytest.mark.anyio
GET = "async path => (await fetch(path)).json()"
POST = """async ([path, body]) => (await fetch(path, {
  method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)
})).ok"""


async def arrived(desktop: Desktop, page: Page, email: str) -> None:
    """Sign in with Google, and wait until the page is connected."""
    await page.goto(desktop.base)
    await page.get_by_role("link", name="Sign in with Google").click()
    await page.get_by_role("button", name=email).click()
    await page.locator("#command-button").wait_for()


async def post(page: Page, path: str, **body: object) -> None:
    assert await page.evaluate(POST, [f"/api{path}", body])


async def test_two_people_find_their_way_in_and_one_is_shown_out(at_google: Desktop) -> None:
    alice = await at_google.page()
    await arrived(at_google, alice, "alice@acme.test")

    welcome = card(alice, "Welcome to QRev")
    await expect(welcome.get_by_label("Company domain")).to_have_value("acme.test")
    assert await alice.get_by_text("welcome_get").count() == 0  # in the list of conversations
    await looks(alice, "newcomer-nothing")
    await welcome.get_by_label("Name").fill("Acme")
    await alice.keyboard.press("Enter")
    await expect(welcome.get_by_text("You are in Acme, as an owner.")).to_be_visible()
    await looks(alice, "newcomer-inside")
    await say(alice, "Show my people")
    await expect(card(alice, "People")).to_be_visible()

    await post(alice, "/account/users/invite", email="bob@acme.test", role="seller")
    bob = await at_google.page(scheme="dark")
    await arrived(at_google, bob, "bob@acme.test")
    welcome = card(bob, "Welcome to QRev")
    await expect(welcome.get_by_text("Alice Archer invites you as a seller.")).to_be_visible()
    await looks(bob, "newcomer-invited")
    await welcome.get_by_role("button", name="Accept, and go to Acme").click()
    await expect(welcome.get_by_text("You are in Acme, as a seller.")).to_be_visible()
    await say(bob, "Show my people")
    await expect(card(bob, "People")).to_be_visible()

    details = await bob.evaluate(GET, "/api/user/details")
    await post(alice, "/account/users/remove", user_id=details["user_id"])
    await say(bob, "Show my people")
    await expect(bob.get_by_text("QRev did nothing with that")).to_be_visible()
    await expect(card(bob, "You are in no workspace now").last).to_be_visible()
    await looks(bob, "newcomer-removed")


async def test_who_declines_makes_a_workspace_of_their_own(at_google: Desktop) -> None:
    alice, bob = await at_google.page(), await at_google.page(width=360)
    await arrived(at_google, alice, "alice@acme.test")
    await post(alice, "/account/create", name="Acme")
    await post(alice, "/account/users/invite", email="bob@acme.test", role="viewer")
    await arrived(at_google, bob, "bob@acme.test")
    welcome = card(bob, "Welcome to QRev")

    await welcome.get_by_role("button", name="Decline Acme").click()
    await picture(bob, "newcomer-decline-360")
    await welcome.get_by_role("button", name="Decline", exact=True).click()
    await expect(welcome.get_by_text("You declined Acme.")).to_be_visible()
    await welcome.get_by_label("Company domain").fill("not a domain")
    await welcome.get_by_label("Name").fill("Bob's own")
    await welcome.get_by_role("button", name="Make the workspace").click()
    await expect(welcome.get_by_role("alert")).to_contain_text("is not a domain")
    await picture(bob, "newcomer-refused-360")
    await welcome.get_by_label("Company domain").fill("")
    await welcome.get_by_role("button", name="Make the workspace").click()

    await expect(welcome.get_by_text("You are in Bob's own, as an owner.")).to_be_visible()


async def test_who_is_removed_goes_on_in_another_workspace_of_theirs(at_google: Desktop) -> None:
    alice, bob = await at_google.page(), await at_google.page(width=360)
    await arrived(at_google, alice, "alice@acme.test")
    await post(alice, "/account/create", name="Acme")
    await post(alice, "/account/users/invite", email="bob@acme.test", role="viewer")
    await arrived(at_google, bob, "bob@acme.test")
    await post(bob, "/account/create", name="Beta")
    [invitation] = await bob.evaluate(GET, "/api/user/invitations/list")
    await post(bob, "/user/invitations/accept", invitation_id=invitation["invitation_id"])
    details = await bob.evaluate(GET, "/api/user/details")
    await post(alice, "/account/users/remove", user_id=details["user_id"])

    await bob.reload()
    lost = card(bob, "You are not in that workspace any more")
    await expect(lost.get_by_text("You are in another workspace")).to_be_visible()
    await looks(bob, "newcomer-others")
    await lost.get_by_role("button", name="Go on in Beta").click()

    await expect(bob.get_by_text("You are in Beta, as an owner.")).to_be_visible()
    await say(bob, "Show my people")
    await expect(card(bob, "People")).to_be_visible()
