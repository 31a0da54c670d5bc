"""One connection to a mail server (RFC 5321), command by command: what an error means depends on
the phase.

Until the server has answered DATA with 354 nothing was handed over, and trying again is safe.
From then on, silence means that we do not know.
"""

from __future__ import annotations

import contextlib
import re
import ssl
from dataclasses import dataclass, field
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

from qrev.campaigns.ports import (
    AddressRefused,
    ContentRefused,
    Letter,
    MailboxRefused,
    NoAnswer,
    NotNow,
    SendError,
)
from qrev.integrations.smtp.answers import in_words, meaning, plain
from qrev.integrations.smtp.reaching import Allows, allowed_socket
from qrev.settings import LOOPBACK

GOODBYE_WITHIN = 2.0  # seconds
GO_AHEAD = 354
GOING_AWAY = 421  # the server ends the connection (RFC 5321, 3.8)
# What is plainly one address; anything else is looked at with care.
PLAIN = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
LINE_END = re.compile(rb"\r\n|\r|\n")
# UnicodeError is what Python makes of a host name that cannot be one.
TROUBLES = (SMTPException, OSError, TimeoutError, UnicodeError)


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpServer:
    """Where to send by, and who we are there. No user: without a sign-in.

    `must_encrypt` is for servers that members name: nobody in between may talk us out of TLS.
    """

    host: str
    port: int
    is_tls: bool
    user: str = ""
    password: str = field(default="", repr=False)
    must_encrypt: bool = False


