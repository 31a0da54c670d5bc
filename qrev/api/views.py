"""What programs are answered, as types: whatever is not named here is not told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import AliasPath, BaseModel, BeforeValidator, ConfigDict, Field

from qrev.accounts.models import ChangeKind, ChangeState, Role, Scope, TeamRole


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def _from(*path: str) -> Any:
    """Return a field that is read from there, and not from the attribute of its own name."""
    return Field(validation_alias=AliasPath(path[0], *path[1:]))


Seconds = Annotated[int, BeforeValidator(_seconds)]
Scopes = Annotated[list[Scope], BeforeValidator(sorted)]
Facts = Annotated[dict[str, Any], BeforeValidator(dict)]


class _Told:
    """The attributes of a thing, and what else is said of it."""

    def __init__(self, thing: object, more: dict[str, object]) -> None:
        self._thing = thing
        self._more = more

    def __getattr__(self, name: str) -> object:
        return self._more[name] if name in self._more else getattr(self._thing, name)


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    @classmethod
    def of(cls, thing: object, **more: object) -> Self:
        """Return what is told of a thing: each field is its attribute, or one of `more`."""
        return cls.model_validate(_Told(thing, more))


class TokensView(_View):
    """A pair. The refresh token works once: the next pair brings the next one."""

    access_token: str = _from("access")
    token_type: str = "Bearer"
    expires_in: Seconds = _from("access_expires_in")
    refresh_token: str = _from("refresh")
    refresh_expires_in: Seconds


class SessionView(_View):
    """A device that is signed in."""

    session_id: str = _from("id")
    device: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_this: bool


class UserView(_View):
    """Who asks. `account_id` and `role` are null for someone in no workspace yet."""

    user_id: str = _from("id")
    email: str
    name: str
    phone: str
    timezone: str
    account_id: str | None
    role: Role | None


class AccountView(_View):
    account_id: str = _from("id")
    name: str
    domain: str
    timezone: str
    postal_address: str
    version: int
    deletes_at: datetime | None


class PlaceView(_View):
    """Where someone now is, and as what."""

    account_id: str
    user_id: str
    role: Role


class WorkspaceView(_View):
    """A workspace of mine. `is_chosen`: the one this session is in."""

    account_id: str = _from("account", "id")
    name: str = _from("account", "name")
    role: Role
    is_chosen: bool


class MemberView(_View):
    user_id: str = _from("user", "id")
    email: str = _from("user", "email")
    name: str = _from("user", "name")
    role: Role = _from("member", "role")
    joined_at: datetime | None = _from("member", "joined_at")


class WorkingHoursView(_View):
    weekdays: list[int]
    opens: str
    closes: str


class InvitationView(_View):
    invitation_id: str = _from("id")
    email: str
    role: Role
    account_name: str
    invited_by: str = _from("invited_by_name")
    created_at: datetime
    expires_at: datetime


class InvitedView(_View):
    """`link` is for the invited address alone; it was mailed there, or is to be copied."""

    invitation: InvitationView
    link: str
    was_mailed: bool


class LinkView(_View):
    link: str


class ChangeView(_View):
    """Something dangerous, to be read and then confirmed with its hash."""

    change_id: str = _from("id")
    kind: ChangeKind
    state: ChangeState
    facts: list[str]
    hash: str
    created_at: datetime
    expires_at: datetime


class ApiKeyView(_View):
    """A key as it is remembered: of its secret only the first letters."""

    key_id: str = _from("id")
    user_id: str
    name: str
    scopes: Scopes
    hint: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class NewApiKeyView(_View):
    """The one time that a secret is shown."""

    key: ApiKeyView
    secret: str


class TeamMemberView(_View):
    user_id: str
    role: TeamRole
    is_observer: bool


class TeamView(_View):
    team_id: str = _from("id")
    name: str
    members: list[TeamMemberView]
    created_at: datetime


class AuditEntryView(_View):
    entry_id: str = _from("id")
    at: datetime
    by_user_id: str = _from("by")
    by_email: str
    action: str
    subject: str
    before: Facts
    after: Facts
    address: str


class AuditPage(_View):
    """`next` goes into `after` for the page behind this one; null on the last."""

    entries: list[AuditEntryView]
    next: str | None
