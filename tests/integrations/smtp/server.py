"""A real mail server on loopback that answers as it is told and keeps what it took."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

LOOPBACK = "127.0.0.1"


class Deed(Enum):
    """What a server may do instead of answering."""

    CUT = "cut the connection"
    SAY_NOTHING = "say nothing"


Words = str | bytes
Answer = Words | Deed


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A mail the server took, as it came."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    options: tuple[str, ...]
    is_encrypted: bool
    user: str


@dataclass(kw_only=True)
class MailServer:
    """`answers` to MAIL, RCPT, DATA and the final DOT; what is not named is accepted.

    `logins` are the names and passwords it knows, `login_answer` what it says to all others.
    With `starttls` it offers encryption, with `tls` it speaks nothing else.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    logins: Mapping[str, str] = field(default_factory=dict)
    login_answer: str = "535 5.7.8 Authentication credentials invalid"
    offers_login: bool = True
    takes_international: bool = True
    starttls: ssl.SSLContext | None = None
    tls: ssl.SSLContext | None = None
    taken: list[Taken] = field(default_factory=list)
    passwords_seen: list[str] = field(default_factory=list)
    protocols: list[_Protocol] = field(default_factory=list)
    port: int = 0

    @asynccontextmanager
    async def running(self, host: str = LOOPBACK) -> AsyncIterator[str]:
        """Listen while the block runs. Yields host:port."""
        loop = asyncio.get_running_loop()

        def connected() -> _Protocol:
            self.protocols.append(_Protocol(self, loop))
            return self.protocols[-1]

        server = await loop.create_server(connected, host, 0, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield f"{host}:{self.port}"
        finally:
            server.close()
            for protocol in self.protocols:
                await protocol.end()

    async def answer(self, protocol: SMTP, command: str) -> Words | None:
        """Return what to say to a command, None to accept it."""
        wanted = self.answers.get(command)
        if wanted is Deed.CUT:
            assert isinstance(protocol.transport, asyncio.Transport)
            protocol.transport.abort()
        if isinstance(wanted, Deed):
            await asyncio.Event().wait()  # until the connection ends, which cancels us
            return None
        return wanted

    # --- what aiosmtpd asks its handler

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> Words:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return await self.answer(server, "MAIL") or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> Words:
        envelope.rcpt_tos.append(address)
        return await self.answer(server, "RCPT") or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> Words:
        login = session.auth_data
        assert server.transport is not None
        self.taken.append(
            Taken(
                sender=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                raw=envelope.original_content or b"",
                options=tuple(envelope.mail_options),
                is_encrypted=bool(server.transport.get_extra_info("sslcontext")),
                user=login.login.decode() if isinstance(login, LoginPassword) else "",
            )
        )
        return await self.answer(server, "DOT") or "250 2.0.0 Ok: queued as 4BxQ"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        user, password = data.login.decode(), data.password.decode()
        self.passwords_seen.append(password)
        if user in self.logins and self.logins[user] == password:
            return AuthResult(success=True, auth_data=data)
        return AuthResult(success=False, handled=False, message=self.login_answer)


class _Protocol(SMTP):
    def __init__(self, owner: MailServer, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            owner,
            hostname="mail.test",
            enable_SMTPUTF8=owner.takes_international,
            tls_context=owner.starttls,
            auth_require_tls=not owner.offers_login,
            authenticator=owner.authenticate,
            loop=loop,
        )
        self._owner = owner

    async def smtp_DATA(self, arg: str) -> None:
        answer = await self._owner.answer(self, "DATA")
        if answer is None:
            await super().smtp_DATA(arg)
        else:
            await self.push(answer if isinstance(answer, bytes) else answer.encode())

    async def end(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()
            await asyncio.wait([self._handler_coroutine])
