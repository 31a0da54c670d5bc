"""The account and HubSpot, kept together: begun by a member, gone on with by a sweep."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from qrev.accounts.audit import Audit
from qrev.accounts.behalf import Behalf
from qrev.accounts.connection import Vendor
from qrev.accounts.connections import Connections, Disconnected
from qrev.accounts.models import AccountId, Actor, Change, UserId
from qrev.integrations.hubspot.models import ALL, CHANGES, EVERY, LIST, Sync, SyncState
from qrev.integrations.hubspot.ports import LinkBook, RowBook, SyncBook
from qrev.integrations.hubspot.pulling import Pulling
from qrev.integrations.hubspot.pushing import Pushing
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, QrevError, TooMany, Unavailable
from qrev.kit.ids import new_id

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # longer than one page may take
STEPS = 50  # of one claim: the sweep must come back
AFTER_TROUBLE = timedelta(minutes=2)
GONE = "Whoever connected HubSpot may not change anything here any more. Connect it again."


class Syncing:
    """Fills Forgetting for HubSpot, and ChangeMaker for writing to it."""

    def __init__(
        self,
        *,
        syncs: SyncBook,
        rows: RowBook,
        links: LinkBook,
        connections: Connections,
        pulling: Pulling,
        pushing: Pushing,
        behalf: Behalf,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._syncs = syncs
        self._rows = rows
        self._links = links
        self._connections = connections
        self._pulling = pulling
        self._pushing = pushing
        self._behalf = behalf
        self._audit = audit
        self._clock = clock

    async def status(self, actor: Actor) -> Sync | None:
        """Return how far it is, None before anything was asked for."""
        return await self._syncs.get(actor.account_id)

    async def pull(self, actor: Actor, *, list_number: str = "") -> Sync:
        """Begin to read everything, or a list. Nothing is written before somebody confirms.

        Raises Conflict while it reads or writes, InvalidInput for what is no list's number.
        """
        actor.must_be_able_to_manage()
        if list_number and not _is_number(list_number):
            raise InvalidInput("A list has a number: it stands in its address in HubSpot.")
        await self._must_be_connected(actor)
        now = self._clock()
        sync = await self._mine(actor)
        if sync.is_running:
            raise Conflict("HubSpot is being read just now. Wait until that is over.")
        begun = replace(
            sync,
            by=actor.user_id,
            state=SyncState.PULLING,
            scope=f"{LIST}{list_number}" if list_number else ALL,
            run_id=new_id(),
            after="",
            pages=0,
            rows=0,
            began_at=now,
            import_id="",
            problem="",
            due_at=now,
        )
        await self._save(begun)
        await self._audit.record(actor, "hubspot.pull", "hubspot", after={"scope": begun.scope})
        return begun

    async def stop_pushing(self, actor: Actor) -> Sync:
        """Write nothing to HubSpot from now on. What was written stays."""
        actor.must_be_able_to_manage()
        sync = await self._mine(actor)
        state = SyncState.IDLE if sync.state is SyncState.PUSHING else sync.state
        stopped = replace(sync, is_pushing=False, state=state)
        await self._save(stopped)
        await self._audit.record(actor, "hubspot.push_stopped", "hubspot")
        return stopped

    async def facts(self, actor: Actor, subject: str) -> tuple[str, ...]:
        """Return what writing to HubSpot would do, in sentences."""
        actor.must_be_able_to_manage()
        await self._must_be_connected(actor)
        found = await self._connections.status(actor, Vendor.HUBSPOT)
        return (
            f"Your people are written to {found.label}, by their addresses: name, company, "
            "website, job title, phone, country and owner. Nothing there is emptied, but what "
            "stands in these fields is replaced.",
            "From then on what changes here follows every quarter of an hour. Each mail that "
            "leaves is noted at its contact, and who opts out here is opted out there.",
            "You can stop it at any time. What was written there stays.",
        )

    async def make(self, actor: Actor, change: Change) -> None:
        """Begin to write, as it was confirmed."""
        now = self._clock()
        sync = await self._mine(actor)
        begun = replace(
            sync,
            by=actor.user_id,
            is_pushing=True,
            mails_after=sync.mails_after or (now, ""),
            heard_after=sync.heard_after or (now, ""),
            due_at=now,
        )
        await self._save(begun)
        await self._audit.record(actor, "hubspot.push_started", "hubspot")

    async def forget(self, account_id: AccountId, user_id: UserId | None) -> None:
        """Keep nothing of a connection that ends: not how far we were, nor who is who there."""
        await self._rows.forget(account_id)
        await self._links.forget(account_id)

    async def heard(self, portal_id: str, kinds: Sequence[str]) -> int:
        """Look for changes soon in every account of that portal. Return how many those are."""
        found = await self._connections.of_vendor(Vendor.HUBSPOT, external_id=portal_id)
        for each in found:
            await self._syncs.hasten(each.account_id, self._clock())
        return len(found)

    async def sweep(self) -> int:
        """Go on with whatever is due, of every account. Return how many steps were done."""
        count = 0
        while count < STEPS:
            now = self._clock()
            sync = await self._syncs.claim_due(now=now, until=now + LEASE)
            if sync is None:
                break
            count += 1
            await self._go_on(sync)
        return count

    async def _go_on(self, sync: Sync) -> None:
        try:
            actor = await self._behalf.actor(sync.account_id, sync.by)
            if actor is None or not actor.may_change:
                raise Conflict(GONE)
            after = await self._step(actor, sync)
            # Due at once as long as it did not say otherwise: claiming has put that off.
            due_at = self._clock() if after.due_at == sync.due_at else after.due_at
            after = replace(after, due_at=due_at)
        except (TooMany, Unavailable, Disconnected, QrevError) as error:
            wait = error.retry_after if isinstance(error, TooMany) else AFTER_TROUBLE
            is_over = not isinstance(error, TooMany | Unavailable)
            log.warning("HubSpot of %s: %s", sync.account_id, type(error).__name__)
            after = replace(
                sync, problem=str(error), due_at=self._clock() + (EVERY if is_over else wait)
            )
            if is_over and sync.is_running:
                after = replace(after, state=SyncState.IDLE, run_id="", after="", pages=0)
        await self._syncs.save(after)

    async def _step(self, actor: Actor, sync: Sync) -> Sync:
        """Do what comes next; from rest, changes first, and then what is ours."""
        now = self._clock()
        if sync.state is SyncState.PUSHING:
            return await self._pushing.step(actor, sync)
        if sync.state is not SyncState.IDLE:
            after = await self._pulling.step(actor, sync)
            if after.state is SyncState.IDLE and after.is_pushing:
                return replace(after, state=SyncState.PUSHING, due_at=now)
            return after
        if sync.since is not None:
            return replace(
                sync,
                state=SyncState.PULLING,
                scope=CHANGES,
                run_id=new_id(),
                began_at=now,
                rows=0,
                due_at=now,
            )
        if sync.is_pushing:
            return replace(sync, state=SyncState.PUSHING, due_at=now)
        return replace(sync, due_at=now + EVERY)

    async def _must_be_connected(self, actor: Actor) -> None:
        await self._connections.token(actor.account_id, Vendor.HUBSPOT)

    async def _mine(self, actor: Actor) -> Sync:
        """Return the account's, made now if there was none."""
        fresh = Sync(account_id=actor.account_id, by=actor.user_id, due_at=self._clock() + EVERY)
        await self._syncs.add_if_new(fresh)
        return await self._syncs.get(actor.account_id) or fresh

    async def _save(self, sync: Sync) -> None:
        if not await self._syncs.save(sync):
            raise Conflict("HubSpot is being read just now. Try again in a moment.")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20
