"""Sending over SMTP (RFC 5321), command by command: what an error means depends on the phase.

Until the server has answered DATA with 354 nothing was handed over, and trying again is safe.
From then on, silence means that we do not know.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from qrev.campaigns.delivery import Accepted
from qrev.campaigns.models import Mailbox
from qrev.campaigns.ports import (
    AddressRefused,
    ContentRefused,
    Letter,
    MailboxRefused,
    NoAnswer,
    NotNow,
)
from qrev.integrations.smtp.answers import in_words, meaning, plain
from qrev.settings import LOOPBACK

# Both together stay under the lease of a message, so that its outcome can still be written.
READY_WITHIN = 120.0  # seconds from nothing to the server's 354; slower is too busy for now
ANSWER_WITHIN = 120.0  # seconds; some servers scan a mail before they answer the final dot
GOODBYE_WITHIN = 2.0  # the outcome waits for it, and nothing depends on it
GO_AHEAD = 354
LINE_END = re.compile(rb"\r\n|\r|\n")


class SmtpChannel:
    """`url` is smtp://user:password@host:port (STARTTLS when offered) or smtps://…

    `tls` is what to trust instead of this machine's certificates.
    """

    def __init__(
        self,
        url: str,
        *,
        tls: ssl.SSLContext | None = None,
        ready_within: float = READY_WITHIN,
        answer_within: float = ANSWER_WITHIN,
    ) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._is_tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._is_tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._tls = tls
        self._ready_within = ready_within
        self._answer_within = answer_within

    async def send(self, mailbox: Mailbox, letter: Letter) -> Accepted:
        """Hand one letter over. What it is called is the server's answer. Raises SendError."""
        smtp = SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._is_tls,
            tls_context=self._tls,
            timeout=self._ready_within,
        )
        try:
            await self._get_ready(smtp, letter)
            return Accepted(provider_id=await self._hand_over(smtp, letter))
        finally:
            # The mail's fate is known by now; how the goodbye goes does not matter.
            with contextlib.suppress(SMTPException, OSError, TimeoutError):
                await smtp.quit(timeout=GOODBYE_WITHIN)
            smtp.close()

    async def _get_ready(self, smtp: SMTP, letter: Letter) -> None:
        """Bring the server to where it waits for the mail. Raises SendError."""
        try:
            async with asyncio.timeout(self._ready_within):
                await self._sign_in(smtp)
                await _envelope(smtp, letter)
        # UnicodeError is what Python makes of a host name that cannot be one.
        except (SMTPException, OSError, TimeoutError, UnicodeError) as error:
            smtp.close()  # there is nobody to say goodbye to
            raise NotNow(f"{self._host} took nothing: {_said(error)}") from error

    async def _sign_in(self, smtp: SMTP) -> None:
        await smtp.connect()
        if smtp.is_ehlo_or_helo_needed:
            await smtp.ehlo()  # with TLS begun, only now does it say all it can do
        if not self._user:
            return
        is_encrypted = smtp.get_transport_info("sslcontext") is not None
        if not is_encrypted and self._host not in LOOPBACK:
            raise MailboxRefused(f"{self._host} offers no encryption: the password was not sent")
        if not smtp.supported_auth_methods:
            raise MailboxRefused(f"{self._host} offers no sign-in that we know")
        try:
            await smtp.login(self._user, self._password)
        except SMTPAuthenticationError as error:
            if error.code >= 500:
                raise MailboxRefused(f"the server refused our sign-in: {_said(error)}") from error
            raise

    async def _hand_over(self, smtp: SMTP, letter: Letter) -> str:
        """Send the mail itself and return the server's answer to its final dot."""
        if smtp.protocol is None or not smtp.is_connected:
            raise NotNow(f"{self._host} ended the connection before it had the mail")
        try:
            smtp.protocol.write(dotted(letter.raw))
            answer = await smtp.protocol.read_response(timeout=self._answer_within)
        except (SMTPException, OSError, TimeoutError) as error:
            smtp.close()
            raise NoAnswer(f"the server did not answer: {_said(error)}") from error
        # The first digit decides (RFC 5321, 4.2): a 2 is a yes whatever follows it.
        if answer.code // 100 == 2:
            return plain(answer.message)
        if answer.code < 400:
            raise NoAnswer(f"the server's answer was none: {in_words(answer.code, answer.message)}")
        raise meaning(answer.code, answer.message, ContentRefused)


async def _envelope(smtp: SMTP, letter: Letter) -> None:
    """Say from whom and to whom, up to the server's go-ahead. Raises SendError."""
    for address in (letter.sender, letter.recipient):
        if not address or parseaddr(address)[1] != address:
            raise ContentRefused(f"the address {address!r} does not fit into SMTP")
    is_plain = letter.sender.isascii() and letter.recipient.isascii()
    if not is_plain and not smtp.supports_extension("smtputf8"):
        # Another server would take it, so the address is not to blame.
        raise ContentRefused("the mail server takes no international addresses")
    encoding, options = ("ascii", []) if is_plain else ("utf-8", ["SMTPUTF8"])
    try:
        await smtp.mail(letter.sender, options=options, encoding=encoding)
        await smtp.rcpt(letter.recipient, encoding=encoding)
        answer = await smtp.execute_command(b"DATA")
        if answer.code != GO_AHEAD:
            raise SMTPDataError(answer.code, answer.message)
    except SMTPSenderRefused as error:
        raise meaning(error.code, error.message, MailboxRefused) from error
    except SMTPRecipientRefused as error:
        raise meaning(error.code, error.message, AddressRefused) from error
    except SMTPDataError as error:
        raise meaning(error.code, error.message, ContentRefused) from error
    except ValueError as error:
        raise ContentRefused(f"an address does not fit into SMTP: {_said(error)}") from error


def dotted(raw: bytes) -> bytes:
    """Return a mail as DATA wants it: whole lines, leading dots doubled, a dot to end it.

    Line ends become CRLF, so that nothing in the mail can look like its end.
    """
    lines = LINE_END.split(raw)
    if not lines[-1]:
        lines.pop()
    stuffed = (b"." + line if line.startswith(b".") else line for line in lines)
    return b"".join(line + b"\r\n" for line in (*stuffed, b"."))


def _said(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return in_words(error.code, error.message)
    return plain(str(error)) or type(error).__name__
