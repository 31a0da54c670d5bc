"""An ASGI app that is opened when its server starts and closed when it stops."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

from starlette.types import ASGIApp, Receive, Scope, Send

from qrev.kit.embedded import CannotStart

log = logging.getLogger(__name__)


class Site:
    """`problem` is the sentence that says why it did not start, "" if it did.

    `app` is there from its start on.
    """

    def __init__(self, opening: Callable[[], AbstractAsyncContextManager[ASGIApp]]) -> None:
        self._opening = opening
        self.app: ASGIApp | None = None
        self.problem = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            assert self.app is not None, "a server sends nothing before it has started"
            await self.app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as stack:
            await receive()
            try:
                self.app = await stack.enter_async_context(self._opening())
            except Exception as error:
                self.problem = _sentence(error)
                await send({"type": "lifespan.startup.failed", "message": self.problem})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def _sentence(error: Exception) -> str:
    if isinstance(error, CannotStart):
        return str(error)
    log.error("starting failed", exc_info=error)
    return "Something went wrong that should not; the lines above say where."
