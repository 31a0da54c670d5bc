"""What an account, or a member of it, lets us do at another service; and what is needed for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from qrev.accounts.models import AccountId, SessionId, UserId
from qrev.accounts.ports import RefreshedGrant
from qrev.kit.ids import stable_id


class Vendor(StrEnum):
    HUBSPOT = "hubspot"
    ZOOM = "zoom"

    @property
    def product(self) -> str:
        return {"hubspot": "HubSpot", "zoom": "Zoom"}[self.value]

    @property
    def is_of_member(self) -> bool:
        """Return whether each member connects their own; otherwise there is one per account."""
        return self is Vendor.ZOOM


class ConnectionState(StrEnum):
    MISSING = "missing"
    GOOD = "good"
    RECONNECT = "reconnect"  # over, or refused: somebody must connect it again


@dataclass(frozen=True, kw_only=True, slots=True)
class NewConnection:
    """What connecting brought. `external_id` is what the service calls whoever allowed it."""

    external_id: str
    label: str
    scopes: frozenset[str]
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Connection:
    """Both tokens are sealed (`kit.crypto`). `user_id` only where it is a member's own."""

    id: str
    account_id: AccountId
    vendor: Vendor
    user_id: UserId | None
    external_id: str
    label: str
    scopes: frozenset[str]
    access_sealed: str = field(repr=False)
    refresh_sealed: str = field(repr=False)
    key_id: str
    expires_at: datetime
    connected_by: UserId
    connected_at: datetime
    is_revoked: bool = False
    version: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionAttempt:
    """A connecting that was begun: for one session of one member, once, within ten minutes."""

    digest: str  # of the state
    vendor: Vendor
    account_id: AccountId
    user_id: UserId
    session_id: SessionId | None
    verifier: str = field(repr=False)
    wanted: str
    ends_at: datetime


def connection_id(account_id: AccountId, vendor: Vendor, user_id: UserId | None) -> str:
    """Return the one id of an account's connection, or of a member's where each has their own."""
    own = user_id if vendor.is_of_member and user_id else ""
    return stable_id("con", account_id, vendor, own)


class ConnectionBook(Protocol):
    async def get(self, account_id: AccountId, connection_id: str) -> Connection | None: ...

    async def put(self, connection: Connection) -> None:
        """Keep it, in the place of what was there."""

    async def lease(self, connection: Connection, *, now: datetime, until: datetime) -> bool:
        """Return whether the caller is the one to refresh that version until then."""

    async def release(self, connection: Connection) -> None:
        """Let another one refresh it."""

    async def replace(self, connection: Connection, *, was: int) -> bool:
        """Keep it in the place of version `was`, unleased. False when that is not there."""

    async def remove(self, account_id: AccountId, connection_id: str) -> bool: ...

    async def of_vendor(self, vendor: Vendor, *, external_id: str = "") -> list[Connection]:
        """Return every account's good ones, or all of one outside: for sweeps and events."""

    async def sealed_with(self, key_ids: Collection[str], limit: int) -> list[Connection]:
        """Return some that one of these keys sealed."""


class ConnectionAttempts(Protocol):
    async def add(self, attempt: ConnectionAttempt) -> None: ...

    async def take(
        self,
        digest: str,
        *,
        vendor: Vendor,
        account_id: AccountId,
        user_id: UserId,
        session_id: SessionId | None,
        now: datetime,
    ) -> ConnectionAttempt | None:
        """Return it to whoever began it, once; None for anyone else, and for one that is over."""


class VendorOAuth(Protocol):
    """A service's OAuth 2.0, as the one app we are there."""

    def authorize_url(self, state: str, challenge: str) -> str:
        """Return where to send the browser. `challenge` is PKCE's (S256), where they have it."""

    async def exchange(self, code: str, verifier: str) -> NewConnection:
        """Return what was allowed. Raises NotAllowed for a code that is over, or Unavailable."""

    async def refresh(self, refresh_token: str) -> RefreshedGrant:
        """Return a new access token. Raises GrantGone, or Unavailable."""

    async def revoke(self, access_token: str, refresh_token: str) -> None:
        """Give both back. What is gone already is no error. Raises Unavailable."""


class Forgetting(Protocol):
    async def forget(self, account_id: AccountId, user_id: UserId | None) -> None:
        """Delete what was kept for a connection that ends."""
