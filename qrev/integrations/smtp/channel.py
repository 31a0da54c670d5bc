"""Sending over SMTP: connections are kept open between letters, a few to each server."""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict
from typing import Protocol

from qrev.campaigns.delivery import Accepted
from qrev.campaigns.logins import CannotSignIn, Security, SmtpLogin
from qrev.campaigns.models import Mailbox
from qrev.campaigns.ports import Letter, MailboxRefused, NotNow, SendError
from qrev.integrations.smtp.connection import (
    TROUBLES,
    Connection,
    GoingAway,
    SmtpServer,
    said,
    server_of,
)
from qrev.integrations.smtp.reaching import Allows

# Both together stay under the lease of a message, so that its outcome can still be written.
READY_WITHIN = 120.0  # seconds from nothing to the server's 354; slower is too busy for now
ANSWER_WITHIN = 120.0  # seconds; some servers scan a mail before they answer the final dot
AGAIN_WITHIN = 15.0  # seconds; a kept connection that is silent for longer is dead
CHECK_WITHIN = 20.0  # seconds; somebody is looking at a button
KEPT_FOR = 30.0  # seconds without a letter; few servers wait longer than a minute
AT_ONCE = 8  # connections to one server; more look like a flood
LETTERS = 100  # over one connection; some servers hang up after that many


class Servers(Protocol):
    async def of(self, mailbox: Mailbox) -> SmtpLogin | None:
        """Return how a mailbox signs in to a server of its own. Raises CannotSignIn."""


class SmtpChannel:
    """`url` is smtp://user:password@host:port (STARTTLS when offered) or smtps://…: the server of
    every mailbox that has none of its own among `servers`.

    `tls` is what to trust instead of this machine's certificates, `allows` which addresses the
    servers may have that members name; without it, any.
    """

    def __init__(
        self,
        url: str = "",
        *,
        servers: Servers | None = None,
        tls: ssl.SSLContext | None = None,
        ready_within: float = READY_WITHIN,
        answer_within: float = ANSWER_WITHIN,
        kept_for: float = KEPT_FOR,
        at_once: int = AT_ONCE,
        allows: Allows | None = None,
    ) -> None:
        self._house = server_of(url) if url else None
        self._servers = servers
        self._tls = tls
        self._allows = allows
        self._ready_within = ready_within
        self._answer_within = answer_within
        self._kept_for = kept_for
        self._gates: dict[SmtpServer, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(at_once)
        )
        self._kept: dict[SmtpServer, list[Connection]] = defaultdict(list)
        self._is_sweeping = False
        self._own: dict[str, tuple[int, SmtpServer]] = {}  # by mailbox, as of a login's version

    async def send(self, mailbox: Mailbox, letter: Letter) -> Accepted:
        """Hand one letter over. What it is called is the server's answer. Raises SendError."""
        server = await self._server(mailbox)
        connection = await self._ready(server, letter)
        try:
            answer = await connection.hand_over(letter, within=self._answer_within)
            return Accepted(provider_id=answer)
        finally:
            self._gates[server].release()
            self._keep(server, connection)

    async def check(self, login: SmtpLogin) -> None:
        """Sign in and out again, to see whether that works. Raises MailboxRefused, or NotNow."""
        server = _own(login)
        connection = self._connection(server, CHECK_WITHIN)
        try:
            async with asyncio.timeout(CHECK_WITHIN):
                await connection.open()
        except TROUBLES as error:
            raise NotNow(f"{server.host} cannot be reached: {said(error)}") from error
        finally:
            connection.close()

    async def close(self) -> None:
        """End every connection that waits for another letter."""
        waiting = [each for connections in self._kept.values() for each in connections]
        self._kept.clear()
        await asyncio.gather(*(each.leave() for each in waiting))

    async def _server(self, mailbox: Mailbox) -> SmtpServer:
        if mailbox.login_version == 0:
            if self._house is None:
                raise MailboxRefused("its mail server has to be given again")
            return self._house
        version, server = self._own.get(mailbox.id, (0, None))
        if server is None or version != mailbox.login_version:
            server = await self._asked(mailbox)
            self._own[mailbox.id] = (mailbox.login_version, server)
        return server

    async def _asked(self, mailbox: Mailbox) -> SmtpServer:
        try:
            login = await self._servers.of(mailbox) if self._servers is not None else None
        except CannotSignIn as error:
            raise MailboxRefused("its password has to be given again") from error
        if login is None:
            raise MailboxRefused("its mail server has to be given again")
        return _own(login)

    async def _ready(self, server: SmtpServer, letter: Letter) -> Connection:
        """Return a connection whose server waits for the mail, with a place at the gate.

        Raises SendError.
        """
        gate = self._gates[server]
        try:
            async with asyncio.timeout(self._ready_within):
                await gate.acquire()
                try:
                    return await self._begun(server, letter)
                except BaseException:
                    gate.release()
                    raise
        except GoingAway as error:
            later = NotNow(str(error))
            later.code = error.code
            raise later from error
        except TROUBLES as error:
            raise NotNow(f"{server.host} took nothing: {said(error)}") from error

    async def _begun(self, server: SmtpServer, letter: Letter) -> Connection:
        if (kept := await self._again(server, letter)) is not None:
            return kept
        connection = self._connection(server, self._ready_within)
        await self._opened(connection, server, letter)
        return connection

    def _connection(self, server: SmtpServer, timeout: float) -> Connection:
        return Connection(server, tls=self._tls, timeout=timeout, allows=self._allows)

    async def _opened(self, connection: Connection, server: SmtpServer, letter: Letter) -> None:
        try:
            await connection.open()
            await connection.begin(letter)
        except SendError:
            self._keep(server, connection)
            raise
        except BaseException:
            connection.close()
            raise

    async def _again(self, server: SmtpServer, letter: Letter) -> Connection | None:
        """Return a kept connection whose server waits for the mail, None if there is none.

        Nothing was handed over on one that turns out to be dead: the letter gets another.
        Raises SendError for a refusal.
        """
        while self._kept[server]:
            connection = self._kept[server].pop()
            try:
                async with asyncio.timeout(AGAIN_WITHIN):
                    await connection.begin(letter)
                return connection
            except (GoingAway, *TROUBLES):
                connection.close()
            except SendError:
                self._keep(server, connection)
                raise
            except BaseException:
                connection.close()
                raise
        return None

    def _keep(self, server: SmtpServer, connection: Connection) -> None:
        """Keep a connection for the next letter, for a while, if it is good for one."""
        if not connection.is_open or connection.letters >= LETTERS or self._kept_for <= 0:
            connection.close()
            return
        loop = asyncio.get_running_loop()
        connection.kept_until = loop.time() + self._kept_for
        self._kept[server].append(connection)
        if not self._is_sweeping:
            self._is_sweeping = True
            loop.call_later(self._kept_for, self._sweep)

    def _sweep(self) -> None:
        """End the connections that no letter went over for a while."""
        loop, now = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        for server, connections in list(self._kept.items()):
            for connection in [each for each in connections if each.kept_until <= now]:
                connections.remove(connection)
                connection.close()
            if not connections:
                del self._kept[server]
        self._is_sweeping = bool(self._kept)
        if self._is_sweeping:
            loop.call_later(self._kept_for, self._sweep)


def _own(login: SmtpLogin) -> SmtpServer:
    return SmtpServer(
        host=login.host,
        port=login.port,
        is_tls=login.security is Security.TLS,
        user=login.user,
        password=login.password,
        must_encrypt=True,
    )
