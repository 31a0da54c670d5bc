"""Sending over SMTP (RFC 5321), command by command: what an error means depends on the phase.

Until the server has answered DATA with 354 nothing was handed over, and trying again is safe.
Once the final dot is out, silence means that we do not know.
"""

from __future__ import annotations

import contextlib
import re
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from qrev.campaigns.models import Mailbox
from qrev.campaigns.ports import (
    AddressRefused,
    ContentRefused,
    Letter,
    MailboxRefused,
    NoAnswer,
    NotNow,
    SendError,
)

CONNECT_WITHIN = 20.0  # seconds
ANSWER_WITHIN = 120.0  # seconds; some servers scan a mail before they answer the dot
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class SmtpChannel:
    """`url` is smtp://user:password@host:port (STARTTLS when offered) or smtps://…"""

    def __init__(self, url: str, *, answer_within: float = ANSWER_WITHIN) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._is_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._is_tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._answer_within = answer_within

    async def send(self, mailbox: Mailbox, letter: Letter) -> str:
        """Hand one letter over and return the server's answer. Raises SendError."""
        smtp = await self._connected()
        try:
            await self._envelope(smtp, letter)
            return await self._data(smtp, letter)
        finally:
            # The mail's fate is known by now; how the goodbye goes does not matter.
            with contextlib.suppress(SMTPException, OSError, TimeoutError):
                await smtp.quit(timeout=CONNECT_WITHIN)
            smtp.close()

    async def _connected(self) -> SMTP:
        smtp = SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._is_tls,
            timeout=CONNECT_WITHIN,
        )
        try:
            await smtp.connect()
            if self._user:
                await smtp.login(self._user, self._password)
        except aiosmtplib.SMTPAuthenticationError as error:
            smtp.close()
            if error.code < 500:
                raise NotNow(_said(error)) from error
            raise MailboxRefused(f"the server refused our sign-in: {_said(error)}") from error
        except (SMTPException, OSError, TimeoutError) as error:
            smtp.close()
            raise NotNow(f"no connection to {self._host}: {_said(error)}") from error
        return smtp

    async def _envelope(self, smtp: SMTP, letter: Letter) -> None:
        options = [] if letter.sender.isascii() and letter.recipient.isascii() else ["SMTPUTF8"]
        if options and not smtp.supports_extension("smtputf8"):
            raise AddressRefused("the server takes no international addresses")
        try:
            await smtp.mail(letter.sender, options=options, timeout=self._answer_within)
        except SMTPResponseException as error:
            raise _meaning(error, MailboxRefused) from error
        except (SMTPException, OSError, TimeoutError) as error:
            raise NotNow(_said(error)) from error
        try:
            await smtp.rcpt(letter.recipient, timeout=self._answer_within)
        except SMTPResponseException as error:
            raise _meaning(error, AddressRefused) from error
        except (SMTPException, OSError, TimeoutError) as error:
            raise NotNow(_said(error)) from error

    async def _data(self, smtp: SMTP, letter: Letter) -> str:
        try:
            response = await smtp.data(letter.raw, timeout=self._answer_within)
        except SMTPResponseException as error:
            if error.code < 0:  # the connection ended where an answer should have been
                raise NoAnswer(_said(error)) from error
            raise _meaning(error, ContentRefused) from error
        except (SMTPException, OSError, TimeoutError) as error:
            raise NoAnswer(f"the server did not answer: {_said(error)}") from error
        return response.message[:200]


def _meaning(error: SMTPResponseException, refusal: type[SendError]) -> SendError:
    """Return what a refusal means: by its enhanced code (RFC 3463), else by its phase.

    4xx is for now. 5.1.x is the address, 5.7.x our right to send, 5.3.x and 5.6.x the content.
    """
    said = _said(error)
    if error.code < 500:
        return NotNow(said)
    found = ENHANCED.search(error.message)
    subject = found[2] if found is not None else ""
    by_subject: dict[str, type[SendError]] = {"1": AddressRefused, "6": ContentRefused}
    if refusal is AddressRefused and error.code == 530:
        return MailboxRefused(said)
    if error.code == 552 or subject == "3":
        return ContentRefused(said)
    return by_subject.get(subject, refusal)(said)


def _said(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {error.message}"[:300]
    return (str(error) or type(error).__name__)[:300]
