"""A call with Zoom, from the sentence to the mail that carries the invitation."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo.asynchronous.database import AsyncDatabase
from starlette.responses import JSONResponse

from qrev.accounts.connection import ConnectionState, Vendor
from qrev.accounts.models import Actor, Change, ChangeState, Role
from qrev.assistant.cards import ChangeCard, QuestionCard, TextCard
from qrev.bootstrap import Databases, Services, build
from qrev.crm.meetings import MeetingState
from qrev.integrations.zoom.events import Delivery, sealed, signature_of
from qrev.kit.errors import InvalidInput, NotAllowed, NotSignedIn, QrevError, Unavailable
from qrev.kit.mongo import Document
from tests.fakes import FakeAiServer, FakeClock
from tests.sites import some_settings
from tests.zoom_server import (
    ACCOUNT_ID,
    CLIENT_ID,
    SECRET,
    SECRET_TOKEN,
    USER_ID,
    VERIFICATION,
    ZoomServer,
    a_zoom,
)

pytestmark = pytest.mark.anyio
ZOOM = Vendor.ZOOM
ANNA = "anna@globex.test"


@dataclass(frozen=True)
class House:
    services: Services
    zoom: ZoomServer
    alice: Actor
    clock: FakeClock
    database: AsyncDatabase[Document]

    async def connect(self) -> None:
        connections = self.services.connections
        url = await connections.begin(self.alice, ZOOM)
        async with httpx.AsyncClient() as browser:
            back = httpx.URL((await browser.get(url)).headers["location"]).params
        await connections.finish(self.alice, ZOOM, state=back["state"], code=back["code"])

    async def proposed(self, **changes: Any) -> Change:
        """Propose a call with Anna, tomorrow at ten."""
        person = await self._anna()
        at = self.clock() + timedelta(days=1)
        wanted = self.services.booking.wanted(person, at, 30, "Europe/Berlin")
        return await self.services.changes.propose_call(self.alice, wanted.subject)

    async def booked(self) -> str:
        """Have it confirmed. Return Anna's id."""
        change = await self.proposed()
        await self.services.changes.confirm(self.alice, change.id, change.hash)
        return await self._anna()

    async def _anna(self) -> str:
        found = await self.services.people.known(self.alice.account_id, [ANNA])
        if ANNA in found:
            return found[ANNA].id
        return (await self.services.keeping.create(self.alice, ANNA, {"name": "Anna Lee"})).id

    async def event(self, name: str, **payload: Any) -> dict[str, str]:
        """Have Zoom send an event."""
        return await self.services.zoom_events.take(signed(name, self.clock(), **payload))


def signed(name: str, at: datetime, **payload: Any) -> Delivery:
    body = json.dumps({"event": name, "payload": payload}).encode()
    stamp = str(int(at.timestamp()))
    mine = hmac.new(SECRET_TOKEN.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256)
    return Delivery(body=body, signature=f"v0={mine.hexdigest()}", timestamp=stamp)


@pytest.fixture
async def house(
    mongo: AsyncDatabase[Document], clock: FakeClock, tmp_path: Path
) -> AsyncIterator[House]:
    async with a_zoom() as zoom:
        settings = some_settings(
            tmp_path,
            zoom_client_id=CLIENT_ID,
            zoom_client_secret=SECRET,
            zoom_secret_token=SECRET_TOKEN,
            zoom_verification_token=VERIFICATION,
            zoom_web_url=zoom.base,
            zoom_api_url=f"{zoom.base}/v2",
        )
        databases = Databases(main=mongo, dropbox=mongo)
        await databases.ensure_indexes()
        services = build(settings, databases, FakeAiServer(), clock=clock)
        alice = await services.accounts.sign_in("alice@acme.test", "Alice")
        try:
            yield House(services, zoom, alice, clock, mongo)
        finally:
            await services.outside.close()


async def test_zoom_is_each_members_own(house: House) -> None:
    await house.connect()

    mine = await house.services.connections.status(house.alice, ZOOM)
    bobs = await house.services.connections.status(
        replace(house.alice, user_id="bob"),  # type: ignore[arg-type]
        ZOOM,
    )

    assert (mine.state, mine.label) == (ConnectionState.GOOD, "alice@zoom.test")
    assert bobs.state is ConnectionState.MISSING


