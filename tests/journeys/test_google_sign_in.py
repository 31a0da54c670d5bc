"""From Google's button to a conversation, on to another device, and out everywhere."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
import socketio

from qrev.kit.clock import utc_now
from tests.chat.google import Browser
from tests.fakes import FakeClock
from tests.google_servers import (
    Emulated,
    an_emulated_google,
    google_settings,
    redirect_uri,
)
from tests.sites import a_free_port, a_site
from tests.socket_client import Tab
from tests.waiting import eventually

pytestmark = pytest.mark.anyio
ALICE = "alice@acme.test"
Refused = socketio.exceptions.ConnectionError


async def a_device(base: str, google: Emulated) -> Tab:
    """Return a tab of a browser that signed in with Google as Alice."""
    tab, browser = Tab(base), Browser(base, google)
    await browser.sign_in(ALICE, timezone="Europe/Berlin")
    tab.http.cookies.update(browser.http.cookies)
    await browser.http.aclose()
    return tab


async def test_one_signs_in_with_google_works_and_signs_out_everywhere(tmp_path: Path) -> None:
    port, clock = a_free_port(), FakeClock(utc_now())
    with an_emulated_google([redirect_uri(port)]) as google:
        settings = google_settings(tmp_path / "data", google.issuer, port)
        async with a_site(settings, clock) as base:
            laptop = await a_device(base, google)
            await has_a_workspace(laptop)
            await laptop.open()
            await laptop.say("/people")
            await laptop.card("PeopleCard")
            phone = await a_device(base, google)
            await phone.open(laptop.thread_id)  # the same person, the same conversation
            clock.advance(minutes=20)
            await laptop.say("/people")
            await phone.card("PeopleCard", number=1)

            await phone.http.post("/logout/everywhere")

            await eventually(lambda: is_closed(laptop))
            with pytest.raises(Refused):
                await Tab(base).same_browser(laptop).open()
            assert (await laptop.http.get("/user")).status_code == 401
            again = await a_device(base, google)
            assert await workspaces(again) == ["Acme"]
            await again.open(laptop.thread_id)


async def has_a_workspace(tab: Tab) -> None:
    """Make the workspace that someone who is new with us lacks."""
    assert await workspaces(tab) == []
    answer = await tab.http.post(
        "/api/account/create", json={"name": "Acme"}, headers={"Origin": tab.base}
    )
    assert answer.is_success, answer.text


async def workspaces(tab: Tab) -> list[str]:
    answer: httpx.Response = await tab.http.get("/api/user/accounts/list")
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()]


async def is_closed(tab: Tab) -> bool:
    return not tab.is_connected
