"""Mailboxes in the hands of members: connected if they work, held, and let go without a burst."""

from __future__ import annotations

import email
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.accounts.grant import GrantState, GrantStatus
from qrev.accounts.models import Account, Actor, Role, UserId
from qrev.campaigns.connecting import (
    AtProviders,
    Connecting,
    MailboxStores,
    SmtpWish,
    Words,
)
from qrev.campaigns.logins import Logins, Security, SmtpLogin
from qrev.campaigns.mailbox_health import health_of
from qrev.campaigns.mailbox_ports import Attempt
from qrev.campaigns.models import MessageStatus
from qrev.campaigns.ports import MailboxRefused, NotNow, SendError
from qrev.campaigns.store.logins import MongoLoginBook
from qrev.campaigns.store.mailbox_care import MongoMailboxMails, MongoMailboxRecords
from qrev.kit.crypto import Vault
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from qrev.kit.mongo import Document
from tests.campaigns.things import a_mailbox
from tests.campaigns.world import World
from tests.conftest import ACME, OTHER, TUESDAY_10AM, an_actor

pytestmark = pytest.mark.anyio

BOB = an_actor("Bob", ACME, Role.SELLER)
VICTOR = an_actor("Victor", ACME, Role.VIEWER)
ACCOUNT = Account(id=ACME, name="Acme", timezone="Europe/Berlin", postal_address="")
WISH = SmtpWish(
    email="Bob@Acme.test",
    name="Bob  B.",
    host="SMTP.acme.test",
    port=587,
    security=Security.STARTTLS,
    user="bob",
    password="s3cret",
)


@dataclass
class Providers:
    """What is outside: a mail server that knows a login or not, and what Google was told."""

    trouble: SendError | None = None
    tried: list[SmtpLogin] = field(default_factory=list)
    state: GrantState = GrantState.GOOD
    asked: list[UserId] = field(default_factory=list)

    async def check(self, login: SmtpLogin) -> None:
        self.tried.append(login)
        if self.trouble is not None:
            raise self.trouble

    async def status(self, user_id: UserId, needed: object) -> GrantStatus:
        self.asked.append(user_id)
        return GrantStatus(state=self.state, email=f"{user_id}@gmail.test")


@pytest.fixture
def providers() -> Providers:
    return Providers()


@pytest.fixture
def logins(mongo: AsyncDatabase[Document]) -> Logins:
    return Logins(logins=MongoLoginBook(mongo), vault=Vault(["k"]))


@pytest.fixture
def connecting(
    world: World, providers: Providers, logins: Logins, mongo: AsyncDatabase[Document]
) -> Connecting:
    return Connecting(
        stores=MailboxStores(
            mailboxes=world.stores.mailboxes,
            records=MongoMailboxRecords(mongo),
            mails=MongoMailboxMails(mongo),
            outbox=world.stores.messages,
            logins=logins,
        ),
        outside=AtProviders(
            channels={"smtp": world.postbox, "outbox": world.postbox, "gmail": world.postbox},
            login_check=providers,
            grants=providers,
            needed=("send",),
        ),
        audit=world.audit,
        clock=world.clock,
    )


async def test_a_mailbox_is_connected_by_a_login_that_was_tried(
    connecting: Connecting, providers: Providers, logins: Logins
) -> None:
    mailbox = await connecting.connect_smtp(BOB, ACCOUNT, WISH)

    assert (mailbox.email, mailbox.name, mailbox.channel) == ("bob@acme.test", "Bob B.", "smtp")
    assert (mailbox.owner_id, mailbox.login_version) == (BOB.user_id, 1)
    assert mailbox.ramp_started_on == TUESDAY_10AM.date()
    assert await logins.of(mailbox) == providers.tried[0]
    assert providers.tried[0].host == "smtp.acme.test"


