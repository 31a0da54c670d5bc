from __future__ import annotations

import asyncio
import socket

import pytest

from qrev.campaigns.ports import (
    AddressRefused,
    ContentRefused,
    MailboxRefused,
    NoAnswer,
    NotNow,
    SendError,
)
from tests.integrations.letters import a_letter, a_mailbox
from tests.integrations.smtp.conftest import a_channel
from tests.integrations.smtp.server import LOOPBACK, Answer, Deed, MailServer

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("ended")]

SHORT = 0.2  # seconds until a silent server is given up


async def test_the_mail_arrives_byte_for_byte_under_its_envelope() -> None:
    server = MailServer()
    letter = a_letter()

    async with server.running() as address:
        said = (await a_channel(f"smtp://{address}").send(a_mailbox(), letter)).provider_id

    assert said == "2.0.0 Ok: queued as 4BxQ"
    [taken] = server.taken
    assert taken.raw == letter.raw
    assert taken.sender == "alice@acme.test"
    assert taken.recipients == ("bob@solarex.test",)


async def test_dots_at_the_beginning_of_lines_survive() -> None:
    server = MailServer()
    letter = a_letter(b"Subject: dots\r\n\r\n.\r\n..\r\n.begins\r\nends.\r\n")

    async with server.running() as address:
        await a_channel(f"smtp://{address}").send(a_mailbox(), letter)

    assert server.taken[0].raw == letter.raw


async def test_no_line_end_in_a_mail_can_smuggle_a_second_one_in() -> None:
    server = MailServer()
    letter = a_letter(b"Subject: one\n\nbody\n.\nMAIL FROM:<eve@evil.test>\r.\rDATA\n")

    async with server.running() as address:
        await a_channel(f"smtp://{address}").send(a_mailbox(), letter)

    [taken] = server.taken
    assert taken.raw.endswith(b"body\r\n.\r\nMAIL FROM:<eve@evil.test>\r\n.\r\nDATA\r\n")


async def test_an_international_address_is_sent_as_it_is_written() -> None:
    server = MailServer()
    letter = a_letter("To: josé@bücher.test\r\n\r\nHola\r\n".encode(), recipient="josé@bücher.test")

    async with server.running() as address:
        await a_channel(f"smtp://{address}").send(a_mailbox(), letter)

    [taken] = server.taken
    assert taken.recipients == ("josé@bücher.test",)
    assert taken.options == ("SMTPUTF8",)
    assert taken.raw == letter.raw


async def test_a_server_without_international_mail_does_not_cost_us_the_address() -> None:
    server = MailServer(takes_international=False)

    async with server.running() as address:
        with pytest.raises(ContentRefused, match="no international addresses"):
            await a_channel(f"smtp://{address}").send(
                a_mailbox(), a_letter(recipient="josé@bücher.test")
            )

    assert not server.taken


@pytest.mark.parametrize(
    "recipient",
    [
        "bob@solarex.test SIZE=1",
        "bob@solarex.test>",
        "bob@solarex.test, eve@evil.test",
        "b\0b@x",
        "",
    ],
)
async def test_an_address_that_would_become_another_one_never_reaches_the_server(
    recipient: str,
) -> None:
    server = MailServer()

    async with server.running() as address:
        with pytest.raises(ContentRefused, match="does not fit"):
            await a_channel(f"smtp://{address}").send(a_mailbox(), a_letter(recipient=recipient))

    assert not server.taken


