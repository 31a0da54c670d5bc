"""What the card of one's workspaces can ask."""

from __future__ import annotations

from qrev.accounts.changes import Changes
from qrev.accounts.members import LAST_OWNER, Members
from qrev.accounts.models import Account, AccountId, Actor, Colleague, Role, UserId, Workspace
from qrev.accounts.service import Accounts
from qrev.accounts.sessions import Sessions
from qrev.assistant import workspace_cards as shown
from qrev.assistant.cards import ChangeCard


class WorkspaceDesk:
    def __init__(
        self, *, accounts: Accounts, members: Members, sessions: Sessions, changes: Changes
    ) -> None:
        self._accounts = accounts
        self._members = members
        self._sessions = sessions
        self._changes = changes

    async def get(self, actor: Actor, ask: shown.NothingAsked) -> shown.WorkspaceView:
        """Return the workspace the actor works in, and every one they belong to."""
        account = await self._accounts.account(actor)
        everyone = await self._members.all(actor)
        owned = await self._members.owned(actor, actor.user_id)
        places = await self._accounts.mine(actor)
        return workspace_view(actor, account, everyone, places, owned=owned)

    async def save(self, actor: Actor, ask: shown.WorkspaceSaveAsked) -> shown.WorkspaceView:
        """Change what is given, one after the other. Raises InvalidInput at the first that is odd.

        The hardest to get right come first, so that little is kept of what is refused.
        """
        actor.must_be_able_to_manage()
        if ask.postal_address is not None:
            await self._accounts.save_postal_address(actor, ask.postal_address)
        if ask.name is not None or ask.domain is not None:
            await self._accounts.rename(actor, name=ask.name, domain=ask.domain)
        if ask.timezone is not None:
            await self._accounts.save_timezone(actor, ask.timezone)
        return await self.get(actor, shown.NothingAsked())

    async def choose(self, actor: Actor, ask: shown.PlaceAsked) -> shown.MovedView:
        """Go on in another workspace, with the whole browser."""
        return await self._moved(await self._sessions.choose(actor, AccountId(ask.account_id)))

    async def add(self, actor: Actor, ask: shown.WorkspaceAddAsked) -> shown.MovedView:
        """Make a workspace the actor owns, and go on in it."""
        return await self._moved(
            await self._accounts.create(actor, ask.name, timezone=ask.timezone)
        )

    async def leave(self, actor: Actor, ask: shown.NothingAsked) -> shown.MovedView:
        """Leave the workspace, and go on in another one if there is any."""
        await self._members.leave(actor)
        left = await self._accounts.mine(actor)
        if not left:
            return shown.MovedView(name="")
        return await self._moved(await self._sessions.choose(actor, left[0].account.id))

    async def restore(self, actor: Actor, ask: shown.NothingAsked) -> shown.WorkspaceView:
        """Keep the workspace that was about to be deleted."""
        await self._accounts.restore(actor)
        return await self.get(actor, ask)

    async def hand_over(self, actor: Actor, ask: shown.HeirAsked) -> ChangeCard:
        """Propose to hand the workspace over to a member."""
        change = await self._changes.propose_transfer(actor, UserId(ask.user_id))
        return ChangeCard(change_id=change.id)

    async def delete(self, actor: Actor, ask: shown.NothingAsked) -> ChangeCard:
        """Propose to delete the workspace."""
        return ChangeCard(change_id=(await self._changes.propose_deletion(actor)).id)

    async def _moved(self, actor: Actor) -> shown.MovedView:
        return shown.MovedView(name=(await self._accounts.account(actor)).name)


def workspace_view(
    actor: Actor,
    account: Account,
    everyone: list[Colleague],
    places: list[Workspace],
    *,
    owned: int,
) -> shown.WorkspaceView:
    """Return what the actor sees of their workspace. `owned` counts their sequences."""
    is_owner = actor.role is Role.OWNER
    others = [each for each in everyone if each.user.id != actor.user_id]
    can_leave = any(each.member.role is Role.OWNER for each in others)
    return shown.WorkspaceView(
        name=account.name,
        domain=account.domain,
        timezone=account.timezone,
        postal_address=account.postal_address,
        role=actor.role.value,
        deletes_at=account.deletes_at,
        may_manage=actor.may_manage,
        is_owner=is_owner,
        can_leave=can_leave,
        leaving=costs_of_leaving(owned) if can_leave else [LAST_OWNER],
        places=[_place(each, actor) for each in places],
        heirs=[_heir(each) for each in others] if is_owner else [],
    )


def costs_of_leaving(owned: int) -> list[str]:
    """Return what one gives up by leaving, in sentences."""
    costs = ["You lose access at once, on every device. Only an invitation brings you back."]
    if owned:
        costs.append(
            f"Your {owned:,} sequences go to an owner."
            if owned > 1
            else "Your sequence goes to an owner."
        )
    return [*costs, "You leave every team, and your API keys stop working."]


def _place(each: Workspace, actor: Actor) -> shown.PlaceRow:
    return shown.PlaceRow(
        account_id=each.account.id,
        name=each.account.name,
        role=each.role.value,
        is_here=each.account.id == actor.account_id,
        deletes_at=each.account.deletes_at,
    )


def _heir(each: Colleague) -> shown.HeirRow:
    return shown.HeirRow(
        user_id=each.user.id,
        name=each.user.name,
        email=each.user.email,
        role=each.member.role.value,
    )
