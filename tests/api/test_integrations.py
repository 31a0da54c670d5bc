"""HubSpot and Zoom over HTTP: connected by a browser, asked by programs, told by their services."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.connection import Vendor
from qrev.accounts.models import Role
from qrev.bootstrap import Databases, build
from qrev.integrations.hubspot.webhooks import SIGNATURE, TIMESTAMP, Delivery, signature_of
from qrev.integrations.zoom import events
from qrev.kit.mongo import Document
from tests.api.conftest import HOME, Door
from tests.fakes import FakeAiServer, FakeClock
from tests.sites import some_settings

pytestmark = pytest.mark.anyio
HOOK = "/api/hubspot/webhook"


@pytest.fixture
async def door(mongo: AsyncDatabase[Document], clock: FakeClock, tmp_path: Path) -> Door:
    """The API of an installation that has an app at both."""
    databases = Databases(main=mongo, dropbox=mongo)
    await databases.ensure_indexes()
    settings = some_settings(
        tmp_path,
        hubspot_client_id="an-app",
        hubspot_client_secret="hubs",
        zoom_client_id="an-app",
        zoom_client_secret="zooms",
        zoom_secret_token="emu_secret_token",
    )
    services = build(settings, databases, FakeAiServer(), clock=clock)
    actor = await services.accounts.sign_in("alice@acme.test", "Alice")
    return Door(services=services, actor=actor, database=mongo, clock=clock)


@pytest.mark.parametrize(("vendor", "host"), [("hubspot", "app.hubspot.com"), ("zoom", "zoom.us")])
async def test_a_browser_is_sent_away_and_back_only_with_its_own_state(
    door: Door, vendor: str, host: str
) -> None:
    alice = await door.program("Alice")
    browser = door.browser_of(alice)

    away = await browser.get(f"/api/{vendor}/connect", params={"next": "//evil.test"})
    back = await browser.get(f"/api/{vendor}/redirect", params={"state": "made up", "code": "c"})
    refused = await browser.get(f"/api/{vendor}/redirect", params={"error": "access_denied"})

    there = urlsplit(away.headers["location"])
    assert (away.status_code, there.hostname) == (303, host)
    assert parse_qs(there.query)["redirect_uri"][0].endswith(f"/api/{vendor}/redirect")
    assert (back.status_code, refused.status_code) == (403, 403)
    assert "Begin again." in back.text
    attempt = await door.database.connecting.find_one({})
    assert attempt is not None
    assert attempt["wanted"] == "/"


async def test_what_is_not_connected_says_so_and_can_be_disconnected_all_the_same(
    door: Door,
) -> None:
    alice = await door.program("Alice")

    told = (await alice.get("/hubspot/is_connected")).json()
    pulled = await alice.post("/hubspot/pull")
    done = await alice.post("/zoom/disconnect")

    assert (told["is_set_up"], told["is_connected"], told["state"]) == (True, False, "missing")
    assert (pulled.status_code, done.status_code) == (409, 204)


async def test_a_seller_connects_their_own_zoom_and_not_the_workspaces_hubspot(
    door: Door,
) -> None:
    alice = await door.program("Alice")
    bob = await door.joined(alice, "Bob", Role.SELLER)

    answers = [await bob.get(f"/{vendor}/connect") for vendor in ("hubspot", "zoom")]

    assert [answer.status_code for answer in answers] == [403, 303]


async def test_the_log_of_calls_is_read_in_pages(door: Door) -> None:
    alice = await door.program("Alice")
    account_id = (await alice.get("/user/details")).json()["account_id"]
    for number in range(3):
        what = f"wrote contact {number}"
        await door.services.call_log.note(
            account_id, Vendor.HUBSPOT, what, about=["anna@globex.test"]
        )
        door.clock.advance(seconds=1)

    first = (await alice.get("/integrations/calls", about="Anna@globex.test", limit=2)).json()
    rest = (await alice.get("/integrations/calls", limit=2, after=first["next"])).json()

    assert [call["what"][-1] for call in first["calls"] + rest["calls"]] == ["2", "1", "0"]
    assert rest["next"] is None


async def test_a_web_hook_of_hubspot_is_taken_only_with_its_signature(door: Door) -> None:
    stamp = str(int(door.clock().timestamp() * 1000))
    delivery = Delivery(
        method="POST", uri=f"{HOME}{HOOK}", body=b"[]", signature="", timestamp=stamp
    )
    headers = {TIMESTAMP: stamp, SIGNATURE: signature_of(delivery, "hubs")}

    good = await door.http.post(HOOK, content=b"[]", headers=headers)
    changed = await door.http.post(HOOK, content=b"[{}]", headers=headers)
    bare = await door.http.post(HOOK, content=b"[]")

    assert [good.status_code, changed.status_code, bare.status_code] == [204, 401, 401]


async def test_zoom_is_shown_that_we_have_its_secret(door: Door) -> None:
    body = b'{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}'
    stamp = str(int(door.clock().timestamp()))
    signature = events.signature_of(body, stamp, "emu_secret_token")
    headers = {events.TIMESTAMP: stamp, events.SIGNATURE: signature}

    answer = await door.http.post("/api/zoom/events", content=body, headers=headers)
    forged = await door.http.post("/api/zoom/events", content=body)

    assert answer.json() == {
        "plainToken": "qgg8vlvZRS6UYooatFL8Aw",
        "encryptedToken": "3ebc0782ba61ce8f7a0f0bb83788697933e5e0723131684516c1b886d9c4b3ee",
    }
    assert forged.status_code == 401


async def test_where_there_is_no_app_there_is_nobody_to_listen(
    door: Door, mongo: AsyncDatabase[Document], tmp_path: Path
) -> None:
    databases = Databases(main=mongo, dropbox=mongo)
    bare = build(some_settings(tmp_path), databases, FakeAiServer(), clock=door.clock)
    empty = Door(services=bare, actor=door.actor, database=mongo, clock=door.clock)

    answers = [await empty.http.post(path) for path in (HOOK, "/api/zoom/events")]

    assert [answer.status_code for answer in answers] == [404, 404]
