"""The addresses an account sends from."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.models import Actor
from qrev.campaigns.mailboxes import DEFAULT_CAP, FirstMailbox, MailboxDesk
from qrev.campaigns.store.mailboxes import MongoMailboxes
from qrev.kit.mongo import Document
from tests.campaigns.things import a_mailbox, an_account
from tests.conftest import ACME, OTHER
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def store(mongo: AsyncDatabase[Document]) -> MongoMailboxes:
    return MongoMailboxes(mongo)


def desk(store: MongoMailboxes, clock: FakeClock, first: FirstMailbox) -> MailboxDesk:
    return MailboxDesk(mailboxes=store, first=first, clock=clock)


async def test_the_first_look_makes_a_mailbox_of_ones_own_address(
    store: MongoMailboxes, clock: FakeClock, alice: Actor
) -> None:
    account = an_account(timezone="Europe/Berlin")

    (mailbox,) = await desk(store, clock, FirstMailbox()).all(alice, account)

    assert (mailbox.email, mailbox.name, mailbox.channel) == (alice.email, alice.name, "outbox")
    assert (mailbox.cap, mailbox.timezone) == (DEFAULT_CAP, "Europe/Berlin")
    assert (mailbox.ramp_started_on, mailbox.is_paused) == (None, False)


async def test_a_mailbox_that_is_not_warmed_begins_its_ramp_today(
    store: MongoMailboxes, clock: FakeClock, alice: Actor
) -> None:
    first = FirstMailbox(channel="smtp", email="sales@acme.test", is_warmed=False)

    (mailbox,) = await desk(store, clock, first).all(alice, an_account())

    assert (mailbox.email, mailbox.channel) == ("sales@acme.test", "smtp")
    assert mailbox.ramp_started_on == date(2026, 3, 3)


async def test_looking_again_and_at_once_makes_no_second_one(
    store: MongoMailboxes, clock: FakeClock, alice: Actor
) -> None:
    mailboxes = desk(store, clock, FirstMailbox())

    found = await asyncio.gather(*(mailboxes.all(alice, an_account()) for _ in range(4)))

    assert {len(each) for each in found} == {1}


async def test_where_there_is_one_none_is_made(
    store: MongoMailboxes, clock: FakeClock, alice: Actor
) -> None:
    await store.add_if_new(a_mailbox("mbx_sales", email="sales@acme.test"))

    found = await desk(store, clock, FirstMailbox()).all(alice, an_account())

    assert [mailbox.id for mailbox in found] == ["mbx_sales"]


async def test_workspaces_do_not_see_each_others_mailboxes(
    store: MongoMailboxes, clock: FakeClock, alice: Actor, mallory: Actor
) -> None:
    mailboxes = desk(store, clock, FirstMailbox())
    (own,) = await mailboxes.all(alice, an_account())
    (foreign,) = await mailboxes.all(mallory, an_account())

    await store.pause(OTHER, own.id, "not theirs to pause")

    assert foreign.id != own.id
    assert await store.of_account(ACME) == [own]


async def test_a_pause_says_why_and_a_mailbox_comes_back_as_it_was_kept(
    store: MongoMailboxes,
) -> None:
    kept = a_mailbox(timezone="Asia/Tokyo", cap=7, ramp_started_on=date(2026, 2, 28))

    assert await store.add_if_new(kept)
    assert not await store.add_if_new(a_mailbox(cap=50))
    assert await store.of_account(ACME) == [kept]
    await store.pause(ACME, kept.id, "access revoked")

    (paused,) = await store.of_account(ACME)
    assert (paused.is_paused, paused.paused_reason) == (True, "access revoked")
