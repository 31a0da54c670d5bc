"""Somewhere to call back to, for looking at an AI server from outside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from qrev.assistant.contract import Callback

SECRETS_IN_ADDRESS = ("token", "secret", "access_token", "api_key", "apikey", "key", "auth")
LAST = ("messages_ready", "messages_failed")


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One callback: what it said, and what was wrong with how it was said."""

    said: Callback | None
    faults: tuple[str, ...]

    @property
    def is_last(self) -> bool:
        return self.said is not None and self.said.type in LAST


class Listener:
    """An ASGI app that takes callbacks as the backend would. `token` is what they must show."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._news = asyncio.Event()
        self.calls: list[Call] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        self.calls.append(_heard(request, await request.body(), self._token))
        self._news.set()
        await JSONResponse({"status": "ok"})(scope, receive, send)

    async def wait_for_the_last(self, sequence_id: str, seconds: float) -> bool:
        """Return whether the end of a sequence was called back in time."""
        try:
            async with asyncio.timeout(seconds):
                while not any(call.is_last for call in self.of(sequence_id)):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True

    def of(self, sequence_id: str) -> list[Call]:
        """Return the callbacks about one sequence, and those that cannot be read."""
        return [c for c in self.calls if c.said is None or c.said.sequence_id == sequence_id]


def _heard(request: Request, body: bytes, token: str) -> Call:
    faults = []
    if any(name.lower() in SECRETS_IN_ADDRESS for name in request.query_params):
        faults.append("has a secret in its address, where logs keep it; the backend refuses that")
    if request.headers.get("authorization") != f"Bearer {token}":
        faults.append("lacks the header Authorization: Bearer and the token")
    said: Callback | None = None
    try:
        said = Callback.model_validate({**request.query_params, **_object(body)})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        faults.append(f"cannot be read: {'.'.join(map(str, first['loc']))}: {first['msg']}")
    except ValueError:
        faults.append("is no JSON object")
    return Call(said=said, faults=tuple(faults))


def _object(body: bytes) -> Mapping[str, Any]:
    """Return the body as an object. Raises ValueError if it is none."""
    read = json.loads(body) if body.strip() else {}
    if not isinstance(read, dict):
        raise ValueError
    return read
