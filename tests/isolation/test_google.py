"""Google's routes, which are there only with a Google client, as those who should get nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.bootstrap.google import GOOGLE_CALLBACK_PATH
from qrev.kit.clock import utc_now
from qrev.kit.mongo import Document, open_client
from tests.chat.google import Browser
from tests.fakes import FakeClock
from tests.google_servers import Provider, a_provider, google_settings
from tests.isolation.calls import RAW, routes
from tests.isolation.dump import dumped
from tests.isolation.test_attacks import ELSEWHERE, NAMES_OF_TARGETS
from tests.servers import a_database_name
from tests.sites import a_free_port, an_open_site

pytestmark = pytest.mark.anyio
START_PATH = "/login/google"  # importing it would have Chainlit read its home too early
WAYS = ("begun by another", "used before", "made up", "begun by nobody")


@dataclass(kw_only=True)
class AtGoogle:
    """A house whose people sign in with Google: Alice is in, and Mallory has a browser too."""

    database: AsyncDatabase[Document]
    names: set[str]
    alice: Browser
    mallory: Browser

    async def state(self) -> dict[str, int]:
        """Return what a sign-in would change: who is in, who is known, and what they allowed."""
        return {
            "sessions": await self.database.sessions.count_documents({"ended_at": None}),
            "users": await self.database.users.count_documents({}),
            "grants": await self.database.grants.count_documents({}),
            "versions": sum([g["version"] async for g in self.database.grants.find()]),
        }


@pytest.fixture
async def house(tmp_path: Path, embedded_url: str) -> AsyncIterator[AtGoogle]:
    client, name, port = open_client(embedded_url), a_database_name(), a_free_port()
    with a_provider() as provider:
        for who in ("alice", "mallory"):
            email = f"{who}@{who}.test"
            await provider.know(who, email=email, email_verified=True, name=who.title())
        settings = google_settings(
            tmp_path / "data", provider.issuer, port, mongo_db_url=embedded_url, mongo_db_name=name
        )
        async with an_open_site(settings, FakeClock(utc_now())) as site:
            base = settings.base_url
            alice, mallory = Browser(base, provider), Browser(base, provider)
            await alice.sign_in("alice")
            names = {found.name for found in routes(site)}
            yield AtGoogle(database=client[name], names=names, alice=alice, mallory=mallory)
            await alice.http.aclose()
            await mallory.http.aclose()
    await client.drop_database(name)
    await client.close()


async def an_answer(house: AtGoogle, way: str) -> str:
    """Return an answer of Google's that Mallory's browser has no right to."""
    assert isinstance(house.alice.google, Provider)
    if way == "begun by another":
        return await house.alice.google.choose(await house.alice.leave(), "alice")
    if way == "begun by nobody":
        return f"{GOOGLE_CALLBACK_PATH}?code=x"
    back = await house.mallory.google.choose(await house.mallory.leave(), "mallory")
    if way == "used before":
        await house.mallory.http.get(back)
        await house.mallory.http.post("/logout")
        return back
    [code] = parse_qs(urlsplit(back).query)["code"]
    return f"{GOOGLE_CALLBACK_PATH}?code={code}&state={'s' * 43}"


async def test_the_routes_are_there_and_the_sweep_knows_them(house: AtGoogle) -> None:
    google = {f"GET {START_PATH}", f"GET {GOOGLE_CALLBACK_PATH}"}

    assert google <= house.names
    assert google <= RAW.keys()


@pytest.mark.parametrize("way", WAYS)
async def test_an_answer_that_is_not_this_browsers_signs_nobody_in(
    house: AtGoogle, way: str
) -> None:
    answer = await an_answer(house, way)
    before = await house.state()

    response = await house.mallory.http.get(answer, headers={"Origin": "https://evil.test"})

    assert response.status_code == 403
    assert "alice" not in response.text.lower()
    assert await house.mallory.user() is None
    assert await house.state() == before


async def test_an_answer_begun_elsewhere_does_not_change_who_one_is(house: AtGoogle) -> None:
    planted = await house.mallory.google.choose(await house.mallory.leave(), "mallory")
    before = await house.state()

    response = await house.alice.http.get(planted)

    assert response.status_code == 403
    assert (await house.alice.user() or {})["identifier"] == "alice@alice.test"
    assert await house.state() == before


async def test_nobodys_mailbox_is_connected_for_someone_else(house: AtGoogle) -> None:
    """Begun by Mallory, finished in Alice's browser, and begun by Alice as Mallory at Google."""
    await house.mallory.sign_in("mallory")
    before = await house.state()
    begun_by_mallory = await house.mallory.google.choose(
        await house.mallory.leave(mailbox=""), "alice"
    )
    as_mallory = await house.alice.google.choose(await house.alice.leave(mailbox=""), "mallory")

    statuses = [
        (await browser.http.get(answer)).status_code
        for browser, answer in (
            (house.alice, begun_by_mallory),
            (house.mallory, begun_by_mallory),
            (house.alice, as_mallory),
        )
    ]

    assert statuses == [403, 403, 403]
    assert await house.state() == before


async def test_who_signed_out_meanwhile_connects_nothing(house: AtGoogle) -> None:
    answer = await house.alice.google.choose(await house.alice.leave(mailbox=""), "alice")
    await house.alice.http.post("/logout")
    before = await house.state()

    response = await house.alice.http.get(answer)

    assert response.status_code == 401
    assert await house.alice.user() is None
    assert await house.state() == before


@pytest.mark.parametrize("target", ELSEWHERE)
async def test_no_way_back_leads_to_another_host(house: AtGoogle, target: str) -> None:
    asked = dict.fromkeys(NAMES_OF_TARGETS, target)

    away = await house.mallory.leave(**asked)
    back = await house.mallory.http.get(await house.mallory.google.choose(away, "mallory"))

    assert "evil.test" not in away
    assert back.headers["location"] == "/"


async def test_what_is_kept_of_a_sign_in_helps_nobody_who_reads_it(house: AtGoogle) -> None:
    away = await house.mallory.leave()
    await house.mallory.http.get(await house.mallory.google.choose(away, "mallory"))

    dump = await dumped(house.database)

    [state] = parse_qs(urlsplit(away).query)["state"]
    cookies = house.mallory.http.cookies
    secrets = (state, cookies["qrev_sign_in"], cookies["qrev_session"])
    assert not [secret for secret in secrets if secret in repr(dump)]
