"""Chat, API, AI server and worker behind one origin, with one lifespan."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from pymongo.errors import PyMongoError
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from qrev.ai.drafting import Callbacks, Drafting
from qrev.ai.main import AiServer, build_app
from qrev.api.campaigns import Campaigns
from qrev.api.main import api_routes
from qrev.assistant.client import AiClient
from qrev.bootstrap import Databases, Services, build
from qrev.chat.main import Chat
from qrev.kit.clock import utc_now
from qrev.serving.databases import opened
from qrev.serving.shield import Shield
from qrev.settings import Settings
from qrev.worker.beat import Beat
from qrev.worker.jobs import Jobs, in_process

log = logging.getLogger(__name__)

EMBEDDED_AI = "http://ai.internal/turns"


@asynccontextmanager
async def opened_site(settings: Settings) -> AsyncIterator[ASGIApp]:
    """Open everything from the bottom up, and close it from the top down. Raises CannotStart."""
    async with AsyncExitStack() as stack:
        databases = await stack.enter_async_context(opened(settings))
        transport = _Late()
        ai_transport = await stack.enter_async_context(_embedded_ai(settings, databases, transport))
        client = _ai_client(settings, ai_transport)
        stack.push_async_callback(client.close)
        services = build(settings, databases, client, clock=utc_now)
        inner = api_routes(_campaigns(settings, services), _is_well(databases))
        transport.app = Starlette(routes=inner)
        chat = Chat(settings, services, databases.main)
        beat = Beat(Jobs(in_process(), services))
        await beat.start()
        stack.push_async_callback(beat.stop)
        await chat.start()
        stack.push_async_callback(chat.stop)
        site = Starlette(routes=[*inner, *chat.routes()])
        yield Shield(site, is_https=settings.base_url.startswith("https://"))


class _Late:
    """An app that is only known later: the API and the AI server call each other."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


@asynccontextmanager
async def _embedded_ai(
    settings: Settings, databases: Databases, backend: ASGIApp
) -> AsyncIterator[httpx.AsyncBaseTransport | None]:
    """Run the AI server in this process, unless another one is set. Yield the way to it."""
    if settings.ai_bot_server_url:
        yield None
        return
    token = settings.ai_bot_server_token.get_secret_value()
    callbacks = Callbacks(token=token, transport=httpx.ASGITransport(app=backend))
    server = AiServer(lambda: Drafting(databases.dropbox, callbacks))
    yield httpx.ASGITransport(app=build_app(server, token))
    await server.close()


def _ai_client(settings: Settings, transport: httpx.AsyncBaseTransport | None) -> AiClient:
    return AiClient(
        settings.ai_bot_server_url or EMBEDDED_AI,
        settings.ai_bot_server_token.get_secret_value(),
        has_token_in_body=settings.ai_bot_token_in_body,
        transport=transport,
    )


def _campaigns(settings: Settings, services: Services) -> Campaigns:
    return Campaigns(
        token=settings.ai_bot_server_token.get_secret_value(),
        taking_in=services.taking_in,
        dropbox=services.dropbox,
        stopping=services.stopping,
    )


def _is_well(databases: Databases) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        try:
            await databases.main.command("ping")
        except PyMongoError as error:
            log.warning("the database does not answer: %s", error)
            return False
        return True

    return asked
