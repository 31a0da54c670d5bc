"""What a member lets us do at Google: refreshed, and given back."""

from __future__ import annotations

import logging
from typing import Any

import httpx2 as httpx

from qrev.accounts.ports import GrantGone, RefreshedGrant
from qrev.integrations.google.client import NOT_NOW, Google, Refused, end_of, scopes_of
from qrev.kit.clock import Clock
from qrev.kit.errors import Unavailable

log = logging.getLogger(__name__)

GONE = "invalid_grant"  # RFC 6749 (5.2): any other word is about us, or about now


class GoogleGrants:
    def __init__(self, google: Google, *, clock: Clock) -> None:
        self._google = google
        self._clock = clock

    async def refresh(self, refresh_token: str) -> RefreshedGrant:
        """Return a new access token. Raises GrantGone, or Unavailable."""
        try:
            answer = await self._google.tokens(
                grant_type="refresh_token", refresh_token=refresh_token
            )
        except Refused as error:
            if error.code == GONE:
                raise GrantGone from error
            raise Unavailable(NOT_NOW) from error
        rotated: Any = answer.get("refresh_token")
        return RefreshedGrant(
            access_token=answer["access_token"],
            expires_at=end_of(answer, self._clock()),
            refresh_token=rotated if isinstance(rotated, str) and rotated else None,
            scopes=scopes_of(answer),
        )

    async def revoke(self, token: str) -> None:
        """Give a grant back. One that is gone already is no error. Raises Unavailable."""
        endpoints = await self._google.endpoints()
        if not endpoints.revoke:
            return
        try:
            async with self._google.session(endpoints) as http:
                response = await http.revoke_token(endpoints.revoke, token=token)
        except httpx.HTTPError as error:
            raise Unavailable(NOT_NOW) from error
        # RFC 7009 says 200 for an unknown token, Google says 400.
        if response.status_code not in (200, 400):
            log.warning("Google did not take back a grant: %s", response.status_code)
            raise Unavailable(NOT_NOW)
