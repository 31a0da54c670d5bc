"""HubSpot as a server on loopback: as its documentation has it, and as it may misbehave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.asgi_servers import served

CLIENT_ID, SECRET, APP_ID = "hub-client", "hub-secret-nobody-knows", "4711"
HUB_ID, DOMAIN = 62515, "acme.hubspot.test"
Answer = Callable[[Request], Awaitable[Response]]


@dataclass
class HubSpotServer:
    """`trouble` are answers that come in the place of the next ones, `pause` seconds before all.

    Every refresh gives another refresh token, and the one before works no more.
    """

    base: str = ""
    contacts: dict[str, dict[str, str]] = field(default_factory=dict)
    companies: dict[str, dict[str, str]] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    emails: list[dict[str, Any]] = field(default_factory=list)
    opted_out: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    trouble: list[Response] = field(default_factory=list)
    pause: float = 0.0
    takes_batches: bool = True
    refreshes: int = 0
    refresh_token: str = ""
    access_tokens: set[str] = field(default_factory=set)
    lives: int = 1800
    changed: dict[str, int] = field(default_factory=dict)

    def contact(self, email: str, *, changed_at: datetime | None = None, **more: str) -> str:
        """Put a contact there. Return its id."""
        id_ = str(101 + len(self.contacts))
        at = changed_at or datetime(2026, 3, 1, tzinfo=UTC)
        self.contacts[id_] = {"email": email, **more}
        self.changed[id_] = int(at.timestamp() * 1000)
        return id_

    def app(self) -> Starlette:
        def at(path: str, answer: Answer, *methods: str, is_open: bool = False) -> Route:
            return Route(path, self._guarded(answer, is_open=is_open), methods=list(methods))

        objects = "/crm/v3/objects"
        return Starlette(
            routes=[
                Route("/oauth/authorize", self._authorize, methods=["GET"]),
                at("/oauth/2026-03/token", self._token, "POST", is_open=True),
                at("/oauth/2026-03/token/introspect", self._introspect, "POST", is_open=True),
                at("/oauth/2026-03/token/revoke", self._revoke, "POST", is_open=True),
                at(f"{objects}/contacts/search", self._search, "POST"),
                at(f"{objects}/contacts/batch/upsert", self._upsert, "POST"),
                at(f"{objects}/contacts/batch/read", self._read, "POST"),
                at(f"{objects}/contacts", self._contacts, "GET", "POST"),
                at(f"{objects}/contacts/{{id}}", self._patch, "PATCH"),
                at(f"{objects}/companies", self._companies, "GET"),
                at(f"{objects}/emails", self._email, "POST"),
                at("/crm/v3/owners", self._owners, "GET"),
                at("/crm/v3/lists/{id}/memberships", self._members, "GET"),
                at(
                    "/communication-preferences/v4/statuses/{email}/unsubscribe-all",
                    self._unsubscribe,
                    "POST",
                ),
            ]
        )

    def _guarded(self, answer: Answer, *, is_open: bool) -> Answer:
        async def guarded(request: Request) -> Response:
            await asyncio.sleep(self.pause)
            self.heard.append(f"{request.method} {request.url.path}")
            if self.trouble:
                return self.trouble.pop(0)
            shown = request.headers.get("authorization", "").removeprefix("Bearer ")
            if not is_open and shown not in self.access_tokens:
                said = {"status": "error", "category": "EXPIRED_AUTHENTICATION"}
                return JSONResponse(said, 401)
            return await answer(request)

        return guarded

    async def _authorize(self, request: Request) -> Response:
        asked = request.query_params
        assert asked["client_id"] == CLIENT_ID
        back = asked["redirect_uri"]
        yes = urlencode({"code": "a-code", "state": asked["state"]})
        no = urlencode({"error": "access_denied", "state": asked["state"]})
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(
                f'<a href="{back}?{yes}">Connect app</a> <a href="{back}?{no}">Cancel</a>'
            )
        return RedirectResponse(f"{back}?{yes}", 302)

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        if (form["client_id"], form["client_secret"]) != (CLIENT_ID, SECRET):
            return JSONResponse({"status": "BAD_CLIENT_ID"}, 400)
        is_code = form["grant_type"] == "authorization_code" and form["code"] == "a-code"
        is_refresh = form["grant_type"] == "refresh_token" and bool(self.refresh_token)
        if not is_code and not (is_refresh and form["refresh_token"] == self.refresh_token):
            return JSONResponse({"status": "BAD_REFRESH_TOKEN"}, 400)
        self.refreshes += is_refresh
        number = len(self.access_tokens) + self.refreshes
        access = f"access-{number}-{'a' * 20}"
        self.access_tokens = {access}
        self.refresh_token = f"refresh-{number}-{'r' * 20}"
        return JSONResponse(
            {
                "access_token": access,
                "refresh_token": self.refresh_token,
                "expires_in": self.lives,
                "token_type": "bearer",
            }
        )

    async def _introspect(self, request: Request) -> Response:
        form = await request.form()
        assert form["token"] in self.access_tokens
        scopes = ["oauth", "crm.objects.contacts.read"]
        return JSONResponse({"hub_id": HUB_ID, "hub_domain": DOMAIN, "scopes": scopes})

    async def _revoke(self, request: Request) -> Response:
        form = await request.form()
        if form["token"] != self.refresh_token:
            return JSONResponse({"message": "unknown"}, 404)
        self.refresh_token, self.access_tokens = "", set()
        return Response(status_code=204)

    async def _contacts(self, request: Request) -> Response:
        if request.method == "POST":
            return await self._create(request)
        ids = sorted(self.contacts, key=int)
        return JSONResponse(self._page(request, ids))

    async def _create(self, request: Request) -> Response:
        said = (await request.json())["properties"]
        if (id_ := self._of(said["email"])) is not None:
            message = f"Contact already exists. Existing ID: {id_}"
            return JSONResponse({"message": message, "category": "CONFLICT"}, 409)
        return JSONResponse({"id": self.contact(**said), "properties": said}, 201)

    async def _patch(self, request: Request) -> Response:
        id_ = request.path_params["id"]
        self.contacts[id_] |= (await request.json())["properties"]
        return JSONResponse(self._document(id_))

    async def _search(self, request: Request) -> Response:
        body = await request.json()
        since = int(body["filterGroups"][0]["filters"][0]["value"])
        found = [id_ for id_, at in self.changed.items() if at >= since]
        ids = sorted(found, key=lambda id_: (self.changed[id_], int(id_)))
        start, limit = int(body.get("after", 0)), int(body["limit"])
        return JSONResponse(self._cut(ids, start, limit))

    async def _upsert(self, request: Request) -> Response:
        inputs = (await request.json())["inputs"]
        if not self.takes_batches:
            return JSONResponse({"message": "Duplicate IDs found in batch input"}, 400)
        ids = []
        for each in inputs:
            id_ = self._of(each["id"]) or self.contact(each["id"])
            self.contacts[id_] |= each["properties"]
            ids.append(id_)
        return JSONResponse({"status": "COMPLETE", "results": list(map(self._document, ids))})

    async def _read(self, request: Request) -> Response:
        ids = [each["id"] for each in (await request.json())["inputs"]]
        return JSONResponse({"results": list(map(self._document, ids))})

    async def _companies(self, request: Request) -> Response:
        results = [{"id": id_, "properties": said} for id_, said in self.companies.items()]
        return JSONResponse({"results": results})

    async def _email(self, request: Request) -> Response:
        self.emails.append(await request.json())
        return JSONResponse({"id": str(9000 + len(self.emails))}, 201)

    async def _owners(self, request: Request) -> Response:
        results = [{"id": id_, "email": email} for id_, email in self.owners.items()]
        return JSONResponse({"results": results})

    async def _members(self, request: Request) -> Response:
        ids = self.lists.get(request.path_params["id"])
        if ids is None:
            return JSONResponse({"message": "List does not exist"}, 404)
        return JSONResponse({"results": [{"recordId": id_} for id_ in ids]})

    async def _unsubscribe(self, request: Request) -> Response:
        assert request.query_params["channel"] == "EMAIL"
        self.opted_out.append(request.path_params["email"])
        return JSONResponse({"status": "COMPLETE", "results": []})

    def _of(self, email: str) -> str | None:
        found = (id_ for id_, said in self.contacts.items() if said["email"] == email.lower())
        return next(found, None)

    def _page(self, request: Request, ids: list[str]) -> dict[str, Any]:
        asked = request.query_params
        return self._cut(ids, int(asked.get("after", 0)), int(asked["limit"]))

    def _cut(self, ids: list[str], start: int, limit: int) -> dict[str, Any]:
        page: dict[str, Any] = {
            "results": [self._document(id_) for id_ in ids[start : start + limit]]
        }
        if start + limit < len(ids):
            page["paging"] = {"next": {"after": str(start + limit)}}
        return page

    def _document(self, id_: str) -> dict[str, Any]:
        at = datetime.fromtimestamp(self.changed[id_] / 1000, UTC)
        said = {**self.contacts[id_], "lastmodifieddate": f"{at:%Y-%m-%dT%H:%M:%S.000Z}"}
        return {"id": id_, "properties": said, "archived": False}


def half_a_page() -> Response:
    return Response('{"results": [{"id": "101", "prop', media_type="application/json")


def said(status: int, document: object, **headers: str) -> Response:
    return Response(
        json.dumps(document),
        status,
        headers={name.replace("_", "-"): text for name, text in headers.items()},
        media_type="application/json",
    )


@asynccontextmanager
async def a_hubspot() -> AsyncIterator[HubSpotServer]:
    """Yield one, run on loopback."""
    server = HubSpotServer()
    async with served(server.app()) as base:
        server.base = base
        yield server
