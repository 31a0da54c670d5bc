"""Whose workspace it is, and on whose behalf something happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from qrev.kit.errors import NotAllowed

AccountId = NewType("AccountId", str)
UserId = NewType("UserId", str)
SessionId = NewType("SessionId", str)


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    SELLER = "seller"
    VIEWER = "viewer"


class Scope(StrEnum):
    """What an API key may do, within the role of the member who made it."""

    READ = "read"
    WRITE = "write"
    MANAGE = "manage"


MAY_CHANGE = frozenset({Role.OWNER, Role.ADMIN, Role.SELLER})
MAY_MANAGE = frozenset({Role.OWNER, Role.ADMIN})


@dataclass(frozen=True, kw_only=True)
class User:
    """A human who signs in. One per normalised address.

    `subject` is who the identity provider says it is ("google:…"); an address that comes back as
    someone else does not get in. `account_id` is the workspace they chose last.
    """

    id: UserId
    email: str
    name: str
    created_at: datetime
    phone: str = ""
    timezone: str = ""
    subject: str = ""
    is_disabled: bool = False
    account_id: AccountId | None = None


@dataclass(frozen=True, kw_only=True)
class Account:
    """The workspace. `timezone` is an IANA name; `postal_address` goes under every mail.

    `version` grows with every change, so that a plan made from older settings can be told apart.
    One with `deletes_at` is about to be deleted and can be restored until then.
    """

    id: AccountId
    name: str
    timezone: str = "UTC"
    postal_address: str = ""
    version: int = 1
    domain: str = ""
    deletes_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Member:
    """A User in an Account. `mark` is another one after every change of the role."""

    account_id: AccountId
    user_id: UserId
    role: Role
    joined_at: datetime | None = None
    mark: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Colleague:
    """A Member and who that is."""

    user: User
    member: Member


@dataclass(frozen=True, kw_only=True, slots=True)
class Workspace:
    """An Account one belongs to, and as what."""

    account: Account
    role: Role


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The Member on whose behalf something happens now.

    Made again at every click, so that someone removed a minute ago is stopped now. With `scopes`
    it is a program with an API key, which may do less than the member who made the key.
    """

    account_id: AccountId
    user_id: UserId
    role: Role
    email: str
    name: str
    session_id: SessionId | None = None
    address: str = ""
    scopes: frozenset[Scope] | None = None
    api_key_id: str = ""

    @property
    def may_change(self) -> bool:
        return self.role in MAY_CHANGE and self._is_within(Scope.WRITE)

    @property
    def may_manage(self) -> bool:
        return self.role in MAY_MANAGE and self._is_within(Scope.MANAGE)

    def must_be_able_to_change(self) -> None:
        """Raise NotAllowed for those who may only look."""
        if self.role not in MAY_CHANGE:
            raise NotAllowed(
                "Your role lets you look, not change. Ask an owner or admin of this workspace."
            )
        self.must_have(Scope.WRITE)

    def must_be_able_to_manage(self) -> None:
        """Raise NotAllowed for everyone but owners and admins."""
        if self.role not in MAY_MANAGE:
            raise NotAllowed("Only an owner or admin of this workspace may do that.")
        self.must_have(Scope.MANAGE)

    def must_be_owner(self) -> None:
        """Raise NotAllowed for everyone but owners."""
        if self.role is not Role.OWNER:
            raise NotAllowed("Only an owner of this workspace may do that.")
        self.must_have(Scope.MANAGE)

    def must_be_present(self) -> None:
        """Raise NotAllowed for programs: some things only a person who signed in may do.

        A key is for one workspace, so what reaches beyond it is among them.
        """
        if self.scopes is not None:
            raise NotAllowed("An API key may not do that. Sign in and do it yourself.")

    def must_have(self, scope: Scope) -> None:
        """Raise NotAllowed for a program whose key lacks the scope."""
        if not self._is_within(scope):
            raise NotAllowed(f"This API key lacks the scope “{scope}”.")

    def _is_within(self, scope: Scope) -> bool:
        return self.scopes is None or scope in self.scopes


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """A User who belongs to no workspace, or has not chosen one.

    May create one, answer invitations, change their profile and sign out.
    """

    user_id: UserId
    email: str
    name: str
    session_id: SessionId | None = None
    address: str = ""

    def must_be_present(self) -> None:
        """Do nothing: a program always belongs to a workspace, so this is a person."""