@pytest.mark.parametrize("trouble", [MailboxRefused("535 no"), NotNow("not reached")])
async def test_a_login_that_does_not_work_is_not_kept(
    connecting: Connecting, providers: Providers, trouble: SendError
) -> None:
    providers.trouble = trouble

    with pytest.raises(Conflict, match=f"Nothing was kept: {trouble}"):
        await connecting.connect_smtp(BOB, ACCOUNT, WISH)

    assert [each.mailbox.email for each in await connecting.all(BOB)] == ["alice@acme.test"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"email": "bob"}, "Address"),
        ({"host": "smtp acme"}, "Server"),
        ({"host": "-x.test"}, "Server"),
        ({"port": 0}, "Port"),
        ({"password": ""}, "Sign-in"),
        ({"name": "x" * 101}, "Name"),
    ],
)
async def test_what_cannot_be_a_mailbox_is_refused_by_name(
    connecting: Connecting, changes: dict[str, Any], named: str
) -> None:
    with pytest.raises(InvalidInput, match=named):
        await connecting.connect_smtp(BOB, ACCOUNT, replace(WISH, **changes))


async def test_a_new_password_sets_a_paused_mailbox_going_again(
    connecting: Connecting, world: World
) -> None:
    mailbox = await connecting.connect_smtp(BOB, ACCOUNT, WISH)
    await world.stores.mailboxes.pause(ACME, mailbox.id, "535 wrong password")

    again = await connecting.connect_smtp(BOB, ACCOUNT, replace(WISH, password="new"))

    assert (again.id, again.login_version, again.is_paused) == (mailbox.id, 2, False)


async def test_google_is_connected_by_what_was_allowed_and_says_what_is_missing(
    connecting: Connecting, providers: Providers
) -> None:
    providers.state = GrantState.PARTIAL
    with pytest.raises(Conflict, match="allow both"):
        await connecting.connect_google(BOB, ACCOUNT)
    providers.state = GrantState.GOOD

    mailbox = await connecting.connect_google(BOB, ACCOUNT)

    assert (mailbox.email, mailbox.channel) == (f"{BOB.user_id}@gmail.test", "gmail")
    assert mailbox.owner_id == BOB.user_id


async def test_what_stands_in_its_mails_is_set_and_checked(
    connecting: Connecting, alice: Actor
) -> None:
    said = await connecting.say(
        alice, "mbx_alice", Words(name=" Alice  A. ", reply_to="Desk@Acme.test", signature="A\r\nB")
    )

    assert (said.name, said.reply_to, said.signature) == ("Alice A.", "desk@acme.test", "A\nB")
    assert (await connecting.get(alice, "mbx_alice")) == said
    with pytest.raises(InvalidInput, match="Answers to"):
        await connecting.say(alice, "mbx_alice", Words(reply_to="x\r\nBcc: y@z.test"))
    with pytest.raises(InvalidInput, match="Signature"):
        await connecting.say(alice, "mbx_alice", Words(signature="x" * 1001))


async def test_a_test_mail_goes_to_oneself_as_its_mails_look(
    connecting: Connecting, world: World, alice: Actor
) -> None:
    await connecting.say(alice, "mbx_alice", Words(signature="Alice Archer"))

    assert await connecting.try_out(alice, "mbx_alice") == alice.email

    (letter,) = world.postbox.delivered
    mail = email.message_from_bytes(letter.raw)
    assert (mail["To"], letter.recipient) == (alice.email, alice.email)
    assert "Alice Archer" in str(mail.get_payload())


async def test_a_mailbox_that_refuses_the_test_is_paused_and_says_why(
    connecting: Connecting, world: World, alice: Actor
) -> None:
    world.postbox.troubles["alice@acme.test"] = MailboxRefused("535 wrong password")

    with pytest.raises(Conflict, match="is paused: 535 wrong password"):
        await connecting.try_out(alice, "mbx_alice")

    mailbox = await connecting.get(alice, "mbx_alice")
    assert (mailbox.is_paused, mailbox.paused_reason) == (True, "535 wrong password")


async def test_a_paused_mailboxs_mails_wait_and_are_planned_anew_without_a_burst(
    connecting: Connecting, world: World, alice: Actor
) -> None:
    await world.planned(alice, people=5)
    await connecting.pause(alice, "mbx_alice")
    world.clock.advance(days=2)
    assert await world.sender.send_batch() == 0

    mailbox, released = await connecting.resume(alice, "mbx_alice")

    assert (mailbox.is_paused, released) == (False, 5)
    assert await world.sender.send_batch() == 0
    assert await world.sweeps.replan_late() == 5
    times = sorted(m.send_at for m in await world.messages())
    assert times[0] >= world.clock()
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps) >= timedelta(minutes=4)


