"""From who is in a workspace to what its cards show. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qrev.accounts.models import Actor, Colleague, Invitation, Role, Team, TeamRole
from qrev.assistant.members_cards import (
    ColleagueRow,
    InvitationRow,
    MemberRow,
    MembersView,
    TeamMemberRow,
    TeamRow,
    TeamsView,
)

LAST_OWNER = "The last owner. To go or step down, make someone else an owner first."
OWNERS_ONLY = "Only an owner may change or remove an owner."


def members_view(
    everyone: Sequence[Colleague],
    invitations: Iterable[Invitation],
    teams: Iterable[Team],
    actor: Actor,
    *,
    said: str = "",
    link: str = "",
) -> MembersView:
    """Return everybody as the actor may see and change them."""
    owners = sum(each.member.role is Role.OWNER for each in everyone)
    known = list(teams)
    return MembersView(
        members=[_member_row(each, known, actor, is_last=owners == 1) for each in everyone],
        invitations=[_invitation_row(each) for each in invitations],
        may_manage=actor.may_manage,
        said=said,
        link=link,
    )


def _member_row(found: Colleague, teams: list[Team], actor: Actor, *, is_last: bool) -> MemberRow:
    user, role = found.user, found.member.role
    is_you = user.id == actor.user_id
    is_last_owner = is_last and role is Role.OWNER
    is_above = role is Role.OWNER and actor.role is not Role.OWNER
    is_fixed = is_last_owner or is_above or not actor.may_manage
    return MemberRow(
        user_id=user.id,
        name=user.name,
        email=user.email,
        role=role.value,
        since=found.member.joined_at,
        teams=[team.name for team in teams if team.member(user.id) is not None],
        is_you=is_you,
        is_disabled=user.is_disabled,
        roles=[] if is_fixed else roles_to_give(actor),
        can_remove=not is_fixed and not is_you,
        note=_note(actor, is_last_owner=is_last_owner, is_above=is_above),
    )


def roles_to_give(actor: Actor) -> list[str]:
    """Return the roles the actor may give a member. Only owners say who is an owner."""
    return [role.value for role in Role if role is not Role.OWNER or actor.role is Role.OWNER]


def _note(actor: Actor, *, is_last_owner: bool, is_above: bool) -> str:
    if not actor.may_manage:
        return ""
    if is_above:
        return OWNERS_ONLY
    return LAST_OWNER if is_last_owner else ""


def _invitation_row(invitation: Invitation) -> InvitationRow:
    return InvitationRow(
        invitation_id=invitation.id,
        email=invitation.email,
        role=invitation.role.value,
        invited_by=invitation.invited_by_name,
        until=invitation.expires_at,
    )


def teams_view(
    teams: Iterable[Team], everyone: Sequence[Colleague], actor: Actor, *, said: str = ""
) -> TeamsView:
    """Return the teams as the actor may see and change them."""
    return TeamsView(
        teams=[_team_row(team, everyone, actor) for team in teams],
        colleagues=[
            ColleagueRow(user_id=each.user.id, name=each.user.name, email=each.user.email)
            for each in everyone
        ],
        may_manage=actor.may_manage,
        said=said,
    )


def _team_row(team: Team, everyone: Sequence[Colleague], actor: Actor) -> TeamRow:
    own = team.member(actor.user_id)
    is_team_admin = own is not None and own.role is TeamRole.ADMIN
    return TeamRow(
        team_id=team.id,
        name=team.name,
        members=[row for each in everyone for row in _team_member_rows(team, each, actor)],
        can_change=actor.may_manage or (is_team_admin and actor.may_change),
        can_leave=own is not None,
    )


def _team_member_rows(team: Team, found: Colleague, actor: Actor) -> list[TeamMemberRow]:
    """Return the row of one who is in the team, nothing for another."""
    user, member = found.user, team.member(found.user.id)
    if member is None:
        return []
    return [
        TeamMemberRow(
            user_id=user.id,
            name=user.name,
            email=user.email,
            role=member.role.value,
            is_observer=member.is_observer,
            is_you=user.id == actor.user_id,
        )
    ]
