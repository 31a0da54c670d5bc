"""Connections that are kept between letters: few, clean, and never at the price of a mail."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from dataclasses import dataclass, field, replace

import pytest
from aiosmtpd.smtp import SMTP

from qrev.campaigns.logins import CannotSignIn, Security, SmtpLogin
from qrev.campaigns.models import Mailbox
from qrev.campaigns.ports import AddressRefused, MailboxRefused, NoAnswer, NotNow
from qrev.integrations.smtp.reaching import is_public
from tests.integrations.letters import a_letter, a_mailbox
from tests.integrations.smtp.conftest import a_channel
from tests.integrations.smtp.server import LOOPBACK, Deed, MailServer, Words

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("ended")]


@dataclass(kw_only=True)
class Counting(MailServer):
    """Knows which connections its letters came over, and how many were open at once."""

    connections: list[int] = field(default_factory=list)
    greeted: set[int] = field(default_factory=set)
    resets: int = 0
    slowly: bool = False

    async def answer(self, protocol: SMTP, command: str) -> Words | None:
        self.greeted.add(id(protocol))
        if command == "DOT":
            self.connections.append(id(protocol))
            if self.slowly:
                await asyncio.sleep(0.05)
        return await super().answer(protocol, command)

    async def handle_RSET(self, *_: object) -> str:
        self.resets += 1
        return "250 OK"


async def test_letters_one_after_the_other_go_over_one_connection() -> None:
    server = Counting()

    async with server.running() as address:
        channel = a_channel(f"smtp://{address}")
        for n in range(5):
            await channel.send(a_mailbox(), a_letter(recipient=f"p{n}@pine.test"))

    assert len(server.taken) == 5
    assert len(set(server.connections)) == 1
    assert server.resets == 0


async def test_a_refused_address_does_not_spoil_the_connection_for_the_next() -> None:
    server = Counting(answers={"RCPT": "550 5.1.1 User unknown"})

    async with server.running() as address:
        channel = a_channel(f"smtp://{address}")
        with pytest.raises(AddressRefused):
            await channel.send(a_mailbox(), a_letter())
        server.answers = {}
        await channel.send(a_mailbox(), a_letter(recipient="ann@pine.test"))

    [taken] = server.taken
    assert taken.recipients == ("ann@pine.test",)
    assert (len(server.greeted), server.resets) == (1, 1)


async def test_a_kept_connection_that_was_dropped_costs_no_mail_and_no_attempt() -> None:
    server = Counting()

    async with server.running() as address:
        channel = a_channel(f"smtp://{address}")
        await channel.send(a_mailbox(), a_letter())
        first = server.protocols[0]
        assert isinstance(first.transport, asyncio.Transport)
        first.transport.abort()
        await channel.send(a_mailbox(), a_letter(recipient="ann@pine.test"))

    assert len(server.taken) == 2
    assert len(set(server.connections)) == 2


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_a_server_that_ends_a_kept_connection_is_asked_once_more_on_a_new_one(
    command: str,
) -> None:
    class Tired(Counting):
        async def answer(self, protocol: SMTP, asked: str) -> Words | None:
            is_kept = id(protocol) in self.connections
            if asked == command and is_kept:
                return "421 4.4.2 Idle for too long"
            return await super().answer(protocol, asked)

    server = Tired()

    async with server.running() as address:
        channel = a_channel(f"smtp://{address}")
        await channel.send(a_mailbox(), a_letter())
        await channel.send(a_mailbox(), a_letter(recipient="ann@pine.test"))

    assert [t.recipients[0] for t in server.taken] == ["bob@solarex.test", "ann@pine.test"]


async def test_a_new_connection_that_fails_as_well_means_later() -> None:
    server = Counting()

    async with server.running() as address:
        channel = a_channel(f"smtp://{address}")
        await channel.send(a_mailbox(), a_letter())
        server.answers = {"MAIL": Deed.CUT}
        with pytest.raises(NotNow):
            await channel.send(a_mailbox(), a_letter())

    assert len(server.taken) == 1
    assert len(server.greeted) == 2


async def test_a_kept_connection_cut_after_the_data_is_never_tried_again() -> None:
    server = Counting()

    async with server.running() as address:
        channel = a_channel(f"smtp://{address}")
        await channel.send(a_mailbox(), a_letter())
        server.answers = {"DOT": Deed.CUT}
        with pytest.raises(NoAnswer):
            await channel.send(a_mailbox(), a_letter(recipient="ann@pine.test"))
        server.answers = {}
        await channel.send(a_mailbox(), a_letter(recipient="eve@pine.test"))

    assert [t.recipients[0].partition("@")[0] for t in server.taken] == ["bob", "ann", "eve"]


async def test_no_more_connections_are_open_than_a_server_should_see() -> None:
    server = Counting()
    server.slowly = True

    async with server.running() as address:
        channel = a_channel(f"smtp://{address}", at_once=3)
        letters = [a_letter(recipient=f"p{n}@pine.test") for n in range(12)]
        await asyncio.gather(*(channel.send(a_mailbox(), letter) for letter in letters))

    assert len(server.taken) == 12
    assert len(set(server.connections)) == 3


async def test_who_waits_too_long_for_a_connection_tries_later() -> None:
    server = MailServer(answers={"DOT": Deed.SAY_NOTHING})

    async with server.running() as address:
        channel = a_channel(f"smtp://{address}", at_once=1, ready_within=0.1, answer_within=0.5)
        first = asyncio.create_task(channel.send(a_mailbox(), a_letter()))
        while not server.taken:
            await asyncio.sleep(0.005)
        with pytest.raises(NotNow):
            await channel.send(a_mailbox(), a_letter())
        with pytest.raises(NoAnswer):
            await first


async def test_a_connection_nobody_uses_is_ended_after_a_while() -> None:
    server = Counting()

    async with server.running() as address:
        channel = a_channel(f"smtp://{address}", kept_for=0.05)
        await channel.send(a_mailbox(), a_letter())
        transport = server.protocols[0].transport

        assert transport is not None
        async with asyncio.timeout(5):
            while not transport.is_closing():
                await asyncio.sleep(0.005)


# --- servers of mailboxes


class Own:
    """What Logins are to a channel."""

    def __init__(self, login: SmtpLogin | None) -> None:
        self.login = login

    async def of(self, mailbox: Mailbox) -> SmtpLogin | None:
        if mailbox.id == "mbx_lost":
            raise CannotSignIn
        return self.login if mailbox.id == "mbx_own" else None


def own(server: MailServer) -> Own:
    return Own(
        SmtpLogin(
            host=LOOPBACK,
            port=server.port,
            security=Security.STARTTLS,
            user="alice@acme.test",
            password="secret",
        )
    )


async def test_a_mailbox_with_a_server_of_its_own_sends_by_it_and_no_other_does(
    certified: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    logins = {"alice@acme.test": "secret"}
    house, mine = MailServer(), MailServer(starttls=certified, logins=logins)

    async with house.running() as address, mine.running():
        channel = a_channel(f"smtp://{address}", servers=own(mine), tls=trusting)
        await channel.send(replace(a_mailbox(), id="mbx_own", login_version=1), a_letter())
        await channel.send(a_mailbox(), a_letter(recipient="ann@pine.test"))

    assert [t.user for t in mine.taken] == ["alice@acme.test"]
    assert [t.recipients for t in house.taken] == [("ann@pine.test",)]


async def test_a_mailbox_without_any_server_is_stopped() -> None:
    with pytest.raises(MailboxRefused, match="given again"):
        await a_channel().send(a_mailbox(), a_letter())


async def test_a_new_login_is_used_from_the_next_letter_on(
    certified: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    server = MailServer(starttls=certified, logins={"alice@acme.test": "secret", "al": "new"})
    mailbox = replace(a_mailbox(), id="mbx_own", login_version=1)

    async with server.running():
        servers = own(server)
        channel = a_channel(servers=servers, tls=trusting)
        await channel.send(mailbox, a_letter())
        assert servers.login is not None
        servers.login = replace(servers.login, user="al", password="new")
        await channel.send(mailbox, a_letter())
        await channel.send(replace(mailbox, login_version=2), a_letter())

    assert [t.user for t in server.taken] == ["alice@acme.test", "alice@acme.test", "al"]


async def test_a_members_server_without_encryption_gets_neither_password_nor_mail() -> None:
    server = MailServer(logins={"alice@acme.test": "secret"})

    async with server.running():
        channel = a_channel(servers=own(server))
        with pytest.raises(MailboxRefused, match="no encryption"):
            await channel.send(replace(a_mailbox(), id="mbx_own", login_version=1), a_letter())

    assert not server.taken
    assert not server.passwords_seen


@pytest.mark.parametrize("mailbox_id", ["mbx_lost", "mbx_none"])
async def test_a_mailbox_whose_login_is_lost_is_stopped_and_blames_nobody(mailbox_id: str) -> None:
    channel = a_channel(servers=Own(None))

    with pytest.raises(MailboxRefused, match="given again"):
        await channel.send(replace(a_mailbox(), id=mailbox_id, login_version=1), a_letter())


async def test_a_login_is_tried_without_sending_anything(
    certified: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    server = MailServer(starttls=certified, logins={"alice@acme.test": "secret"})

    async with server.running():
        login = own(server).login
        assert login is not None
        await a_channel(tls=trusting).check(login)
        with pytest.raises(MailboxRefused, match="refused our sign-in"):
            await a_channel(tls=trusting).check(replace(login, password="wrong"))

    with pytest.raises(NotNow, match="cannot be reached"):
        await a_channel(tls=trusting).check(login)
    assert not server.taken


async def test_a_members_server_inside_our_own_network_is_not_even_spoken_to(
    certified: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    server = Counting(starttls=certified, logins={"alice@acme.test": "secret"})

    async with server.running():
        login = own(server).login
        assert login is not None
        for host in (LOOPBACK, "localhost"):
            with pytest.raises(MailboxRefused, match="not on the internet"):
                await a_channel(tls=trusting, allows=is_public).check(replace(login, host=host))
        assert not server.protocols
        await a_channel(tls=trusting, allows=lambda _: True).check(login)

    assert len(server.protocols) == 1
    with pytest.raises(NotNow):
        await a_channel(tls=trusting, allows=lambda _: True).check(login)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("192.168.0.1", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
    ],
)
async def test_only_addresses_of_the_internet_are_public(address: str, expected: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is expected
