"""Errors over HTTP, as problem documents (RFC 9457). The one place that knows status codes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from qrev.kit.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    QrevError,
    TooMany,
    Unavailable,
)
from qrev.kit.reporting import Reports, new_transaction_id

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 20
STATUS: dict[type[QrevError], int] = {
    NotSignedIn: 401,
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    InvalidInput: 422,
    TooMany: 429,
    Unavailable: 503,
}
# What one tells whoever came without a token that works (RFC 6750).
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="QRev"'}


class NoSuchToken(NotSignedIn):
    """The token is missing or wrong."""


def problem(
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[Mapping[str, str]] = (),
    transaction_id: str = "",
) -> JSONResponse:
    """Return a problem document. `errors` says where in the request something is wrong.

    `transaction_id` is what a fault of ours is found by.
    """
    said: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
    }
    if detail:
        said["detail"] = detail
    if errors:
        said["errors"] = list(errors)
    if transaction_id:
        said["transaction_id"] = transaction_id
    return JSONResponse(said, status, media_type=MEDIA_TYPE, headers=headers)


def install(app: FastAPI) -> None:
    """Have every error of an app answered with a problem document."""
    app.add_exception_handler(QrevError, on_qrev_error)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(RequestValidationError, on_validation_error)
    app.add_exception_handler(Exception, on_bug)


async def on_qrev_error(_: Request, error: Exception) -> JSONResponse:
    status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), 500)
    headers: dict[str, str] = {}
    if isinstance(error, NotSignedIn):
        headers = CHALLENGE
    elif isinstance(error, TooMany):
        headers = {"Retry-After": str(max(1, math.ceil(error.retry_after.total_seconds())))}
    return problem(status, str(error), headers=headers)


async def on_http_exception(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = str(error.detail)
    if error.status_code == 404 and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = f"There is no {request.url.path}."
    return problem(error.status_code, detail, headers=error.headers)


async def on_validation_error(_: Request, error: Exception) -> JSONResponse:
    """Say what cannot be used and why, and repeat nothing of what was sent."""
    assert isinstance(error, RequestValidationError)
    found = list(error.errors())
    if found[0]["type"] == "json_invalid":
        return problem(422, "The body is no JSON.")
    errors = [
        {"where": _where(each["loc"]), "reason": _clean(str(each["msg"]))}
        for each in found[:MAX_ERRORS]
    ]
    first = errors[0]
    return problem(422, f"{first['where']}: {first['reason']}.", errors=errors)


async def on_bug(request: Request, error: Exception) -> JSONResponse:
    transaction_id = new_transaction_id()
    reports: Reports = request.app.state.house.services.reports
    reports.report(f"API {request.method} {_route_of(request)}", error, transaction_id)
    return problem(500, "Something went wrong on our side.", transaction_id=transaction_id)


def _route_of(request: Request) -> str:
    """Return which of our routes was asked, without what was asked of it."""
    return str(getattr(request.scope.get("route"), "path", ""))


def _where(place: Sequence[object]) -> str:
    """Return the name of a field, as `weekdays.2`; the keys of a body are its sender's words."""
    names = [str(part) for part in place if part not in ("body", "query", "path", "header")]
    return _clean(".".join(names))[:200] or "the body"


def _clean(text: str) -> str:
    """Return text that can be encoded: a lone half of a character cannot."""
    return text.encode("utf-8", "replace").decode()
