"""QRev itself for tests: in this process, where its clock is ours, or as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from qrev.chat import home
from qrev.kit.clock import Clock
from qrev.serving.lifespan import Site
from qrev.serving.server import Server, bind
from qrev.settings import Settings
from tests.socket_client import close_all

ROOT = Path(__file__).parents[1]
SECRETS = {
    name: name[:4] * 16
    for name in (
        "ai_bot_server_token",
        "chainlit_auth_secret",
        "encryption_key",
        "access_token_jwt_secret",
        "refresh_token_jwt_secret",
    )
}
READY_WITHIN = 60.0  # seconds


class QuietServer(Server):
    """A server inside a test: signals stay the test runner's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def some_settings(data_dir: Path, **changes: Any) -> Settings:
    """Return settings that come from nowhere but here."""
    port = a_free_port()
    values = {"data_dir": data_dir, "port": port, "link_secret": "l" * 64, **SECRETS, **changes}
    return Settings(_env_file=None, **values)


@asynccontextmanager
async def a_site(settings: Settings, clock: Clock) -> AsyncIterator[str]:
    """Yield the address of everything, run in this loop on that clock."""
    async with an_open_site(settings, clock):
        yield settings.base_url


@asynccontextmanager
async def an_open_site(settings: Settings, clock: Clock) -> AsyncIterator[Site]:
    """Yield everything, run in this loop on that clock, for who wants to look inside."""
    prepare_chainlit()
    from qrev.serving.site import opened_site

    site = Site(lambda: opened_site(settings, clock=clock))
    taken = bind(settings.host, settings.port)
    server = QuietServer(site, "ready")
    task = asyncio.create_task(server.serve([taken]))
    try:
        while not server.started:
            assert not task.done(), site.problem
            await asyncio.sleep(0.02)
        yield site
    finally:
        await close_all()
        server.should_exit = True
        await task
        taken.close()


@cache
def prepare_chainlit() -> None:
    """Give Chainlit a home: it reads it once in a process, while it is imported."""
    home.settle(some_settings(Path(tempfile.mkdtemp(prefix="qrev-home-"))))
    from qrev.chat.main import harden

    harden()


class Process:
    """QRev as a process of its own: `line` is the first thing it printed."""

    def __init__(self, child: subprocess.Popen[bytes], line: str, base: str) -> None:
        self.child = child
        self.line = line
        self.base = base


def start(*arguments: str, cwd: Path, **env: str) -> subprocess.Popen[bytes]:
    """Start Python with these arguments and nothing of our own environment's settings."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(ROOT), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@contextmanager
def a_process(cwd: Path, *, port: int | None = None, **env: str) -> Iterator[Process]:
    """Yield QRev, ready, as `make run` starts it."""
    port = port or a_free_port()
    child = start(str(ROOT / "app.py"), cwd=cwd, PORT=str(port), **env)
    try:
        yield Process(child, first_line(child), f"http://localhost:{port}")
    finally:
        if child.poll() is None:
            child.kill()
        child.communicate()


def first_line(child: subprocess.Popen[bytes]) -> str:
    """Return the first thing a process printed: that it is ready."""
    assert child.stdout is not None
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        if select.select([child.stdout], [], [], 0.1)[0]:
            return child.stdout.readline().decode().strip()
        assert child.poll() is None, ((child.stderr and child.stderr.read()) or b"").decode()
    raise AssertionError("QRev did not become ready")


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
