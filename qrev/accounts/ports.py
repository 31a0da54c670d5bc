"""What accounts need from outside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from qrev.accounts.grant import Grant
from qrev.accounts.models import (
    Account,
    AccountId,
    Actor,
    ApiKey,
    AuditEntry,
    Change,
    ChangeState,
    Colleague,
    Invitation,
    InvitationState,
    Member,
    Picture,
    Role,
    Session,
    SessionId,
    Team,
    TeamMember,
    User,
    UserId,
    WorkingHours,
)


class AccountBook(Protocol):
    async def add_if_new(self, user: User, account: Account, member: Member) -> bool:
        """Keep all three unless they are there. Return whether the user was new."""

    async def get_account(self, account_id: AccountId) -> Account | None: ...

    async def get_many(self, account_ids: Collection[AccountId]) -> list[Account]: ...

    async def change(
        self,
        account_id: AccountId,
        *,
        name: str | None = None,
        domain: str | None = None,
        postal_address: str | None = None,
        timezone: str | None = None,
    ) -> Account | None:
        """Write what is given and count the version up. Return the account as it is now."""

    async def set_deletion(self, account_id: AccountId, at: datetime | None) -> Account | None:
        """Say when it will be deleted, or that it will not. Return the account as it is now.

        None as well for one that is being erased: there is no way back.
        """

    async def claim_deleted(self, now: datetime) -> Account | None:
        """Return one whose days of grace are over, for the sweep. From then on it is erased."""


class Eraser(Protocol):
    async def erase(self, account_id: AccountId) -> int:
        """Delete everything of an account, the account last. Return how many documents."""


class UserBook(Protocol):
    async def add_if_new(self, user: User) -> bool: ...

    async def get(self, user_id: UserId) -> User | None: ...

    async def change(
        self,
        user_id: UserId,
        *,
        name: str | None = None,
        phone: str | None = None,
        timezone: str | None = None,
        is_disabled: bool | None = None,
    ) -> User | None:
        """Write what is given. Return the user as they are now."""

    async def chose(self, member: Member) -> None:
        """Remember the workspace they work in: the next sign-in begins there."""

    async def bind(self, user_id: UserId, subject: str) -> bool:
        """Say who the provider says this is, once. Return False for someone else."""

    async def unbind(self, user_id: UserId) -> None:
        """Forget who the provider said this is."""


class Pictures(Protocol):
    async def get(self, user_id: UserId) -> Picture | None: ...

    async def put(self, user_id: UserId, picture: Picture) -> None: ...

    async def remove(self, user_id: UserId) -> None: ...


class MemberBook(Protocol):
    """Who belongs where. An account's list of owners never gets empty.

    Every change of a role and every removal names the member as they were read, and does nothing
    when they changed since.
    """

    async def get(self, account_id: AccountId, user_id: UserId) -> Member | None: ...

    async def of_account(self, account_id: AccountId) -> list[Colleague]: ...

    async def of_user(self, user_id: UserId) -> list[Member]:
        """Return where they belong, the earliest first."""

    async def add_if_new(self, member: Member) -> bool:
        """Take in someone who is not an owner."""

    async def make_owner(self, member: Member) -> bool:
        """Make them an owner. Return False when they changed since."""

    async def give_up_ownership(self, account_id: AccountId, user_id: UserId) -> bool:
        """Strike them off the list of owners. Return False if they are the last on it."""

    async def set_role(self, member: Member, role: Role) -> bool:
        """Give them another role than owner. An owner has given up their ownership before."""

    async def remove(self, member: Member) -> bool: ...

    async def working_hours(
        self, account_id: AccountId, user_id: UserId
    ) -> WorkingHours | None: ...

    async def save_working_hours(
        self, account_id: AccountId, user_id: UserId, hours: WorkingHours
    ) -> bool: ...


class SessionBook(Protocol):
    """Sessions that ended or ran out are not found, but by `get`."""

    async def add(self, session: Session, fingerprint: str) -> None: ...

    async def get(self, session_id: SessionId) -> Session | None: ...

    async def who(
        self, session_id: SessionId, now: datetime
    ) -> tuple[Session, Member | None] | None:
        """Return a living session, and the member of its workspace if they still are one."""

    async def rotate(
        self,
        session_id: SessionId,
        *,
        was: str | None,
        fingerprint: str,
        now: datetime,
        until: datetime,
    ) -> bool:
        """Put another refresh token in the place of `was` (None: of any). Return whether it did."""

    async def end(self, session_id: SessionId, *, at: datetime, because: str) -> bool: ...

    async def end_all(self, user_id: UserId, *, at: datetime, because: str) -> int: ...

    async def of_user(self, user_id: UserId, now: datetime) -> list[Session]:
        """Return the living ones, the one seen last first."""

    async def choose(self, session_id: SessionId, member: Member) -> bool:
        """Have the session go on in the workspace they are that member of."""

    async def seen(
        self, session_id: SessionId, *, at: datetime, until: datetime, address: str
    ) -> None: ...

    async def rename(self, user_id: UserId, name: str) -> None: ...


class InvitationBook(Protocol):
    async def put(self, invitation: Invitation) -> None:
        """Keep it, in the place of an earlier one."""

    async def get(self, account_id: AccountId, invitation_id: str) -> Invitation | None: ...

    async def of_account(self, account_id: AccountId, now: datetime) -> list[Invitation]:
        """Return the open ones, the newest first."""

    async def of_address(self, email: str, now: datetime) -> list[Invitation]:
        """Return the open ones for an address, of all accounts, the newest first."""

    async def find(self, invitation_id: str, email: str) -> Invitation | None:
        """Return the invitation if it is for that address."""

    async def move(
        self,
        invitation: Invitation,
        *,
        before: Collection[InvitationState],
        after: InvitationState,
        now: datetime | None = None,
    ) -> bool:
        """Change the state in one conditional update; with `now` only one that is not over."""

    async def close(self, account_id: AccountId, email: str) -> None:
        """Revoke what was ever sent to an address: accepting it again brings nobody back."""


class InvitationPost(Protocol):
    async def send(self, invitation: Invitation, link: str) -> bool:
        """Mail the link from the account's own mailbox. Return whether it could be."""


