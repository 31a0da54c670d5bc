"""What a client shows us: JSON Web Tokens (RFC 7519), signed with HMAC-SHA256."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

import jwt

from qrev.accounts.models import SessionId, Tokens, UserId
from qrev.kit.clock import Clock
from qrev.kit.ids import new_id

ALGORITHM = "HS256"
ACCESS, REFRESH = "qrev:access", "qrev:refresh"  # audiences: one is never taken for the other
REMEMBERED = 1000  # tokens
MAX_TOKEN = 2000  # characters; ours have about 250


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenSecrets:
    """What tokens are signed with, and how long they are good for."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_life: timedelta
    refresh_life: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    """What a token that we made says."""

    user_id: UserId
    session_id: SessionId


class TokenMint:
    def __init__(self, secrets: TokenSecrets, *, clock: Clock) -> None:
        self._secrets = secrets
        self._clock = clock
        # A signature that was right stays right, and checking it takes a quarter of the time a
        # request may take for all of this. What is wrong is not remembered.
        self._verified = lru_cache(maxsize=REMEMBERED)(_verify)

    @property
    def refresh_life(self) -> timedelta:
        return self._secrets.refresh_life

    def strike(self, user_id: UserId, session_id: SessionId) -> Tokens:
        """Return a new pair. No two refresh tokens are the same."""
        claims = {"sub": user_id, "sid": session_id}
        access_life, refresh_life = self._secrets.access_life, self._secrets.refresh_life
        return Tokens(
            access=self._signed(claims, ACCESS, self._secrets.access, access_life),
            refresh=self._signed(
                claims | {"jti": new_id()}, REFRESH, self._secrets.refresh, refresh_life
            ),
            access_expires_in=access_life,
            refresh_expires_in=refresh_life,
        )

    def read_access(self, token: str) -> Claims | None:
        """Return what an access token says. None: not ours, changed, or over."""
        return self._read(token, ACCESS, self._secrets.access)

    def read_refresh(self, token: str) -> Claims | None:
        """Return what a refresh token says. None: not ours, changed, or over."""
        return self._read(token, REFRESH, self._secrets.refresh)

    def _signed(self, claims: dict[str, Any], audience: str, key: str, life: timedelta) -> str:
        now = self._clock()
        dated = claims | {"aud": audience, "iat": int(now.timestamp())}
        return jwt.encode(dated | {"exp": int((now + life).timestamp())}, key, ALGORITHM)

    def _read(self, token: str, audience: str, key: str) -> Claims | None:
        if len(token) > MAX_TOKEN:
            return None
        try:
            claims, expires_at = self._verified(token, audience, key)
        except (jwt.InvalidTokenError, TypeError, ValueError):
            return None
        return claims if expires_at > self._clock().timestamp() else None


def _verify(token: str, audience: str, key: str) -> tuple[Claims, float]:
    """Return what a token says and when it is over. Raises for one that is not ours."""
    claims = jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],  # and no other, "none" least of all
        audience=audience,
        options={
            "require": ["exp", "iat", "aud", "sub", "sid"],
            "verify_exp": False,  # by our own clock
            "verify_iat": False,
        },
    )
    if not isinstance(claims["sid"], str):
        raise jwt.InvalidTokenError
    read = Claims(user_id=UserId(claims["sub"]), session_id=SessionId(claims["sid"]))
    return read, float(claims["exp"])


def fingerprint(secret: str) -> str:
    """Return what is kept of a secret nobody could guess: enough to know it again."""
    return hashlib.sha256(secret.encode()).hexdigest()
