"""API keys on the screen: their card, what it asks for and what it is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qrev.accounts.models import Scope
from qrev.assistant.cards import Card
from qrev.assistant.requests import Id


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeysCard(Card):
    """The keys with which programs act for members."""

    @property
    def key(self) -> str:
        return "keys"


class KeysAsked(_Asked):
    """Nothing but the list."""


class KeyCreateAsked(_Asked):
    """`days` is how long it is good for; None is until it is revoked."""

    name: Annotated[str, Field(max_length=500)]
    scopes: Annotated[list[Scope], Field(max_length=10)]
    days: Annotated[int, Field(ge=1, le=100_000)] | None = None


class KeyRevokeAsked(_Asked):
    key_id: Id


class KeyRow(_Shown):
    """`hint` is how the secret begins, `scopes` says in words what it may do."""

    id: str
    name: str
    hint: str
    scopes: list[str]
    made_by: str
    is_own: bool
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    is_expired: bool


class ScopeChoice(_Shown):
    """What a key may be given; `is_fixed` is in every key, `is_allowed` within one's role."""

    scope: str
    title: str
    words: str
    is_fixed: bool
    is_allowed: bool


class KeysView(_Shown):
    """`sees_all` for those who are shown everyone's keys."""

    rows: list[KeyRow]
    choices: list[ScopeChoice]
    sees_all: bool
    max_days: int


class NewKeyView(_Shown):
    """The one time that a secret is shown."""

    key: KeyRow
    secret: str


class KeyRevokedView(_Shown):
    key_id: str
