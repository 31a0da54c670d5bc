"""Reading what was posted: no more of it than a limit, and only as what it should be."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qrev.kit.errors import InvalidInput

KIB, MIB = 1 << 10, 1 << 20


class Bounded:
    """Refuses bodies that are too large, before reading on. `limits` are by the end of a path."""

    def __init__(self, app: ASGIApp, *, usual: int, limits: Mapping[str, int]) -> None:
        self._app = app
        self._usual = usual
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        limit = next((n for end, n in self._limits.items() if path.endswith(end)), self._usual)
        said = Headers(scope=scope).get("content-length", "")
        is_too_large = said.isdigit() and int(said) > limit
        read = 0

        async def counted() -> Message:
            # Raised where the route reads, so that it is answered like every other error.
            nonlocal read
            if is_too_large:
                raise _too_large(limit)
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise _too_large(limit)
            return message

        await self._app(scope, counted, send)


async def read_object(request: Request) -> dict[str, object]:
    """Return a JSON object, {} for no body at all. Raises InvalidInput for anything else."""
    raw = await request.body()
    if not raw.strip():
        return {}
    try:
        read = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The body is no JSON.") from error
    if not isinstance(read, dict):
        raise InvalidInput("The body is no JSON object.")
    return read


def _too_large(limit: int) -> HTTPException:
    size = f"{limit // MIB} MB" if limit >= MIB else f"{limit // KIB} KB"
    return HTTPException(413, f"A body here has at most {size}.")
