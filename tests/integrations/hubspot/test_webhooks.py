"""HubSpot's web hooks: only theirs, only fresh, and only a hint to look."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.integrations.hubspot.webhooks import Delivery, must_be_hubspots
from qrev.kit.errors import InvalidInput, NotSignedIn
from tests.hubspot_server import APP_ID, HUB_ID, SECRET
from tests.integrations.hubspot.conftest import House
from tests.integrations.hubspot.test_syncing import confirmed, names, pulled

URI = "https://qrev.test/api/hubspot/webhook"
NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)


def signed(events: Any, at: datetime, **changes: Any) -> Delivery:
    """Return a delivery, signed as HubSpot's documentation says."""
    body = events if isinstance(events, bytes) else json.dumps(events).encode()
    stamp = str(int(at.timestamp() * 1000))
    whole = f"POST{URI}".encode() + body + stamp.encode()
    signature = base64.b64encode(hmac.new(SECRET.encode(), whole, hashlib.sha256).digest())
    made = Delivery(
        method="POST", uri=URI, body=body, signature=signature.decode(), timestamp=stamp
    )
    return replace(made, **changes)


def test_what_hubspot_signed_just_now_is_believed() -> None:
    must_be_hubspots(signed([], NOW), SECRET, NOW + timedelta(minutes=4))


@pytest.mark.parametrize(
    "changes",
    [
        {"body": b"[{}]"},
        {"uri": URI + "x"},
        {"method": "PUT"},
        {"signature": ""},
        {"signature": "é"},
        {"timestamp": "1772532000001"},
        {"timestamp": ""},
        {"timestamp": "-1"},
        {"timestamp": "9" * 400},
    ],
    ids=str,
)
def test_what_was_changed_on_the_way_is_not(changes: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn):
        must_be_hubspots(signed([], NOW, **changes), SECRET, NOW)


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_what_is_old_or_of_the_future_is_not(minutes: int) -> None:
    with pytest.raises(NotSignedIn):
        must_be_hubspots(signed([], NOW), SECRET, NOW + timedelta(minutes=minutes))


@given(st.binary(max_size=60), st.text(max_size=60), st.text(max_size=30))
def test_nothing_anybody_makes_up_is_believed(body: bytes, signature: str, stamp: str) -> None:
    with pytest.raises(NotSignedIn):
        must_be_hubspots(signed(body, NOW, signature=signature, timestamp=stamp), SECRET, NOW)


@pytest.mark.anyio
async def test_an_event_has_its_account_looked_at_soon_and_twice_is_harmless(
    house: House,
) -> None:
    house.hubspot.contact("anna@globex.test", firstname="Anna")
    await pulled(house)
    await confirmed(house)
    at = house.clock() + timedelta(seconds=30)
    house.hubspot.contact("bo@globex.test", changed_at=at, firstname="Bo")
    event = {
        "eventId": 1,
        "subscriptionId": 2,
        "portalId": HUB_ID,
        "appId": int(APP_ID),
        "occurredAt": 1,
        "subscriptionType": "contact.creation",
        "objectId": 102,
    }
    before = await names(house)

    counts = [
        await house.services.hubspot_events.take(signed([each], house.clock()))
        for each in (event, event, event | {"appId": 1}, event | {"portalId": 1})
    ]
    await house.sweep(2)

    assert counts == [1, 1, 0, 0]
    assert list(before) == ["anna@globex.test"]
    assert list(await names(house)) == ["anna@globex.test", "bo@globex.test"]


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"", b"{}", b"no", b"7", b"[1]"])
async def test_a_body_that_is_no_list_of_events_does_nothing(house: House, body: bytes) -> None:
    taken = house.services.hubspot_events.take(signed(body, house.clock()))

    if body == b"[1]":
        assert await taken == 0
    else:
        with pytest.raises(InvalidInput):
            await taken