async def test_a_call_is_shown_before_it_is_made_and_made_once(house: House) -> None:
    await house.connect()
    change = await house.proposed()
    before = list(house.zoom.meetings)

    done = await house.services.changes.confirm(house.alice, change.id, change.hash)
    with pytest.raises(QrevError):
        await house.services.changes.confirm(house.alice, change.id, change.hash)

    assert before == []
    assert change.facts[0] == (
        "A call with Anna Lee (anna@globex.test) on Wednesday, 4 March 2026 at 11:00 "
        "(Europe/Berlin), 30 minutes."
    )
    assert done.state is ChangeState.DONE
    [made] = house.zoom.meetings
    assert (made["start_time"], made["duration"]) == ("2026-03-04T10:00:00Z", 30)


async def test_the_call_is_known_with_its_link(house: House) -> None:
    await house.connect()

    person_id = await house.booked()

    [meeting] = await house.services.booking.with_person(house.alice, person_id)
    assert meeting.link == "https://zoom.test/j/8500000001"
    assert await house.services.booking.link(house.alice, person_id) == meeting.link
    page = await house.services.call_log.page(house.alice, about=ANNA)
    assert [call.what for call in page.calls] == ["made a call"]


async def test_who_has_not_connected_zoom_is_told_to(house: House) -> None:
    with pytest.raises(QrevError, match="Your Zoom is not connected"):
        await house.proposed()


async def test_who_may_only_look_books_nothing(house: House) -> None:
    await house.connect()
    change = await house.proposed()

    with pytest.raises(NotAllowed):
        await house.services.changes.confirm(
            replace(house.alice, role=Role.VIEWER), change.id, change.hash
        )

    assert house.zoom.meetings == []


async def test_a_zoom_that_fails_leaves_no_call_and_an_end_to_the_proposal(house: House) -> None:
    await house.connect()
    change = await house.proposed()
    house.zoom.trouble = [JSONResponse({}, 502)]

    with pytest.raises(Unavailable, match="Look into your Zoom"):
        await house.services.changes.confirm(house.alice, change.id, change.hash)

    assert (await house.services.changes.get(house.alice, change.id)).state is ChangeState.VOID
    assert await house.database.meetings.count_documents({}) == 0


@pytest.mark.parametrize(
    ("days", "minutes"), [(-1, 30), (0, 30), (400, 30), (1, 0), (1, 1000)], ids=str
)
async def test_a_call_that_cannot_be_is_refused_in_words(
    house: House, days: int, minutes: int
) -> None:
    with pytest.raises(InvalidInput):
        house.services.booking.wanted("p", house.clock() + timedelta(days=days), minutes, "UTC")


async def test_the_events_of_a_call_are_followed_once_and_in_their_order(house: House) -> None:
    await house.connect()
    person_id = await house.booked()
    about = {"object": {"id": 8_500_000_001}}

    states = []
    for name in ("meeting.started", "meeting.ended", "meeting.started", "meeting.deleted"):
        assert await house.event(name, **about) == {}
        [meeting] = await house.services.booking.with_person(house.alice, person_id)
        states.append(meeting.state)

    ended = MeetingState.ENDED
    assert states == [MeetingState.STARTED, ended, ended, ended]


async def test_a_call_that_was_called_off_is_booked_no_more(house: House) -> None:
    await house.connect()
    person_id = await house.booked()

    await house.event("meeting.deleted", object={"id": "8500000001"})

    with pytest.raises(InvalidInput, match="No call is booked"):
        await house.services.booking.link(house.alice, person_id)


async def test_the_vectors_of_zooms_documentation_hold() -> None:
    plain = "qgg8vlvZRS6UYooatFL8Aw"
    body = (
        b'{"event":"session.started","payload":{"account_id":"{ACCOUNT_ID}","object":'
        b'{"start_time":"2022-07-27T16:56:34Z","id":"{SESSION_ID}"}},"event_ts":1658940994914}'
    )

    assert sealed(plain, SECRET_TOKEN) == (
        "3ebc0782ba61ce8f7a0f0bb83788697933e5e0723131684516c1b886d9c4b3ee"
    )
    assert signature_of(body, "1658940994", SECRET_TOKEN) == (
        "v0=e9b22ad9ce53e6df25fcf6638eea7382b9fd4f1bc72ed1cbaff765f9a1b74142"
    )


async def test_an_address_is_validated_but_no_signature_can_be_had_that_way(house: House) -> None:
    answer = await house.event("endpoint.url_validation", plainToken="qgg8vlvZRS6UYooatFL8Aw")

    assert answer["encryptedToken"].startswith("3ebc0782")
    with pytest.raises(InvalidInput):
        await house.event("endpoint.url_validation", plainToken='v0:1:{"event":"x"}')


