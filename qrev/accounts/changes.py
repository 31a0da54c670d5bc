"""Dangerous changes: shown first, and made only when exactly what was shown is confirmed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta

from qrev.accounts.audit import Audit
from qrev.accounts.members import Members
from qrev.accounts.models import Actor, Change, ChangeKind, ChangeState, Role, UserId
from qrev.accounts.ports import ChangeBook, ChangeMaker
from qrev.accounts.service import GRACE, Accounts
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, NotFound, QrevError
from qrev.kit.ids import new_id

GOOD_FOR = timedelta(minutes=15)
OVER = "This proposal is over, or was used before. Nothing was changed. Ask for it again."
NO_MAKERS: Mapping[ChangeKind, ChangeMaker] = {}
FINISHED_LATER = frozenset({ChangeKind.ERASE_PERSON})
MOVED_ON = "Things have changed since this was proposed. Nothing was changed. Look at it again."


class Changes:
    def __init__(
        self,
        *,
        changes: ChangeBook,
        accounts: Accounts,
        members: Members,
        audit: Audit,
        clock: Clock,
        makers: Mapping[ChangeKind, ChangeMaker] = NO_MAKERS,
    ) -> None:
        self._changes = changes
        self._accounts = accounts
        self._members = members
        self._audit = audit
        self._clock = clock
        self._makers = makers

    async def propose_removal(self, actor: Actor, user_id: UserId) -> Change:
        """Return the removal of a member, and of what they own, to look at."""
        return await self._propose(actor, ChangeKind.REMOVE_MEMBER, user_id)

    async def propose_transfer(self, actor: Actor, user_id: UserId) -> Change:
        """Return the handing over of the workspace to another member, to look at."""
        return await self._propose(actor, ChangeKind.TRANSFER_OWNERSHIP, user_id)

    async def propose_deletion(self, actor: Actor) -> Change:
        """Return the deletion of the workspace, to look at."""
        return await self._propose(actor, ChangeKind.DELETE_ACCOUNT, actor.account_id)

    async def propose_erasure(self, actor: Actor, email: str) -> Change:
        """Return the erasure of everything about a normalised address, to look at."""
        return await self._propose(actor, ChangeKind.ERASE_PERSON, email)

    async def propose_writing_to_hubspot(self, actor: Actor) -> Change:
        """Return the writing of everybody to HubSpot, from now on, to look at."""
        return await self._propose(actor, ChangeKind.WRITE_TO_HUBSPOT, "hubspot")

    async def propose_settling(self, actor: Actor, message_id: str, *, has_left: bool) -> Change:
        """Return what a member's word on a mail in doubt comes to, to look at."""
        kind = ChangeKind.SETTLE_AS_SENT if has_left else ChangeKind.SETTLE_AS_NOT_SENT
        return await self._propose(actor, kind, message_id)

    async def propose_call(self, actor: Actor, wanted: str) -> Change:
        """Return a call with somebody (`crm.booking.Wanted`), to look at."""
        return await self._propose(actor, ChangeKind.BOOK_CALL, wanted)

    async def get(self, actor: Actor, change_id: str) -> Change:
        """Return a change the actor proposed. Raises NotFound, for others' as well."""
        change = await self._changes.get(actor.account_id, change_id)
        if change is None or change.created_by != actor.user_id:
            raise NotFound("We could not find that proposal.")
        return change

    async def confirm(self, actor: Actor, change_id: str, hash: str) -> Change:
        """Make the change that was shown, once. Raises Conflict and changes nothing otherwise."""
        actor.must_be_present()
        change = await self.get(actor, change_id)
        if hash != change.hash:
            raise Conflict(MOVED_ON)
        is_mine = await self._changes.move(
            change, before=ChangeState.OPEN, after=ChangeState.CONFIRMED, now=self._clock()
        )
        if not is_mine:
            raise Conflict(OVER)
        maker = self._makers.get(change.kind)
        try:
            facts = await self._facts(actor, change.kind, change.subject)
            if _hash(change.kind, change.subject, facts) != change.hash:
                raise Conflict(MOVED_ON)
            if maker is None:
                await self._make(actor, change)
        except QrevError:
            await self._settle(change, ChangeState.VOID)
            raise
        if maker is not None:
            await self._have_made(actor, change, maker)
        await self._settle(change, ChangeState.DONE)
        return await self.get(actor, change_id)

    async def _have_made(self, actor: Actor, change: Change, maker: ChangeMaker) -> None:
        """Have another room make it. What it has begun of an erasure it finishes later."""
        try:
            await maker.make(actor, change)
        except QrevError:
            if change.kind not in FINISHED_LATER:
                await self._settle(change, ChangeState.VOID)
            raise

    async def cancel(self, actor: Actor, change_id: str) -> Change:
        """Drop a proposal. One that is over already stays as it is."""
        actor.must_be_present()
        change = await self.get(actor, change_id)
        await self._changes.move(change, before=ChangeState.OPEN, after=ChangeState.CANCELLED)
        return await self.get(actor, change_id)

    async def _propose(self, actor: Actor, kind: ChangeKind, subject: str) -> Change:
        actor.must_be_present()
        facts, now = await self._facts(actor, kind, subject), self._clock()
        change = Change(
            id=f"chg_{new_id()}",
            account_id=actor.account_id,
            kind=kind,
            subject=subject,
            created_by=actor.user_id,
            hash=_hash(kind, subject, facts),
            facts=facts,
            state=ChangeState.OPEN,
            created_at=now,
            expires_at=now + GOOD_FOR,
        )
        await self._changes.add(change)
        # Whom an erasure is about is written nowhere that it does not reach.
        shown = "" if kind in self._makers else subject
        await self._audit.record(actor, f"change.{kind.value}_proposed", shown)
        return change

    async def _facts(self, actor: Actor, kind: ChangeKind, subject: str) -> tuple[str, ...]:
        """Return what would happen, in sentences. They change when the world does."""
        if (maker := self._makers.get(kind)) is not None:
            return await maker.facts(actor, subject)
        if kind is ChangeKind.REMOVE_MEMBER:
            return await self._facts_of_removal(actor, UserId(subject))
        if kind is ChangeKind.TRANSFER_OWNERSHIP:
            return await self._facts_of_transfer(actor, UserId(subject))
        return await self._facts_of_deletion(actor)

    async def _facts_of_removal(self, actor: Actor, user_id: UserId) -> tuple[str, ...]:
        found = await self._members.must_be_removable(actor, user_id)
        count = await self._members.owned(actor, user_id)
        owned = (f"{count:,} sequence{'s' if count > 1 else ''}") if count else "Nothing"
        return (
            f"{found.user.name} ({found.user.email}), now {found.member.role.value}, is out at "
            "once, on every device.",
            f"{owned} of theirs goes to you." if count < 2 else f"{owned} of theirs go to you.",
            "They leave every team, and their API keys stop working.",
        )

    async def _facts_of_transfer(self, actor: Actor, user_id: UserId) -> tuple[str, ...]:
        actor.must_be_owner()
        found = await self._members.get(actor, user_id)
        if found.user.id == actor.user_id:
            raise InvalidInput("You own this workspace already.")
        account = await self._accounts.account(actor)
        was = "an owner already" if found.member.role is Role.OWNER else found.member.role.value
        return (
            f"{found.user.name} ({found.user.email}), now {was}, becomes an owner of "
            f"{account.name}.",
            "You become an admin. Only an owner can make you one again.",
        )

    async def _facts_of_deletion(self, actor: Actor) -> tuple[str, ...]:
        actor.must_be_owner()
        account = await self._accounts.account(actor)
        if account.deletes_at is not None:
            raise Conflict("This workspace is about to be deleted already.")
        count = len(await self._members.all(actor))
        return (
            f"{account.name} is deleted in {GRACE.days} days, with its people, sequences, mails "
            "and conversations.",
            f"{count:,} member{'s lose' if count > 1 else ' loses'} it.",
            "No mail leaves from now on. Until then an owner can restore it.",
        )

    async def _make(self, actor: Actor, change: Change) -> None:
        if change.kind is ChangeKind.REMOVE_MEMBER:
            await self._members.remove_with_belongings(actor, UserId(change.subject))
        elif change.kind is ChangeKind.TRANSFER_OWNERSHIP:
            await self._members.transfer(actor, UserId(change.subject))
        else:
            await self._accounts.set_deletion(actor, is_wanted=True)

    async def _settle(self, change: Change, after: ChangeState) -> None:
        await self._changes.move(change, before=ChangeState.CONFIRMED, after=after)


def _hash(kind: ChangeKind, subject: str, facts: tuple[str, ...]) -> str:
    whole = json.dumps([kind.value, subject, *facts], ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()