def server_of(url: str) -> SmtpServer:
    """Return the server of smtp://user:password@host:port (STARTTLS when offered) or smtps://…"""
    parts = urlsplit(url)
    is_tls = parts.scheme == "smtps"
    return SmtpServer(
        host=parts.hostname or "",
        port=parts.port or (465 if is_tls else 587),
        is_tls=is_tls,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


class GoingAway(NotNow):
    """The server ended the connection before it had the mail."""


class Connection:
    """`tls` is what to trust instead of this machine's certificates; `allows` says which addresses
    a server may have that a member named.

    It `is_open` while another letter may go over it.
    """

    def __init__(
        self,
        server: SmtpServer,
        *,
        tls: ssl.SSLContext | None,
        timeout: float,
        allows: Allows | None = None,
    ) -> None:
        self._server = server
        self._allows = allows
        self._smtp = SMTP(
            hostname=server.host,
            use_tls=server.is_tls,
            tls_context=tls,
            timeout=timeout,
        )
        self._is_clear = True  # no transaction is open
        self._is_lost = False
        self.letters = 0
        self.kept_until = 0.0  # of the event loop's clock

    @property
    def is_open(self) -> bool:
        return self._smtp.is_connected and not self._is_lost

    async def open(self) -> None:
        """Connect and sign in. Raises MailboxRefused, or one of TROUBLES."""
        smtp, host = self._smtp, self._server.host
        if self._server.must_encrypt and self._allows is not None:
            sock = await allowed_socket(host, self._server.port, self._allows)
            await smtp.connect(sock=sock, port=None)
        else:
            await smtp.connect(port=self._server.port)
        if smtp.is_ehlo_or_helo_needed:
            await smtp.ehlo()  # with TLS begun, only now does it say all it can do
        is_encrypted = smtp.get_transport_info("sslcontext") is not None
        if self._server.must_encrypt and not is_encrypted:
            raise MailboxRefused(f"{host} offers no encryption, so nothing was sent to it")
        if not self._server.user:
            return
        if not is_encrypted and host not in LOOPBACK:
            raise MailboxRefused(f"{host} offers no encryption: the password was not sent")
        if not smtp.supported_auth_methods:
            raise MailboxRefused(f"{host} offers no sign-in that we know")
        try:
            await smtp.login(self._server.user, self._server.password)
        except SMTPAuthenticationError as error:
            if error.code >= 500:
                raise MailboxRefused(f"the server refused our sign-in: {said(error)}") from error
            raise

    async def begin(self, letter: Letter) -> None:
        """Say from whom and to whom, up to the server's go-ahead.

        Raises SendError for a refusal, GoingAway when the server does not want to go on, or one
        of TROUBLES.
        """
        if not self._is_clear:
            await self._smtp.rset()
        self._is_clear = False
        for address in (letter.sender, letter.recipient):
            if not PLAIN.fullmatch(address) and not _is_one_address(address):
                raise ContentRefused(f"the address {address!r} does not fit into SMTP")
        is_plain = letter.sender.isascii() and letter.recipient.isascii()
        if not is_plain and not self._smtp.supports_extension("smtputf8"):
            # Another server would take it, so the address is not to blame.
            raise ContentRefused("the mail server takes no international addresses")
        try:
            await self._envelope(letter, "ascii" if is_plain else "utf-8")
        except SMTPSenderRefused as error:
            raise self._meaning(error, MailboxRefused) from error
        except SMTPRecipientRefused as error:
            raise self._meaning(error, AddressRefused) from error
        except SMTPDataError as error:
            raise self._meaning(error, ContentRefused) from error
        except ValueError as error:
            raise ContentRefused(f"an address does not fit into SMTP: {said(error)}") from error

    async def _envelope(self, letter: Letter, encoding: str) -> None:
        options = [] if encoding == "ascii" else ["SMTPUTF8"]
        await self._smtp.mail(letter.sender, options=options, encoding=encoding)
        await self._smtp.rcpt(letter.recipient, encoding=encoding)
        answer = await self._smtp.execute_command(b"DATA")
        if answer.code != GO_AHEAD:
            raise SMTPDataError(answer.code, answer.message)

    def _meaning(self, error: SMTPResponseException, phase: type[SendError]) -> SendError:
        if error.code == GOING_AWAY:
            self._is_lost = True
            going = GoingAway(said(error))
            going.code = str(error.code)
            return going
        return meaning(error.code, error.message, phase)

    async def hand_over(self, letter: Letter, *, within: float) -> str:
        """Send the mail itself and return the server's answer to its final dot. Raises SendError.

        `within` is in seconds.
        """
        if self._smtp.protocol is None or not self._smtp.is_connected:
            raise NotNow(f"{self._server.host} ended the connection before it had the mail")
        self._is_lost = True  # until there is an answer
        try:
            self._smtp.protocol.write(dotted(letter.raw))
            answer = await self._smtp.protocol.read_response(timeout=within)
        except (SMTPException, OSError, TimeoutError) as error:
            raise NoAnswer(f"the server did not answer: {said(error)}") from error
        self.letters += 1
        # The first digit decides (RFC 5321, 4.2): a 2 is a yes whatever follows it.
        if answer.code // 100 == 2:
            self._is_lost, self._is_clear = False, True
            return plain(answer.message)
        if answer.code < 400:
            raise NoAnswer(f"the server's answer was none: {in_words(answer.code, answer.message)}")
        self._is_lost = answer.code == GOING_AWAY
        raise meaning(answer.code, answer.message, ContentRefused)

    async def leave(self) -> None:
        """End it, and wait a moment for the server's goodbye: nothing depends on it."""
        with contextlib.suppress(*TROUBLES):
            if self.is_open:
                await self._smtp.quit(timeout=GOODBYE_WITHIN)
        self.close()

    def close(self) -> None:
        """End it without waiting for anybody."""
        protocol = self._smtp.protocol
        if self.is_open and self._is_clear and protocol is not None:
            with contextlib.suppress(*TROUBLES):
                protocol.write(b"QUIT\r\n")
        self._is_lost = True
        self._smtp.close()


def _is_one_address(address: str) -> bool:
    return bool(address) and parseaddr(address)[1] == address


def dotted(raw: bytes) -> bytes:
    """Return a mail as DATA wants it: whole lines, leading dots doubled, a dot to end it.

    Line ends become CRLF, so that nothing in the mail can look like its end.
    """
    lines = LINE_END.split(raw)
    if not lines[-1]:
        lines.pop()
    stuffed = (b"." + line if line.startswith(b".") else line for line in lines)
    return b"".join(line + b"\r\n" for line in (*stuffed, b"."))


def said(error: Exception) -> str:
    """Return what an error says, in one line."""
    if isinstance(error, SMTPResponseException):
        return in_words(error.code, error.message)
    return plain(str(error)) or type(error).__name__
