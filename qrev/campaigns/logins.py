"""How a mailbox signs in to a mail server of its own: kept sealed, opened only to send."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from qrev.accounts.models import AccountId
from qrev.campaigns.models import Mailbox
from qrev.kit.crypto import CannotOpen, Vault

AT_ONCE = 100


class Security(StrEnum):
    TLS = "tls"  # encrypted from the first byte, usually on port 465
    STARTTLS = "starttls"  # encrypted before anything is said, usually on port 587


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpLogin:
    """A mail server, and who we are there."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedLogin:
    """A login as it is kept. `version` counts up with each one that replaces another."""

    mailbox_id: str
    account_id: AccountId
    sealed: str = field(repr=False)
    key_id: str
    version: int = 0


class LoginBook(Protocol):
    async def get(self, account_id: AccountId, mailbox_id: str) -> SealedLogin | None: ...

    async def put(self, login: SealedLogin) -> None:
        """Keep it in the place of what was there."""

    async def replace(self, login: SealedLogin, *, was: int) -> bool:
        """Keep it in the place of version `was`. Return False when that is not there any more."""

    async def remove(self, account_id: AccountId, mailbox_id: str) -> bool: ...

    async def sealed_with(self, key_ids: tuple[str, ...], limit: int) -> list[SealedLogin]:
        """Return some that one of these keys sealed."""


class CannotSignIn(Exception):
    """The login was kept with a key that is not ours any more. It has to be given again."""


class Logins:
    def __init__(self, *, logins: LoginBook, vault: Vault) -> None:
        self._logins = logins
        self._vault = vault

    async def keep(self, account_id: AccountId, mailbox_id: str, login: SmtpLogin) -> None:
        """Keep a login in the place of the one before."""
        await self._logins.put(
            SealedLogin(
                mailbox_id=mailbox_id,
                account_id=account_id,
                sealed=self._vault.seal(_written(login), _about(mailbox_id)),
                key_id=self._vault.key_id,
            )
        )

    async def of(self, mailbox: Mailbox) -> SmtpLogin | None:
        """Return how the mailbox signs in, None for one without a server of its own.

        Raises CannotSignIn.
        """
        kept = await self._logins.get(mailbox.account_id, mailbox.id)
        if kept is None:
            return None
        try:
            return _read(self._vault.open(kept.sealed, _about(mailbox.id)))
        except CannotOpen as error:
            raise CannotSignIn from error

    async def forget(self, account_id: AccountId, mailbox_id: str) -> None:
        await self._logins.remove(account_id, mailbox_id)

    async def rotate(self) -> int:
        """Seal again what an earlier key sealed. Return how many logins that were."""
        count = 0
        earlier = self._vault.earlier_key_ids
        while found := await self._logins.sealed_with(earlier, AT_ONCE):
            for kept in found:
                count += await self._sealed_again(kept)
        return count

    async def _sealed_again(self, kept: SealedLogin) -> bool:
        about = _about(kept.mailbox_id)
        try:
            text = self._vault.open(kept.sealed, about)
        except CannotOpen:
            text = ""  # somebody changed it: it is lost, and says so when it is used
        new = SealedLogin(
            mailbox_id=kept.mailbox_id,
            account_id=kept.account_id,
            sealed=self._vault.seal(text, about),
            key_id=self._vault.key_id,
        )
        return await self._logins.replace(new, was=kept.version)


def _about(mailbox_id: str) -> str:
    return f"mailbox:{mailbox_id}:login"


def _written(login: SmtpLogin) -> str:
    return json.dumps([login.host, login.port, login.security.value, login.user, login.password])


def _read(text: str) -> SmtpLogin:
    """Return what `_written` wrote. Raises CannotOpen."""
    try:
        host, port, security, user, password = json.loads(text)
    except ValueError as error:
        raise CannotOpen from error
    return SmtpLogin(
        host=host, port=port, security=Security(security), user=user, password=password
    )
