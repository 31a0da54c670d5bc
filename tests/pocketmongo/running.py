"""A pocketmongo server as a child process: started, stopped, killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from pymongo import MongoClient

ROOT = Path(__file__).parent.parent.parent

Document = dict[str, Any]
Client = MongoClient[Document]


class DidNotStart(Exception):
    """The server ended instead of becoming ready. The text is what it said."""


class Server:
    """One server over one file in a folder of its own; FOLDER in an option is that folder."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        self.folder = folder
        self.file = folder / "data.sqlite"
        self.options = [option.replace("FOLDER", str(folder)) for option in options]
        self.environment = environment
        self.uri = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None, "the server was never started"
        return self._process

    @property
    def port(self) -> int:
        return int(self.uri.split("?")[0].rstrip("/").rsplit(":", 1)[1])

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> str:
        """What the server wrote to its standard error since it was first started."""
        return (self.folder / "stderr.txt").read_text()

    @property
    def memory(self) -> int:
        """Bytes of memory the server holds now."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def start(self) -> str:
        """Return the address once the server is ready. Raises DidNotStart if it ends before."""
        before = len(self.log) if (self.folder / "stderr.txt").exists() else 0
        with (self.folder / "stderr.txt").open("a") as errors:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "pocketmongo", "--db", str(self.file)),
                    *("--watch-stdin", *self.options),  # it ends when the tests are killed
                ],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith("READY "):
            self.kill()
            raise DidNotStart(line + self.log[before:])
        self.uri = line.split()[1]
        return self.uri

    def stop(self) -> int:
        """Ask the server to end, and return its exit status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server at once, as the kernel does when memory is short."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        if self.is_alive:
            self.process.send_signal(how)
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()  # does nothing where it has ended
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                assert pipe is not None
                pipe.close()


def refusal(server: Server) -> str:
    """Return what a server says that must not start. Fails the test if it starts."""
    try:
        with pytest.raises(DidNotStart) as caught:
            server.start()
    finally:
        if server.is_alive:
            server.stop()
    said = str(caught.value)
    assert "Traceback" not in said
    assert server.process.returncode != 0
    return said


@contextmanager
def a_folder() -> Iterator[Path]:
    """Yield a folder whose name is short enough to hold a socket."""
    folder = Path(tempfile.mkdtemp(prefix="pocketmongo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def a_server(*options: str, **environment: str) -> Iterator[Server]:
    """Yield a running server over a fresh file, and end it afterwards."""
    with a_folder() as folder:
        server = Server(folder, *options, **environment)
        server.start()
        try:
            yield server
        finally:
            if server.is_alive:
                server.stop()


@contextmanager
def a_client(server: Server, **options: Any) -> Iterator[Client]:
    """Yield a client of the real driver that reads dates as UTC, and close it afterwards."""
    defaults = {"serverSelectionTimeoutMS": 5000, "socketTimeoutMS": 60000, "tz_aware": True}
    client: Client = MongoClient(server.uri, **{**defaults, **options})
    try:
        yield client
    finally:
        client.close()
