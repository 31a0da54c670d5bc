"""An ASGI app as a real server on loopback, in the loop of a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from tests.sites import QuietServer, a_free_port


class _Quiet(QuietServer):
    def __init__(self, app: ASGIApp, port: int) -> None:
        super().__init__(app, "")
        self.config = uvicorn.Config(
            app, port=port, log_config=None, access_log=False, lifespan="off"
        )
        self.config.timeout_graceful_shutdown = 1


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """Yield the address it answers at."""
    port = a_free_port()
    server = _Quiet(app, port)
    task = asyncio.create_task(server.serve())
    while not server.started:
        assert not task.done()
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task
