"""A real mail server that keeps what it is given."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller

from tests.sites import a_free_port


class MailServer:
    """`mails` are as they came, with their envelope in `X-To`."""

    def __init__(self, port: int) -> None:
        self.mails: list[EmailMessage] = []
        self.port = port

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        mail = cast(EmailMessage, parsed)
        mail["X-To"] = ", ".join(envelope.rcpt_tos)
        self.mails.append(mail)
        return "250 kept"

    def to(self, address: str) -> list[EmailMessage]:
        """Return what was sent to an address, in the order it came."""
        return [mail for mail in self.mails if mail["X-To"] == address]


@contextmanager
def a_mail_server() -> Iterator[MailServer]:
    """Yield a server that listens on loopback."""
    kept = MailServer(a_free_port())
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()
