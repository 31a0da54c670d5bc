"""What the cards about members and teams may ask, by name."""

from __future__ import annotations

from qrev.accounts.models import Actor
from qrev.assistant import members_cards as asked
from qrev.assistant.members_desk import MembersDesk
from qrev.assistant.questions import Answered, Desks, Question, viewed


def _members(desks: Desks) -> MembersDesk:
    return desks.members


async def _remove(desks: Desks, actor: Actor, ask: asked.MemberAsked) -> Answered:
    """Remove a member, or show what would go where as a card of its own."""
    view, cards = await desks.members.member_remove(actor, ask)
    return Answered(view=view, cards=cards)


QUESTIONS: dict[str, Question] = {
    "members_page": viewed(asked.NothingAsked, _members, MembersDesk.members_page),
    "member_invite": viewed(asked.InviteAsked, _members, MembersDesk.member_invite),
    "member_role": viewed(asked.MemberRoleAsked, _members, MembersDesk.member_role),
    "member_remove": Question(asks=asked.MemberAsked, answer=_remove),
    "invitation_link": viewed(asked.InvitationAsked, _members, MembersDesk.invitation_link),
    "invitation_revoke": viewed(asked.InvitationAsked, _members, MembersDesk.invitation_revoke),
    "teams_page": viewed(asked.NothingAsked, _members, MembersDesk.teams_page),
    "team_create": viewed(asked.NewTeamAsked, _members, MembersDesk.team_create),
    "team_rename": viewed(asked.TeamNameAsked, _members, MembersDesk.team_rename),
    "team_delete": viewed(asked.TeamAsked, _members, MembersDesk.team_delete),
    "team_member_put": viewed(asked.TeamMemberPutAsked, _members, MembersDesk.team_member_put),
    "team_member_remove": viewed(asked.TeamMemberAsked, _members, MembersDesk.team_member_remove),
}
