"""Our routes beside the chat: what programs call, and whether we are well."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from qrev.api.campaigns import Campaigns
from qrev.api.problems import on_bug, on_http_exception, on_qrev_error, problem
from qrev.kit.errors import QrevError

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def api_routes(campaigns: Campaigns, is_well: Callable[[], Awaitable[bool]]) -> list[BaseRoute]:
    """Return /api and /readyz. `is_well` asks the database."""

    async def ready(_: Request) -> Response:
        if await is_well():
            return JSONResponse({"status": "ready"})
        return problem(503, "The database does not answer.")

    async def nothing_here(request: Request) -> Response:
        return problem(404, f"There is no {request.url.path}.")

    api = Starlette(
        routes=[
            *campaigns.routes(),
            Route("/{rest:path}", nothing_here, methods=list(METHODS)),
        ],
        exception_handlers={
            QrevError: on_qrev_error,
            HTTPException: on_http_exception,
            Exception: on_bug,
        },
    )
    return [Route("/readyz", ready), Mount("/api", api)]
