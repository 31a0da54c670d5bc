"""What every answer carries and every request must pass, whichever door it is for."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qrev.api.problems import problem

MIB = 1 << 20
MAX_BODY = 2 * MIB
MAX_FILE = 201 * MIB  # a list of 200 MB with its envelope
MAX_CALLBACK = 10 * MIB
LIMITS = (
    ("/project/file", MAX_FILE),
    ("/api/crm/contact/import", MAX_FILE),
    ("/api/campaign/", MAX_CALLBACK),
)
WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})

# Chainlit answers these whether we offer what they are for or not.
CLOSED = re.compile(
    r"/(?:docs|redoc|openapi\.json|docs/oauth2-redirect|feedback|project/element"
    r"|project/thread/share|project/share/.*|mcp|copilot/.*|auth/(?!config$).*)/?"
)
# Its pages compile the cards' drawings in the browser, which takes eval; images of other origins
# could carry words of a conversation away in their address.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
FOR_A_YEAR = "public, max-age=31536000, immutable"


class Shield:
    """`is_https`: cookies then go over https only, and browsers are told to stay there."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self.app = app
        self._is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(MutableHeaders(scope=message), scope["path"])
            await send(message)

        refusal = _refusal(scope)
        await (refusal or self.app)(scope, receive, send_with_headers)

    def _dress(self, headers: MutableHeaders, path: str) -> None:
        for name, value in HEADERS.items():
            headers[name] = value
        if path.startswith("/assets/"):
            headers["Cache-Control"] = FOR_A_YEAR  # their names change with their content
        elif "cache-control" not in headers:
            headers["Cache-Control"] = "no-cache"
        if self._is_https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
            cookies = headers.getlist("set-cookie")
            del headers["set-cookie"]
            for cookie in cookies:
                is_secure = "; secure" in cookie.lower()
                headers.append("set-cookie", cookie if is_secure else f"{cookie}; Secure")


def _refusal(scope: Scope) -> JSONResponse | None:
    """Return the answer to a request that goes no further."""
    path = scope["path"]
    if CLOSED.fullmatch(path):
        return problem(404, f"There is no {path}.")
    if scope["method"] not in WITH_BODY:
        return None
    limit = next((n for prefix, n in LIMITS if path.startswith(prefix)), MAX_BODY)
    length = Headers(scope=scope).get("content-length", "")
    if not length.isdigit():
        is_chunked = "transfer-encoding" in Headers(scope=scope)
        # A door that reads by itself counts as it reads; Chainlit does not.
        if is_chunked and not path.startswith("/api/"):
            return problem(411, "Say how long the body is (Content-Length).")
        return None
    if int(length) > limit:
        return problem(413, f"Too large: at most {limit // MIB} MB.")
    return None
