"""Acting for a member who is not there: with the role they have now."""

from __future__ import annotations

from qrev.accounts.models import AccountId, Actor, UserId
from qrev.accounts.ports import MemberBook, UserBook


class Behalf:
    def __init__(self, *, members: MemberBook, users: UserBook) -> None:
        self._members = members
        self._users = users

    async def actor(self, account_id: AccountId, user_id: UserId) -> Actor | None:
        """Return the member as who acts, None for one who is no member any more."""
        member = await self._members.get(account_id, user_id)
        user = await self._users.get(user_id)
        if member is None or user is None or user.is_disabled:
            return None
        return Actor(
            account_id=account_id,
            user_id=user_id,
            role=member.role,
            email=user.email,
            name=user.name,
        )

    async def by_address(self, account_id: AccountId) -> dict[str, UserId]:
        """Return the account's members by their addresses."""
        found = await self._members.of_account(account_id)
        return {each.user.email: each.user.id for each in found}
