"""Accounts on their real store: what is remembered is the point."""

from __future__ import annotations

import asyncio

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor, Role
from qrev.accounts.service import Accounts
from qrev.kit.errors import InvalidInput, NotAllowed
from qrev.kit.mongo import Document
from tests.accounts.world import Room

pytestmark = pytest.mark.anyio


@pytest.fixture
def accounts(room: Room) -> Accounts:
    return room.may.accounts


async def test_the_first_sign_in_makes_a_workspace_and_its_owner(accounts: Accounts) -> None:
    actor = await accounts.sign_in("Ann@Acme.test", "Ann Lee", timezone="Europe/Berlin")

    account = await accounts.account(actor)
    assert (actor.role, actor.email, actor.name) == (Role.OWNER, "ann@acme.test", "Ann Lee")
    assert (account.timezone, account.name) == ("Europe/Berlin", "Ann Lee's workspace")


async def test_two_first_sign_ins_at_once_make_one_workspace(
    accounts: Accounts, mongo: AsyncDatabase[Document]
) -> None:
    actors = await asyncio.gather(*(accounts.sign_in("ann@acme.test", "Ann") for _ in range(8)))

    assert len(set(actors)) == 1
    assert await mongo.users.count_documents({}) == 1
    assert await mongo.members.count_documents({}) == 1


async def test_signing_in_again_keeps_what_was_set(accounts: Accounts) -> None:
    actor = await accounts.sign_in("ann@acme.test", "Ann")
    await accounts.save_postal_address(actor, " 1  Main St \n\n 12345 Town ")

    again = await accounts.sign_in("ANN@acme.test", "Somebody else")

    assert again == actor
    assert (await accounts.account(again)).postal_address == "1 Main St\n12345 Town"


async def test_a_stranger_is_not_allowed(accounts: Accounts) -> None:
    with pytest.raises(NotAllowed):
        await accounts.actor("nobody@acme.test")


@pytest.mark.parametrize("email", ["", "ann", "ann@", "ann@acme test", "a@b\r\nBcc: x@y.test"])
async def test_what_is_not_an_address_is_refused(accounts: Accounts, email: str) -> None:
    with pytest.raises(InvalidInput):
        await accounts.sign_in(email, "Ann")


@pytest.mark.parametrize("text", ["", "short", "x" * 301, "\n".join("line" for _ in range(8))])
async def test_a_postal_address_must_be_one(accounts: Accounts, text: str) -> None:
    actor = await accounts.sign_in("ann@acme.test", "Ann")

    with pytest.raises(InvalidInput):
        await accounts.save_postal_address(actor, text)


async def test_who_may_only_look_changes_nothing(accounts: Accounts, victor: Actor) -> None:
    with pytest.raises(NotAllowed):
        await accounts.save_postal_address(victor, "1 Main St, 12345 Town")


async def test_a_time_zone_is_one_of_the_known(accounts: Accounts) -> None:
    actor = await accounts.sign_in("ann@acme.test", "Ann")

    assert (await accounts.save_timezone(actor, "Asia/Tokyo")).timezone == "Asia/Tokyo"
    with pytest.raises(InvalidInput):
        await accounts.save_timezone(actor, "../../etc/passwd")


async def test_who_was_removed_from_what_they_founded_does_not_come_back_by_signing_in(
    room: Room,
) -> None:
    ann = await room.may.accounts.sign_in("ann@acme.test", "Ann")
    bob = await room.joined(ann, "Bob", Role.OWNER)
    await room.may.members.remove(bob, ann.user_id)

    with pytest.raises(NotAllowed):
        await room.may.accounts.sign_in("ann@acme.test", "Ann")
