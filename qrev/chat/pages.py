"""The pages one sees before one is signed in."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from importlib.resources import files
from string import Template
from urllib.parse import quote

from starlette.responses import HTMLResponse

from qrev.kit.errors import NotAllowed, NotFound, NotSignedIn, QrevError, TooMany, Unavailable
from qrev.settings import Settings


def _template(name: str) -> Template:
    return Template(files("qrev.chat").joinpath(name).read_text("utf-8"))


PAGE, LOCAL, GOOGLE = map(_template, ("login.html", "login_local.html", "login_google.html"))
STATUS: Mapping[type[QrevError], int] = {
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    TooMany: 429,
    Unavailable: 503,
}
NO_WAY_IN = (
    "Nobody can sign in yet: QRev listens beyond its own machine and has no Google client. Whoever "
    "runs it should set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET."
)


class Pages:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def login(
        self,
        problem: str = "",
        *,
        status: int = 200,
        wanted: str = "/",
        name: str = "",
        email: str = "",
        lead: str = "",
    ) -> HTMLResponse:
        """Return the sign-in page, with what is wrong at its top. `wanted` is where to go then.

        `lead` is HTML that stands in front of the way in.
        """
        if self._settings.google_client_id:
            body = GOOGLE.substitute(wanted=quote(wanted, safe="/"))
        elif self._settings.has_local_sign_in:
            body = LOCAL.substitute(
                name=_attribute(name[:200]),
                email=_attribute(email[:320]),
                wanted=_attribute(wanted),
            )
        else:
            return self.only(problem or NO_WAY_IN, status=403)
        return self.only(problem, status=status, body=lead + body)

    def only(self, problem: str, *, status: int, body: str = "") -> HTMLResponse:
        """Return a page that says something; `body` is HTML."""
        alert = f'<div class="qrev-block qrev-red" role="alert"><p>{html.escape(problem)}</p></div>'
        page = PAGE.substitute(problem=alert if problem else "", body=body)
        # Never from a cache: what it says is about this very attempt.
        return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})

    def failed(self, error: QrevError, *, wanted: str = "/") -> HTMLResponse:
        """Return the sign-in page with the error's own words."""
        status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), 400)
        page = self.login(str(error), status=status, wanted=wanted)
        if isinstance(error, TooMany):
            seconds = max(1, math.ceil(error.retry_after.total_seconds()))
            page.headers["Retry-After"] = str(seconds)
        return page


def _attribute(text: str) -> str:
    return html.escape(text, quote=True)
