"""What the cards about members and teams can ask. Each change answers with all as it is now."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from qrev.accounts.changes import Changes
from qrev.accounts.invitations import PER_PERSON, Invitations
from qrev.accounts.members import Members
from qrev.accounts.models import Actor, Invitation, Role, TeamRole, UserId
from qrev.accounts.teams import Teams
from qrev.assistant import members_cards as asked
from qrev.assistant.cards import Card, ChangeCard
from qrev.assistant.members_cards import MembersView, TeamsView
from qrev.assistant.members_viewing import members_view, teams_view
from qrev.kit.errors import NotFound
from qrev.kit.limits import Limits

AS = {
    Role.OWNER: "an owner",
    Role.ADMIN: "an admin",
    Role.SELLER: "a seller",
    Role.VIEWER: "a viewer",
}
IN_A_TEAM = {TeamRole.ADMIN: "an admin", TeamRole.MEMBER: "a member"}


class MembersDesk:
    def __init__(
        self,
        *,
        members: Members,
        invitations: Invitations,
        teams: Teams,
        changes: Changes,
        limits: Limits,
    ) -> None:
        self._members = members
        self._invitations = invitations
        self._teams = teams
        self._changes = changes
        self._limits = limits

    # --- members ---------------------------------------------------------------------------------

    async def members_page(self, actor: Actor, ask: asked.NothingAsked) -> MembersView:
        """Return everybody; for those who may manage, the open invitations as well."""
        return await self._view(actor)

    async def member_invite(self, actor: Actor, ask: asked.InviteAsked) -> MembersView:
        """Invite an address, and return the link whether it was mailed or not."""
        actor.must_be_able_to_manage()
        await self._limits.count("invite", actor.user_id, PER_PERSON)
        invited = await self._invitations.invite(actor, ask.email, ask.role)
        email, role = invited.invitation.email, invited.invitation.role.value
        said = (
            f"{email} is invited as {role}. The invitation was mailed to them."
            if invited.was_mailed
            else f"{email} is invited as {role}. No mail was sent: give them this link yourself."
        )
        return await self._view(actor, said=said, link=invited.link)

    async def invitation_link(self, actor: Actor, ask: asked.InvitationAsked) -> MembersView:
        """Return the link of an open invitation, to be copied again."""
        link = await self._invitations.link(actor, ask.invitation_id)
        return await self._view(actor, said="It opens only for the address invited.", link=link)

    async def invitation_revoke(self, actor: Actor, ask: asked.InvitationAsked) -> MembersView:
        """Take an invitation back."""
        found = await self._invitation(actor, ask.invitation_id)
        await self._invitations.revoke(actor, ask.invitation_id)
        return await self._view(
            actor, said=f"The invitation of {found.email} is taken back. Its link stopped working."
        )

    async def member_role(self, actor: Actor, ask: asked.MemberRoleAsked) -> MembersView:
        """Give a member another role, if they still have the one that was shown."""
        user_id = UserId(ask.user_id)
        found = await self._members.change_role(actor, user_id, ask.role, was=ask.was)
        role = found.member.role
        if user_id == actor.user_id:
            return await self._view(replace(actor, role=role), said=f"You are {AS[role]} now.")
        return await self._view(actor, said=f"{found.user.name} is {AS[role]} now.")

    async def member_remove(
        self, actor: Actor, ask: asked.MemberAsked
    ) -> tuple[MembersView, tuple[Card, ...]]:
        """Remove a member who owns nothing. For another, show first what would go where."""
        user_id = UserId(ask.user_id)
        name = (await self._members.must_be_removable(actor, user_id)).user.name
        if await self._members.owned(actor, user_id):
            card = ChangeCard(change_id=(await self._changes.propose_removal(actor, user_id)).id)
            said = f"{name} owns campaigns. Nothing was changed: read the card below and confirm."
            return await self._view(actor, said=said), (card,)
        await self._members.remove(actor, user_id)
        return await self._view(actor, said=f"{name} is out, on every device."), ()

    async def _invitation(self, actor: Actor, invitation_id: str) -> Invitation:
        found = [i for i in await self._invitations.all(actor) if i.id == invitation_id]
        if not found:
            raise NotFound("We could not find that invitation.")
        return found[0]

    async def _view(self, actor: Actor, *, said: str = "", link: str = "") -> MembersView:
        everyone, teams, invitations = await asyncio.gather(
            self._members.all(actor), self._teams.all(actor), self._open(actor)
        )
        return members_view(everyone, invitations, teams, actor, said=said, link=link)

    async def _open(self, actor: Actor) -> list[Invitation]:
        return await self._invitations.all(actor) if actor.may_manage else []

    # --- teams -----------------------------------------------------------------------------------

    async def teams_page(self, actor: Actor, ask: asked.NothingAsked) -> TeamsView:
        """Return the teams by name, and who is in them."""
        return await self._teams_view(actor, "")

    async def team_create(self, actor: Actor, ask: asked.NewTeamAsked) -> TeamsView:
        """Make a team without members."""
        team = await self._teams.create(actor, ask.name)
        return await self._teams_view(actor, f"The team “{team.name}” is made. Add its members.")

    async def team_rename(self, actor: Actor, ask: asked.TeamNameAsked) -> TeamsView:
        """Give a team another name."""
        team = await self._teams.rename(actor, ask.team_id, ask.name)
        return await self._teams_view(actor, f"The team is called “{team.name}” now.")

    async def team_delete(self, actor: Actor, ask: asked.TeamAsked) -> TeamsView:
        """Delete a team; its members stay in the workspace."""
        team = await self._teams.get(actor, ask.team_id)
        await self._teams.delete(actor, team.id)
        said = f"The team “{team.name}” is deleted. Its members stay in the workspace."
        return await self._teams_view(actor, said)

    async def team_member_put(self, actor: Actor, ask: asked.TeamMemberPutAsked) -> TeamsView:
        """Take a member into a team, or change what they are in it."""
        team = await self._teams.put_member(
            actor,
            ask.team_id,
            UserId(ask.user_id),
            role=ask.team_role,
            is_observer=ask.is_observer,
        )
        what = "an observer" if ask.is_observer else IN_A_TEAM[ask.team_role]
        return await self._told(actor, ask.user_id, f"is {what} in “{team.name}” now.")

    async def team_member_remove(self, actor: Actor, ask: asked.TeamMemberAsked) -> TeamsView:
        """Take someone out of a team. Anyone may go themselves."""
        team = await self._teams.remove_member(actor, ask.team_id, UserId(ask.user_id))
        return await self._told(actor, ask.user_id, f"is out of “{team.name}”.")

    async def _told(self, actor: Actor, user_id: str, words: str) -> TeamsView:
        """Return the teams, with what became of somebody in one of them."""
        view = await self._teams_view(actor, "")
        name = next((each.name for each in view.colleagues if each.user_id == user_id), "They")
        return view.model_copy(update={"said": f"{name} {words}"})

    async def _teams_view(self, actor: Actor, said: str) -> TeamsView:
        teams, everyone = await asyncio.gather(self._teams.all(actor), self._members.all(actor))
        return teams_view(teams, everyone, actor, said=said)
