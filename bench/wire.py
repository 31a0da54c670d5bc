"""One tab, spoken to over the bare socket: a client that costs next to nothing itself."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp

PATIENCE = 30.0  # seconds
PING, PONG = "2", "3"
SAID = '42["new_message"'


class Tab:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def greet(self) -> None:
        """Do what a page does when it is opened."""
        await self._hear()
        greeting = {
            "clientType": "webapp",
            "sessionId": str(uuid.uuid4()),
            "threadId": "",
            "userEnv": "{}",
            "chatProfile": "",
        }
        await self._socket.send_str(f"40{json.dumps(greeting)}")
        answer = await self._hear()
        if not answer.startswith("40"):
            raise RuntimeError(f"The connection was refused: {answer}")
        await self._emit("connection_successful")

    async def turn(self, words: str) -> float:
        """Say something. Return how many seconds it took until the answer was here."""
        message = {
            "id": str(uuid.uuid4()),
            "threadId": "",
            "name": "user",
            "type": "user_message",
            "output": words,
            "createdAt": datetime.now(UTC).isoformat(),
            "metadata": {},
        }
        began = time.perf_counter()
        await self._emit("client_message", {"message": message, "fileReferences": []})
        while True:
            heard = await self._hear()
            at = time.perf_counter()
            if heard.startswith(SAID):
                shown = json.loads(heard[2:])[1]
                if shown["type"] == "assistant_message":
                    _must_be_an_answer(shown)
                    return at - began

    async def _emit(self, *event: Any) -> None:
        await self._socket.send_str(f"42{json.dumps(event)}")

    async def _hear(self) -> str:
        while True:
            heard = await asyncio.wait_for(self._socket.receive_str(), PATIENCE)
            if heard != PING:
                return heard
            await self._socket.send_str(PONG)


def _must_be_an_answer(shown: dict[str, Any]) -> None:
    if shown["streaming"] or shown["isError"]:
        raise RuntimeError(f"That is no whole answer: {shown}")


@asynccontextmanager
async def a_tab(base: str, *, form: dict[str, str] | None = None) -> AsyncIterator[Tab]:
    """Yield a tab on a new conversation; with `form`, signed in."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(base, cookie_jar=jar) as http:
        if form is not None:
            async with http.post("/login", data=form, allow_redirects=False) as response:
                if response.status != 303:
                    raise RuntimeError(f"Signing in was answered with {response.status}.")
        path = "/ws/socket.io/?EIO=4&transport=websocket"
        async with http.ws_connect(path, max_msg_size=0) as socket:
            tab = Tab(socket)
            await tab.greet()
            yield tab