class TeamBook(Protocol):
    async def add(self, team: Team) -> bool:
        """Keep a new team. Return False when the account has one of that name."""

    async def get(self, account_id: AccountId, team_id: str) -> Team | None: ...

    async def of_account(self, account_id: AccountId) -> list[Team]:
        """Return all of them by name."""

    async def rename(self, account_id: AccountId, team_id: str, name: str) -> bool | None:
        """Return True when it is done, False when the name is taken, None for no such team."""

    async def remove(self, account_id: AccountId, team_id: str) -> bool: ...

    async def put_member(self, account_id: AccountId, team_id: str, member: TeamMember) -> bool: ...

    async def remove_member(self, account_id: AccountId, team_id: str, user_id: UserId) -> bool: ...

    async def forget(self, account_id: AccountId, user_id: UserId) -> int:
        """Take someone out of all teams of the account. Return out of how many."""


class ApiKeyBook(Protocol):
    async def add(self, key: ApiKey, fingerprint: str) -> None: ...

    async def get(self, account_id: AccountId, key_id: str) -> ApiKey | None: ...

    async def of_account(self, account_id: AccountId) -> list[ApiKey]:
        """Return those that were not revoked, the newest first."""

    async def check(
        self, key_id: str, fingerprint: str, now: datetime
    ) -> tuple[ApiKey, Member | None] | None:
        """Return a key that works, and the member who made it if they still are one."""

    async def used(self, account_id: AccountId, key_id: str, at: datetime) -> None: ...

    async def revoke(self, account_id: AccountId, key_id: str, at: datetime) -> bool: ...

    async def revoke_of(self, account_id: AccountId, user_id: UserId, at: datetime) -> int:
        """Revoke every key of a member. Return how many."""


class AuditBook(Protocol):
    async def add(self, entry: AuditEntry) -> None: ...

    async def page(
        self,
        account_id: AccountId,
        *,
        before: tuple[datetime, str] | None,
        limit: int,
        by: UserId | None = None,
        actions: Collection[str] | None = None,
    ) -> list[AuditEntry]:
        """Return entries, the newest first, from the one after `before` on.

        Only those of one person with `by`, only those of some actions with `actions`.
        """


class ChangeBook(Protocol):
    async def add(self, change: Change) -> None: ...

    async def get(self, account_id: AccountId, change_id: str) -> Change | None: ...

    async def move(
        self,
        change: Change,
        *,
        before: ChangeState,
        after: ChangeState,
        now: datetime | None = None,
    ) -> bool:
        """Change the state in one conditional update; with `now` only one that is not over."""

    async def unmade_erasures(self, now: datetime) -> list[Change]:
        """Return the erasures of all accounts that were confirmed and are not done, for a sweep.

        Only those that were good until `now` or before: whoever confirmed one is long past it.
        """

    async def forget(self, change: Change, facts: tuple[str, ...]) -> bool:
        """Call a confirmed change done, and what it said these facts. Return whether it was not.

        Nothing in it says any more whom it was about.
        """


class ChangeMaker(Protocol):
    """What a dangerous change outside of this room would do, and doing it."""

    async def facts(self, actor: Actor, subject: str) -> tuple[str, ...]:
        """Return what would happen, in sentences. Raises QrevError where it may not."""

    async def make(self, actor: Actor, change: Change) -> None: ...


class Belongings(Protocol):
    """What a member owns elsewhere in the product, and who has it when they go."""

    async def count(self, account_id: AccountId, user_id: UserId) -> int: ...

    async def hand_over(self, account_id: AccountId, user_id: UserId, to: UserId) -> int:
        """Return how many changed hands."""


class GrantBook(Protocol):
    async def get(self, user_id: UserId) -> Grant | None: ...

    async def put(self, grant: Grant) -> None: ...

    async def replace(self, grant: Grant, *, was: int) -> bool:
        """Keep it in the place of version `was`. Return False when that is not there any more."""

    async def remove(self, user_id: UserId) -> bool: ...

    async def sealed_with(self, key_ids: Collection[str], limit: int) -> list[Grant]:
        """Return some that one of these keys sealed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RefreshedGrant:
    """What the provider gave for a refresh token. None: as before."""

    access_token: str = field(repr=False)
    expires_at: datetime
    refresh_token: str | None = field(default=None, repr=False)
    scopes: frozenset[str] | None = None


class GrantGone(Exception):
    """The provider says that the grant is over: revoked, or never good."""


class GrantIssuer(Protocol):
    async def refresh(self, refresh_token: str) -> RefreshedGrant:
        """Return a new access token. Raises GrantGone, or Unavailable."""

    async def revoke(self, token: str) -> None:
        """Give a grant back. One that is gone already is no error. Raises Unavailable."""
