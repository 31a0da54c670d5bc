"""What a member allowed: refreshed while it lasts, noticed when it is over, given back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qrev.accounts.grant import NewGrant
from qrev.accounts.ports import GrantGone
from qrev.integrations.google.client import MAILBOX, SEND, Google
from qrev.integrations.google.grants import GoogleGrants
from qrev.integrations.google.sign_in import GoogleSignIn, new_secrets
from qrev.kit.errors import Unavailable
from tests.fakes import FakeClock
from tests.google_servers import Emulated, Provider
from tests.integrations.google.conftest import google_at
from tests.integrations.google.test_sign_in import code_of
from tests.sites import a_free_port

pytestmark = pytest.mark.anyio


async def granted(
    google: Google, person: Emulated | Provider, who: str, clock: FakeClock
) -> NewGrant:
    signing_in, made = GoogleSignIn(google, clock=clock), new_secrets()
    back = await person.choose(await signing_in.start(made), who)
    return (await signing_in.finish(made, code_of(back))).grant


def refresh_token(grant: NewGrant) -> str:
    assert grant.refresh_token
    return grant.refresh_token


async def test_a_refreshed_grant_has_a_new_token_and_the_same_permissions(
    emulated: Emulated, clock: FakeClock
) -> None:
    google = google_at(emulated.issuer, clock)
    grant = await granted(google, emulated, "alice@acme.test", clock)

    fresh = await GoogleGrants(google, clock=clock).refresh(refresh_token(grant))

    assert fresh.access_token != grant.access_token
    assert fresh.expires_at > clock() + timedelta(minutes=50)
    assert fresh.scopes is not None
    assert fresh.scopes >= MAILBOX
    assert fresh.refresh_token is None


async def test_refreshing_does_not_ask_for_what_was_unticked(
    provider: Provider, clock: FakeClock
) -> None:
    await provider.know("2001", email="alice@acme.test", email_verified=True)
    google = google_at(provider.issuer, clock)
    grant = await granted(google, provider, "2001", clock)

    fresh = await GoogleGrants(google, clock=clock).refresh(refresh_token(grant))

    assert SEND not in grant.scopes  # this provider gives the first three, whatever is asked
    assert fresh.scopes == grant.scopes


async def test_a_grant_that_was_revoked_is_over(provider: Provider, clock: FakeClock) -> None:
    await provider.know("2002", email="alice@acme.test", email_verified=True)
    google = google_at(provider.issuer, clock)
    grant = await granted(google, provider, "2002", clock)
    await provider.revoke("2002")

    with pytest.raises(GrantGone):
        await GoogleGrants(google, clock=clock).refresh(refresh_token(grant))


async def test_what_is_given_back_is_over_and_giving_back_twice_is_harmless(
    emulated: Emulated, clock: FakeClock
) -> None:
    google = google_at(emulated.issuer, clock)
    grants = GoogleGrants(google, clock=clock)
    token = refresh_token(await granted(google, emulated, "alice@acme.test", clock))

    await grants.revoke(token)
    await grants.revoke(token)

    with pytest.raises(GrantGone):
        await grants.refresh(token)


async def test_a_google_that_is_away_does_not_cost_the_grant(clock: FakeClock) -> None:
    grants = GoogleGrants(google_at(f"http://127.0.0.1:{a_free_port()}", clock), clock=clock)

    with pytest.raises(Unavailable):
        await grants.refresh("a-token")
    with pytest.raises(Unavailable):
        await grants.revoke("a-token")
