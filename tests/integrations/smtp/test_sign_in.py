from __future__ import annotations

import ssl

import pytest
from smtpdfix.configuration import Config
from smtpdfix.controller import AuthController

from qrev.campaigns.ports import MailboxRefused, NotNow
from tests.integrations.letters import a_letter, a_mailbox
from tests.integrations.smtp.conftest import a_channel
from tests.integrations.smtp.server import MailServer

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("ended")]

LOGINS = {"alice@acme.test": "p/a:s?s w#örd%"}
QUOTED = "alice%40acme.test:p%2Fa%3As%3Fs%20w%23%C3%B6rd%25"


async def test_name_and_password_are_unquoted_from_the_address() -> None:
    server = MailServer(logins=LOGINS)

    async with server.running() as address:
        await a_channel(f"smtp://{QUOTED}@{address}").send(a_mailbox(), a_letter())

    assert server.taken[0].user == "alice@acme.test"


async def test_a_wrong_password_stops_the_mailbox_and_blames_nobody_else() -> None:
    server = MailServer(logins=LOGINS)

    async with server.running() as address:
        with pytest.raises(MailboxRefused, match=r"refused our sign-in: 535") as raised:
            await a_channel(f"smtp://alice:guess@{address}").send(a_mailbox(), a_letter())

    assert not server.taken
    assert "guess" not in str(raised.value)


async def test_a_sign_in_that_fails_for_now_is_tried_later() -> None:
    server = MailServer(login_answer="454 4.7.0 Temporary authentication failure")

    async with server.running() as address:
        with pytest.raises(NotNow, match="454"):
            await a_channel(f"smtp://{QUOTED}@{address}").send(a_mailbox(), a_letter())


async def test_a_server_without_sign_in_stops_the_mailbox() -> None:
    server = MailServer(offers_login=False)

    async with server.running() as address:
        with pytest.raises(MailboxRefused, match="no sign-in"):
            await a_channel(f"smtp://{QUOTED}@{address}").send(a_mailbox(), a_letter())


async def test_a_password_never_crosses_the_network_in_the_clear() -> None:
    server = MailServer(logins=LOGINS)

    async with server.running("127.0.0.2") as address:
        with pytest.raises(MailboxRefused, match="the password was not sent"):
            await a_channel(f"smtp://{QUOTED}@{address}").send(a_mailbox(), a_letter())

    assert not server.passwords_seen


# --- with certificates


def an_encrypting_server(scheme: str, certified: ssl.SSLContext) -> MailServer:
    if scheme == "smtps":
        return MailServer(tls=certified)
    return MailServer(starttls=certified)


async def test_starttls_is_used_when_it_is_offered(
    certified: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    server = MailServer(starttls=certified, logins=LOGINS)

    async with server.running() as address:
        channel = a_channel(f"smtp://{QUOTED}@{address}", tls=trusting)
        await channel.send(a_mailbox(), a_letter())

    assert server.taken[0].is_encrypted
    assert server.taken[0].user == "alice@acme.test"


async def test_a_server_that_insists_on_starttls_and_sign_in_takes_the_mail(
    smtpd: AuthController, trusting: ssl.SSLContext
) -> None:
    config: Config = smtpd.config
    config.use_starttls = True
    config.enforce_auth = True
    url = f"smtp://{config.login_username}:{config.login_password}@{config.host}:{config.port}"

    channel = a_channel(url, tls=trusting)
    await channel.send(a_mailbox(), a_letter())
    await channel.close()  # their server cannot end a connection of ours

    [mail] = smtpd.messages
    assert mail["Subject"] == "Solar roofs"
    assert mail.get_payload() == "Hi Bob,\r\n\r\nshall we talk?\r\n"


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_what_a_server_can_do_is_asked_again_once_encrypted(
    scheme: str, certified: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    server = an_encrypting_server(scheme, certified)
    letter = a_letter(recipient="josé@bücher.test")

    async with server.running() as address:
        await a_channel(f"{scheme}://{address}", tls=trusting).send(a_mailbox(), letter)

    assert server.taken[0].recipients == ("josé@bücher.test",)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_server_whose_certificate_nobody_vouches_for_gets_no_password(
    scheme: str, certified: ssl.SSLContext
) -> None:
    server = an_encrypting_server(scheme, certified)

    async with server.running() as address:
        with pytest.raises(NotNow, match="certificate"):
            await a_channel(f"{scheme}://{QUOTED}@{address}").send(a_mailbox(), a_letter())

    assert not server.passwords_seen


async def test_smtps_is_encrypted_from_the_first_byte(
    certified: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    server = MailServer(tls=certified, logins=LOGINS)
    letter = a_letter()

    async with server.running() as address:
        await a_channel(f"smtps://{QUOTED}@{address}", tls=trusting).send(a_mailbox(), letter)

    assert server.taken[0].is_encrypted
    assert server.taken[0].raw == letter.raw
    assert server.taken[0].user == "alice@acme.test"
