"""What whoever runs this QRev may do to a User, whichever workspaces they are in.

Nobody else may: an admin of one workspace would lock someone out of another. From a workspace one
is removed.
"""

from __future__ import annotations

from qrev.accounts.addresses import normalised, user_id_of
from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor, Role, User, UserId
from qrev.accounts.ports import ApiKeyBook, MemberBook, SessionBook, UserBook
from qrev.kit.clock import Clock
from qrev.kit.errors import NotFound

OPERATOR = UserId("operator")


class Users:
    def __init__(
        self,
        *,
        users: UserBook,
        members: MemberBook,
        sessions: SessionBook,
        api_keys: ApiKeyBook,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._users = users
        self._members = members
        self._sessions = sessions
        self._api_keys = api_keys
        self._audit = audit
        self._clock = clock

    async def disable(self, email: str) -> User:
        """Shut someone out of everything, at once. Raises NotFound, InvalidInput."""
        user = await self._get(email)
        await self._users.change(user.id, is_disabled=True)
        now = self._clock()
        await self._sessions.end_all(user.id, at=now, because="disabled")
        for member in await self._members.of_user(user.id):
            await self._api_keys.revoke_of(member.account_id, user.id, now)
        await self._record("user.disabled", user)
        return user

    async def enable(self, email: str) -> User:
        """Let someone in again. What was ended stays ended. Raises NotFound, InvalidInput."""
        user = await self._get(email)
        await self._users.change(user.id, is_disabled=False)
        await self._record("user.enabled", user)
        return user

    async def unbind(self, email: str) -> User:
        """Forget who the provider said it was: whoever signs in next with the address is them.

        Whoever is signed in with it is signed out. Raises NotFound, InvalidInput.
        """
        user = await self._get(email)
        await self._users.unbind(user.id)
        await self._sessions.end_all(user.id, at=self._clock(), because="unbound")
        await self._record("user.unbound", user)
        return user

    async def _get(self, email: str) -> User:
        address = normalised(email)
        user = await self._users.get(user_id_of(address))
        if user is None:
            raise NotFound(f"Nobody has ever signed in as {address}.")
        return user

    async def _record(self, action: str, user: User) -> None:
        """Tell it in the log of every workspace they are in."""
        for member in await self._members.of_user(user.id):
            operator = Actor(
                account_id=member.account_id,
                user_id=OPERATOR,
                role=Role.OWNER,
                email="whoever runs this QRev",
                name="Operator",
            )
            await self._audit.record(operator, action, user.id, after={"email": user.email})
