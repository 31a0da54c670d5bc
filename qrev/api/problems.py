"""Errors over HTTP, as problem documents (RFC 9457). The one place that knows status codes."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from qrev.kit.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    QrevError,
    Unavailable,
)

STATUS: dict[type[QrevError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    InvalidInput: 422,
    Unavailable: 503,
}


class NoSuchToken(NotAllowed):
    """The token is missing or wrong."""


def problem(status: int, detail: str) -> JSONResponse:
    """Return a problem document."""
    return JSONResponse(
        {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
        | ({"detail": detail} if detail else {}),
        status,
        media_type="application/problem+json",
    )


async def on_qrev_error(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, NoSuchToken):
        return problem(401, str(error))
    status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), 500)
    return problem(status, str(error))


async def on_http_exception(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail))


async def on_bug(_: Request, error: Exception) -> JSONResponse:
    return problem(500, "Something went wrong on our side.")
