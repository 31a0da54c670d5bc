"""What a User lets us do at the provider they signed in with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qrev.accounts.models import UserId


class GrantState(StrEnum):
    MISSING = "missing"
    PARTIAL = "partial"  # not everything that is needed was allowed
    GOOD = "good"
    REVOKED = "revoked"


@dataclass(frozen=True, kw_only=True, slots=True)
class GrantStatus:
    state: GrantState
    scopes: frozenset[str] = frozenset()
    email: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewGrant:
    """What a sign-in brought. Without a refresh token the earlier one stays."""

    subject: str
    email: str
    scopes: frozenset[str]
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a User lets us do at their provider. Both tokens are sealed (`kit.crypto`)."""

    user_id: UserId
    subject: str
    email: str
    scopes: frozenset[str]
    access_sealed: str = field(repr=False)
    refresh_sealed: str = field(repr=False)
    key_id: str
    expires_at: datetime
    is_revoked: bool = False
    version: int = 1
