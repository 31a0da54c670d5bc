"""Google as others play it, and as a transport of ours plays it when it must lie."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from qrev.integrations.google.client import Google, GoogleClient
from qrev.kit.clock import utc_now
from tests.fakes import FakeClock
from tests.google_servers import (
    CLIENT_ID,
    CLIENT_SECRET,
    Emulated,
    Provider,
    a_provider,
    an_emulated_google,
)

REDIRECT_URI = "http://localhost:8080/api/google/auth/code/to/tokens"


@pytest.fixture(scope="session")
def emulated() -> Iterator[Emulated]:
    with an_emulated_google([REDIRECT_URI]) as google:
        yield google


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with a_provider(lives=timedelta(minutes=10)) as server:
        yield server


@pytest.fixture
def clock() -> FakeClock:
    """Their servers have the time of this machine, so we begin with it."""
    return FakeClock(utc_now())


def our_client(issuer: str, *, client_secret: str = CLIENT_SECRET) -> GoogleClient:
    return GoogleClient(
        client_id=CLIENT_ID,
        client_secret=client_secret,
        issuer=issuer,
        redirect_uri=REDIRECT_URI,
    )


def google_at(issuer: str, clock: FakeClock) -> Google:
    return Google(our_client(issuer), clock=clock)