@pytest.mark.parametrize(
    ("command", "answer", "expected"),
    [
        ("MAIL", "421 4.3.2 Shutting down", NotNow),
        ("MAIL", "451 4.7.1 Try again later", NotNow),
        ("MAIL", "530 5.7.0 Authentication required", MailboxRefused),
        ("MAIL", "550 5.1.8 Sender address rejected", MailboxRefused),
        ("RCPT", "450 4.2.0 Greylisted, see you in five minutes", NotNow),
        ("RCPT", "421 4.7.0 Too many connections", NotNow),
        ("RCPT", "550 5.1.1 User unknown", AddressRefused),
        ("RCPT", "550 No such user here", AddressRefused),
        ("RCPT", "550 5.7.1 Relaying denied", MailboxRefused),
        ("RCPT", "552 5.2.2 Mailbox full", ContentRefused),
        ("DATA", "451 4.3.0 Temporary failure", NotNow),
        ("DATA", "421 4.3.2 Shutting down", NotNow),
        ("DATA", "554 5.5.1 No valid recipients", ContentRefused),
        ("DOT", "451 4.3.0 Queue full", NotNow),
        ("DOT", "421 4.3.2 Shutting down", NotNow),
        ("DOT", "552 5.3.4 Too big", ContentRefused),
        ("DOT", "554 5.7.1 Looks like spam", ContentRefused),
        ("DOT", "550 5.7.26 This mail is unauthenticated", MailboxRefused),
    ],
)
async def test_a_refusal_says_what_to_do(
    command: str, answer: str, expected: type[SendError]
) -> None:
    server = MailServer(answers={command: answer})

    async with server.running() as address:
        with pytest.raises(SendError) as raised:
            await a_channel(f"smtp://{address}").send(a_mailbox(), a_letter())

    assert type(raised.value) is expected
    assert answer in str(raised.value)
    assert raised.value.code == answer[:3]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("deed", list(Deed))
async def test_before_the_mail_is_handed_over_a_lost_server_means_later(
    command: str, deed: Deed
) -> None:
    server = MailServer(answers={command: deed})

    async with server.running() as address:
        channel = a_channel(f"smtp://{address}", ready_within=SHORT)
        with pytest.raises(NotNow):
            await channel.send(a_mailbox(), a_letter())

    assert not server.taken


@pytest.mark.parametrize("answer", [*Deed, "nonsense", "150 wait", "354 more"])
async def test_after_the_final_dot_no_answer_is_never_taken_for_a_no(answer: Answer) -> None:
    server = MailServer(answers={"DOT": answer})

    async with server.running() as address:
        channel = a_channel(f"smtp://{address}", answer_within=SHORT)
        with pytest.raises(NoAnswer):
            await channel.send(a_mailbox(), a_letter())

    assert len(server.taken) == 1


async def test_any_yes_to_the_final_dot_is_a_yes() -> None:
    server = MailServer(answers={"DOT": "251 will forward"})

    async with server.running() as address:
        said = (await a_channel(f"smtp://{address}").send(a_mailbox(), a_letter())).provider_id

    assert said == "will forward"


async def test_an_answer_in_several_lines_and_a_foreign_encoding_can_be_stored() -> None:
    answer = "550-5.1.1 Benutzer\r\n550 5.1.1 ungültig".encode("latin-1")
    server = MailServer(answers={"RCPT": answer})

    async with server.running() as address:
        with pytest.raises(AddressRefused) as raised:
            await a_channel(f"smtp://{address}").send(a_mailbox(), a_letter())

    assert str(raised.value) == "550 5.1.1 Benutzer 5.1.1 ung�ltig"


async def test_nobody_listening_means_later() -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))  # bound, so nobody else can listen there either
        channel = a_channel(f"smtp://{LOOPBACK}:{taken.getsockname()[1]}")

        with pytest.raises(NotNow, match=LOOPBACK):
            await channel.send(a_mailbox(), a_letter())


async def test_a_server_that_never_greets_means_later() -> None:
    with socket.socket() as silent:
        silent.bind((LOOPBACK, 0))
        silent.listen()
        channel = a_channel(f"smtp://{LOOPBACK}:{silent.getsockname()[1]}", ready_within=SHORT)

        with pytest.raises(NotNow):
            await channel.send(a_mailbox(), a_letter())


async def test_a_host_name_that_cannot_be_one_means_later() -> None:
    with pytest.raises(NotNow):
        await a_channel("smtp://mail..test:25").send(a_mailbox(), a_letter())


async def test_a_server_that_has_the_mail_is_not_waited_for_to_say_goodbye() -> None:
    class Rude(MailServer):
        async def handle_QUIT(self, *_: object) -> str:
            await asyncio.Event().wait()
            return ""

    server = Rude()

    async with server.running() as address, asyncio.timeout(5):
        said = (await a_channel(f"smtp://{address}").send(a_mailbox(), a_letter())).provider_id

    assert said.startswith("2.0.0")
