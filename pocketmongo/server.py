"""The server: a socket that is listened to, a thread for each client, and a clean end."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pocketmongo.clients import ClientConnection
from pocketmongo.engine import Engine
from pocketmongo.limits import max_clients
from pocketmongo.maintenance import Maintenance

if TYPE_CHECKING:
    import ssl

BACKLOG = 512
LAST_WORDS = 1.0  # seconds for commands at work when the server stops
_ONLY_THE_OWNER = 0o177


@dataclass(frozen=True, slots=True)
class Address:
    """Where clients find the server."""

    listening: socket.socket
    name: str  # host:port, or the socket's path
    uri: str
    path: Path | None = None


def listen_on_socket(path: Path) -> Address:
    """Listen on a Unix socket that only its owner can use. A stale one is replaced."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    listening = socket.socket(socket.AF_UNIX)
    previous = os.umask(_ONLY_THE_OWNER)
    try:
        listening.bind(str(path))
    finally:
        os.umask(previous)
    listening.listen(BACKLOG)
    uri = f"mongodb://{quote(str(path), safe='')}/?directConnection=true"
    return Address(listening, str(path), uri, path)


def listen_on_port(host: str, port: int) -> Address:
    """Listen on a TCP port, a free one if it is 0."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    if os.name != "nt":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(BACKLOG)
    bound = listening.getsockname()[1]
    name = f"[{host}]:{bound}" if family is socket.AF_INET6 else f"{host}:{bound}"
    return Address(listening, name, f"mongodb://{name}/")


class Server:
    """Accepts clients until it is stopped."""

    def __init__(
        self,
        engine: Engine,
        address: Address,
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._engine = engine
        self._address = address
        self._tls = tls
        self._maintenance = Maintenance(engine)
        self._connections: set[ClientConnection] = set()
        self._lock = threading.Lock()
        self._is_stopping = False
        engine.address = address.name

    def start(self) -> None:
        """Begin to accept clients, in threads of its own."""
        self._maintenance.start()
        threading.Thread(target=self._accept, name="accept", daemon=True).start()

    def stop(self) -> None:
        """Hang up on everyone, let what is being written end, and close the file."""
        self._is_stopping = True
        self._shut_door()
        self._engine.changes.close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.hang_up()
        self._maintenance.stop()
        for connection in connections:
            connection.wait(LAST_WORDS / max(1, len(connections)))
        self._engine.sessions.close()
        self._engine.moments.close()
        self._engine.store.close()

    def _shut_door(self) -> None:
        with contextlib.suppress(OSError):
            self._address.listening.shutdown(socket.SHUT_RDWR)
        self._address.listening.close()
        if self._address.path is not None:
            self._address.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while not self._is_stopping:
            try:
                accepted, _ = self._address.listening.accept()
            except OSError:
                if self._is_stopping:
                    return
                continue
            if self._engine.clients.current >= max_clients():
                accepted.close()
                continue
            self._engine.clients.current += 1
            self._engine.clients.total += 1
            _in_thread(self._serve, accepted)

    def _serve(self, accepted: socket.socket) -> None:
        try:
            prepared = self._prepared(accepted)
            if prepared is None:
                return
            connection = ClientConnection(self._engine, prepared)
            with self._lock:
                self._connections.add(connection)
            try:
                if not self._is_stopping:
                    connection.serve()
            finally:
                with self._lock:
                    self._connections.discard(connection)
        finally:
            with self._lock:
                self._engine.clients.current -= 1

    def _prepared(self, accepted: socket.socket) -> socket.socket | None:
        """Return the socket ready for messages, None if the client cannot speak TLS."""
        try:
            if accepted.family in (socket.AF_INET, socket.AF_INET6):
                accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is None:
                return accepted
            accepted.settimeout(LAST_WORDS * 10)
            return self._tls.wrap_socket(accepted, server_side=True)
        except OSError:
            accepted.close()
            return None


def _in_thread(run: Callable[[socket.socket], None], accepted: socket.socket) -> None:
    threading.Thread(target=run, args=(accepted,), daemon=True).start()