async def test_what_is_planned_for_later_keeps_its_minute(
    connecting: Connecting, world: World, alice: Actor
) -> None:
    before = {m.id: m.send_at for m in await world.planned(alice, people=3)}
    await connecting.pause(alice, "mbx_alice")

    await connecting.resume(alice, "mbx_alice")

    assert await world.sweeps.replan_late() == 0
    assert {m.id: m.send_at for m in await world.messages()} == before


async def test_a_mailbox_with_mails_to_send_is_not_taken_away(
    connecting: Connecting, world: World, alice: Actor, logins: Logins
) -> None:
    await world.planned(alice, people=2)
    mailbox = await connecting.connect_smtp(BOB, ACCOUNT, WISH)

    with pytest.raises(Conflict, match="2 mails are still to leave"):
        await connecting.remove(alice, "mbx_alice")
    await connecting.remove(BOB, mailbox.id)

    assert [each.mailbox.id for each in await connecting.all(alice)] == ["mbx_alice"]
    assert await logins.of(mailbox) is None


async def test_a_seller_changes_what_they_connected_and_nothing_else(
    connecting: Connecting, alice: Actor
) -> None:
    mine = await connecting.connect_smtp(BOB, ACCOUNT, WISH)

    await connecting.pause(BOB, mine.id)

    for refused in (connecting.pause, connecting.resume, connecting.remove):
        with pytest.raises(NotAllowed):
            await refused(BOB, "mbx_alice")
        with pytest.raises(NotAllowed):
            await refused(VICTOR, mine.id)
    with pytest.raises(NotAllowed):
        await connecting.connect_smtp(VICTOR, ACCOUNT, WISH)
    assert [each.may_change for each in await connecting.all(BOB)] == [False, True]
    assert [each.may_change for each in await connecting.all(alice)] == [True, True]


async def test_another_workspaces_mailbox_is_not_there(connecting: Connecting) -> None:
    mallory = an_actor("Mallory", OTHER, Role.OWNER)

    assert await connecting.all(mallory) == []
    with pytest.raises(NotFound):
        await connecting.pause(mallory, "mbx_alice")


async def test_a_gmail_goes_on_only_while_whose_it_is_allows_it(
    connecting: Connecting, providers: Providers, alice: Actor
) -> None:
    mailbox = await connecting.connect_google(BOB, ACCOUNT)
    await connecting.pause(alice, mailbox.id)
    providers.state = GrantState.REVOKED
    for actor in (alice, BOB):
        with pytest.raises(Conflict):
            await connecting.resume(actor, mailbox.id)
    providers.state = GrantState.GOOD

    resumed, _ = await connecting.resume(alice, mailbox.id)

    assert not resumed.is_paused
    assert providers.asked == [BOB.user_id] * 4


def test_health_counts_the_mailboxs_own_day_and_says_what_went_wrong_last() -> None:
    mailbox = replace(a_mailbox(), timezone="Asia/Tokyo")  # where it is 19:00
    now, hour = TUESDAY_10AM, timedelta(hours=1)
    sent, failed, unknown = MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.UNKNOWN
    attempts = [
        Attempt("mbx_alice", sent, now - timedelta(days=8), ""),
        Attempt("mbx_alice", failed, now - timedelta(days=3), "550 no such user"),
        Attempt("mbx_alice", unknown, now - 30 * hour, "the server did not answer"),
        Attempt("mbx_alice", sent, now - 20 * hour, ""),
        Attempt("mbx_alice", sent, now - 12 * hour, ""),
        Attempt("mbx_bob", failed, now - hour, "other"),
    ]

    health = health_of(mailbox, attempts, now)

    assert (health.sent_today, health.sent_week) == (1, 2)
    assert (health.refused_today, health.refused_week, health.unknown_week) == (0, 1, 1)
    assert health.last_error == "the server did not answer"
