"""Signing in by name, on one's own machine only; and signing out."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from qrev.accounts.sign_in import SignIn
from qrev.chat.door import Door, device_of, is_from_our_own_page
from qrev.chat.pages import Pages
from qrev.kit.errors import InvalidInput, NotAllowed, NotSignedIn
from qrev.kit.requests import address_of, own_path
from qrev.settings import LOOPBACK, Settings

CLOSED = (
    "Sign-in by name is only for one's own machine: QRev listens beyond it, or was asked for "
    "under another name. Open it as http://localhost:{port} on that machine, or set HOST=127.0.0.1."
)
FOREIGN = "This page was opened from somewhere else. Open QRev's own page and sign in there."


class Login:
    def __init__(self, *, settings: Settings, sign_in: SignIn, door: Door, pages: Pages) -> None:
        self._settings = settings
        self._sign_in = sign_in
        self._door = door
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return what stands in front of Chainlit's own routes."""
        return [
            Route("/login", self._page, methods=["GET"]),
            Route("/login", self._by_name, methods=["POST"]),
            Route("/logout", self._out, methods=["POST"]),
            Route("/logout/everywhere", self._out_everywhere, methods=["POST"]),
        ]

    async def _page(self, request: Request) -> Response:
        wanted = own_path(request.query_params.get("next", "/"))
        if self._settings.has_local_sign_in and not self._is_open_to(request):
            return self._closed()
        return self._pages.login(wanted=wanted)

    async def _by_name(self, request: Request) -> Response:
        if not self._is_open_to(request):
            return self._closed()
        if not is_from_our_own_page(request):
            return self._pages.login(FOREIGN, status=403)
        form = await request.form(max_files=0, max_fields=10)
        name, email = str(form.get("name", "")), str(form.get("email", ""))
        wanted = own_path(str(form.get("next", "/")))
        try:
            begun = await self._sign_in.local(
                email,
                name,
                timezone=str(form.get("timezone", "")),
                device=device_of(request),
                address=address_of(request),
            )
        except InvalidInput as error:
            return self._pages.login(str(error), name=name, email=email, wanted=wanted, status=422)
        except NotAllowed as error:
            return self._pages.failed(error, wanted=wanted)
        response = RedirectResponse(wanted, 303)
        await self._door.begin(request, response, begun)
        return response

    async def _out(self, request: Request) -> Response:
        if not is_from_our_own_page(request):
            return JSONResponse({"detail": FOREIGN}, 403)
        response = _gone(request)
        await self._door.end(request, response)
        return response

    async def _out_everywhere(self, request: Request) -> Response:
        if not is_from_our_own_page(request):
            return JSONResponse({"detail": FOREIGN}, 403)
        response = _gone(request)
        try:
            await self._door.end_everywhere(request, response)
        except NotSignedIn as error:
            return JSONResponse({"detail": str(error)}, 401)
        return response

    def _is_open_to(self, request: Request) -> bool:
        """Names are believed on loopback only, and only under loopback's own name: a page on the
        web could point a name of its own at this machine.
        """
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname
        return self._settings.has_local_sign_in and host in LOOPBACK

    def _closed(self) -> Response:
        return self._pages.only(CLOSED.format(port=self._settings.port), status=403)


def _gone(request: Request) -> Response:
    """Return what a page or a form is answered: a form is shown where to sign in again."""
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("/login", 303)
    return JSONResponse({"success": True})
