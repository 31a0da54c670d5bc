"""Who we are at Google, and where Google is: read from its discovery document, and kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.client import OAuth2Client
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qrev.kit.clock import Clock
from qrev.kit.errors import QrevError, Unavailable

log = logging.getLogger(__name__)

SEND = "https://www.googleapis.com/auth/gmail.send"
READ = "https://www.googleapis.com/auth/gmail.readonly"
MAILBOX = frozenset({SEND, READ})  # what a mailbox needs
SCOPES = ("openid", "email", "profile", SEND, READ)
TIMEOUT = httpx.Timeout(10, connect=5)
GOOD_FOR = timedelta(hours=12)  # of the discovery document
NOT_NOW = "Google did not answer. Please try again in a minute."
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, kw_only=True, slots=True)
class GoogleClient:
    """An OAuth client of type *web application*, and the issuer it belongs to."""

    client_id: str
    client_secret: str = field(repr=False)
    issuer: str
    redirect_uri: str


class Endpoints(BaseModel):
    """The part of a discovery document (OpenID Connect Discovery 1.0, section 3) we go by."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    authorize: str = Field(alias="authorization_endpoint")
    token: str = Field(alias="token_endpoint")
    keys: str = Field(alias="jwks_uri")
    revoke: str = Field(default="", alias="revocation_endpoint")
    proofs: frozenset[str] = Field(
        default=frozenset({"client_secret_basic"}), alias="token_endpoint_auth_methods_supported"
    )

    @property
    def proof(self) -> str:
        """How we show that we are our client."""
        in_body = "client_secret_post"
        return in_body if in_body in self.proofs else "client_secret_basic"


class Refused(QrevError):
    """Google refused. `code` is its word for why, as in RFC 6749, section 5.2."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code


class Google:
    """Google's endpoints, spoken to as our client. One per process."""

    def __init__(
        self,
        client: GoogleClient,
        *,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.client = client
        self._clock = clock
        self._transport = transport
        self._found: tuple[Endpoints, datetime] | None = None
        self._finding = asyncio.Lock()

    async def endpoints(self) -> Endpoints:
        """Return where Google is now. Raises Unavailable."""
        async with self._finding:
            if self._found is None or self._found[1] <= self._clock():
                self._found = (await self._discover(), self._clock() + GOOD_FOR)
            return self._found[0]

    async def get_json(self, url: str) -> Mapping[str, Any]:
        """Return a public document of Google's. Raises Unavailable."""
        try:
            async with httpx.AsyncClient(**self._how) as http:
                response = (await http.get(url)).raise_for_status()
                document = response.json()
        except (httpx.HTTPError, ValueError) as error:
            log.warning("Google could not be read: %s", type(error).__name__)
            raise Unavailable(NOT_NOW) from error
        if not isinstance(document, dict):
            raise Unavailable(NOT_NOW)
        return document

    async def tokens(self, *, grant_type: str, **facts: str) -> Mapping[str, Any]:
        """Return the token endpoint's answer. Raises Refused, or Unavailable."""
        endpoints = await self.endpoints()
        try:
            async with self.session(endpoints) as http:
                answer = await http.fetch_token(endpoints.token, grant_type=grant_type, **facts)
        except OAuthError as error:
            # Only the code: a description may quote what was sent.
            log.warning("Google refused a %s: %s", grant_type, str(error.error)[:40])
            raise Refused(str(error.error)) from error
        except (httpx.HTTPError, ValueError) as error:
            log.warning("Google gave no token: %s", type(error).__name__)
            raise Unavailable(NOT_NOW) from error
        if not isinstance(answer.get("access_token"), str):
            raise Unavailable(NOT_NOW)
        return dict(answer)

    def session(self, endpoints: Endpoints) -> AsyncOAuth2Client:
        """Return a client for one conversation with Google."""
        return AsyncOAuth2Client(
            client_id=self.client.client_id,
            client_secret=self.client.client_secret,
            token_endpoint_auth_method=endpoints.proof,
            revocation_endpoint_auth_method=endpoints.proof,
            **self._how,
        )

    def sign_in_url(self, endpoints: Endpoints, **facts: str) -> str:
        """Return where to send a browser, with PKCE (S256) for `code_verifier`."""
        client = OAuth2Client(
            session=None,
            client_id=self.client.client_id,
            redirect_uri=self.client.redirect_uri,
            code_challenge_method="S256",
        )
        url, _ = client.create_authorization_url(endpoints.authorize, **facts)
        return str(url)

    @cached_property
    def _how(self) -> dict[str, Any]:
        # Reading the system's certificates takes far longer than using them.
        context = httpx.create_ssl_context()
        return {"timeout": TIMEOUT, "transport": self._transport, "verify": context}

    async def _discover(self) -> Endpoints:
        issuer = self.client.issuer
        document = await self.get_json(f"{issuer}/.well-known/openid-configuration")
        try:
            found = Endpoints.model_validate(document)
        except ValidationError as error:
            raise Unavailable(NOT_NOW) from error
        urls = [found.authorize, found.token, found.keys, *([found.revoke] if found.revoke else [])]
        if found.issuer != issuer or not all(map(is_private, urls)):
            log.error("the discovery document of %s is not its own, or not for https", issuer)
            raise Unavailable(NOT_NOW)
        return found


def is_private(url: str) -> bool:
    """Return whether nobody on the way can read what goes there: https, or this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def scopes_of(answer: Mapping[str, Any]) -> frozenset[str] | None:
    """Return what was allowed, None where the answer does not say."""
    said = answer.get("scope")
    return frozenset(said.split()) if isinstance(said, str) else None


def end_of(answer: Mapping[str, Any], now: datetime) -> datetime:
    """Return when the access token ends. One that does not say is taken for short-lived."""
    seconds = answer.get("expires_in")
    lives = seconds if isinstance(seconds, int) and 0 < seconds <= 86_400 else 300
    return now + timedelta(seconds=lives)
