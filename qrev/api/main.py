"""Our routes beside the chat: what programs call, what they are told of it, and are we well."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from qrev.api.bodies import KIB, MIB, Bounded
from qrev.api.campaigns import LIMITS, Campaigns
from qrev.api.documents import describe
from qrev.api.house import House
from qrev.api.pages import docs_page
from qrev.api.problems import install, problem
from qrev.api.routes import (
    account,
    auth,
    campaigns,
    companies,
    config,
    contacts,
    exports,
    hubspot,
    imports,
    integrations,
    knowledge,
    mail_links,
    mailboxes,
    members,
    people,
    pictures,
    plans,
    privacy,
    programs,
    proposals,
    rewrites,
    suppressions,
    teams,
    unknown,
    user,
    zoom,
)
from qrev.api.watch import watch_routes
from qrev.crm.list_files import MAX_BYTES

VERSION = "1"
MAX_BODY = 256 * KIB
LISTS = {
    "/suppressions/import": 10 * MIB,
    "/crm/contact/import": MAX_BYTES,
    "/crm/company/import": 50 * MIB,
    "/knowledge/add": 10 * MIB,
    "/knowledge/add/text": 1 * MIB,
}
ROOMS = (
    *(auth, user, pictures, account, members, teams, programs),
    *(contacts, people, imports, companies, suppressions, exports, privacy, unknown),
    *(campaigns, proposals, plans, config, mail_links, mailboxes, rewrites, knowledge),
    *(integrations, hubspot, zoom),
)
ROUTERS = tuple(room.router for room in ROOMS)


def build_api(house: House, campaigns: Campaigns) -> FastAPI:
    """Return the app behind /api."""
    api = FastAPI(
        title="QRev",
        version=VERSION,
        openapi_url=None,  # ours below: it names every status
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    api.state.house = house
    install(api)
    api.add_middleware(Bounded, usual=MAX_BODY, limits={**LIMITS, **LISTS})
    for router in ROUTERS:
        api.include_router(router)
    api.include_router(campaigns.router())

    async def document(_: Request) -> Response:
        return JSONResponse(describe(api))

    async def docs(_: Request) -> Response:
        return docs_page(describe(api))

    api.add_route("/openapi.json", document, include_in_schema=False)
    api.add_route("/docs", docs, include_in_schema=False)
    return api


def api_routes(
    house: House,
    campaigns: Campaigns,
    is_well: Callable[[], Awaitable[bool]],
    *,
    metrics_token: str = "",
) -> list[BaseRoute]:
    """Return /api, and how we are. `is_well` asks the database."""

    async def ready(_: Request) -> Response:
        if await is_well():
            return JSONResponse({"status": "ready"})
        return problem(503, "The database does not answer.")

    watch = watch_routes(house.services, is_well, metrics_token)
    return [Route("/readyz", ready), *watch, Mount("/api", build_api(house, campaigns))]
