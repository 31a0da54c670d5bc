"""Accounts in memory."""

from __future__ import annotations

from dataclasses import replace

from qrev.accounts.models import Account, AccountId, Member, User, UserId


class FakeAccountBook:
    """Fills AccountBook."""

    def __init__(self) -> None:
        self.users: dict[UserId, User] = {}
        self.accounts: dict[AccountId, Account] = {}
        self.members: dict[UserId, Member] = {}

    async def add_if_new(self, user: User, account: Account, member: Member) -> bool:
        self.accounts.setdefault(account.id, account)
        self.members.setdefault(member.user_id, member)
        is_new = user.id not in self.users
        self.users.setdefault(user.id, user)
        return is_new

    async def member_of(self, user_id: UserId) -> tuple[User, Member] | None:
        user, member = self.users.get(user_id), self.members.get(user_id)
        return None if user is None or member is None else (user, member)

    async def get_account(self, account_id: AccountId) -> Account | None:
        return self.accounts.get(account_id)

    async def change(
        self,
        account_id: AccountId,
        *,
        postal_address: str | None = None,
        timezone: str | None = None,
    ) -> Account | None:
        account = self.accounts.get(account_id)
        if account is None:
            return None
        self.accounts[account_id] = replace(
            account,
            postal_address=account.postal_address if postal_address is None else postal_address,
            timezone=account.timezone if timezone is None else timezone,
            version=account.version + 1,
        )
        return self.accounts[account_id]