@pytest.mark.parametrize(
    "changes",
    [
        {"body": b'{"event":"meeting.ended"}'},
        {"signature": ""},
        {"signature": "v0=é"},
        {"timestamp": ""},
        {"timestamp": "soon"},
        {"timestamp": "9" * 30},
        {"shown": VERIFICATION, "signature": ""},
    ],
    ids=str,
)
async def test_what_zoom_did_not_sign_is_refused(house: House, changes: dict[str, Any]) -> None:
    delivery = replace(signed("meeting.started", house.clock(), object={"id": 1}), **changes)

    with pytest.raises(NotSignedIn):
        await house.services.zoom_events.take(delivery)


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_an_event_that_is_old_is_refused(house: House, minutes: int) -> None:
    late = signed("meeting.started", house.clock() + timedelta(minutes=minutes))

    with pytest.raises(NotSignedIn, match="older than five minutes"):
        await house.services.zoom_events.take(late)


def the_end(**changes: Any) -> dict[str, Any]:
    return {
        "user_id": USER_ID,
        "account_id": ACCOUNT_ID,
        "client_id": CLIENT_ID,
        "deauthorization_time": "2026-03-03T10:00:00.000Z",
        **changes,
    }


async def test_when_a_member_takes_the_app_away_their_data_is_deleted_and_zoom_is_told(
    house: House,
) -> None:
    await house.connect()
    await house.booked()

    for _ in range(2):
        await house.event("app_deauthorized", **the_end())

    for name in ("connections", "meetings"):
        assert await house.database[name].count_documents({}) == 0, name
    assert [told["user_id"] for told in house.zoom.compliance] == [USER_ID, USER_ID]
    assert house.zoom.compliance[0]["compliance_completed"] is True


async def test_a_zoom_that_cannot_be_told_sends_it_again(house: House) -> None:
    await house.connect()
    house.zoom.trouble = [JSONResponse({}, 500)]

    with pytest.raises(Unavailable):
        await house.event("app_deauthorized", **the_end())
    await house.event("app_deauthorized", **the_end())

    assert len(house.zoom.compliance) == 1


async def test_the_end_of_an_app_may_show_the_older_token(house: House) -> None:
    await house.connect()
    delivery = signed("app_deauthorized", datetime(2020, 1, 1, tzinfo=UTC), **the_end())

    await house.services.zoom_events.take(replace(delivery, signature="", shown=VERIFICATION))

    assert await house.database.connections.count_documents({}) == 0


async def test_the_end_of_another_app_is_none_of_ours(house: House) -> None:
    await house.connect()

    with pytest.raises(InvalidInput):
        await house.event("app_deauthorized", **the_end(client_id="another"))

    assert await house.database.connections.count_documents({}) == 1


async def test_disconnecting_gives_both_tokens_back_and_keeps_no_call(house: House) -> None:
    await house.connect()
    await house.booked()

    await house.services.connections.disconnect(house.alice, ZOOM)

    assert len(house.zoom.revoked) == 2
    assert await house.database.meetings.count_documents({}) == 0


async def said(house: House, words: str) -> Any:
    saying = house.services.conversation._workbench.vendors
    [card] = await saying.book(house.alice, words)
    return card


async def test_a_sentence_becomes_a_call_to_confirm(house: House) -> None:
    await house.connect()
    await house._anna()

    card = await said(house, "book a 45 minute call with Anna on Friday at 3")

    assert isinstance(card, ChangeCard)
    change = await house.services.changes.get(house.alice, card.change_id)
    assert "on Friday, 6 March 2026 at 15:00 (UTC), 45 minutes" in change.facts[0]


async def test_what_is_missing_in_a_sentence_is_asked_for(house: House) -> None:
    await house.connect()
    await house._anna()
    await house.services.keeping.create(house.alice, "anna@pine.test", {"name": "Anna Li"})

    nobody = await said(house, "book a call with Zoe on Friday at 3")
    which = await said(house, "book a call with Anna on Friday at 3")
    never = await said(house, "book a call with anna@pine.test")

    assert isinstance(nobody, TextCard)
    assert "nobody called “Zoe”" in nobody.text
    assert isinstance(which, QuestionCard)
    assert "book a call with anna@pine.test on Friday at 3" in which.choices
    assert isinstance(never, TextCard)
    assert "Say when" in never.text


async def test_somebody_erased_leaves_no_call(house: House) -> None:
    await house.connect()
    await house.booked()
    before = await house.services.privacy.held(house.alice, ANNA)

    change = await house.services.changes.propose_erasure(house.alice, ANNA)
    await house.services.changes.confirm(house.alice, change.id, change.hash)

    assert before.counts["calls"] == 1
    assert await house.database.meetings.count_documents({}) == 0
