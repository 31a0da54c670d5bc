"""Calling an app of this process over HTTP, piece by piece: httpx's own way waits for the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
from starlette.types import ASGIApp, Message, Scope

Piece = bytes | None


class InProcess(httpx.AsyncBaseTransport):
    """Hands requests to an ASGI app, and its answer back while the app is still writing it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        exchange = _Exchange(await request.aread())
        exchange.run(self._app, _scope(request))
        status, headers = await exchange.begun
        return httpx.Response(status, headers=headers, stream=exchange)


class _Exchange(httpx.AsyncByteStream):
    """One request and its answer. Closed early, the app is cancelled."""

    def __init__(self, body: bytes) -> None:
        self.begun: asyncio.Future[tuple[int, list[tuple[bytes, bytes]]]]
        self.begun = asyncio.get_running_loop().create_future()
        self._body = body
        self._pieces: asyncio.Queue[Piece] = asyncio.Queue()
        self._is_read = False
        self._task: asyncio.Task[None] | None = None

    def run(self, app: ASGIApp, scope: Scope) -> None:
        self._task = asyncio.ensure_future(_done(app(scope, self._receive, self._send)))
        self._task.add_done_callback(self._ended)

    async def _receive(self) -> Message:
        if self._is_read:
            await asyncio.Event().wait()  # until it is cancelled: the caller stays connected
        self._is_read = True
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun.set_result((message["status"], list(message.get("headers", []))))
        elif piece := message.get("body", b""):
            self._pieces.put_nowait(piece)

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if not self.begun.done():
            self.begun.set_exception(error or httpx.ReadError("the app answered nothing"))
        self._pieces.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            yield piece
        if self._task is not None and self._task.done() and not self._task.cancelled():
            self._task.result()  # what the app raised while it was writing

    async def aclose(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


async def _done(answering: object) -> None:
    assert asyncio.iscoroutine(answering)
    await answering


def _scope(request: httpx.Request) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 0),
        "root_path": "",
    }
