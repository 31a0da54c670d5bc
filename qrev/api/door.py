"""Who asks: an access token, an API key or the browser's own session becomes an Actor.

Here and nowhere else. A cookie is sent by every page that names us, so changes by cookie are
listened to from our own pages only; whoever shows a token meant to.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer

from qrev.accounts.api_keys import ApiKeys, is_api_key
from qrev.accounts.models import Actor, Newcomer, SessionId, Who
from qrev.accounts.sessions import Sessions
from qrev.api.problems import NoSuchToken
from qrev.kit.errors import NotAllowed, NotSignedIn
from qrev.kit.limits import Limit, Limits, network_of
from qrev.kit.requests import FOREIGN, SAFE, address_of

NOBODY = "Sign in first: this needs an access token, an API key or the session of a browser."
NOWHERE = (
    "You are in no workspace yet. Create one (POST /api/account/create), choose one of yours, or "
    "accept an invitation."
)
COOKIE = "qrev_session"
WRONG_TOKENS = Limit(100, timedelta(minutes=1))

# Read by hand below; these two say so in the document.
_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    description="An access token, or an API key of a program.",
)
_COOKIE = APIKeyCookie(
    name=COOKIE,
    auto_error=False,
    scheme_name="browser",
    description="The session of a browser that signed in. Changes need an Origin of our own.",
)

SessionOf = Callable[[Mapping[str, str]], SessionId | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Doorkeeper:
    """`session_of` reads the browser's cookies, `base_url` is where the world reaches us."""

    sessions: Sessions
    api_keys: ApiKeys
    session_of: SessionOf
    limits: Limits
    base_url: str

    async def who(self, request: Request) -> Who:
        """Return who asks. Raises NotSignedIn, NotAllowed for another page's request."""
        if (shown := request.headers.get("authorization")) is None:
            return await self.browser(request)
        scheme, _, secret = shown.partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not secret:
            raise NoSuchToken("The Authorization header must be “Bearer” and a token.")
        async with self.counting_guesses(request):
            if is_api_key(secret):
                return await self.api_keys.check(secret, address=address_of(request))
            return await self.sessions.check(secret, address=address_of(request))

    async def browser(self, request: Request) -> Who:
        """Return whose browser it is. Raises NotSignedIn, NotAllowed."""
        session_id = self.session_of(request.cookies)
        if session_id is None:
            raise NotSignedIn(NOBODY)
        if request.method not in SAFE and not self._is_from_our_own_page(request):
            raise NotAllowed(FOREIGN)
        return await self.sessions.who(session_id, address=address_of(request))

    @asynccontextmanager
    async def counting_guesses(self, request: Request) -> AsyncIterator[None]:
        """Count what turns out not to be a token of ours. Raises TooMany from a network that
        tries too many; whoever has one that works costs no count.
        """
        try:
            yield
        except NotSignedIn:
            network = network_of(address_of(request))
            await self.limits.count("wrong token", network, WRONG_TOKENS)
            raise

    def _is_from_our_own_page(self, request: Request) -> bool:
        origin = urlsplit(request.headers.get("origin", ""))
        ours = {request.headers.get("host", ""), urlsplit(self.base_url).netloc}
        return origin.scheme in ("http", "https") and origin.netloc in ours


def doorkeeper_of(request: Request) -> Doorkeeper:
    found: Doorkeeper = request.app.state.house.doorkeeper
    return found


async def _who(
    request: Request,
    _bearer: Annotated[object, Security(_BEARER)],
    _cookie: Annotated[object, Security(_COOKIE)],
) -> Who:
    return await doorkeeper_of(request).who(request)


async def _browser(request: Request, _cookie: Annotated[object, Security(_COOKIE)]) -> Who:
    return await doorkeeper_of(request).browser(request)


def _actor(who: Annotated[Who, Depends(_who)]) -> Actor:
    if isinstance(who, Newcomer):
        raise NotAllowed(NOWHERE)
    return who


AtTheDoor = Annotated[Doorkeeper, Depends(doorkeeper_of)]
Anyone = Annotated[Who, Depends(_who)]
Browser = Annotated[Who, Depends(_browser)]
Asking = Annotated[Actor, Depends(_actor)]
