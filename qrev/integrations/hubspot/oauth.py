"""HubSpot's OAuth 2.0, in its version 2026-03: everything in the body, nothing in an address."""

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

VERSION = "2026-03"
TOKEN = f"/oauth/{VERSION}/token"
SCOPES = (
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
    "crm.objects.owners.read",
    "crm.lists.read",
    "communication_preferences.read_write",
)
OVER = "HubSpot no longer knows this connecting: it took too long, or was finished before."


@dataclass(frozen=True, kw_only=True, slots=True)
class HubSpotApp:
    """Our app there. `web` is where members sign in, `api` where programs ask."""

    app_id: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    web: str
    api: str


class HubSpotOAuth:
    """Fills VendorOAuth. HubSpot's apps have no PKCE: the state and the secret must do."""

    def __init__(self, app: HubSpotApp, api: Api, *, clock: Clock) -> None:
        self._app = app
        self._api = api
        self._clock = clock

    def authorize_url(self, state: str, challenge: str) -> str:
        asked = {
            "client_id": self._app.client_id,
            "redirect_uri": self._app.redirect_uri,
            "scope": " ".join(SCOPES),
            "state": state,
        }
        return f"{self._app.web}/oauth/authorize?{urlencode(asked)}"

    async def exchange(self, code: str, verifier: str) -> NewConnection:
        try:
            answer = await self._token(
                grant_type="authorization_code",
                code=code,
                redirect_uri=self._app.redirect_uri,
            )
        except (NotTaken, TokenRefused) as error:
            raise NotAllowed(OVER) from error
        access, refresh = answer.get("access_token"), answer.get("refresh_token")
        if not isinstance(access, str) or not isinstance(refresh, str):
            raise Unavailable("HubSpot gave no token. Try again.")
        about = await self._ask("/introspect", token=access, token_type_hint="access_token")
        hub_id = str(about.get("hub_id") or answer.get("hub_id") or "")
        if not hub_id:
            raise Unavailable("HubSpot did not say which account that is. Try again.")
        return NewConnection(
            external_id=hub_id,
            label=str(about.get("hub_domain") or f"HubSpot account {hub_id}")[:200],
            scopes=_scopes(about.get("scopes")) or _scopes(answer.get("scopes")),
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
            raise Unavailable("HubSpot gave no token. Try again.")
        return RefreshedGrant(
            access_token=access,
            refresh_token=refresh if isinstance(refresh, str) and refresh else None,
            expires_at=_end(answer, self._clock()),
        )

    async def revoke(self, access_token: str, refresh_token: str) -> None:
        try:
            await self._ask("/revoke", token=refresh_token, token_type_hint="refresh_token")
        except (NotTaken, TokenRefused, NotAllowed, NotFound):
            return  # gone already

    async def _token(self, **facts: str) -> Mapping[str, Any]:
        return await self._ask("", **facts)

    async def _ask(self, path: str, **facts: str) -> Mapping[str, Any]:
        form = {
            "client_id": self._app.client_id,
            "client_secret": self._app.client_secret,
            **facts,
        }
        return await self._api.ask(Asked(method="POST", path=f"{TOKEN}{path}", form=form))


def _scopes(said: object) -> frozenset[str]:
    return frozenset(map(str, said)) if isinstance(said, list) else frozenset()


def _end(answer: Mapping[str, Any], now: datetime) -> datetime:
    """Return when the access token ends. One that does not say is taken for short-lived."""
    seconds = answer.get("expires_in")
    lives = seconds if isinstance(seconds, int) and 0 < seconds <= 86_400 else 300
    return now + timedelta(seconds=lives)
