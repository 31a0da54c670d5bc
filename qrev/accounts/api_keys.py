"""API keys: how a program acts on behalf of the member who made it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from datetime import timedelta

from qrev.accounts.addresses import a_name
from qrev.accounts.audit import Audit
from qrev.accounts.models import MAY_CHANGE, MAY_MANAGE, Actor, ApiKey, NewApiKey, Role, Scope
from qrev.accounts.ports import ApiKeyBook
from qrev.accounts.tokens import fingerprint
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound, NotSignedIn
from qrev.kit.ids import new_id

SECRET = re.compile(r"qrev_([0-9a-f]{24})_[A-Za-z0-9_-]{43}")
HINT = 12  # letters of the secret that are shown later
MAX_KEYS = 50
MAX_DAYS = 3650
USED_EVERY = timedelta(minutes=1)  # how exact “last used” is; each time is a write
NO_KEY = "This API key is wrong, over or revoked."
FOR_SCOPE = {Scope.READ: frozenset(Role), Scope.WRITE: MAY_CHANGE, Scope.MANAGE: MAY_MANAGE}


def is_api_key(text: str) -> bool:
    """Return whether it looks like one of our keys, and not like a token."""
    return SECRET.fullmatch(text) is not None


class ApiKeys:
    def __init__(self, *, keys: ApiKeyBook, audit: Audit, clock: Clock) -> None:
        self._keys = keys
        self._audit = audit
        self._clock = clock

    async def create(
        self, actor: Actor, name: str, scopes: Collection[Scope], *, days: int | None = None
    ) -> NewApiKey:
        """Make a key that may read, and what else is asked within one's role.

        Its secret is in the answer and never again. Raises NotAllowed, InvalidInput, Conflict.
        """
        actor.must_be_present()
        wanted = frozenset(scopes) | {Scope.READ}
        for scope in sorted(wanted):
            if actor.role not in FOR_SCOPE[scope]:
                raise NotAllowed(f"Your role does not allow the scope “{scope}”.")
        if days is not None and not 1 <= days <= MAX_DAYS:
            raise InvalidInput(f"A key is good for 1 to {MAX_DAYS} days.")
        if len(await self._keys.of_account(actor.account_id)) >= MAX_KEYS:
            raise Conflict(f"There are {MAX_KEYS} keys. Revoke one that is not used.")
        key_id, now = new_id(), self._clock()
        secret = f"qrev_{key_id}_{secrets.token_urlsafe(32)}"
        key = ApiKey(
            id=key_id,
            account_id=actor.account_id,
            user_id=actor.user_id,
            email=actor.email,
            user_name=actor.name,
            name=a_name(name, "a key"),
            scopes=wanted,
            hint=secret[:HINT],
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
        )
        await self._keys.add(key, fingerprint(secret))
        after = {"name": key.name, "scopes": sorted(key.scopes)}
        await self._audit.record(actor, "api_key.created", key.id, after=after)
        return NewApiKey(key=key, secret=secret)

    async def all(self, actor: Actor) -> list[ApiKey]:
        """Return one's own keys, and everyone's for owners and admins, the newest first."""
        found = await self._keys.of_account(actor.account_id)
        return [key for key in found if actor.may_manage or key.user_id == actor.user_id]

    async def revoke(self, actor: Actor, key_id: str) -> None:
        """Have a key work no more. Raises NotFound, for one that is not theirs to see as well."""
        key = await self._keys.get(actor.account_id, key_id)
        if key is None or not (actor.may_manage or key.user_id == actor.user_id):
            raise NotFound("We could not find that key.")
        actor.must_be_present()
        if not await self._keys.revoke(actor.account_id, key_id, self._clock()):
            raise NotFound("We could not find that key.")
        await self._audit.record(actor, "api_key.revoked", key_id, before={"name": key.name})

    async def check(self, secret: str, *, address: str = "") -> Actor:
        """Return on whose behalf a program asks, as they are now. Raises NotSignedIn.

        Costs one database operation, as a token does; and once a minute a write that says when
        the key was used.
        """
        match, now = SECRET.fullmatch(secret), self._clock()
        if match is None:
            raise NotSignedIn(NO_KEY)
        found = await self._keys.check(match.group(1), fingerprint(secret), now)
        if found is None:
            raise NotSignedIn(NO_KEY)
        key, member = found
        if member is None:
            raise NotSignedIn(NO_KEY)
        if key.last_used_at is None or now - key.last_used_at >= USED_EVERY:
            await self._keys.used(key.account_id, key.id, now)
        return Actor(
            account_id=key.account_id,
            user_id=key.user_id,
            role=member.role,
            email=key.email,
            name=key.user_name,
            address=address,
            scopes=key.scopes,
            api_key_id=key.id,
        )
