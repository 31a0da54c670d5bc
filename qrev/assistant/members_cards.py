"""Members and teams on the screen: the cards, what they show, and what they may ask."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from qrev.accounts.models import Role, TeamRole
from qrev.assistant.cards import Card, _Shown
from qrev.assistant.requests import Id, _Asked

# Longer than any name or address: what is too long is said by the service, in words.
Words = Annotated[str, Field(max_length=1000)]


# --- cards ---------------------------------------------------------------------------------------


class MembersCard(Card):
    """Who is in the workspace, and who may come.

    With `email` the form is filled in already; nobody is invited before its button is pressed.
    """

    email: str = ""
    role: str = ""

    @property
    def key(self) -> str:
        return "members"


class TeamsCard(Card):
    """The teams of the workspace, and who is in them."""

    @property
    def key(self) -> str:
        return "teams"


# --- views ---------------------------------------------------------------------------------------


class MemberRow(_Shown):
    """A member. `roles` are those the reader may give them, none where they may not.

    `note` says why a button is missing that one would look for.
    """

    user_id: str
    name: str
    email: str
    role: str
    since: datetime | None
    teams: list[str]
    is_you: bool
    is_disabled: bool
    roles: list[str]
    can_remove: bool
    note: str


class InvitationRow(_Shown):
    invitation_id: str
    email: str
    role: str
    invited_by: str
    until: datetime


class MembersView(_Shown):
    """Everybody, and what has just come of a press: `said` in words, and a `link` to copy."""

    members: list[MemberRow]
    invitations: list[InvitationRow]
    may_manage: bool
    said: str
    link: str


class TeamMemberRow(_Shown):
    user_id: str
    name: str
    email: str
    role: str
    is_observer: bool
    is_you: bool


class TeamRow(_Shown):
    """A team. Its own admins may change who is in it; only owners and admins, what it is."""

    team_id: str
    name: str
    members: list[TeamMemberRow]
    can_change: bool
    can_leave: bool


class ColleagueRow(_Shown):
    user_id: str
    name: str
    email: str


class TeamsView(_Shown):
    """The teams by name, whom one could add to them, and what has just come of a press."""

    teams: list[TeamRow]
    colleagues: list[ColleagueRow]
    may_manage: bool
    said: str


# --- requests ------------------------------------------------------------------------------------


class NothingAsked(_Asked):
    pass


class InviteAsked(_Asked):
    email: Words
    role: Role


class InvitationAsked(_Asked):
    invitation_id: Id


class MemberRoleAsked(_Asked):
    """`was` is the role the card showed: another one meanwhile is a conflict."""

    user_id: Id
    role: Role
    was: Role


class MemberAsked(_Asked):
    user_id: Id


class NewTeamAsked(_Asked):
    name: Words


class TeamAsked(_Asked):
    team_id: Id


class TeamNameAsked(_Asked):
    team_id: Id
    name: Words


class TeamMemberAsked(_Asked):
    team_id: Id
    user_id: Id


class TeamMemberPutAsked(_Asked):
    team_id: Id
    user_id: Id
    team_role: TeamRole = TeamRole.MEMBER
    is_observer: bool = False
