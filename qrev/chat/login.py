"""Signing in by name, on one's own machine only; and what a signed-in browser may fetch."""

from __future__ import annotations

import html
from importlib.resources import files
from string import Template
from urllib.parse import urlsplit

import chainlit as cl
from chainlit.auth import create_jwt, get_current_user
from chainlit.auth.cookie import get_token_from_cookies, set_auth_cookie
from fastapi import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from qrev.accounts.models import Actor
from qrev.accounts.service import Accounts
from qrev.crm.service import People
from qrev.kit.errors import InvalidInput, NotFound, QrevError
from qrev.settings import LOOPBACK, Settings

PAGE = Template(files("qrev.chat").joinpath("login.html").read_text("utf-8"))
CLOSED = (
    "Sign-in by name is only for one's own machine: QRev listens beyond it, or was asked for "
    "under another name. Open it as http://localhost:{port} on that machine, or set HOST=127.0.0.1."
)
FOREIGN = "This page was opened from somewhere else. Open QRev's own page and sign in there."


class Login:
    def __init__(self, *, settings: Settings, accounts: Accounts, people: People) -> None:
        self._settings = settings
        self._accounts = accounts
        self._people = people

    def routes(self) -> list[Route]:
        """Return what stands in front of Chainlit's own routes."""
        return [
            Route("/login", self._page, methods=["GET"]),
            Route("/login", self._sign_in, methods=["POST"]),
            Route("/files/{upload_id}", self._file, methods=["GET"]),
        ]

    async def _page(self, request: Request) -> Response:
        return self._shown() if self._is_open_to(request) else self._closed()

    async def _sign_in(self, request: Request) -> Response:
        if not self._is_open_to(request):
            return self._closed()
        origin = request.headers.get("origin")
        if origin and urlsplit(origin).netloc != request.headers.get("host"):
            return self._shown(FOREIGN, status=403)
        form = await request.form(max_files=0, max_fields=10)
        name, email = str(form.get("name", "")), str(form.get("email", ""))
        try:
            actor = await self._accounts.sign_in(
                email, name, timezone=str(form.get("timezone", ""))
            )
        except InvalidInput as error:
            return self._shown(str(error), name=name, email=email, status=422)
        response = RedirectResponse("/", 303)
        token = create_jwt(cl.User(identifier=actor.email, display_name=actor.name))
        set_auth_cookie(request, response, token)
        return response

    async def _file(self, request: Request) -> Response:
        """Answer with a file its own account dropped, as a download and nothing else."""
        try:
            actor = await self._signed_in(request)
            upload, data = await self._people.read_upload(actor, request.path_params["upload_id"])
        except (NotFound, HTTPException) as error:
            raise HTTPException(404, "We could not find that file.") from error
        headers = {"Content-Disposition": f'attachment; filename="{_plain(upload.filename)}"'}
        return Response(data, media_type="text/csv; charset=utf-8", headers=headers)

    async def _signed_in(self, request: Request) -> Actor:
        user = await get_current_user(get_token_from_cookies(request.cookies) or "")
        if user is None:
            raise NotFound
        try:
            return await self._accounts.actor(user.identifier)
        except QrevError as error:
            raise NotFound from error

    def _is_open_to(self, request: Request) -> bool:
        """Names are believed on loopback only, and only under loopback's own name: a page on the
        web could point a name of its own at this machine.
        """
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname
        return self._settings.has_local_sign_in and host in LOOPBACK

    def _closed(self) -> Response:
        return self._shown(CLOSED.format(port=self._settings.port), is_open=False, status=403)

    def _shown(
        self,
        problem: str = "",
        *,
        name: str = "",
        email: str = "",
        is_open: bool = True,
        status: int = 200,
    ) -> Response:
        alert = f'<div class="qrev-block qrev-red" role="alert"><p>{html.escape(problem)}</p></div>'
        page = PAGE.substitute(
            problem=alert if problem else "",
            name=html.escape(name[:200], quote=True),
            email=html.escape(email[:320], quote=True),
            hidden="" if is_open else "hidden",
        )
        return HTMLResponse(page, status)


def _plain(filename: str) -> str:
    """Return a name that can stand in a header."""
    kept = "".join(c if (c.isascii() and c.isalnum()) or c in " .-_" else "_" for c in filename)
    return kept.strip() or "people.csv"
