"""Teams: some of the members of a workspace."""

from __future__ import annotations

from qrev.accounts.addresses import a_name
from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor, Facts, Scope, Team, TeamMember, TeamRole, UserId
from qrev.accounts.ports import MemberBook, TeamBook
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, NotFound
from qrev.kit.ids import new_id

MAX_TEAMS = 200
NO_TEAM = "We could not find that team."
NO_MEMBER = "We could not find that member."


class Teams:
    def __init__(self, *, teams: TeamBook, members: MemberBook, audit: Audit, clock: Clock) -> None:
        self._teams = teams
        self._members = members
        self._audit = audit
        self._clock = clock

    async def all(self, actor: Actor) -> list[Team]:
        """Return the account's teams by name."""
        return await self._teams.of_account(actor.account_id)

    async def get(self, actor: Actor, team_id: str) -> Team:
        """Return one of the account's teams. Raises NotFound."""
        team = await self._teams.get(actor.account_id, team_id)
        if team is None:
            raise NotFound(NO_TEAM)
        return team

    async def create(self, actor: Actor, name: str) -> Team:
        """Make a team without members. Raises Conflict when there is one of that name."""
        actor.must_be_able_to_manage()
        name = a_name(name, "a team")
        if len(await self.all(actor)) >= MAX_TEAMS:
            raise Conflict(f"There are {MAX_TEAMS} teams, which is as many as there can be.")
        team = Team(
            id=f"team_{new_id()}",
            account_id=actor.account_id,
            name=name,
            members=(),
            created_at=self._clock(),
        )
        if not await self._teams.add(team):
            raise Conflict(_taken(name))
        await self._audit.record(actor, "team.created", team.id, after={"name": name})
        return team

    async def rename(self, actor: Actor, team_id: str, name: str) -> Team:
        """Give a team another name. Raises NotFound, and Conflict when the name is taken."""
        actor.must_be_able_to_manage()
        before, name = await self.get(actor, team_id), a_name(name, "a team")
        was_renamed = await self._teams.rename(actor.account_id, team_id, name)
        if was_renamed is False:
            raise Conflict(_taken(name))
        await self._audit.record(
            actor, "team.renamed", team_id, before={"name": before.name}, after={"name": name}
        )
        return await self.get(actor, team_id)

    async def delete(self, actor: Actor, team_id: str) -> None:
        """Delete a team; its members stay members of the workspace. Raises NotFound."""
        actor.must_be_able_to_manage()
        team = await self.get(actor, team_id)
        if not await self._teams.remove(actor.account_id, team_id):
            raise NotFound(NO_TEAM)
        before = {"name": team.name, "members": [member.user_id for member in team.members]}
        await self._audit.record(actor, "team.deleted", team_id, before=before)

    async def put_member(
        self,
        actor: Actor,
        team_id: str,
        user_id: UserId,
        *,
        role: TeamRole = TeamRole.MEMBER,
        is_observer: bool = False,
    ) -> Team:
        """Take a member of the workspace into a team, or change what they are in it.

        Owners, admins and the team's own admins may. Raises NotFound.
        """
        team = await self._changeable(actor, team_id)
        await self._must_be_member(actor, user_id)
        member = TeamMember(user_id=user_id, role=role, is_observer=is_observer)
        if not await self._teams.put_member(actor.account_id, team_id, member):
            raise NotFound(NO_TEAM)
        try:
            # Again: whoever removes a member takes them out of the teams they see them in.
            await self._must_be_member(actor, user_id)
        except NotFound:
            await self._teams.remove_member(actor.account_id, team_id, user_id)
            raise
        await self._audit.record(
            actor,
            "team.member_put",
            team_id,
            before=_facts(team.member(user_id)),
            after=_facts(member),
        )
        return await self.get(actor, team_id)

    async def remove_member(self, actor: Actor, team_id: str, user_id: UserId) -> Team:
        """Take someone out of a team. Anyone may go themselves. Raises NotFound."""
        team = await self.get(actor, team_id)
        if user_id == actor.user_id:
            actor.must_have(Scope.WRITE)
        else:
            team = await self._changeable(actor, team_id)
        if not await self._teams.remove_member(actor.account_id, team_id, user_id):
            raise NotFound(NO_MEMBER)
        before = _facts(team.member(user_id))
        await self._audit.record(actor, "team.member_removed", team_id, before=before)
        return await self.get(actor, team_id)

    async def _changeable(self, actor: Actor, team_id: str) -> Team:
        team = await self.get(actor, team_id)
        own = team.member(actor.user_id)
        is_team_admin = own is not None and own.role is TeamRole.ADMIN
        if is_team_admin:
            actor.must_be_able_to_change()
        else:
            actor.must_be_able_to_manage()
        return team

    async def _must_be_member(self, actor: Actor, user_id: UserId) -> None:
        if await self._members.get(actor.account_id, user_id) is None:
            raise NotFound(NO_MEMBER)


def _taken(name: str) -> str:
    return f"There is a team “{name}” already."


def _facts(member: TeamMember | None) -> Facts:
    if member is None:
        return {}
    return {
        "user_id": member.user_id,
        "role": member.role.value,
        "is_observer": member.is_observer,
    }
