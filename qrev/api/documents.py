"""The OpenAPI document: every status that a route can answer with is in it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from qrev.api.problems import MEDIA_TYPE

Responses = dict[int | str, dict[str, Any]]

PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong, in words one can show (RFC 9457).",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "transaction_id": {
            "type": "string",
            "description": "What a fault of ours is found by, where this is one.",
        },
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "reason"],
                "properties": {"where": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
    },
}
WHY = {
    400: "The body cannot be read.",
    401: "No token, or one that does not work.",
    403: "Theirs to see, not theirs to change.",
    404: "No such thing, or not theirs to see.",
    409: "The world moved on, or forbids it as it is.",
    413: "The body is too large.",
    422: "Something in the request cannot be used.",
    429: "Too often. `Retry-After` says for how many seconds.",
    503: "Something we depend on does not answer.",
}
ABOUT = """\
Who asks is told by `Authorization: Bearer` with an access token or an API key, or by the session of
a browser. An access token lives for minutes: `/auth/refresh` gives the next pair, and each refresh
token works once. One that comes a second time ends the session it belongs to.

Every error is a problem document (RFC 9457). What belongs to another workspace is answered as if it
did not exist.
"""


def _problem(status: int) -> dict[str, Any]:
    said: dict[str, Any] = {
        "description": WHY.get(status, HTTPStatus(status).phrase),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 429:
        seconds = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
        said["headers"] = {"Retry-After": seconds}
    return said


def problems(*statuses: int) -> Responses:
    """Return the part of a route's documentation that says how it may fail."""
    return {status: _problem(status) for status in statuses}


# What any route behind a sign-in may answer.
USUAL = problems(400, 401, 403, 413, 422, 429, 503)
# What a route that anybody may call may answer.
PUBLIC = problems(400, 413, 422, 429, 503)


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=ABOUT,
            routes=app.routes,
            servers=[{"url": "/api"}],
        )
        document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
        app.openapi_schema = document
    return app.openapi_schema
