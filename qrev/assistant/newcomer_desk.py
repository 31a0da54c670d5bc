"""The way into a workspace: make one, accept an invitation, or go on in another of one's own."""

from __future__ import annotations

from zoneinfo import available_timezones

from qrev.accounts.invitations import Invitations
from qrev.accounts.models import AccountId, Actor, Invitation, Who, Workspace
from qrev.accounts.service import Accounts
from qrev.accounts.sessions import Sessions
from qrev.assistant import newcomer_cards as cards
from qrev.kit.free_mail import company_domain


class NewcomerDesk:
    """Answers those who are in no workspace, and the same people once they are in one."""

    def __init__(self, *, accounts: Accounts, invitations: Invitations, sessions: Sessions) -> None:
        self._accounts = accounts
        self._invitations = invitations
        self._sessions = sessions

    async def welcome_get(self, who: Who, ask: cards.WelcomeAsked) -> cards.WelcomeView:
        """Return where somebody stands, and which ways on they have."""
        chosen = who.account_id if isinstance(who, Actor) else None
        mine = [_own(each) for each in await self._accounts.mine(who)]
        return cards.WelcomeView(
            email=who.email,
            workspace=next((each for each in mine if each.id == chosen), None),
            has_lost_one=chosen is None and await self._has_chosen(who),
            domain=company_domain(who.email),
            invitations=[_waiting(each) for each in await self._invitations.of_address(who)],
            others=[each for each in mine if each.id != chosen],
        )

    async def workspace_create(
        self, who: Who, ask: cards.WorkspaceCreateAsked
    ) -> cards.WelcomeView:
        """Make a workspace and go on in it."""
        # What a browser calls its zone is no reason to keep anybody out.
        zone = ask.timezone if ask.timezone in available_timezones() else ""
        actor = await self._accounts.create(who, ask.name, domain=ask.domain, timezone=zone)
        return await self._now(actor)

    async def invitation_accept(self, who: Who, ask: cards.InvitationAsked) -> cards.WelcomeView:
        """Join, and go on there."""
        return await self._now(await self._invitations.accept(who, ask.invitation_id))

    async def invitation_decline(self, who: Who, ask: cards.InvitationAsked) -> cards.WelcomeView:
        """Say no. Nothing else changes."""
        await self._invitations.decline(who, ask.invitation_id)
        return await self._now(who)

    async def welcome_choose(self, who: Who, ask: cards.WelcomeChooseAsked) -> cards.WelcomeView:
        """Go on in another workspace of one's own."""
        return await self._now(await self._sessions.choose(who, AccountId(ask.account_id)))

    async def _now(self, who: Who) -> cards.WelcomeView:
        return await self.welcome_get(who, cards.WelcomeAsked())

    async def _has_chosen(self, who: Who) -> bool:
        """Return whether the session of this browser is in a workspace, be it theirs or not."""
        sessions = await self._sessions.list(who)
        return any(s.id == who.session_id and s.account_id is not None for s in sessions)


def _own(workspace: Workspace) -> cards.OwnWorkspace:
    account = workspace.account
    return cards.OwnWorkspace(id=account.id, name=account.name, role=workspace.role.value)


def _waiting(invitation: Invitation) -> cards.WaitingInvitation:
    return cards.WaitingInvitation(
        id=invitation.id,
        workspace=invitation.account_name,
        role=invitation.role.value,
        invited_by=invitation.invited_by_name,
        until=invitation.expires_at,
    )
