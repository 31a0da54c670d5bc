"""The cookie of a signed-in browser: Chainlit's, worth as much as the session it names."""

from __future__ import annotations

from collections.abc import Mapping

import chainlit as cl
import jwt
from chainlit.auth.cookie import get_token_from_cookies, set_auth_cookie
from chainlit.auth.jwt import create_jwt, decode_jwt
from starlette.requests import Request
from starlette.responses import Response

from qrev.accounts.models import Begun, SessionId

MAX_TOKEN = 4000


def session_of(cookies: Mapping[str, str]) -> SessionId | None:
    """Return the session that a browser's cookies name, None for cookies we did not make.

    Whether it still lives is for the sessions to say.
    """
    return session_in(get_token_from_cookies(dict(cookies)))


def session_in(token: str | None) -> SessionId | None:
    """Return the session that a cookie's token names, None for one we did not make."""
    if not token or len(token) > MAX_TOKEN:
        return None
    try:
        session_id = (decode_jwt(token).metadata or {}).get("session_id")
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        return None
    return SessionId(session_id) if isinstance(session_id, str) else None


def put_cookie(request: Request, response: Response, begun: Begun) -> None:
    """Give the browser the cookie of a session that has just begun."""
    user = cl.User(identifier=begun.who.email, metadata={"session_id": begun.session_id})
    set_auth_cookie(request, response, create_jwt(user))
