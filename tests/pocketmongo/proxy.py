"""A network that breaks: a proxy that swallows one reply and hangs up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.pocketmongo.running import Server


class Proxy:
    """Passes everything on to the server, but the reply to the next command of a name.

    The server has done the work by then; the client only learns that the line went dead.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._swallow_reply_to: bytes | None = None
        self._sockets: list[socket.socket] = []
        self.swallowed = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def uri(self) -> str:
        port = self._listener.getsockname()[1]
        return f"mongodb://127.0.0.1:{port}/?directConnection=true"

    def swallow_reply_to(self, command: str) -> None:
        self._swallow_reply_to = command.encode() + b"\0"

    def close(self) -> None:
        for each in [self._listener, *self._sockets]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                server = socket.create_connection(("127.0.0.1", self._server.port))
                self._sockets += [client, server]
                threading.Thread(target=self._serve, args=(client, server), daemon=True).start()

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while request := read_message(client):
                server.sendall(request)
                reply = read_message(server)
                name = self._swallow_reply_to
                if name is not None and name in request[:60]:
                    self._swallow_reply_to = None
                    self.swallowed += 1
                    break
                client.sendall(reply)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


def read_message(source: socket.socket) -> bytes:
    """Return one whole message, or nothing when the other side is gone."""
    data = bytearray()
    wanted = 4
    while len(data) < wanted:
        part = source.recv(wanted - len(data))
        if not part:
            return b""
        data += part
        if len(data) >= 4:
            wanted = int.from_bytes(data[:4], "little")
    return bytes(data)


@contextmanager
def a_proxy(server: Server) -> Iterator[Proxy]:
    proxy = Proxy(server)
    try:
        yield proxy
    finally:
        proxy.close()
