"""The people of a workspace: who they are, what they may, and when they go."""

from __future__ import annotations

from dataclasses import dataclass

from qrev.accounts.audit import Audit
from qrev.accounts.models import AccountId, Actor, Colleague, Member, Role, UserId
from qrev.accounts.ports import (
    ApiKeyBook,
    Belongings,
    InvitationBook,
    MemberBook,
    TeamBook,
    UserBook,
)
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, NotAllowed, NotFound

NO_MEMBER = "We could not find that member."
LAST_OWNER = "The last owner of a workspace cannot go: make someone else an owner first."
CHANGED = "That member was changed in the meantime. Please look again."
OWNERS_ONLY = "Only an owner may change who is an owner."


@dataclass(frozen=True, kw_only=True, slots=True)
class Traces:
    """Where a member has left something that must not stay behind."""

    invitations: InvitationBook
    teams: TeamBook
    api_keys: ApiKeyBook
    belongings: Belongings


class Members:
    def __init__(
        self,
        *,
        members: MemberBook,
        users: UserBook,
        traces: Traces,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._members = members
        self._users = users
        self._traces = traces
        self._audit = audit
        self._clock = clock

    async def all(self, actor: Actor) -> list[Colleague]:
        """Return everyone in the actor's workspace, by name."""
        found = await self._members.of_account(actor.account_id)
        return sorted(found, key=lambda each: (each.user.name.casefold(), each.user.email))

    async def get(self, actor: Actor, user_id: UserId) -> Colleague:
        """Return one of the actor's colleagues, or themselves. Raises NotFound."""
        member = await self._members.get(actor.account_id, user_id)
        user = None if member is None else await self._users.get(user_id)
        if member is None or user is None:
            raise NotFound(NO_MEMBER)
        return Colleague(user=user, member=member)

    async def change_role(
        self, actor: Actor, user_id: UserId, role: Role, *, was: Role | None = None
    ) -> Colleague:
        """Give a member another role. Only owners say who is an owner; one stays.

        With `was`, only if that is still their role. Raises NotAllowed, NotFound, Conflict.
        """
        actor.must_be_able_to_manage()
        before = (await self.get(actor, user_id)).member
        if Role.OWNER in (before.role, role) and actor.role is not Role.OWNER:
            raise NotAllowed(OWNERS_ONLY)
        if was is not None and before.role is not was:
            raise Conflict(CHANGED)
        if before.role is not role:
            await self._set_role(before, role)
            await self._audit.record(
                actor,
                "member.role_changed",
                user_id,
                before={"role": before.role.value},
                after={"role": role.value},
            )
        return await self.get(actor, user_id)

    async def owned(self, actor: Actor, user_id: UserId) -> int:
        """Return how many sequences a member owns."""
        return await self._traces.belongings.count(actor.account_id, user_id)

    async def remove(self, actor: Actor, user_id: UserId) -> None:
        """Remove a member who owns nothing. Raises NotAllowed, NotFound, Conflict."""
        await self.must_be_removable(actor, user_id)
        if count := await self.owned(actor, user_id):
            raise Conflict(
                f"They own {count} sequence{'s' if count > 1 else ''}, which would go to you. "
                "Ask for it as a proposal, look at it, and confirm."
            )
        await self.remove_with_belongings(actor, user_id)

    async def must_be_removable(self, actor: Actor, user_id: UserId) -> Colleague:
        """Return whom the actor may remove. Raises NotAllowed, NotFound, InvalidInput."""
        actor.must_be_able_to_manage()
        if user_id == actor.user_id:
            raise InvalidInput("You cannot remove yourself. You can leave the workspace.")
        found = await self.get(actor, user_id)
        if found.member.role is Role.OWNER and actor.role is not Role.OWNER:
            raise NotAllowed(OWNERS_ONLY)
        return found

    async def remove_with_belongings(self, actor: Actor, user_id: UserId) -> None:
        """Remove a member; the actor gets what they owned. Raises as `remove` does."""
        found = await self.must_be_removable(actor, user_id)
        handed_over = await self._take_out(found, heir=actor.user_id)
        await self._audit.record(
            actor,
            "member.removed",
            user_id,
            before={"email": found.user.email, "role": found.member.role.value},
            after={"sequences_handed_over": handed_over},
        )

    async def leave(self, actor: Actor) -> None:
        """Leave the workspace; an owner gets what one owned. Raises Conflict for the last owner."""
        actor.must_be_present()
        me = await self.get(actor, actor.user_id)
        heir = await self._an_owner_besides(actor)
        handed_over = await self._take_out(me, heir=heir)
        await self._audit.record(
            actor,
            "member.left",
            actor.user_id,
            before={"role": me.member.role.value},
            after={"sequences_handed_over": handed_over},
        )

    async def transfer(self, actor: Actor, user_id: UserId) -> None:
        """Make someone else an owner and be an admin oneself. Raises NotFound, Conflict."""
        actor.must_be_owner()
        await self.change_role(actor, user_id, Role.OWNER)
        await self.change_role(actor, actor.user_id, Role.ADMIN)

    async def _an_owner_besides(self, actor: Actor) -> UserId:
        everyone = await self._members.of_account(actor.account_id)
        owners = (
            each.user.id
            for each in everyone
            if each.member.role is Role.OWNER and each.user.id != actor.user_id
        )
        heir = next(owners, None)
        if heir is None:
            raise Conflict(LAST_OWNER)
        return heir

    async def _set_role(self, member: Member, role: Role) -> None:
        if role is Role.OWNER:
            has_changed = await self._members.make_owner(member)
        else:
            await self._give_up_ownership(member)
            has_changed = await self._members.set_role(member, role)
        if not has_changed:
            raise Conflict(CHANGED)

    async def _take_out(self, leaving: Colleague, *, heir: UserId) -> int:
        """Remove a member and every trace. Return how many sequences changed hands."""
        member = leaving.member
        await self._give_up_ownership(member)
        # Before they are out, or the invitation they came by could bring them back in.
        await self._traces.invitations.close(member.account_id, leaving.user.email)
        count = await self._hand_over(member.account_id, member.user_id, heir)
        if not await self._members.remove(member):
            raise Conflict(CHANGED)
        # Again: until they were out they could go on adding.
        return count + await self._hand_over(member.account_id, member.user_id, heir)

    async def _hand_over(self, account_id: AccountId, user_id: UserId, heir: UserId) -> int:
        await self._traces.teams.forget(account_id, user_id)
        await self._traces.api_keys.revoke_of(account_id, user_id, self._clock())
        return await self._traces.belongings.hand_over(account_id, user_id, heir)

    async def _give_up_ownership(self, member: Member) -> None:
        is_owner = member.role is Role.OWNER
        if is_owner and not await self._members.give_up_ownership(
            member.account_id, member.user_id
        ):
            raise Conflict(LAST_OWNER)
