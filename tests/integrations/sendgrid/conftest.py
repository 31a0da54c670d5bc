"""SendGrid as a server on loopback that keeps what it is sent."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.sites import a_free_port


class RecordingSendGrid:
    """`status` is what it answers, after `pause` seconds."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.mails: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.raw: list[str] = []
        self.status = 202
        self.pause = 0.0

    async def send(self, request: Request) -> Response:
        body = await request.body()
        self.raw.append(body.decode())
        self.keys.append(request.headers["authorization"])
        self.mails.append(json.loads(body))
        await asyncio.sleep(self.pause)
        return Response(status_code=self.status)


class Quiet(uvicorn.Server):
    """A server in a thread: signals stay the test runner's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def a_sendgrid() -> Iterator[RecordingSendGrid]:
    """Yield one, run in a thread of its own: what speaks to it blocks."""
    port = a_free_port()
    recorded = RecordingSendGrid(f"http://127.0.0.1:{port}")
    app = Starlette(routes=[Route("/v3/mail/send", recorded.send, methods=["POST"])])
    server = Quiet(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    try:
        yield recorded
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def sendgrid() -> Iterator[RecordingSendGrid]:
    with a_sendgrid() as server:
        yield server
