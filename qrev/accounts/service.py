"""Signing in, and knowing on whose behalf something happens."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from email_validator import EmailNotValidError, validate_email

from qrev.accounts.models import Account, AccountId, Actor, Member, Role, User, UserId
from qrev.accounts.ports import AccountBook
from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput, NotAllowed, NotFound
from qrev.kit.ids import stable_id

MAX_NAME = 100
MIN_POSTAL, MAX_POSTAL, MAX_POSTAL_LINES = 10, 300, 6


class Accounts:
    def __init__(self, *, book: AccountBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock

    async def sign_in(self, email: str, name: str, *, timezone: str = "") -> Actor:
        """Return who this is. The first time makes the User and an Account of their own.

        Ids are made from the address, so two first sign-ins at once make one of each. Whoever
        calls has seen to it that the address is theirs. Raises InvalidInput.
        """
        address = normalised(email)
        name = " ".join(name.split())[:MAX_NAME] or address.partition("@")[0]
        user_id, account_id = _user_id(address), AccountId(stable_id("acc", address))
        zone = timezone if timezone in available_timezones() else "UTC"
        await self._book.add_if_new(
            User(id=user_id, email=address, name=name, created_at=self._clock()),
            Account(id=account_id, name=f"{name}'s workspace", timezone=zone),
            Member(account_id=account_id, user_id=user_id, role=Role.OWNER),
        )
        return await self.actor(address)

    async def actor(self, email: str) -> Actor:
        """Return the Actor for a signed-in address. Raises NotAllowed if they belong nowhere."""
        found = await self._book.member_of(_user_id(normalised(email)))
        if found is None:
            raise NotAllowed("You are not a member of any workspace. Sign in again.")
        user, member = found
        return Actor(
            account_id=member.account_id,
            user_id=user.id,
            role=member.role,
            email=user.email,
            name=user.name,
        )

    async def account(self, actor: Actor) -> Account:
        """Return the actor's workspace."""
        account = await self._book.get_account(actor.account_id)
        if account is None:
            raise NotFound("We could not find your workspace.")
        return account

    async def save_postal_address(self, actor: Actor, text: str) -> Account:
        """Keep the address that goes under every mail. Raises InvalidInput."""
        actor.must_be_able_to_change()
        lines = [" ".join(line.split()) for line in text.splitlines()]
        address = "\n".join(line for line in lines if line)
        if not MIN_POSTAL <= len(address) <= MAX_POSTAL or address.count("\n") >= MAX_POSTAL_LINES:
            raise InvalidInput(
                f"A postal address has {MIN_POSTAL} to {MAX_POSTAL} characters on at most "
                f"{MAX_POSTAL_LINES} lines: street, town, country."
            )
        return await self._changed(actor, postal_address=address)

    async def save_timezone(self, actor: Actor, zone: str) -> Account:
        """Keep the workspace's time zone, an IANA name. Raises InvalidInput."""
        actor.must_be_able_to_change()
        if zone not in available_timezones():
            raise InvalidInput(f"“{zone[:50]}” is not a time zone. One is “Europe/Berlin”.")
        return await self._changed(actor, timezone=ZoneInfo(zone).key)

    async def _changed(
        self, actor: Actor, *, postal_address: str | None = None, timezone: str | None = None
    ) -> Account:
        account = await self._book.change(
            actor.account_id, postal_address=postal_address, timezone=timezone
        )
        if account is None:
            raise NotFound("We could not find your workspace.")
        return account


def normalised(email: str) -> str:
    """Return the address as ids are made from it: lower case, one Unicode form.

    Raises InvalidInput for what is not an address.
    """
    try:
        found = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidInput(f"“{email.strip()[:80]}” is not an email address.") from error
    return found.normalized.lower()


def _user_id(address: str) -> UserId:
    return UserId(stable_id("usr", address))
