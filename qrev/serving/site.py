"""Chat, API, AI server and worker behind one origin, with one lifespan."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from pymongo.errors import PyMongoError
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from qrev.ai.drafting import Callbacks
from qrev.ai.main import AiServer, build_app
from qrev.api.campaigns import Campaigns
from qrev.api.door import Doorkeeper
from qrev.api.house import House
from qrev.api.main import api_routes
from qrev.assistant.client import AiClient
from qrev.bootstrap import Databases, Services, build
from qrev.bootstrap.reporting import reporting
from qrev.chat.cookie import session_of
from qrev.chat.main import Chat
from qrev.kit.asgi import InProcess
from qrev.kit.clock import Clock, utc_now
from qrev.kit.forgetting import Forgetting
from qrev.kit.pulse import Tally
from qrev.kit.reporting import Reports
from qrev.serving.databases import MAIN, opened
from qrev.serving.drafting import ai_server
from qrev.serving.shield import Shield
from qrev.settings import Settings
from qrev.worker.beat import Beat
from qrev.worker.jobs import Jobs, in_process
from qrev.worker.looking import Looking

log = logging.getLogger(__name__)

EMBEDDED_AI = "http://ai.internal/turns"


@asynccontextmanager
async def opened_site(settings: Settings, *, clock: Clock = utc_now) -> AsyncIterator[ASGIApp]:
    """Open everything from the bottom up, and close it from the top down. Raises CannotStart."""
    async with AsyncExitStack() as stack:
        databases = await stack.enter_async_context(opened(settings))
        reports = await stack.enter_async_context(reporting(settings, databases.main, clock=clock))
        backend = _Late()
        embedded = await stack.enter_async_context(
            _embedded_ai(settings, databases, backend, reports, clock)
        )
        client = _ai_client(settings, embedded, reports)
        stack.push_async_callback(client.close)
        services = build(settings, databases, client, clock=clock, reports=reports)
        stack.push_async_callback(services.outside.close)
        stack.push_async_callback(services.channels.close)
        house = House(services=services, doorkeeper=_doorkeeper(settings, services))
        inner = api_routes(
            house,
            _campaigns(settings, services),
            _is_well(databases),
            metrics_token=settings.metrics_token.get_secret_value(),
        )
        backend.app = Starlette(routes=inner)
        chat = Chat(settings, services, databases.main)
        beat = _beat(settings, databases, services, clock)
        await beat.start()
        stack.push_async_callback(beat.stop)
        await chat.start()
        stack.push_async_callback(chat.stop)
        if embedded is not None:
            await embedded.resume()
        site = Starlette(routes=[*chat.pages(), *inner, *chat.rest()])
        yield Shield(site, is_https=settings.base_url.startswith("https://"))


def _beat(
    settings: Settings, databases: Databases, services: Services, clock: Clock
) -> Beat | Looking:
    """Return what does the jobs in this process, or looks whether the workers do."""
    if settings.broker_url.get_secret_value():
        return Looking(services.watchdog.look, services.reports)
    tally = Tally()

    async def seen() -> None:
        await services.pulse.beat("web", tally)

    more = {"forget": Forgetting(databases.main, MAIN, clock=clock).sweep, "beat": seen}
    return Beat(Jobs(in_process(), services, more, tally=tally))


class _Late:
    """An app that is only known later: the API and the AI server call each other."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


@asynccontextmanager
async def _embedded_ai(
    settings: Settings,
    databases: Databases,
    backend: ASGIApp,
    reports: Reports,
    clock: Clock,
) -> AsyncIterator[AiServer | None]:
    """Run the AI server in this process, unless another one is set."""
    if settings.ai_bot_server_url:
        yield None
        return
    callbacks = Callbacks(token=_token(settings), transport=httpx.ASGITransport(app=backend))
    async with ai_server(
        settings, databases.dropbox, callbacks, clock=clock, reports=reports
    ) as server:
        yield server


def _ai_client(settings: Settings, embedded: AiServer | None, reports: Reports) -> AiClient:
    """Return the way to the AI server: through this process, or over the network."""
    transport: httpx.AsyncBaseTransport | None = None
    if embedded is not None:
        transport = InProcess(build_app(embedded, _token(settings), reports))
    return AiClient(
        settings.ai_bot_server_url or EMBEDDED_AI,
        _token(settings),
        has_token_in_body=settings.ai_bot_token_in_body,
        transport=transport,
    )


def _token(settings: Settings) -> str:
    return settings.ai_bot_server_token.get_secret_value()


def _doorkeeper(settings: Settings, services: Services) -> Doorkeeper:
    return Doorkeeper(
        sessions=services.sessions,
        api_keys=services.api_keys,
        limits=services.limits,
        session_of=session_of,
        base_url=settings.base_url,
    )


def _campaigns(settings: Settings, services: Services) -> Campaigns:
    return Campaigns(
        token=_token(settings),
        taking_in=services.taking_in,
        dropbox=services.dropbox,
        looking_up=services.looking_up,
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
