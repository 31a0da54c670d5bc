"""What people let us do with their mailbox: kept sealed, refreshed in time, noticed when gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from weakref import WeakValueDictionary

from qrev.accounts.audit import NOTHING, Audit
from qrev.accounts.grant import Grant, GrantState, GrantStatus, NewGrant
from qrev.accounts.models import Facts, UserId, Who
from qrev.accounts.ports import GrantBook, GrantGone, GrantIssuer, RefreshedGrant
from qrev.kit.clock import Clock
from qrev.kit.crypto import CannotOpen, Vault
from qrev.kit.errors import Conflict, Unavailable

log = logging.getLogger(__name__)

GOOD_FOR_ANOTHER = timedelta(minutes=1)  # what a token must still last to be handed out
AT_ONCE = 100
TRIES = 3  # each time someone else was faster, which can only happen so often


class MustReconnect(Conflict):
    """Your mailbox is not connected any more. Connect it again."""


class NoIssuer:
    """Fills GrantIssuer where no provider is set up."""

    async def refresh(self, refresh_token: str) -> RefreshedGrant:
        raise Unavailable("Signing in with Google is not set up here.")

    async def revoke(self, token: str) -> None:
        """Nobody is there to be told."""


class Grants:
    def __init__(
        self, *, grants: GrantBook, vault: Vault, issuer: GrantIssuer, audit: Audit, clock: Clock
    ) -> None:
        self._grants = grants
        self._vault = vault
        self._issuer = issuer
        self._audit = audit
        self._clock = clock
        self._locks: WeakValueDictionary[UserId, asyncio.Lock] = WeakValueDictionary()

    async def keep(self, who: Who, new: NewGrant) -> None:
        """Keep what a sign-in brought, in the place of what was there.

        Without a refresh token the earlier one stays, if it is of the same person. The log tells
        of it when something else is allowed than before.
        """
        user_id = who.user_id
        earlier = await self._grants.get(user_id)
        refresh_sealed = ""
        if new.refresh_token is not None:
            refresh_sealed = self._sealed(user_id, "refresh", new.refresh_token)
        elif earlier is not None and earlier.subject == new.subject and not earlier.is_revoked:
            refresh_sealed = self._again(user_id, "refresh", earlier.refresh_sealed)
        await self._grants.put(
            Grant(
                user_id=user_id,
                subject=new.subject,
                email=new.email,
                scopes=new.scopes,
                access_sealed=self._sealed(user_id, "access", new.access_token),
                refresh_sealed=refresh_sealed,
                key_id=self._vault.key_id,
                expires_at=new.expires_at,
            )
        )
        before, after = _facts(earlier), _facts(new)
        if before != after:
            await self._audit.record(who, "mailbox.connected", user_id, before=before, after=after)

    async def status(self, user_id: UserId, needed: Collection[str]) -> GrantStatus:
        """Return whether what is needed is granted, and what to show if it is not."""
        grant = await self._grants.get(user_id)
        if grant is None:
            return GrantStatus(state=GrantState.MISSING)
        state = GrantState.GOOD
        if grant.is_revoked or not self._vault.has_key(grant.key_id):
            state = GrantState.REVOKED
        elif not grant.scopes >= frozenset(needed) or not grant.refresh_sealed:
            state = GrantState.PARTIAL  # without a refresh token it would end within the hour
        return GrantStatus(state=state, scopes=grant.scopes, email=grant.email)

    async def fresh(self, user_id: UserId, needed: Collection[str]) -> str:
        """Return an access token that lasts another minute at least.

        Raises MustReconnect when only the person can help, Unavailable when waiting may.
        """
        grant = await self._usable(user_id, needed)
        if self._lasts(grant):
            return self._opened(user_id, "access", grant.access_sealed)
        # One at a time: where refresh tokens rotate, the second would show a used one.
        async with self._locks.setdefault(user_id, asyncio.Lock()):
            for _ in range(TRIES):
                grant = await self._usable(user_id, needed)
                if self._lasts(grant):
                    return self._opened(user_id, "access", grant.access_sealed)
                await self._refresh(grant)
        raise Unavailable("Your mailbox is being connected at the moment. Please try again.")

    async def forget(self, who: Who) -> None:
        """Give the grant back and delete it. Raises Unavailable if that could not be said."""
        user_id = who.user_id
        grant = await self._grants.get(user_id)
        if grant is None:
            return
        try:
            token = self._opened(user_id, "refresh", grant.refresh_sealed)
        except MustReconnect:
            token = ""  # we cannot use it either
        if token and not grant.is_revoked:
            await self._issuer.revoke(token)
        await self._grants.remove(user_id)
        await self._audit.record(who, "mailbox.forgotten", user_id, before=_facts(grant))

    async def rotate(self) -> int:
        """Seal again what an earlier key sealed. Return how many grants that were.

        What a key sealed that is not among ours is left alone: the key may be given again.
        """
        count = 0
        earlier = self._vault.earlier_key_ids
        while found := await self._grants.sealed_with(earlier, AT_ONCE):
            for grant in found:
                count += await self._sealed_again(grant)
        return count

    async def _sealed_again(self, grant: Grant) -> bool:
        new = replace(grant, key_id=self._vault.key_id)
        try:
            new = replace(
                new,
                access_sealed=self._again(grant.user_id, "access", grant.access_sealed),
                refresh_sealed=self._again(grant.user_id, "refresh", grant.refresh_sealed),
            )
        except MustReconnect:
            log.warning("the grant of %s was changed by somebody, and is lost", grant.user_id)
            new = replace(new, is_revoked=True)
        return await self._grants.replace(new, was=grant.version)

    async def _refresh(self, grant: Grant) -> None:
        """Get another access token and keep it, unless someone changed the grant meanwhile."""
        user_id = grant.user_id
        refresh_token = self._opened(user_id, "refresh", grant.refresh_sealed)
        try:
            new = await self._issuer.refresh(refresh_token)
        except GrantGone as error:
            # Only if it is the one we asked with: they may have connected again just now.
            gone = replace(grant, is_revoked=True)
            if await self._grants.replace(gone, was=grant.version):
                log.warning("the grant of %s is gone: %s", user_id, error)
            return
        rest = new.refresh_token or refresh_token
        refreshed = replace(
            grant,
            access_sealed=self._sealed(user_id, "access", new.access_token),
            refresh_sealed=self._sealed(user_id, "refresh", rest),
            key_id=self._vault.key_id,
            scopes=grant.scopes if new.scopes is None else new.scopes,
            expires_at=new.expires_at,
        )
        if await self._grants.replace(refreshed, was=grant.version):
            return
        # Another process may have shown the same token after us, and taken the grant for gone.
        now = await self._grants.get(user_id)
        if now is not None and now.is_revoked and now.refresh_sealed == grant.refresh_sealed:
            await self._grants.replace(refreshed, was=now.version)

    async def _usable(self, user_id: UserId, needed: Collection[str]) -> Grant:
        grant = await self._grants.get(user_id)
        if grant is None or grant.is_revoked or not grant.scopes >= frozenset(needed):
            raise MustReconnect
        return grant

    def _lasts(self, grant: Grant) -> bool:
        return grant.expires_at >= self._clock() + GOOD_FOR_ANOTHER

    def _again(self, user_id: UserId, kind: str, sealed: str) -> str:
        if not sealed or not self._vault.is_stale(sealed):
            return sealed
        return self._sealed(user_id, kind, self._opened(user_id, kind, sealed))

    def _sealed(self, user_id: UserId, kind: str, token: str) -> str:
        return self._vault.seal(token, f"grant:{user_id}:{kind}")

    def _opened(self, user_id: UserId, kind: str, sealed: str) -> str:
        """Return a token. Raises MustReconnect where there is none, or none of our keys fits."""
        try:
            return self._vault.open(sealed, f"grant:{user_id}:{kind}")
        except CannotOpen as error:
            raise MustReconnect from error


def _facts(grant: Grant | NewGrant | None) -> Facts:
    """Return what is allowed, without the tokens; nothing for what is not good any more."""
    if grant is None or (isinstance(grant, Grant) and grant.is_revoked):
        return NOTHING
    return {"email": grant.email, "permissions": sorted(grant.scopes)}
