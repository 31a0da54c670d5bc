"""Connecting HubSpot: by one session, refreshed once, noticed when it is over, given back."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import pytest

from qrev.accounts.connection import ConnectionState, Vendor
from qrev.accounts.connections import Disconnected
from qrev.accounts.models import Actor, Role, SessionId
from qrev.kit.errors import NotAllowed, NotFound, Unavailable
from tests.hubspot_server import DOMAIN, said
from tests.integrations.hubspot.conftest import House

pytestmark = pytest.mark.anyio
HUBSPOT = Vendor.HUBSPOT


async def state(house: House) -> ConnectionState:
    return (await house.services.connections.status(house.alice, HUBSPOT)).state


async def test_it_is_connected_and_its_name_is_told(house: House) -> None:
    before = await state(house)

    await house.connect()

    status = await house.services.connections.status(house.alice, HUBSPOT)
    assert before is ConnectionState.MISSING
    assert (status.state, status.label) == (ConnectionState.GOOD, DOMAIN)


async def test_no_token_is_readable_in_the_database(house: House) -> None:
    await house.connect()

    kept = [d async for d in house.database.connections.find()]

    assert len(kept) == 1
    assert house.hubspot.refresh_token not in str(kept)
    assert not any(token in str(kept) for token in house.hubspot.access_tokens)


async def begun(house: House, actor: Actor) -> httpx.QueryParams:
    url = await house.services.connections.begin(actor, HUBSPOT)
    async with httpx.AsyncClient() as browser:
        return httpx.URL((await browser.get(url)).headers["location"]).params


async def test_only_the_session_that_began_it_finishes_it_and_once(house: House) -> None:
    asked = await begun(house, replace(house.alice, session_id=SessionId("one")))
    connections = house.services.connections
    other = replace(house.alice, session_id=SessionId("two"))
    mine = replace(house.alice, session_id=SessionId("one"))

    with pytest.raises(NotAllowed):
        await connections.finish(other, HUBSPOT, state=asked["state"], code=asked["code"])
    await connections.finish(mine, HUBSPOT, state=asked["state"], code=asked["code"])
    with pytest.raises(NotAllowed):
        await connections.finish(mine, HUBSPOT, state=asked["state"], code=asked["code"])


async def test_a_connecting_that_took_too_long_is_over(house: House) -> None:
    asked = await begun(house, house.alice)

    house.clock.advance(minutes=11)

    with pytest.raises(NotAllowed):
        await house.services.connections.finish(
            house.alice, HUBSPOT, state=asked["state"], code=asked["code"]
        )


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SELLER])
async def test_who_does_not_manage_the_workspace_cannot_connect_it(
    house: House, role: Role
) -> None:
    with pytest.raises(NotAllowed):
        await house.services.connections.begin(replace(house.alice, role=role), HUBSPOT)


async def test_many_who_need_a_token_at_once_refresh_it_once(house: House) -> None:
    await house.connect()
    house.clock.advance(minutes=31)
    house.hubspot.pause = 0.2
    connections = house.services.connections

    tokens = await asyncio.gather(
        *(connections.token(house.alice.account_id, HUBSPOT) for _ in range(5))
    )

    assert house.hubspot.refreshes == 1
    assert set(tokens) == house.hubspot.access_tokens


async def test_a_refresh_token_that_rotated_is_the_one_shown_next(house: House) -> None:
    await house.connect()

    for _ in range(3):
        house.clock.advance(minutes=31)
        await house.services.connections.token(house.alice.account_id, HUBSPOT)

    assert house.hubspot.refreshes == 3
    assert await state(house) is ConnectionState.GOOD


async def test_a_connection_that_ended_there_is_noticed_and_can_be_made_again(
    house: House,
) -> None:
    await house.connect()
    house.hubspot.refresh_token, house.hubspot.access_tokens = "", set()
    house.clock.advance(minutes=31)

    with pytest.raises(Disconnected, match="Connect it again"):
        await house.services.connections.token(house.alice.account_id, HUBSPOT)

    assert await state(house) is ConnectionState.RECONNECT
    await house.connect()
    assert await state(house) is ConnectionState.GOOD


async def test_a_hubspot_that_is_away_does_not_cost_the_connection(house: House) -> None:
    await house.connect()
    house.clock.advance(minutes=31)
    house.hubspot.trouble = [said(503, {})]
    connections = house.services.connections

    with pytest.raises(Unavailable):
        await connections.token(house.alice.account_id, HUBSPOT)

    assert await connections.token(house.alice.account_id, HUBSPOT)


async def test_what_is_disconnected_is_given_back_and_nothing_of_it_is_kept(house: House) -> None:
    await house.connect()
    house.hubspot.contact("anna@globex.test")
    await house.services.hubspot.pull(house.alice)
    await house.sweep()

    await house.services.connections.disconnect(house.alice, HUBSPOT)
    await house.services.connections.disconnect(house.alice, HUBSPOT)

    database = house.database
    assert house.hubspot.refresh_token == ""
    assert await state(house) is ConnectionState.MISSING
    for name in ("connections", "hubspot_syncs", "hubspot_rows", "hubspot_links"):
        assert await database[name].count_documents({}) == 0, name


async def test_what_is_not_set_up_says_so(house: House) -> None:
    house.services.connections._vendors.clear()  # type: ignore[attr-defined]

    with pytest.raises(NotFound, match="not set up"):
        await house.services.connections.begin(house.alice, HUBSPOT)
