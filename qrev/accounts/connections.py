"""Connecting other services: allowed once, refreshed by one at a time, given back."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from qrev.accounts.audit import NOTHING, Audit
from qrev.accounts.connection import (
    Connection,
    ConnectionAttempt,
    ConnectionAttempts,
    ConnectionBook,
    ConnectionState,
    Forgetting,
    NewConnection,
    Vendor,
    VendorOAuth,
    connection_id,
)
from qrev.accounts.models import AccountId, Actor, Facts, UserId
from qrev.accounts.ports import GrantGone
from qrev.kit.clock import Clock
from qrev.kit.crypto import CannotOpen, Vault
from qrev.kit.errors import Conflict, NotAllowed, NotFound, Unavailable
from qrev.kit.http import Pause

log = logging.getLogger(__name__)

ATTEMPT_LASTS = timedelta(minutes=10)
GOOD_FOR_ANOTHER = timedelta(minutes=1)  # what a token must still last to be handed out
LEASE = timedelta(seconds=45)  # longer than a refresh may take
LOOK_AGAIN = 0.2  # seconds, while another process refreshes
LOOKS = 100
AT_ONCE = 100
MAX_CODE = 2000
OVER = "That connecting was begun elsewhere, took too long, or was finished before. Begin again."


class Disconnected(Conflict):
    """It is not connected any more. Connect it again in /integrations."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    state: ConnectionState
    label: str = ""
    connected_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """`wanted` is where whoever connected came from."""

    connection: Connection
    wanted: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionStores:
    book: ConnectionBook
    attempts: ConnectionAttempts


