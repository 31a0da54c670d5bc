"""The small world every test lives in.

Alice owns Acme and may send. Victor is at Acme and may only look.
Mallory owns another account and should never see anything of Acme's.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from qrev.accounts.models import AccountId, Actor, Role, UserId
from tests.fakes import FakeClock

ACME = AccountId("acme")
OTHER = AccountId("other")
TUESDAY_10AM = datetime(2026, 3, 3, 10, tzinfo=UTC)


def an_actor(name: str, account_id: AccountId, role: Role) -> Actor:
    email = f"{name.lower()}@{account_id}.test"
    return Actor(
        account_id=account_id, user_id=UserId(name.lower()), role=role, email=email, name=name
    )


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def alice() -> Actor:
    return an_actor("Alice", ACME, Role.OWNER)


@pytest.fixture
def victor() -> Actor:
    return an_actor("Victor", ACME, Role.VIEWER)


@pytest.fixture
def mallory() -> Actor:
    return an_actor("Mallory", OTHER, Role.OWNER)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(TUESDAY_10AM)
