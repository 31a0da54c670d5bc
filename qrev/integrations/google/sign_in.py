"""Signing in with Google: the authorization code flow with PKCE and a nonce.

RFC 6749 (4.1), RFC 7636 and OpenID Connect Core 1.0 (3.1).
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from qrev.accounts.grant import NewGrant
from qrev.integrations.google.client import SCOPES, Google, Refused, end_of, scopes_of
from qrev.integrations.google.keys import Keys
from qrev.kit.clock import Clock
from qrev.kit.errors import NotAllowed, Unavailable

log = logging.getLogger(__name__)

ALGORITHM = "RS256"
LEEWAY = timedelta(seconds=60)  # clocks differ
MAX_CODE = 2000
MAX_ADDRESS = 320
OVER = "Google no longer knows this sign-in: it took too long, or it was used before."
NOT_PROVEN = "What Google answered could not be verified, so nobody was signed in."
NOT_VERIFIED = (
    "Google has not verified that this address is yours. Verify it in your Google account, then "
    "sign in again."
)
MISCONFIGURED = (
    "Google does not accept this installation. Whoever runs it should check GOOGLE_CLIENT_ID, "
    "GOOGLE_CLIENT_SECRET and the redirect URI."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Secrets:
    """What only we and the browser's attempt know, and what Google's answer is held against."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """Who Google says it was, verified, and what they allowed."""

    email: str
    name: str
    subject: str
    grant: NewGrant


def new_secrets() -> Secrets:
    """Return secrets for one sign-in."""
    return Secrets(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(64),
    )


class GoogleSignIn:
    def __init__(self, google: Google, *, clock: Clock) -> None:
        self._google = google
        self._keys = Keys(google)
        self._clock = clock

    async def start(self, made: Secrets, *, must_consent: bool = False, hint: str = "") -> str:
        """Return where to send the browser. Raises Unavailable.

        Google gives a refresh token at the first consent only: `must_consent` asks for it anew.
        """
        more = {"login_hint": hint} if hint else {}
        return self._google.sign_in_url(
            await self._google.endpoints(),
            scope=" ".join(SCOPES),
            state=made.state,
            code_verifier=made.verifier,
            nonce=made.nonce,
            access_type="offline",
            include_granted_scopes="true",
            prompt="consent" if must_consent else "select_account",
            **more,
        )

    async def finish(self, made: Secrets, code: str) -> SignedIn:
        """Return who signed in. Raises NotAllowed with words for them, or Unavailable."""
        if not 0 < len(code) <= MAX_CODE:
            raise NotAllowed(OVER)
        try:
            answer = await self._google.tokens(
                grant_type="authorization_code",
                code=code,
                code_verifier=made.verifier,
                redirect_uri=self._google.client.redirect_uri,
            )
        except Refused as error:
            if error.code == "invalid_grant":
                raise NotAllowed(OVER) from error
            raise Unavailable(MISCONFIGURED) from error
        claims = await self._verified(answer.get("id_token"), made.nonce)
        return self._signed_in(claims, answer)

    async def _verified(self, token: object, nonce: str) -> Mapping[str, Any]:
        """Return the claims of an id_token that is Google's, for us, for this attempt and fresh.

        Raises NotAllowed.
        """
        if not isinstance(token, str):
            raise NotAllowed(NOT_PROVEN)
        try:
            return self._checked(token, await self._keys.get(), nonce)
        except (JoseError, ValueError) as error:
            first = error
        try:  # once more with fresh keys: Google changes them, and ours may be of yesterday
            return self._checked(token, await self._keys.get(is_stale=True), nonce)
        except (JoseError, ValueError) as error:
            log.warning("an id_token was refused: %s, then %s", _named(first), _named(error))
            raise NotAllowed(NOT_PROVEN) from error

    def _checked(self, token: str, keys: KeySet, nonce: str) -> Mapping[str, Any]:
        registry = JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)
        claims = jwt.decode(token, keys, registry=registry).claims
        client = self._google.client
        jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=int(LEEWAY.total_seconds()),
            iss={"essential": True, "value": client.issuer},
            aud={"essential": True, "value": client.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
        # Whoever a token for several was made for is named in it (OpenID Connect Core, 3.1.3.7).
        if claims.get("azp", client.client_id) != client.client_id:
            raise ValueError("made for another client")
        return claims

    def _signed_in(self, claims: Mapping[str, Any], answer: Mapping[str, Any]) -> SignedIn:
        email, subject = claims.get("email"), claims["sub"]
        if claims.get("email_verified") is not True:
            raise NotAllowed(NOT_VERIFIED)
        if not (isinstance(email, str) and 0 < len(email) <= MAX_ADDRESS):
            raise NotAllowed(NOT_PROVEN)
        if not (isinstance(subject, str) and 0 < len(subject) <= 255):
            raise NotAllowed(NOT_PROVEN)
        subject = f"google:{subject}"
        refresh = answer.get("refresh_token")
        grant = NewGrant(
            subject=subject,
            email=email,
            scopes=scopes_of(answer) or frozenset(SCOPES),  # unsaid: as asked (RFC 6749, 5.1)
            access_token=answer["access_token"],
            refresh_token=refresh if isinstance(refresh, str) and refresh else None,
            expires_at=end_of(answer, self._clock()),
        )
        name = claims.get("name")
        return SignedIn(
            email=email, name=name if isinstance(name, str) else "", subject=subject, grant=grant
        )


def _named(error: Exception) -> str:
    """Return what was wrong, without a word of the token."""
    claim = getattr(error, "claim", "")
    return f"{type(error).__name__} {claim}".strip()
