"""What accounts need from outside."""

from __future__ import annotations

from typing import Protocol

from qrev.accounts.models import Account, AccountId, Member, User, UserId


class AccountBook(Protocol):
    async def add_if_new(self, user: User, account: Account, member: Member) -> bool:
        """Keep all three unless they are there. Return whether the user was new."""

    async def member_of(self, user_id: UserId) -> tuple[User, Member] | None:
        """Return the user and where they belong, None for strangers and for those removed."""

    async def get_account(self, account_id: AccountId) -> Account | None: ...

    async def change(
        self,
        account_id: AccountId,
        *,
        postal_address: str | None = None,
        timezone: str | None = None,
    ) -> Account | None:
        """Write what is given and count the version up. Return the account as it is now."""
