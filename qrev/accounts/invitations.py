"""Inviting an address, and what whoever signs in with it makes of that."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from qrev.accounts.addresses import normalised, user_id_of
from qrev.accounts.audit import Audit
from qrev.accounts.models import (
    Actor,
    Invitation,
    InvitationState,
    Invited,
    Member,
    Role,
    Who,
)
from qrev.accounts.ports import InvitationBook, InvitationPost
from qrev.accounts.service import Books, actor_of
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, NotFound
from qrev.kit.ids import new_id, stable_id
from qrev.kit.limits import Limit
from qrev.kit.signing import Signer

GOOD_FOR = timedelta(days=14)
MAX_OPEN = 200  # of one account; so many mails to strangers are no invitations any more
PER_PERSON = Limit(60, timedelta(hours=1))  # each may be a mail
NO_INVITATION = "That invitation is over, or was never for you. Ask to be invited again."
WAITING = (InvitationState.OPEN, InvitationState.ACCEPTING)


class InvitationLinks:
    """Links that only we can have made. They show an invitation and give nothing else."""

    def __init__(self, signer: Signer, page: str) -> None:
        self._signer = signer
        self._page = page

    def to(self, invitation: Invitation) -> str:
        """Return the address of the page for this invitation, as it is until it is renewed."""
        token = self._signer.sign(invitation.id, invitation.email, invitation.serial)
        return f"{self._page}?t={quote(token)}"

    def read(self, token: str) -> tuple[str, str, str] | None:
        """Return the id, the address and the serial in a token, None for one that is not ours."""
        facts = self._signer.read(token)
        return None if facts is None or len(facts) != 3 else (facts[0], facts[1], facts[2])


class Invitations:
    def __init__(
        self,
        *,
        invitations: InvitationBook,
        books: Books,
        links: InvitationLinks,
        post: InvitationPost,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._invitations = invitations
        self._books = books
        self._links = links
        self._post = post
        self._audit = audit
        self._clock = clock

    async def invite(self, actor: Actor, email: str, role: Role) -> Invited:
        """Invite an address, or renew its invitation: the earlier link then stops working.

        Raises NotAllowed, InvalidInput, and Conflict for someone who is a member already.
        """
        actor.must_be_able_to_manage()
        address = normalised(email)
        if role is Role.OWNER:
            raise InvalidInput("Invite them as an admin first. A member can be made an owner.")
        if await self._books.members.get(actor.account_id, user_id_of(address)) is not None:
            raise Conflict(f"{address} is a member already.")
        await self._must_have_room(actor, address)
        invitation = await self._new(actor, address, role)
        await self._invitations.put(invitation)
        after = {"email": address, "role": role.value}
        await self._audit.record(actor, "invitation.sent", invitation.id, after=after)
        link = self._links.to(invitation)
        was_mailed = await self._post.send(invitation, link)
        return Invited(invitation=invitation, link=link, was_mailed=was_mailed)

    async def all(self, actor: Actor) -> list[Invitation]:
        """Return the account's open invitations, the newest first. Owners and admins only."""
        actor.must_be_able_to_manage()
        return await self._invitations.of_account(actor.account_id, self._clock())

    async def link(self, actor: Actor, invitation_id: str) -> str:
        """Return the link of an open invitation, to be copied. Raises NotFound."""
        actor.must_be_able_to_manage()
        return self._links.to(await self._open(actor, invitation_id))

    async def revoke(self, actor: Actor, invitation_id: str) -> None:
        """Take an invitation back. Raises NotFound."""
        actor.must_be_able_to_manage()
        invitation = await self._open(actor, invitation_id)
        if not await self._invitations.move(
            invitation, before=WAITING, after=InvitationState.REVOKED
        ):
            raise NotFound(NO_INVITATION)
        before = {"email": invitation.email, "role": invitation.role.value}
        await self._audit.record(actor, "invitation.revoked", invitation.id, before=before)

    async def of_address(self, who: Who) -> list[Invitation]:
        """Return the invitations that wait for whoever this is, the newest first."""
        who.must_be_present()
        return await self._invitations.of_address(who.email, self._clock())

    async def read_link(self, token: str) -> Invitation:
        """Return the open invitation a link is to, to be shown. Raises NotFound for any other.

        Showing it is all a link is good for: one must sign in with the address it was sent to.
        """
        named = self._links.read(token)
        found = None if named is None else await self._invitations.find(named[0], named[1])
        if found is None or named is None or found.serial != named[2]:
            raise NotFound(NO_INVITATION)
        if found.state not in WAITING or found.expires_at <= self._clock():
            raise NotFound(NO_INVITATION)
        return found

    async def accept(self, who: Who, invitation_id: str) -> Actor:
        """Join, and go on in that workspace. Accepting twice joins once.

        Raises NotFound for an invitation that is over or for another address.
        """
        invitation = await self._for(who, invitation_id)
        has_begun = await self._invitations.move(
            invitation, before=WAITING, after=InvitationState.ACCEPTING, now=self._clock()
        )
        if not has_begun:
            return await self._enter(who, await self._joined_before(who, invitation))
        member = Member(
            account_id=invitation.account_id,
            user_id=who.user_id,
            role=invitation.role,
            joined_at=self._clock(),
            mark=new_id(),
        )
        is_new = await self._books.members.add_if_new(member)
        await self._settle(invitation, member)
        actor = await self._enter(who, await self._joined_before(who, invitation))
        if is_new:
            after = {"email": who.email, "role": member.role.value}
            await self._audit.record(actor, "member.joined", who.user_id, after=after)
        return actor

    async def decline(self, who: Who, invitation_id: str) -> None:
        """Say no. Raises NotFound for an invitation that is over or for another address."""
        invitation = await self._for(who, invitation_id)
        if not await self._invitations.move(
            invitation, before=[InvitationState.OPEN], after=InvitationState.DECLINED
        ):
            raise NotFound(NO_INVITATION)
        # Into the log of those who invited, by whoever declined.
        guest = Member(account_id=invitation.account_id, user_id=who.user_id, role=Role.VIEWER)
        await self._audit.record(actor_of(who, guest), "invitation.declined", invitation.id)

    async def _new(self, actor: Actor, address: str, role: Role) -> Invitation:
        account = await self._books.accounts.get_account(actor.account_id)
        if account is None:
            raise NotFound("We could not find your workspace.")
        return Invitation(
            id=stable_id("inv", actor.account_id, address),
            account_id=actor.account_id,
            account_name=account.name,
            email=address,
            role=role,
            invited_by=actor.user_id,
            invited_by_name=actor.name,
            state=InvitationState.OPEN,
            serial=new_id(),
            created_at=self._clock(),
            expires_at=self._clock() + GOOD_FOR,
        )

    async def _must_have_room(self, actor: Actor, address: str) -> None:
        waiting = await self._invitations.of_account(actor.account_id, self._clock())
        if len([each for each in waiting if each.email != address]) >= MAX_OPEN:
            raise Conflict(f"{MAX_OPEN} invitations are open. Revoke those nobody will accept.")

    async def _open(self, actor: Actor, invitation_id: str) -> Invitation:
        found = await self._invitations.get(actor.account_id, invitation_id)
        if found is None or found.state not in WAITING or found.expires_at <= self._clock():
            raise NotFound("We could not find that invitation.")
        return found

    async def _for(self, who: Who, invitation_id: str) -> Invitation:
        who.must_be_present()
        found = await self._invitations.find(invitation_id, who.email)
        if found is None:
            raise NotFound(NO_INVITATION)
        return found

    async def _settle(self, invitation: Invitation, member: Member) -> None:
        """End the acceptance. If it was taken back meanwhile, so is what it gave."""
        has_settled = await self._invitations.move(
            invitation, before=[InvitationState.ACCEPTING], after=InvitationState.ACCEPTED
        )
        if has_settled:
            return
        now = await self._invitations.find(invitation.id, invitation.email)
        if now is None or now.state is not InvitationState.ACCEPTED:
            # Only what we added: the mark tells it from another membership.
            await self._books.members.remove(member)
            raise NotFound(NO_INVITATION)

    async def _joined_before(self, who: Who, invitation: Invitation) -> Member:
        member = await self._books.members.get(invitation.account_id, who.user_id)
        if member is None:
            raise NotFound(NO_INVITATION)
        return member

    async def _enter(self, who: Who, member: Member) -> Actor:
        await self._books.users.chose(member)
        if who.session_id is not None:
            await self._books.sessions.choose(who.session_id, member)
        return actor_of(who, member)
