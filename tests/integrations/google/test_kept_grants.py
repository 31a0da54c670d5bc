"""From a sign-in to a mailbox that stays connected, and is seen to be gone: all of it together."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.grant import GrantState
from qrev.accounts.grants import MustReconnect
from qrev.accounts.models import Newcomer, UserId
from qrev.accounts.ports import GrantGone
from qrev.integrations.google.client import MAILBOX
from qrev.integrations.google.grants import GoogleGrants
from qrev.kit.mongo import Document
from tests.accounts.world import a_room
from tests.fakes import FakeClock
from tests.google_servers import Emulated, Provider
from tests.integrations.google.conftest import google_at
from tests.integrations.google.test_grants import granted, refresh_token

pytestmark = pytest.mark.anyio
ALICE, EMAIL = UserId("alice"), "alice@acme.test"
ALICE_HERSELF = Newcomer(user_id=ALICE, email=EMAIL, name="Alice")
PROFILE = frozenset({"openid", "email", "profile"})


async def test_a_token_is_refreshed_once_before_it_ends_however_many_ask(
    mongo: AsyncDatabase[Document], emulated: Emulated, clock: FakeClock
) -> None:
    google = google_at(emulated.issuer, clock)
    grants = (await a_room(mongo, clock, issuer=GoogleGrants(google, clock=clock))).may.grants
    grant = await granted(google, emulated, EMAIL, clock)
    await grants.keep(ALICE_HERSELF, grant)
    first = await grants.fresh(ALICE, MAILBOX)
    clock.advance(minutes=59, seconds=30)

    asked = await asyncio.gather(*(grants.fresh(ALICE, MAILBOX) for _ in range(8)))

    assert first == grant.access_token
    assert len(set(asked)) == 1
    assert asked[0] != first


async def test_a_grant_that_was_taken_back_is_shown_to_be_gone_until_it_is_given_again(
    mongo: AsyncDatabase[Document], emulated: Emulated, clock: FakeClock
) -> None:
    google = google_at(emulated.issuer, clock)
    grants = (await a_room(mongo, clock, issuer=GoogleGrants(google, clock=clock))).may.grants
    grant = await granted(google, emulated, EMAIL, clock)
    await grants.keep(ALICE_HERSELF, grant)
    await emulated.revoke(refresh_token(grant))
    clock.advance(hours=1)

    with pytest.raises(MustReconnect):
        await grants.fresh(ALICE, MAILBOX)
    gone = await grants.status(ALICE, MAILBOX)
    clock.advance(hours=-1)
    await grants.keep(ALICE_HERSELF, await granted(google, emulated, EMAIL, clock))

    assert gone.state is GrantState.REVOKED
    assert (await grants.status(ALICE, MAILBOX)).state is GrantState.GOOD


async def test_disconnecting_gives_the_grant_back_to_google(
    mongo: AsyncDatabase[Document], emulated: Emulated, clock: FakeClock
) -> None:
    google = google_at(emulated.issuer, clock)
    issuer = GoogleGrants(google, clock=clock)
    grants = (await a_room(mongo, clock, issuer=issuer)).may.grants
    grant = await granted(google, emulated, EMAIL, clock)
    await grants.keep(ALICE_HERSELF, grant)

    await grants.forget(ALICE_HERSELF)

    assert (await grants.status(ALICE, MAILBOX)).state is GrantState.MISSING
    with pytest.raises(GrantGone):
        await issuer.refresh(refresh_token(grant))


async def test_permissions_that_were_unticked_are_missing_and_not_an_error(
    mongo: AsyncDatabase[Document], provider: Provider, clock: FakeClock
) -> None:
    await provider.know("3001", email=EMAIL, email_verified=True)
    google = google_at(provider.issuer, clock)
    grants = (await a_room(mongo, clock, issuer=GoogleGrants(google, clock=clock))).may.grants
    await grants.keep(ALICE_HERSELF, await granted(google, provider, "3001", clock))

    assert (await grants.status(ALICE, MAILBOX)).state is GrantState.PARTIAL
    assert (await grants.status(ALICE, PROFILE)).state is GrantState.GOOD


async def test_a_sign_in_without_lasting_access_asks_to_connect_at_once(
    mongo: AsyncDatabase[Document], emulated: Emulated, clock: FakeClock
) -> None:
    google = google_at(emulated.issuer, clock)
    grants = (await a_room(mongo, clock, issuer=GoogleGrants(google, clock=clock))).may.grants
    grant = await granted(google, emulated, EMAIL, clock)

    await grants.keep(ALICE_HERSELF, replace(grant, refresh_token=None))

    assert (await grants.status(ALICE, MAILBOX)).state is GrantState.PARTIAL


async def test_no_token_of_google_stands_in_the_database(
    mongo: AsyncDatabase[Document], emulated: Emulated, clock: FakeClock
) -> None:
    google = google_at(emulated.issuer, clock)
    grants = (await a_room(mongo, clock, issuer=GoogleGrants(google, clock=clock))).may.grants
    grant = await granted(google, emulated, EMAIL, clock)
    await grants.keep(ALICE_HERSELF, grant)

    names = await mongo.list_collection_names()
    kept = str([[d async for d in mongo[name].find()] for name in names])

    assert EMAIL in kept
    assert grant.access_token not in kept
    assert refresh_token(grant) not in kept
