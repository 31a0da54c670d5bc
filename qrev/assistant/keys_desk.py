"""What the card of API keys can ask."""

from __future__ import annotations

from datetime import datetime

from qrev.accounts.api_keys import FOR_SCOPE, MAX_DAYS, ApiKeys
from qrev.accounts.models import Actor, ApiKey, Scope
from qrev.assistant.keys_cards import (
    KeyCreateAsked,
    KeyRevokeAsked,
    KeyRevokedView,
    KeyRow,
    KeysAsked,
    KeysView,
    NewKeyView,
    ScopeChoice,
)
from qrev.kit.clock import Clock

# Of each scope: its name, and what a program may do with it.
WORDS: dict[Scope, tuple[str, str]] = {
    Scope.READ: ("Read", "See what you see: people, campaigns, members, settings."),
    Scope.WRITE: ("Write", "Change what you may change: people, drafts, the suppression list."),
    Scope.MANAGE: ("Manage", "Run the workspace: members, invitations, teams, settings, the log."),
}


class KeysDesk:
    def __init__(self, *, api_keys: ApiKeys, clock: Clock) -> None:
        self._api_keys = api_keys
        self._clock = clock

    async def keys_page(self, actor: Actor, ask: KeysAsked) -> KeysView:
        """Return one's own keys that are not revoked; everyone's for owners and admins."""
        now = self._clock()
        return KeysView(
            rows=[key_row(key, actor, now) for key in await self._api_keys.all(actor)],
            choices=scope_choices(actor),
            sees_all=actor.may_manage,
            max_days=MAX_DAYS,
        )

    async def key_create(self, actor: Actor, ask: KeyCreateAsked) -> NewKeyView:
        """Make a key. Its secret is in this answer and in no other."""
        made = await self._api_keys.create(actor, ask.name, ask.scopes, days=ask.days)
        return NewKeyView(key=key_row(made.key, actor, self._clock()), secret=made.secret)

    async def key_revoke(self, actor: Actor, ask: KeyRevokeAsked) -> KeyRevokedView:
        """Have a key work no more."""
        await self._api_keys.revoke(actor, ask.key_id)
        return KeyRevokedView(key_id=ask.key_id)


def key_row(key: ApiKey, actor: Actor, now: datetime) -> KeyRow:
    """Return a key as the list shows it."""
    return KeyRow(
        id=key.id,
        name=key.name,
        hint=key.hint,
        scopes=[WORDS[scope][0] for scope in Scope if scope in key.scopes],
        made_by=key.user_name or key.email,
        is_own=key.user_id == actor.user_id,
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        expires_at=key.expires_at,
        is_expired=key.expires_at is not None and key.expires_at <= now,
    )


def scope_choices(actor: Actor) -> list[ScopeChoice]:
    """Return every scope, with whether the actor's role allows it."""
    return [
        ScopeChoice(
            scope=scope.value,
            title=WORDS[scope][0],
            words=WORDS[scope][1],
            is_fixed=scope is Scope.READ,
            is_allowed=actor.role in FOR_SCOPE[scope],
        )
        for scope in Scope
    ]
