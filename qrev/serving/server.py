"""Running an app on our address: one line when it is ready, one sentence when it cannot be."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import signal
import socket
import sys
from collections.abc import Generator, Iterator
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from qrev.kit.embedded import CannotStart

# Connections still open when we are told to stop get this long; then turns and mails get theirs.
CLOSE_WITHIN = 3  # seconds
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def bind(host: str, port: int) -> socket.socket:
    """Return our socket, taken before anything slow is done. Raises CannotStart."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen(2048)
    except OSError as error:
        taken.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"The port {port} is in use. Stop what uses it, or set PORT to another one."
            ) from error
        raise CannotStart(
            f"QRev cannot listen on {host}, port {port} ({error.strerror}). Check HOST and PORT."
        ) from error
    return taken


class Server(uvicorn.Server):
    """Ends with 0 when it was told to end, and says when it is ready.

    `trusted_proxies` are addresses or networks, divided by commas: whom we believe where a request
    came from. From anyone else that would be a way to count as many.
    """

    def __init__(self, app: ASGIApp, ready_line: str, trusted_proxies: str = "") -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="on",
                log_config=None,
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=trusted_proxies,
                timeout_graceful_shutdown=CLOSE_WITHIN,
            )
        )
        self._ready_line = ready_line

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # A failed start leaves by SystemExit; why is told in one sentence by who called us.
        uvicorns = logging.getLogger("uvicorn.error")
        uvicorns.disabled = True
        try:
            await super().startup(sockets)
        finally:
            uvicorns.disabled = False
        sys.stdout.write(self._ready_line + "\n")
        sys.stdout.flush()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        # Uvicorn raises the signal once more when it is done, and would not end with 0.
        with _handled(self.handle_exit):
            yield


@contextlib.contextmanager
def _handled(on_signal: object) -> Iterator[None]:
    assert callable(on_signal)

    def handle(number: int, frame: FrameType | None) -> None:
        on_signal(number, frame)

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(
    app: ASGIApp, sockets: list[socket.socket], ready_line: str, trusted_proxies: str = ""
) -> bool:
    """Serve until told to stop. Return whether it ever started."""
    server = Server(app, ready_line, trusted_proxies)
    with contextlib.suppress(SystemExit):
        asyncio.run(server.serve(sockets))
    return server.started
