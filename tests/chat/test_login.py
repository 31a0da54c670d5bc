"""Signing in by name: on this machine only, and only from QRev's own page."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.fakes import FakeClock
from tests.sites import a_site, some_settings

pytestmark = pytest.mark.anyio
FORM = {"email": "alice@acme.test", "name": "Alice <b>", "timezone": "Europe/Berlin"}


async def test_a_name_and_an_address_are_enough_on_ones_own_machine(base: str) -> None:
    async with httpx.AsyncClient(base_url=base) as browser:
        response = await browser.post("/login", data=FORM)
        user = (await browser.get("/user")).json()

    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert (user["identifier"], user["display_name"]) == ("alice@acme.test", "Alice <b>")
    assert "httponly" in response.headers["set-cookie"].lower()


async def test_what_is_no_address_is_said_on_the_page_and_nothing_is_lost(base: str) -> None:
    form = {**FORM, "email": '"><script>alert(1)</script>'}
    async with httpx.AsyncClient(base_url=base) as browser:
        response = await browser.post("/login", data=form)

    assert response.status_code == 422
    assert "is not an email address" in response.text
    assert "<script>alert" not in response.text
    assert 'value="Alice &lt;b&gt;"' in response.text


@pytest.mark.parametrize("host", ["evil.test", "192.168.1.5:8080", "localhost.evil.test"])
async def test_a_page_that_calls_us_by_another_name_cannot_sign_in(base: str, host: str) -> None:
    async with httpx.AsyncClient(base_url=base, headers={"Host": host}) as browser:
        page = await browser.get("/login")
        response = await browser.post("/login", data=FORM)

    assert (page.status_code, response.status_code) == (403, 403)
    assert "set-cookie" not in response.headers


async def test_a_form_of_another_page_is_refused(base: str) -> None:
    headers = {"Origin": "https://evil.test"}
    async with httpx.AsyncClient(base_url=base, headers=headers) as browser:
        response = await browser.post("/login", data=FORM)

    assert response.status_code == 403
    assert "set-cookie" not in response.headers


async def test_with_a_google_client_names_are_not_believed(
    tmp_path: Path, clock: FakeClock
) -> None:
    settings = some_settings(tmp_path / "data", google_client_id="some-client")
    async with a_site(settings, clock) as address, httpx.AsyncClient(base_url=address) as browser:
        response = await browser.post("/login", data=FORM)

    assert response.status_code == 403


async def test_behind_https_the_cookie_goes_over_nothing_else(
    tmp_path: Path, clock: FakeClock
) -> None:
    settings = some_settings(tmp_path / "data", server_url_path="https://qrev.test")
    port = settings.port
    async with a_site(settings, clock):
        response = httpx.Response(0)
        async with httpx.AsyncClient(base_url=f"http://localhost:{port}") as browser:
            response = await browser.post("/login", data=FORM)

    assert response.headers["set-cookie"].endswith("; Secure")
    assert response.headers["strict-transport-security"]
