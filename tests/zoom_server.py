"""Zoom as a server on loopback: as its documentation has it, and as it may misbehave."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.asgi_servers import served

CLIENT_ID, SECRET = "zoom-client", "zoom-secret-nobody-knows"
SECRET_TOKEN, VERIFICATION = "emu_secret_token", "emu_verification_token"
USER_ID, ACCOUNT_ID = "zoom-user-1", "zoom-account-1"
BASIC = "Basic " + base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()


@dataclass
class ZoomServer:
    """`trouble` are answers that come in the place of the next ones."""

    base: str = ""
    meetings: list[dict[str, Any]] = field(default_factory=list)
    compliance: list[dict[str, Any]] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    trouble: list[Response] = field(default_factory=list)
    challenge: str = ""
    refresh_token: str = ""
    access_token: str = ""
    given: int = 0

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/oauth/authorize", self._authorize, methods=["GET"]),
                Route("/oauth/token", self._token, methods=["POST"]),
                Route("/oauth/revoke", self._revoke, methods=["POST"]),
                Route("/oauth/data/compliance", self._compliance, methods=["POST"]),
                Route("/v2/users/me", self._me, methods=["GET"]),
                Route("/v2/users/me/meetings", self._meeting, methods=["POST"]),
            ]
        )

    async def _authorize(self, request: Request) -> Response:
        asked = request.query_params
        assert (asked["client_id"], asked["code_challenge_method"]) == (CLIENT_ID, "S256")
        self.challenge = asked["code_challenge"]
        query = urlencode({"code": "a-code", "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{query}", 302)

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        if request.headers.get("authorization") != BASIC:
            return JSONResponse({"reason": "Invalid client_id or client_secret"}, 401)
        if form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
            shown = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            is_right = form["code"] == "a-code" and shown == self.challenge
        else:
            is_right = bool(self.refresh_token) and form["refresh_token"] == self.refresh_token
        if not is_right:
            return JSONResponse({"error": "invalid_grant"}, 400)
        self.given += 1
        self.access_token = f"zoom-access-{self.given}-{'a' * 20}"
        self.refresh_token = f"zoom-refresh-{self.given}-{'r' * 20}"
        return JSONResponse(
            {
                "access_token": self.access_token,
                "refresh_token": self.refresh_token,
                "expires_in": 3599,
                "scope": "meeting:write:meeting user:read:user",
            }
        )

    async def _revoke(self, request: Request) -> Response:
        form = await request.form()
        self.revoked.append(str(form["token"]))
        self.refresh_token = self.access_token = ""
        return JSONResponse({"status": "success"})

    async def _me(self, request: Request) -> Response:
        if not self._is_let_in(request):
            return JSONResponse({"code": 124, "message": "Invalid access token."}, 401)
        return JSONResponse({"id": USER_ID, "account_id": ACCOUNT_ID, "email": "alice@zoom.test"})

    async def _meeting(self, request: Request) -> Response:
        await asyncio.sleep(0)
        if self.trouble:
            return self.trouble.pop(0)
        if not self._is_let_in(request):
            return JSONResponse({"code": 124, "message": "Invalid access token."}, 401)
        self.meetings.append(await request.json())
        number = 8_500_000_000 + len(self.meetings)
        link = f"https://zoom.test/j/{number}"
        return JSONResponse({"id": number, "join_url": link, "start_url": "secret"}, 201)

    async def _compliance(self, request: Request) -> Response:
        if self.trouble:
            return self.trouble.pop(0)
        assert request.headers["authorization"] == BASIC
        self.compliance.append(await request.json())
        return JSONResponse({})

    def _is_let_in(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self.access_token}"


@asynccontextmanager
async def a_zoom() -> AsyncIterator[ZoomServer]:
    """Yield one, run on loopback."""
    server = ZoomServer()
    async with served(server.app()) as base:
        server.base = base
        yield server
