"""Acme's world with an ear: mails come in as bytes, and what follows is in the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

import pytest
from pymongo.asynchronous.database import AsyncDatabase

from qrev.bootstrap.hearing import hearing_of
from qrev.campaigns.hearing.hearing import Hearing
from qrev.campaigns.hearing.models import Event, Meaning
from qrev.campaigns.models import Mailbox, Message
from qrev.campaigns.rendering import header_key
from qrev.campaigns.store.events import INDEXES, MongoEventBook, MongoPlaces, MongoSent
from qrev.kit.mongo import Document, ensure_indexes
from tests.campaigns.things import a_mailbox
from tests.campaigns.world import World, a_world
from tests.conftest import ACME
from tests.fakes import FakeClock


@dataclass(kw_only=True)
class Ear:
    """A mailbox that is heard. `world` is what it has consequences for."""

    world: World
    hearing: Hearing
    events: MongoEventBook
    places: MongoPlaces
    mailbox: Mailbox = field(default_factory=a_mailbox)
    heard: int = 0

    async def take(self, mail: EmailMessage | bytes, letter_id: str = "") -> Meaning | None:
        self.heard += 1
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        return await self.hearing.take(self.mailbox, letter_id or f"letter-{self.heard}", raw)

    async def events_of(self, message: Message) -> list[Event]:
        return await self.events.of_person(ACME, message.person_id)


@pytest.fixture
async def ear(mongo: AsyncDatabase[Document], clock: FakeClock) -> Ear:
    world = await a_world(mongo, clock)
    await ensure_indexes(mongo, [INDEXES])
    stores = world.stores.campaigns()
    stores.events = MongoEventBook(mongo)
    stores.sent, stores.places = MongoSent(mongo), MongoPlaces(mongo)
    hearing = hearing_of(stores, stopping=world.stopping, telling=world.telling, clock=clock)
    return Ear(world=world, hearing=hearing, events=stores.events, places=stores.places)


def header_of(message: Message, mailbox: str = "alice@acme.test") -> str:
    return f"<{header_key(message.id)}@{mailbox.rpartition('@')[2]}>"


def a_mail(
    text: str,
    *,
    sender: str,
    subject: str = "Re: Solar roofs",
    answers: Message | None = None,
    at: datetime | None = None,
    **headers: str,
) -> EmailMessage:
    """Return a mail to Alice; `answers` puts it into that message's thread."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = "Alice <alice@acme.test>"
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{abs(hash((text, sender, subject)))}@mail.test>"
    mail["Date"] = at or "Tue, 03 Mar 2026 12:00:00 +0000"
    if answers is not None:
        mail["In-Reply-To"] = header_of(answers)
        mail["References"] = header_of(answers)
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def a_report(
    message: Message | None, recipient: str, status: str, *, action: str = "failed"
) -> bytes:
    """Return a delivery report (RFC 3464) on a message, or on one that is not ours."""
    returned = (
        ""
        if message is None
        else (f"Message-ID: {header_of(message)}\r\nX-QRev-Message: {message.id}\r\n")
    )
    lines = f"""From: Mail Delivery System <MAILER-DAEMON@pine.test>
To: alice@acme.test
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-{status}-{recipient}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; pine.test

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} User unknown

--b
Content-Type: text/rfc822-headers

"""
    return lines.encode().replace(b"\n", b"\r\n") + returned.encode() + b"\r\n--b--\r\n"