class Connections:
    """`vendors` are those that are set up here; `forgetting` what each of them kept."""

    def __init__(
        self,
        *,
        stores: ConnectionStores,
        vendors: Mapping[Vendor, VendorOAuth],
        forgetting: Mapping[Vendor, Forgetting],
        vault: Vault,
        audit: Audit,
        clock: Clock,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._book = stores.book
        self._attempts = stores.attempts
        self._vendors = vendors
        self._forgetting = forgetting
        self._vault = vault
        self._audit = audit
        self._clock = clock
        self._pause = pause

    def is_set_up(self, vendor: Vendor) -> bool:
        """Return whether this installation has an app there."""
        return vendor in self._vendors

    # --- connecting ------------------------------------------------------------------------------

    async def begin(self, actor: Actor, vendor: Vendor, *, wanted: str = "/") -> str:
        """Return where to send the browser. Only this session can finish what it begins."""
        _must_be_allowed(actor, vendor)
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
        url = self._oauth(vendor).authorize_url(state, _challenge(verifier))
        await self._attempts.add(
            ConnectionAttempt(
                digest=_digest(state),
                vendor=vendor,
                account_id=actor.account_id,
                user_id=actor.user_id,
                session_id=actor.session_id,
                verifier=verifier,
                wanted=wanted,
                ends_at=self._clock() + ATTEMPT_LASTS,
            )
        )
        return url

    async def finish(self, actor: Actor, vendor: Vendor, *, state: str, code: str) -> Finished:
        """Keep what was allowed. Raises NotAllowed for a state that is not this session's."""
        _must_be_allowed(actor, vendor)
        oauth = self._oauth(vendor)
        attempt = await self._attempts.take(
            _digest(state),
            vendor=vendor,
            account_id=actor.account_id,
            user_id=actor.user_id,
            session_id=actor.session_id,
            now=self._clock(),
        )
        if attempt is None or not 0 < len(code) <= MAX_CODE:
            raise NotAllowed(OVER)
        new = await oauth.exchange(code, attempt.verifier)
        id_ = connection_id(actor.account_id, vendor, actor.user_id)
        before = await self._book.get(actor.account_id, id_)
        connection = self._made(actor, vendor, new)
        await self._book.put(connection)
        if before is not None and before.external_id != connection.external_id:
            await self._forget_kept(before)  # of another one than this
        await self._audit.record(
            actor,
            "integration.connected",
            id_,
            before=_facts(before),
            after=_facts(connection),
        )
        return Finished(connection=connection, wanted=attempt.wanted)

    async def status(self, actor: Actor, vendor: Vendor) -> Status:
        """Return how it is connected: the account, or the actor where each has their own."""
        found = await self.found(actor.account_id, vendor, actor.user_id)
        if found is None:
            return Status(state=ConnectionState.MISSING)
        is_good = not found.is_revoked and self._vault.has_key(found.key_id)
        return Status(
            state=ConnectionState.GOOD if is_good else ConnectionState.RECONNECT,
            label=found.label,
            connected_at=found.connected_at,
        )

    async def disconnect(self, actor: Actor, vendor: Vendor) -> None:
        """Give it back there, and keep nothing of it. Raises Unavailable if nobody could be told.

        What is not connected is no error.
        """
        _must_be_allowed(actor, vendor)
        found = await self.found(actor.account_id, vendor, actor.user_id)
        if found is None:
            return
        if not found.is_revoked and vendor in self._vendors:
            try:
                access = self._opened(found, "access", found.access_sealed)
                refresh = self._opened(found, "refresh", found.refresh_sealed)
            except Disconnected:
                log.warning("what seals the connection %s is gone: it is only deleted", found.id)
            else:
                await self._oauth(vendor).revoke(access, refresh)
        await self.drop(found)
        await self._audit.record(actor, "integration.disconnected", found.id, before=_facts(found))

    async def drop(self, connection: Connection) -> None:
        """Delete a connection that is over there, and what was kept for it."""
        await self._book.remove(connection.account_id, connection.id)
        await self._forget_kept(connection)

    # --- using -----------------------------------------------------------------------------------

    async def found(
        self, account_id: AccountId, vendor: Vendor, user_id: UserId | None = None
    ) -> Connection | None:
        """Return an account's connection, or a member's."""
        return await self._book.get(account_id, connection_id(account_id, vendor, user_id))

    async def of_vendor(self, vendor: Vendor, *, external_id: str = "") -> list[Connection]:
        """Return every account's, for sweeps and for events from there."""
        return await self._book.of_vendor(vendor, external_id=external_id)

    async def token(
        self,
        account_id: AccountId,
        vendor: Vendor,
        user_id: UserId | None = None,
        *,
        refused: str = "",
    ) -> str:
        """Return an access token that lasts another minute, and is not the one that was `refused`.

        Raises Disconnected when only a member can help, Unavailable when waiting may.
        """
        oauth = self._oauth(vendor)
        for _ in range(LOOKS):
            now = self._clock()
            found = await self.found(account_id, vendor, user_id)
            if found is None or found.is_revoked:
                raise Disconnected(_over(vendor))
            token = self._opened(found, "access", found.access_sealed)
            if found.expires_at >= now + GOOD_FOR_ANOTHER and token != refused:
                return token
            if await self._book.lease(found, now=now, until=now + LEASE):
                await self._refresh(oauth, found)
            else:
                await self._pause(LOOK_AGAIN)
        raise Unavailable(f"{vendor.product} is being connected at the moment. Try again.")

    async def rotate(self) -> int:
        """Seal again what an earlier key sealed. Return how many connections that were."""
        count = 0
        while found := await self._book.sealed_with(self._vault.earlier_key_ids, AT_ONCE):
            for each in found:
                count += await self._sealed_again(each)
        return count

    async def _refresh(self, oauth: VendorOAuth, found: Connection) -> None:
        """Get another access token and keep it. Where refresh tokens rotate, keep the new one."""
        refresh_token = self._opened(found, "refresh", found.refresh_sealed)
        try:
            new = await oauth.refresh(refresh_token)
        except GrantGone as error:
            log.warning("the connection %s is gone: %s", found.id, error)
            await self._book.replace(replace(found, is_revoked=True), was=found.version)
            return
        except BaseException:
            await self._book.release(found)
            raise
        rest = new.refresh_token or refresh_token
        refreshed = replace(
            found,
            access_sealed=self._sealed(found.id, "access", new.access_token),
            refresh_sealed=self._sealed(found.id, "refresh", rest),
            key_id=self._vault.key_id,
            scopes=found.scopes if new.scopes is None else new.scopes,
            expires_at=new.expires_at,
        )
        await self._book.replace(refreshed, was=found.version)

    async def _sealed_again(self, found: Connection) -> bool:
        new = replace(found, key_id=self._vault.key_id)
        try:
            access = self._opened(found, "access", found.access_sealed)
            refresh = self._opened(found, "refresh", found.refresh_sealed)
            new = replace(
                new,
                access_sealed=self._sealed(found.id, "access", access),
                refresh_sealed=self._sealed(found.id, "refresh", refresh),
            )
        except Disconnected:
            log.warning("the connection %s was changed by somebody, and is lost", found.id)
            new = replace(new, is_revoked=True)
        return await self._book.replace(new, was=found.version)

    async def _forget_kept(self, connection: Connection) -> None:
        if (kept := self._forgetting.get(connection.vendor)) is not None:
            await kept.forget(connection.account_id, connection.user_id)

    def _made(self, actor: Actor, vendor: Vendor, new: NewConnection) -> Connection:
        id_ = connection_id(actor.account_id, vendor, actor.user_id)
        return Connection(
            id=id_,
            account_id=actor.account_id,
            vendor=vendor,
            user_id=actor.user_id if vendor.is_of_member else None,
            external_id=new.external_id,
            label=new.label,
            scopes=new.scopes,
            access_sealed=self._sealed(id_, "access", new.access_token),
            refresh_sealed=self._sealed(id_, "refresh", new.refresh_token),
            key_id=self._vault.key_id,
            expires_at=new.expires_at,
            connected_by=actor.user_id,
            connected_at=self._clock(),
        )

    def _oauth(self, vendor: Vendor) -> VendorOAuth:
        if vendor not in self._vendors:
            raise NotFound(
                f"{vendor.product} is not set up here. Whoever runs this QRev can do that: "
                "docs/operating.md says how."
            )
        return self._vendors[vendor]

    def _sealed(self, id_: str, kind: str, token: str) -> str:
        return self._vault.seal(token, f"connection:{id_}:{kind}")

    def _opened(self, connection: Connection, kind: str, sealed: str) -> str:
        try:
            return self._vault.open(sealed, f"connection:{connection.id}:{kind}")
        except CannotOpen as error:
            raise Disconnected(_over(connection.vendor)) from error


def _must_be_allowed(actor: Actor, vendor: Vendor) -> None:
    actor.must_be_present()
    if vendor.is_of_member:
        actor.must_be_able_to_change()
    else:
        actor.must_be_able_to_manage()


def _facts(connection: Connection | None) -> Facts:
    """Return what is allowed, without the tokens."""
    if connection is None or connection.is_revoked:
        return NOTHING
    return {
        "service": connection.vendor.product,
        "label": connection.label,
        "permissions": sorted(connection.scopes),
    }


def _over(vendor: Vendor) -> str:
    return f"{vendor.product} is not connected any more. Connect it again in /integrations."


def _digest(state: str) -> str:
    return hashlib.sha256(state[:200].encode()).hexdigest()


def _challenge(verifier: str) -> str:
    """Return PKCE's S256 of a verifier (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
