"""Coming in: by name on one's own machine, or as someone an identity provider vouches for."""

from __future__ import annotations

from qrev.accounts.addresses import normalised, user_id_of
from qrev.accounts.models import Begun, Identity, User, Who
from qrev.accounts.ports import InvitationBook, UserBook
from qrev.accounts.service import Accounts
from qrev.accounts.sessions import DISABLED, Sessions
from qrev.kit.clock import Clock
from qrev.kit.errors import NotAllowed

SOMEONE_ELSE = (
    "This address has belonged to someone else at this provider before. Sign in with the one you "
    "used then, or ask whoever runs this QRev."
)


class SignIn:
    def __init__(
        self,
        *,
        users: UserBook,
        accounts: Accounts,
        invitations: InvitationBook,
        sessions: Sessions,
        clock: Clock,
    ) -> None:
        self._users = users
        self._accounts = accounts
        self._invitations = invitations
        self._sessions = sessions
        self._clock = clock

    async def local(
        self, email: str, name: str, *, timezone: str = "", device: str = "", address: str = ""
    ) -> Begun:
        """Begin a session for whoever says so: the door has seen that this is their own machine.

        The first time makes a workspace of their own, unless invitations wait for the address.
        Raises InvalidInput, NotAllowed.
        """
        email = normalised(email)
        known = await self._users.get(user_id_of(email))
        if known is None and not await self._invitations.of_address(email, self._clock()):
            await self._accounts.sign_in(email, name, timezone=timezone)
        user = await self._known(email, name, timezone)
        return await self._begin(user, device, address)

    async def identified(self, identity: Identity, *, device: str = "", address: str = "") -> Begun:
        """Begin a session for someone whose address was verified by their provider.

        The first time makes the User alone: they choose or make a workspace next. An address that
        comes back as another subject does not get in, nor does someone who was disabled: both
        raise NotAllowed.
        """
        user = await self._known(normalised(identity.email), identity.name, identity.timezone)
        if not await self._users.bind(user.id, identity.subject):
            raise NotAllowed(SOMEONE_ELSE)
        return await self._begin(user, device, address)

    async def recognise(self, who: Who, subject: str) -> None:
        """Raise NotAllowed unless the provider knows who this is by that subject, or by none yet.

        An address may have been given to somebody else while its first owner was signed in.
        """
        if not await self._users.bind(who.user_id, subject):
            raise NotAllowed(SOMEONE_ELSE)

    async def _known(self, email: str, name: str, timezone: str) -> User:
        await self._users.add_if_new(self._accounts.new_user(email, name, timezone))
        user = await self._users.get(user_id_of(email))
        if user is None or user.is_disabled:
            raise NotAllowed(DISABLED)
        return user

    async def _begin(self, user: User, device: str, address: str) -> Begun:
        home = await self._accounts.home_of(user)
        return await self._sessions.begin(user, home, device=device, address=address)
