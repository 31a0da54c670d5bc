"""Calling an app of this process: what it says is heard while it is still speaking."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from qrev.kit.asgi import InProcess

pytestmark = pytest.mark.anyio


def calling(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=InProcess(app), base_url="http://inside.test")


async def test_a_request_arrives_whole_and_so_does_the_answer() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        said = [
            request.method,
            request.url.path,
            request.url.query,
            (await request.body()).decode(),
        ]
        await JSONResponse(said, 201, {"X-Seen": request.headers["x-asked"]})(scope, receive, send)

    async with calling(app) as client:
        answer = await client.post("/a b?c=d", content="e", headers={"X-Asked": "f"})

    assert (answer.status_code, answer.headers["x-seen"]) == (201, "f")
    assert answer.json() == ["POST", "/a b", "c=d", "e"]


async def test_pieces_are_heard_before_the_end() -> None:
    go_on = asyncio.Event()

    async def pieces() -> object:
        yield b"one"
        await go_on.wait()
        yield b"two"

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(pieces())(scope, receive, send)  # type: ignore[arg-type]

    heard = []
    async with calling(app) as client, client.stream("GET", "/") as answer:
        async for piece in answer.aiter_raw():
            heard.append(piece)
            go_on.set()

    assert heard == [b"one", b"two"]


async def test_who_goes_away_ends_the_app() -> None:
    ended = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with calling(app) as client, client.stream("GET", "/"):
        pass

    assert ended.is_set()


@pytest.mark.parametrize("is_begun", [False, True])
async def test_an_app_that_breaks_breaks_the_call(is_begun: bool) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if is_begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    async with calling(app) as client:
        with pytest.raises(ZeroDivisionError):
            await client.get("/")


async def test_an_app_that_says_nothing_is_an_error() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        return None

    async with calling(app) as client:
        with pytest.raises(httpx.ReadError):
            await client.get("/")
