"""Zoom's OAuth 2.0, with PKCE. Its refresh tokens rotate: each works once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from qrev.accounts.connection import NewConnection
from qrev.accounts.ports import GrantGone, RefreshedGrant
from qrev.kit.clock import Clock
from qrev.kit.errors import NotAllowed, NotFound, Unavailable
from qrev.kit.http import Api, Asked, NotTaken, TokenRefused

OVER = "Zoom no longer knows this connecting: it took too long, or was finished before."


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoomApp:
    """Our app there. `web` is where members allow us in."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    web: str


class ZoomOAuth:
    """Fills VendorOAuth. `web` speaks to zoom.us, where tokens are; `api` to its API."""

    def __init__(self, app: ZoomApp, *, web: Api, api: Api, clock: Clock) -> None:
        self._app = app
        self._web = web
        self._api = api
        self._clock = clock

    def authorize_url(self, state: str, challenge: str) -> str:
        asked = {
            "response_type": "code",
            "client_id": self._app.client_id,
            "redirect_uri": self._app.redirect_uri,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._app.web}/oauth/authorize?{urlencode(asked)}"

    async def exchange(self, code: str, verifier: str) -> NewConnection:
        try:
            answer = await self._token(
                grant_type="authorization_code",
                code=code,
                redirect_uri=self._app.redirect_uri,
                code_verifier=verifier,
            )
        except (NotTaken, TokenRefused) as error:
            raise NotAllowed(OVER) from error
        access, refresh = answer.get("access_token"), answer.get("refresh_token")
        if not isinstance(access, str) or not isinstance(refresh, str):
            raise Unavailable("Zoom gave no token. Try again.")
        me = await self._api.ask(Asked(method="GET", path="/users/me", token=access))
        if not me.get("id"):
            raise Unavailable("Zoom did not say who that is. Try again.")
        return NewConnection(
            external_id=str(me["id"]),
            label=str(me.get("email") or me["id"])[:200],
            scopes=frozenset(str(answer.get("scope") or "").split()),
            access_token=access,
            refresh_token=refresh,
            expires_at=_end(answer, self._clock()),
        )

    async def refresh(self, refresh_token: str) -> RefreshedGrant:
        try:
            answer = await self._token(grant_type="refresh_token", refresh_token=refresh_token)
        except (NotTaken, TokenRefused, NotAllowed, NotFound) as error:
            raise GrantGone(type(error).__name__) from error
        access, refresh = answer.get("access_token"), answer.get("refresh_token")
        if not isinstance(access, str):
            raise Unavailable("Zoom gave no token. Try again.")
        return RefreshedGrant(
            access_token=access,
            refresh_token=refresh if isinstance(refresh, str) and refresh else None,
            expires_at=_end(answer, self._clock()),
        )

    async def revoke(self, access_token: str, refresh_token: str) -> None:
        for token in (refresh_token, access_token):
            try:
                await self._ask("/oauth/revoke", {"token": token})
            except (NotTaken, TokenRefused, NotAllowed, NotFound):
                continue  # gone already

    async def _token(self, **facts: str) -> Mapping[str, Any]:
        return await self._ask("/oauth/token", facts)

    async def _ask(self, path: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        ours = (self._app.client_id, self._app.client_secret)
        return await self._web.ask(Asked(method="POST", path=path, form=form, basic=ours))


def _end(answer: Mapping[str, Any], now: datetime) -> datetime:
    """Return when the access token ends. One that does not say is taken for short-lived."""
    seconds = answer.get("expires_in")
    lives = seconds if isinstance(seconds, int) and 0 < seconds <= 86_400 else 300
    return now + timedelta(seconds=lives)
