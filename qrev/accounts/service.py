"""Workspaces: whose there are, and what is set in them."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from zoneinfo import available_timezones

from qrev.accounts.addresses import (
    MAX_NAME,
    a_domain,
    a_name,
    a_timezone,
    normalised,
    on_one_line,
    user_id_of,
)
from qrev.accounts.audit import Audit
from qrev.accounts.models import (
    Account,
    AccountId,
    Actor,
    Member,
    Newcomer,
    Role,
    User,
    Who,
    Workspace,
)
from qrev.accounts.ports import AccountBook, Eraser, MemberBook, SessionBook, UserBook
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound
from qrev.kit.ids import new_id, stable_id

MIN_POSTAL, MAX_POSTAL, MAX_POSTAL_LINES = 10, 300, 6
MAX_WORKSPACES = 20  # of one user; nobody has more, and each costs
GRACE = timedelta(days=7)
NO_WORKSPACE = "We could not find your workspace."


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Books:
    """What is kept about who belongs where."""

    accounts: AccountBook
    users: UserBook
    members: MemberBook
    sessions: SessionBook


class Accounts:
    def __init__(self, *, books: Books, eraser: Eraser, audit: Audit, clock: Clock) -> None:
        self._accounts = books.accounts
        self._users = books.users
        self._members = books.members
        self._sessions = books.sessions
        self._eraser = eraser
        self._audit = audit
        self._clock = clock

    async def sign_in(self, email: str, name: str, *, timezone: str = "") -> Actor:
        """Return who this is. The first time makes the User and an Account of their own.

        Ids are made from the address, so two first sign-ins at once make one of each. Whoever
        calls has seen to it that the address is theirs. Someone who was removed from everywhere
        stays out. Raises InvalidInput, NotAllowed.
        """
        address = normalised(email)
        if await self._users.get(user_id_of(address)) is None:
            user = self.new_user(address, name, timezone)
            account = Account(
                id=AccountId(stable_id("acc", address)),
                name=f"{user.name}'s workspace",
                timezone=user.timezone or "UTC",
            )
            await self._found(user, account)
        return await self.actor(address)

    def new_user(self, address: str, name: str, timezone: str = "") -> User:
        """Return a User as they are at the first sign-in. Nothing is kept yet."""
        name = on_one_line(name)[:MAX_NAME].strip() or address.partition("@")[0]
        return User(
            id=user_id_of(address),
            email=address,
            name=name,
            created_at=self._clock(),
            timezone=timezone if timezone in available_timezones() else "",
        )

    async def actor(self, email: str) -> Actor:
        """Return the Actor for a signed-in address. Raises NotAllowed if they belong nowhere."""
        user = await self._users.get(user_id_of(normalised(email)))
        member = None if user is None or user.is_disabled else await self.home_of(user)
        if user is None or member is None:
            raise NotAllowed("You are not a member of any workspace. Sign in again.")
        return Actor(
            account_id=member.account_id,
            user_id=user.id,
            role=member.role,
            email=user.email,
            name=user.name,
        )

    async def home_of(self, user: User) -> Member | None:
        """Return where they work: the workspace chosen last, else the one joined first."""
        members = await self._members.of_user(user.id)
        chosen = (member for member in members if member.account_id == user.account_id)
        return next(chosen, None) or next(iter(members), None)

    async def account(self, actor: Actor) -> Account:
        """Return the actor's workspace."""
        account = await self._accounts.get_account(actor.account_id)
        if account is None:
            raise NotFound(NO_WORKSPACE)
        return account

    async def mine(self, who: Who) -> list[Workspace]:
        """Return every workspace one belongs to, by name. A program sees the one of its key."""
        found = await self._members.of_user(who.user_id)
        members = {m.account_id: m for m in found if _may_see(who, m)}
        accounts = await self._accounts.get_many(list(members))
        accounts.sort(key=lambda account: (account.name.casefold(), account.id))
        return [Workspace(account=each, role=members[each.id].role) for each in accounts]

    async def create(self, who: Who, name: str, *, domain: str = "", timezone: str = "") -> Actor:
        """Make a workspace that who owns, and go on in it. Raises InvalidInput, Conflict."""
        who.must_be_present()
        user = await self._users.get(who.user_id)
        if user is None:
            raise NotFound("We could not find you.")
        if len(await self._members.of_user(user.id)) >= MAX_WORKSPACES:
            raise Conflict(f"You are in {MAX_WORKSPACES} workspaces, which is as many as one can.")
        account = Account(
            id=AccountId(f"acc_{new_id()}"),
            name=a_name(name, "a workspace"),
            domain=a_domain(domain),
            timezone=a_timezone(timezone or user.timezone or "UTC"),
        )
        actor = await self._enter(who, await self._found(user, account))
        after = {"name": account.name, "domain": account.domain, "timezone": account.timezone}
        await self._audit.record(actor, "account.created", account.id, after=after)
        return actor

    async def rename(
        self, actor: Actor, *, name: str | None = None, domain: str | None = None
    ) -> Account:
        """Give the workspace another name or domain. Raises InvalidInput."""
        actor.must_be_able_to_manage()
        new = {} if name is None else {"name": a_name(name, "a workspace")}
        new |= {} if domain is None else {"domain": a_domain(domain)}
        return await self._changed(actor, "account.renamed", **new)

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
        return await self._changed(actor, "account.postal_address_saved", postal_address=address)

    async def save_timezone(self, actor: Actor, zone: str) -> Account:
        """Keep the workspace's time zone, an IANA name. Raises InvalidInput."""
        actor.must_be_able_to_change()
        return await self._changed(actor, "account.timezone_saved", timezone=a_timezone(zone))

    async def restore(self, actor: Actor) -> Account:
        """Keep a workspace that was to be deleted. Raises Conflict when it was not to be."""
        actor.must_be_owner()
        account = await self.account(actor)
        if account.deletes_at is None:
            raise Conflict("This workspace is not about to be deleted.")
        return await self.set_deletion(actor, is_wanted=False)

    async def set_deletion(self, actor: Actor, *, is_wanted: bool) -> Account:
        """Have the workspace deleted when the days of grace are over, or not at all."""
        actor.must_be_owner()
        at = self._clock() + GRACE if is_wanted else None
        account = await self._accounts.set_deletion(actor.account_id, at)
        if account is None:
            raise NotFound(NO_WORKSPACE)
        action = "account.deletion_begun" if is_wanted else "account.restored"
        after = {} if at is None else {"deletes_at": at.isoformat()}
        await self._audit.record(actor, action, account.id, after=after)
        return account

    async def erase_due(self) -> int:
        """Delete workspaces whose days of grace are over, with all they hold. Return how many."""
        count, now = 0, self._clock()
        # Claimed one by one: an owner may restore each until its own turn comes.
        while (account := await self._accounts.claim_deleted(now)) is not None:
            await self._eraser.erase(account.id)
            count += 1
        return count

    async def _found(self, user: User, account: Account) -> Member:
        member = Member(
            account_id=account.id, user_id=user.id, role=Role.OWNER, joined_at=self._clock()
        )
        await self._accounts.add_if_new(user, account, member)
        return member

    async def _enter(self, who: Who, member: Member) -> Actor:
        await self._users.chose(member)
        if who.session_id is not None:
            await self._sessions.choose(who.session_id, member)
        return actor_of(who, member)

    async def _changed(self, actor: Actor, action: str, **new: str) -> Account:
        before = await self.account(actor)
        account = await self._accounts.change(actor.account_id, **new)
        if account is None:
            raise NotFound(NO_WORKSPACE)
        was = {name: getattr(before, name) for name in new}
        await self._audit.record(actor, action, account.id, before=was, after=new)
        return account


def _may_see(who: Who, member: Member) -> bool:
    if isinstance(who, Newcomer) or who.scopes is None:
        return True
    return member.account_id == who.account_id


def actor_of(who: Who, member: Member) -> Actor:
    """Return the same user, from the same place, as that member."""
    return Actor(
        account_id=member.account_id,
        user_id=who.user_id,
        role=member.role,
        email=who.email,
        name=who.name,
        session_id=who.session_id,
        address=who.address,
    )
