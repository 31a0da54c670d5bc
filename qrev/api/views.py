"""What programs are answered, as types: whatever is not named here is not told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from qrev.accounts.models import (
    Account,
    Actor,
    ApiKey,
    AuditEntry,
    Change,
    ChangeKind,
    ChangeState,
    Colleague,
    Invitation,
    Invited,
    NewApiKey,
    Newcomer,
    Role,
    Scope,
    Session,
    Team,
    TeamMember,
    TeamRole,
    Tokens,
    User,
    WorkingHours,
    Workspace,
)


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class TokensView(_View):
    """A pair. The refresh token works once: the next pair brings the next one."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int
    refresh_token: str
    refresh_expires_in: int

    @classmethod
    def of(cls, tokens: Tokens) -> TokensView:
        return cls(
            access_token=tokens.access,
            expires_in=int(tokens.access_expires_in.total_seconds()),
            refresh_token=tokens.refresh,
            refresh_expires_in=int(tokens.refresh_expires_in.total_seconds()),
        )


class SessionView(_View):
    """A device that is signed in."""

    session_id: str
    device: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_this: bool

    @classmethod
    def of(cls, session: Session, who: Actor | Newcomer) -> SessionView:
        return cls(
            session_id=session.id,
            device=session.device,
            address=session.address,
            created_at=session.created_at,
            last_seen_at=session.last_seen_at,
            expires_at=session.expires_at,
            is_this=session.id == who.session_id,
        )


class UserView(_View):
    """Who asks. `account_id` and `role` are null for someone in no workspace yet."""

    user_id: str
    email: str
    name: str
    phone: str
    timezone: str
    account_id: str | None
    role: Role | None

    @classmethod
    def of(cls, user: User, who: Actor | Newcomer) -> UserView:
        return cls(
            user_id=user.id,
            email=user.email,
            name=user.name,
            phone=user.phone,
            timezone=user.timezone,
            account_id=who.account_id if isinstance(who, Actor) else None,
            role=who.role if isinstance(who, Actor) else None,
        )


class AccountView(_View):
    account_id: str
    name: str
    domain: str
    timezone: str
    postal_address: str
    version: int
    deletes_at: datetime | None

    @classmethod
    def of(cls, account: Account) -> AccountView:
        return cls(
            account_id=account.id,
            name=account.name,
            domain=account.domain,
            timezone=account.timezone,
            postal_address=account.postal_address,
            version=account.version,
            deletes_at=account.deletes_at,
        )


class PlaceView(_View):
    """Where someone now is, and as what."""

    account_id: str
    user_id: str
    role: Role

    @classmethod
    def of(cls, actor: Actor) -> PlaceView:
        return cls(account_id=actor.account_id, user_id=actor.user_id, role=actor.role)


class WorkspaceView(_View):
    """A workspace of mine. `is_chosen`: the one this session is in."""

    account_id: str
    name: str
    role: Role
    is_chosen: bool

    @classmethod
    def of(cls, workspace: Workspace, who: Actor | Newcomer) -> WorkspaceView:
        chosen = who.account_id if isinstance(who, Actor) else None
        return cls(
            account_id=workspace.account.id,
            name=workspace.account.name,
            role=workspace.role,
            is_chosen=workspace.account.id == chosen,
        )


class MemberView(_View):
    user_id: str
    email: str
    name: str
    role: Role
    joined_at: datetime | None

    @classmethod
    def of(cls, colleague: Colleague) -> MemberView:
        return cls(
            user_id=colleague.user.id,
            email=colleague.user.email,
            name=colleague.user.name,
            role=colleague.member.role,
            joined_at=colleague.member.joined_at,
        )


class WorkingHoursView(_View):
    weekdays: list[int]
    opens: str
    closes: str

    @classmethod
    def of(cls, hours: WorkingHours) -> WorkingHoursView:
        return cls(weekdays=list(hours.weekdays), opens=hours.opens, closes=hours.closes)


class InvitationView(_View):
    invitation_id: str
    email: str
    role: Role
    account_name: str
    invited_by: str
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, invitation: Invitation) -> InvitationView:
        return cls(
            invitation_id=invitation.id,
            email=invitation.email,
            role=invitation.role,
            account_name=invitation.account_name,
            invited_by=invitation.invited_by_name,
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
        )


class InvitedView(_View):
    """`link` is for the invited address alone; it was mailed there, or is to be copied."""

    invitation: InvitationView
    link: str
    was_mailed: bool

    @classmethod
    def of(cls, invited: Invited) -> InvitedView:
        return cls(
            invitation=InvitationView.of(invited.invitation),
            link=invited.link,
            was_mailed=invited.was_mailed,
        )


class LinkView(_View):
    link: str


class ChangeView(_View):
    """Something dangerous, to be read and then confirmed with its hash."""

    change_id: str
    kind: ChangeKind
    state: ChangeState
    facts: list[str]
    hash: str
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, change: Change) -> ChangeView:
        return cls(
            change_id=change.id,
            kind=change.kind,
            state=change.state,
            facts=list(change.facts),
            hash=change.hash,
            created_at=change.created_at,
            expires_at=change.expires_at,
        )


class ApiKeyView(_View):
    """A key as it is remembered: of its secret only the first letters."""

    key_id: str
    user_id: str
    name: str
    scopes: list[Scope]
    hint: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> ApiKeyView:
        return cls(
            key_id=key.id,
            user_id=key.user_id,
            name=key.name,
            scopes=sorted(key.scopes),
            hint=key.hint,
            created_at=key.created_at,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
        )


class NewApiKeyView(_View):
    """The one time that a secret is shown."""

    key: ApiKeyView
    secret: str

    @classmethod
    def of(cls, new: NewApiKey) -> NewApiKeyView:
        return cls(key=ApiKeyView.of(new.key), secret=new.secret)


class TeamMemberView(_View):
    user_id: str
    role: TeamRole
    is_observer: bool

    @classmethod
    def of(cls, member: TeamMember) -> TeamMemberView:
        return cls(user_id=member.user_id, role=member.role, is_observer=member.is_observer)


class TeamView(_View):
    team_id: str
    name: str
    members: list[TeamMemberView]
    created_at: datetime

    @classmethod
    def of(cls, team: Team) -> TeamView:
        return cls(
            team_id=team.id,
            name=team.name,
            members=[TeamMemberView.of(member) for member in team.members],
            created_at=team.created_at,
        )


class AuditEntryView(_View):
    entry_id: str
    at: datetime
    by_user_id: str
    by_email: str
    action: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]
    address: str

    @classmethod
    def of(cls, entry: AuditEntry) -> AuditEntryView:
        return cls(
            entry_id=entry.id,
            at=entry.at,
            by_user_id=entry.by,
            by_email=entry.by_email,
            action=entry.action,
            subject=entry.subject,
            before=dict(entry.before),
            after=dict(entry.after),
            address=entry.address,
        )


class AuditPage(_View):
    """`next` goes into `after` for the page behind this one; null on the last."""

    entries: list[AuditEntryView]
    next: str | None
