"""What looking after mailboxes needs from outside, in its own words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple, Protocol

from qrev.accounts.grant import GrantStatus
from qrev.accounts.models import AccountId, UserId
from qrev.campaigns.logins import SmtpLogin
from qrev.campaigns.models import Mailbox, MessageStatus


class MailboxRecords(Protocol):
    async def set(self, account_id: AccountId, mailbox: Mailbox, names: Collection[str]) -> bool:
        """Write these fields of a mailbox. Return False when it is not there."""

    async def remove(self, account_id: AccountId, mailbox_id: str) -> bool: ...


class Attempt(NamedTuple):
    """One mail that was tried from a mailbox, and what is known to have come of it."""

    mailbox_id: str
    status: MessageStatus
    at: datetime
    reason: str


class MailboxMails(Protocol):
    """The ledger, as someone sees it who looks after a mailbox."""

    async def attempts(self, account_id: AccountId, *, since: datetime) -> list[Attempt]:
        """Return what was tried from the account's mailboxes since then, the oldest first."""

    async def waiting(self, account_id: AccountId) -> dict[str, int]:
        """Return how many mails are still to leave from each mailbox."""

    async def release(
        self, account_id: AccountId, mailbox_id: str, *, held_beyond: datetime, until: datetime
    ) -> int:
        """Hold those held beyond that moment only `until`. Return how many those are."""


class LoginCheck(Protocol):
    async def check(self, login: SmtpLogin) -> None:
        """Sign in and out again. Raises MailboxRefused, or NotNow."""


class MailGrants(Protocol):
    async def status(self, user_id: UserId, needed: Collection[str]) -> GrantStatus:
        """Return whether a member lets us do what is needed."""