Who = Actor | Newcomer


@dataclass(frozen=True, kw_only=True)
class Session:
    """One sign-in on one device, and the family of its refresh tokens."""

    id: SessionId
    user_id: UserId
    email: str
    name: str
    account_id: AccountId | None
    device: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    ended_because: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """What a client shows us: the one for minutes, the other to get new ones, once."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_expires_in: timedelta
    refresh_expires_in: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """A session that has just begun."""

    session_id: SessionId
    tokens: Tokens
    who: Who


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """Who signs in, as an identity provider vouches for it. The address is verified."""

    email: str
    name: str
    subject: str
    timezone: str = ""


class InvitationState(StrEnum):
    OPEN = "open"
    ACCEPTING = "accepting"  # accepted, and not a member yet
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """An address that may join. There is one per Account and address; asking again renews it.

    `serial` is in the link, so that renewing kills the earlier link.
    """

    id: str
    account_id: AccountId
    account_name: str
    email: str
    role: Role
    invited_by: UserId
    invited_by_name: str
    state: InvitationState
    serial: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Invited:
    """What became of inviting someone. The link is to be copied, mailed or not."""

    invitation: Invitation
    link: str
    was_mailed: bool


class TeamRole(StrEnum):
    ADMIN = "admin"
    MEMBER = "member"


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamMember:
    """A Member in a Team. An observer looks on."""

    user_id: UserId
    role: TeamRole = TeamRole.MEMBER
    is_observer: bool = False


@dataclass(frozen=True, kw_only=True)
class Team:
    """Some Members of an Account."""

    id: str
    account_id: AccountId
    name: str
    members: tuple[TeamMember, ...]
    created_at: datetime
    version: int = 1

    def member(self, user_id: UserId) -> TeamMember | None:
        return next((each for each in self.members if each.user_id == user_id), None)


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A program's way in, on behalf of the Member who made it. `hint` is how it begins."""

    id: str
    account_id: AccountId
    user_id: UserId
    email: str
    user_name: str
    name: str  # of the key
    scopes: frozenset[Scope]
    hint: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewApiKey:
    """A key and its secret, which is shown once and kept by nobody."""

    key: ApiKey
    secret: str = field(repr=False)


Facts = Mapping[str, object]  # small, and without secrets


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """A change: who, what, before and after, from where and when. Entries are never changed.

    `through` is the session or the API key.
    """

    id: str
    account_id: AccountId
    at: datetime
    by: UserId
    by_email: str
    action: str
    subject: str
    before: Facts
    after: Facts
    address: str
    through: str


class ChangeKind(StrEnum):
    DELETE_ACCOUNT = "delete_account"
    TRANSFER_OWNERSHIP = "transfer_ownership"
    REMOVE_MEMBER = "remove_member"
    ERASE_PERSON = "erase_person"
    SETTLE_AS_SENT = "settle_as_sent"
    SETTLE_AS_NOT_SENT = "settle_as_not_sent"
    WRITE_TO_HUBSPOT = "write_to_hubspot"
    BOOK_CALL = "book_call"


class ChangeState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    DONE = "done"
    VOID = "void"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A dangerous change, shown before it is made. `facts` are the sentences one agrees to."""

    id: str
    account_id: AccountId
    kind: ChangeKind
    subject: str
    created_by: UserId
    hash: str
    facts: tuple[str, ...]
    state: ChangeState
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkingHours:
    """When a Member works, on their own wall clock. Weekdays count from Monday, 0."""

    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: str = "09:00"
    closes: str = "17:00"


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    media_type: str
    data: bytes = field(repr=False)
