"""Sending by the Gmail API: against a Gmail that others wrote, and one that misbehaves."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from qrev.accounts.grants import MustReconnect
from qrev.accounts.models import UserId
from qrev.campaigns.delivery import Absent, Accepted, CouldNotLook, Found
from qrev.campaigns.models import LedgerEntry, Message, MessageStatus
from qrev.campaigns.ports import (
    ContentRefused,
    Letter,
    MailboxRefused,
    NoAnswer,
    NotNow,
    SendError,
)
from qrev.integrations.google.gmail import GmailChannel
from qrev.integrations.google.gmail_answers import UNITS_A_MINUTE, Units
from qrev.kit.errors import Unavailable
from tests.contract.builders import a_message
from tests.fakes import FakeClock
from tests.google_servers import Emulated
from tests.integrations.google.conftest import google_at
from tests.integrations.google.test_grants import granted
from tests.integrations.letters import a_letter, a_mailbox

pytestmark = pytest.mark.anyio

ALICE = UserId("alice")
MAILBOX = replace(a_mailbox("gmail"), owner_id=ALICE)
BOBS = replace(a_message(), to="bob@solarex.test")


@dataclass
class Given:
    """What Grants are to a channel: a token, or why there is none."""

    token: str = "ya-token"
    trouble: Exception | None = None

    async def fresh(self, user_id: UserId, needed: Collection[str]) -> str:
        if self.trouble is not None:
            raise self.trouble
        return self.token


def a_mail(message: Message = BOBS, *, subject: str = "Roofs", answers: str = "") -> Letter:
    references = f"In-Reply-To: {answers}\r\nReferences: {answers}\r\n" if answers else ""
    raw = (
        f"Message-ID: <{message.step}@acme.test>\r\nX-QRev-Message: {message.id}\r\n{references}"
        f"From: Alice <alice@acme.test>\r\nTo: {message.to}\r\nSubject: {subject}\r\n\r\nHi.\r\n"
    )
    return replace(a_letter(raw.encode(), recipient=message.to), message_id=message.id)


# --- a Gmail that others wrote


@pytest.fixture
async def gmail(emulated: Emulated, clock: FakeClock) -> GmailChannel:
    grant = await granted(google_at(emulated.issuer, clock), emulated, "alice@acme.test", clock)
    return GmailChannel(emulated.issuer, Given(grant.access_token), clock=clock)


async def test_a_mail_leaves_byte_for_byte_and_is_known_by_gmails_ids(
    gmail: GmailChannel, emulated: Emulated
) -> None:
    letter = a_mail()

    accepted = await gmail.send(MAILBOX, letter)

    kept = await _kept(gmail, emulated, accepted.provider_id)
    assert base64.urlsafe_b64decode(kept["raw"] + "==") == letter.raw
    assert "SENT" in kept["labelIds"]
    assert kept["threadId"] == accepted.thread_id != ""


async def test_a_follow_up_is_in_the_conversation_it_goes_on_with(
    gmail: GmailChannel, emulated: Emulated
) -> None:
    first = await gmail.send(MAILBOX, a_mail())
    later = replace(BOBS, id="s1:bob:2", step=2)
    follow_up = a_mail(later, subject="Re: Roofs", answers="<1@acme.test>")

    second = await gmail.send(MAILBOX, replace(follow_up, thread_id=first.thread_id))

    assert second.thread_id == first.thread_id
    assert second.provider_id != first.provider_id


async def test_a_mail_without_an_answer_is_found_among_what_was_sent(
    gmail: GmailChannel, clock: FakeClock
) -> None:
    tried = _tried(replace(BOBS, id="s9:bob:1"), clock)
    other = replace(BOBS, id="s9:bob:2")
    accepted = await gmail.send(MAILBOX, a_mail(tried))
    await gmail.send(MAILBOX, a_mail(replace(tried, id="s9:eve:1", to="eve@solarex.test")))

    look = await gmail.look(MAILBOX, tried)

    assert isinstance(look, Found)
    assert look.accepted.provider_id == accepted.provider_id
    assert look.accepted.thread_id == accepted.thread_id
    assert await gmail.look(MAILBOX, _tried(other, clock)) == Absent()


# --- one that misbehaves


@dataclass
class Misbehaving:
    """A Gmail that answers as it is told; what is not named is taken."""

    answers: list[tuple[int, object]] = field(default_factory=list)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    header_id: str = "<1@acme.test>"

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        said = json.loads(request.content) if request.content else dict(request.url.params)
        self.asked.append((request.url.path.rpartition("/")[2], said))
        if self.answers:
            status, body = self.answers.pop(0)
            text = body if isinstance(body, str) else json.dumps(body)
            return httpx.Response(status, text=text)
        if request.method == "POST":
            return httpx.Response(200, json={"id": "17f", "threadId": "17e"})
        raw = base64.urlsafe_b64encode(f"Message-ID: {self.header_id}\r\n\r\n".encode()).decode()
        return httpx.Response(200, json={"raw": raw})


def a_channel(server: Misbehaving, clock: FakeClock, tokens: Given | None = None) -> GmailChannel:
    transport = httpx.MockTransport(server)
    return GmailChannel("https://gmail.test", tokens or Given(), clock=clock, transport=transport)


def an_error(reason: str, words: str = "No.") -> dict[str, object]:
    return {"error": {"message": words, "errors": [{"reason": reason, "message": words}]}}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (429, an_error("rateLimitExceeded"), NotNow),
        (403, an_error("rateLimitExceeded"), NotNow),
        (403, an_error("userRateLimitExceeded"), NotNow),
        (403, an_error("dailyLimitExceeded"), NotNow),
        (403, an_error("insufficientPermissions"), MailboxRefused),
        (403, an_error("domainPolicy"), MailboxRefused),
        (403, "<html>no", MailboxRefused),
        (401, an_error("authError"), MailboxRefused),
        (400, an_error("failedPrecondition", "Mail service not enabled"), MailboxRefused),
        (400, an_error("invalidArgument", "Invalid To header"), ContentRefused),
        (413, "too large", ContentRefused),
        (404, an_error("notFound"), NotNow),
        (500, an_error("backendError"), NoAnswer),
        (502, "<html>", NoAnswer),
        (503, an_error("backendError"), NoAnswer),
        (200, "<html>", NoAnswer),
        (200, [], NoAnswer),
    ],
)
async def test_an_answer_says_what_to_do_and_nothing_is_tried_again(
    clock: FakeClock, status: int, body: object, expected: type[SendError]
) -> None:
    server = Misbehaving([(status, body)])

    with pytest.raises(SendError) as raised:
        await a_channel(server, clock).send(MAILBOX, a_mail())

    assert type(raised.value) is expected
    assert raised.value.code == ("" if status == 200 else str(status))
    assert [path for path, _ in server.asked] == ["send"]


async def test_the_message_id_gmail_gave_is_read_back(clock: FakeClock) -> None:
    changed = await a_channel(Misbehaving(header_id="<x@mail.gmail.com>"), clock).send(
        MAILBOX, a_mail()
    )
    kept = await a_channel(Misbehaving(), clock).send(MAILBOX, a_mail())

    assert changed == Accepted(provider_id="17f", thread_id="17e", header_id="<x@mail.gmail.com>")
    assert kept == Accepted(provider_id="17f", thread_id="17e")


@pytest.mark.parametrize("answer", [(500, ""), (200, "<html>"), (200, {}), (404, "")])
async def test_a_message_id_that_cannot_be_read_back_costs_nothing(
    clock: FakeClock, answer: tuple[int, object]
) -> None:
    server = Misbehaving([(200, {"id": "17f", "threadId": "17e"}), answer])

    accepted = await a_channel(server, clock).send(MAILBOX, a_mail())

    assert accepted == Accepted(provider_id="17f", thread_id="17e")


async def test_a_conversation_that_was_deleted_there_is_begun_anew(clock: FakeClock) -> None:
    server = Misbehaving([(404, an_error("notFound"))])
    letter = replace(a_mail(), thread_id="gone")

    accepted = await a_channel(server, clock).send(MAILBOX, letter)

    sends = [said for path, said in server.asked if path == "send"]
    assert [each.get("threadId") for each in sends] == ["gone", None]
    assert accepted.provider_id == "17f"


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [(MustReconnect(), MailboxRefused), (Unavailable("Google did not answer."), NotNow)],
)
async def test_without_a_token_nothing_is_asked(
    clock: FakeClock, trouble: Exception, expected: type[SendError]
) -> None:
    server = Misbehaving()

    with pytest.raises(expected):
        await a_channel(server, clock, Given(trouble=trouble)).send(MAILBOX, a_mail())

    assert not server.asked


async def test_a_mailbox_nobody_owns_is_stopped(clock: FakeClock) -> None:
    with pytest.raises(MailboxRefused):
        await a_channel(Misbehaving(), clock).send(replace(MAILBOX, owner_id=None), a_mail())


async def test_a_minutes_quota_is_not_overdrawn(clock: FakeClock) -> None:
    server, units = Misbehaving(), UNITS_A_MINUTE // 120
    channel = a_channel(server, clock)
    for _ in range(units):
        await channel.send(MAILBOX, a_mail())

    with pytest.raises(NotNow, match="this minute"):
        await channel.send(MAILBOX, a_mail())
    clock.advance(minutes=1)

    assert (await channel.send(MAILBOX, a_mail())).provider_id == "17f"


def test_units_come_back_as_the_minute_passes(clock: FakeClock) -> None:
    units = Units()

    assert units.take(UNITS_A_MINUTE - 1, clock())
    assert not units.take(2, clock())
    assert units.take(1, clock() + timedelta(seconds=59))
    assert not units.take(UNITS_A_MINUTE, clock() + timedelta(seconds=61))
    assert units.take(UNITS_A_MINUTE - 1, clock() + timedelta(seconds=61))


@pytest.mark.parametrize(
    "answer", [(500, ""), (200, "<html>"), (200, []), (200, {"messages": [1]})]
)
async def test_a_look_that_fails_says_nothing_of_the_mail(
    clock: FakeClock, answer: tuple[int, object]
) -> None:
    look = await a_channel(Misbehaving([answer]), clock).look(MAILBOX, BOBS)

    assert isinstance(look, CouldNotLook)


async def test_a_look_without_permission_says_nothing_of_the_mail(clock: FakeClock) -> None:
    channel = a_channel(Misbehaving(), clock, Given(trouble=MustReconnect()))

    assert isinstance(await channel.look(MAILBOX, BOBS), CouldNotLook)


async def test_more_than_we_read_through_is_not_taken_for_an_absence(clock: FakeClock) -> None:
    page = (200, {"messages": [], "nextPageToken": "more"})

    look = await a_channel(Misbehaving([page] * 9), clock).look(MAILBOX, BOBS)

    assert isinstance(look, CouldNotLook)


# --- on a real socket, which can be cut


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(talk: Talk) -> AsyncIterator[str]:
    over = asyncio.Event()

    async def talked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await talk(reader, writer)
        writer.close()
        over.set()

    server = await asyncio.start_server(talked, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await over.wait()


async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")


async def say_half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await reader.read()  # until they have had enough


@pytest.mark.parametrize("talk", [cut, say_half, say_nothing])
async def test_once_the_mail_was_handed_over_silence_is_no_answer(
    clock: FakeClock, talk: Talk
) -> None:
    async with listening(talk) as url:
        channel = GmailChannel(url, Given(), clock=clock, answer_within=0.3)
        with pytest.raises(NoAnswer):
            await channel.send(MAILBOX, a_mail())


async def test_a_gmail_that_cannot_be_reached_means_later(clock: FakeClock) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, so nobody else can listen there either
        channel = GmailChannel(f"http://127.0.0.1:{taken.getsockname()[1]}", Given(), clock=clock)

        with pytest.raises(NotNow):
            await channel.send(MAILBOX, a_mail())


def _tried(message: Message, clock: FakeClock) -> Message:
    intent = LedgerEntry(kind="intent", at=clock(), status=MessageStatus.SENDING)
    return replace(message, ledger=(*message.ledger, intent))


async def _kept(gmail: GmailChannel, emulated: Emulated, provider_id: str) -> Any:
    token = await gmail._tokens.fresh(ALICE, ())
    url = f"{emulated.issuer}/gmail/v1/users/me/messages/{provider_id}"
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http:
        return (await http.get(url, params={"format": "raw"})).json()
