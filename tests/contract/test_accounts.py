"""What every AccountBook promises."""

from __future__ import annotations

import asyncio

import pytest

from qrev.accounts.models import Role, UserId
from tests.conftest import ACME, OTHER
from tests.contract.builders import ALICE, a_member, a_user, an_account
from tests.contract.stores import Stores

pytestmark = pytest.mark.anyio


async def test_someone_is_new_once_and_stays_as_they_came(stores: Stores) -> None:
    book = stores.accounts

    first = await book.add_if_new(a_user(), an_account(), a_member())
    again = await book.add_if_new(
        a_user(name="Other"), an_account(name="Other"), a_member(role=Role.VIEWER)
    )

    assert (first, again) == (True, False)
    assert await stores.users.get(ALICE) == a_user()
    assert await stores.members.get(ACME, ALICE) == a_member()
    assert await book.get_account(ACME) == an_account()


async def test_of_those_who_sign_in_at_once_one_is_new(stores: Stores) -> None:
    were_new = await asyncio.gather(
        *(stores.accounts.add_if_new(a_user(), an_account(), a_member()) for _ in range(8))
    )

    assert were_new.count(True) == 1


async def test_strangers_belong_nowhere(stores: Stores) -> None:
    assert await stores.users.get(UserId("nobody")) is None
    assert await stores.members.of_user(UserId("nobody")) == []
    assert await stores.accounts.get_account(OTHER) is None


async def test_a_change_writes_what_is_given_and_counts_up(stores: Stores) -> None:
    await stores.accounts.add_if_new(a_user(), an_account(), a_member())

    moved = await stores.accounts.change(ACME, postal_address="1 Main St")
    zoned = await stores.accounts.change(ACME, timezone="Asia/Tokyo")

    assert moved == an_account(postal_address="1 Main St", version=2)
    assert zoned == an_account(postal_address="1 Main St", timezone="Asia/Tokyo", version=3)
    assert await stores.accounts.get_account(ACME) == zoned


async def test_changes_at_once_are_all_counted(stores: Stores) -> None:
    await stores.accounts.add_if_new(a_user(), an_account(), a_member())

    changed = await asyncio.gather(
        *(stores.accounts.change(ACME, postal_address=f"{n} Main St") for n in range(8))
    )

    assert sorted(account.version for account in changed if account) == list(range(2, 10))


async def test_an_account_that_is_not_there_cannot_be_changed(stores: Stores) -> None:
    assert await stores.accounts.change(ACME, timezone="UTC") is None
    assert await stores.accounts.get_account(ACME) is None
