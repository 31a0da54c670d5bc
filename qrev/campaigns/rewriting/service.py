"""Having mails rewritten: begun by a member, written in batches, read as a diff.

Whoever writes holds a lease; when they die, the next one goes on where they were.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from qrev.accounts.models import AccountId, Actor
from qrev.campaigns.life.models import OrderKind, Terms
from qrev.campaigns.life.orders import Orders
from qrev.campaigns.models import Prospect
from qrev.campaigns.rewriting.choosing import Choosing, Mails, Wish
from qrev.campaigns.rewriting.judging import facts_of, judged
from qrev.campaigns.rewriting.models import Rewrite, RewriteState, Rewritten
from qrev.campaigns.rewriting.ports import Asked, RewriteBook, RewrittenRows, Tally, Writer
from qrev.kit.clock import Clock
from qrev.kit.errors import Conflict, InvalidInput, NotFound, Unavailable
from qrev.kit.ids import new_id

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # a batch takes at most the 90 seconds an AI server has
MAX_INSTRUCTION = 2000
FIRST_BATCH, LARGEST_BATCH = 24, 400
QUICK, SLOW = timedelta(seconds=2), timedelta(seconds=25)  # of a batch


class Rewriting:
    def __init__(
        self,
        *,
        rewrites: RewriteBook,
        rows: RewrittenRows,
        mails: Mails,
        writer: Writer,
        orders: Orders,
        clock: Clock,
    ) -> None:
        self._rewrites = rewrites
        self._rows = rows
        self._choosing = Choosing(mails)
        self._prospects = mails.prospects
        self._writer = writer
        self._orders = orders
        self._clock = clock

    async def begin(self, actor: Actor, wish: Wish) -> Rewrite:
        """Note a wish and the mails it is about. Nothing is written yet, and none changes.

        Raises Conflict if no mail is meant, InvalidInput without words, NotFound.
        """
        actor.must_be_able_to_change()
        instruction = wish.instruction.strip()
        if not instruction or len(instruction) > MAX_INSTRUCTION:
            raise InvalidInput(f"Say what to change, in at most {MAX_INSTRUCTION:,} characters.")
        sequence = await self._choosing.campaign(actor.account_id, wish)
        rewrite_id = f"rw_{new_id()}"
        which, rows = await self._choosing.rows(sequence, rewrite_id, wish)
        rewrite = Rewrite(
            id=rewrite_id,
            account_id=actor.account_id,
            sequence_id=sequence.id,
            conversation_id=wish.conversation_id or sequence.conversation_id,
            instruction=instruction,
            which=which,
            chosen=wish.chosen,
            created_by=actor.user_id,
            created_at=self._clock(),
            total=len(rows),
        )
        await self._rows.add(
            rows, at=rewrite.created_at
        )  # first: whoever finds the rewrite finds its mails
        await self._rewrites.add(rewrite)
        return rewrite

    async def get(self, actor: Actor, rewrite_id: str) -> Rewrite:
        """Return it. Raises NotFound for another account's as well."""
        return await self._one(actor.account_id, rewrite_id)

    async def tally(self, rewrite: Rewrite) -> Tally:
        return await self._rows.tally(rewrite.account_id, rewrite.id)

    async def page(
        self, actor: Actor, rewrite_id: str, *, parts: str = "", after: int = -1, limit: int
    ) -> list[Rewritten]:
        """Return mails that change, behind a place; with `parts` those that change just these."""
        rewrite = await self._one(actor.account_id, rewrite_id)
        return await self._rows.page(
            rewrite.account_id, rewrite.id, parts=parts, after=after, limit=limit
        )

    async def stop(self, actor: Actor, rewrite_id: str) -> Rewrite:
        """Ask for no more mails. What came so far can still be applied."""
        actor.must_be_able_to_change()
        rewrite = await self._one(actor.account_id, rewrite_id)
        await self._rewrites.end(rewrite.account_id, rewrite.id, RewriteState.STOPPED)
        return await self._one(actor.account_id, rewrite_id)

    async def proposed(self, actor: Actor, rewrite_id: str) -> Rewrite:
        """Return it with the order that would apply it, once it is written and changes anything.

        Two who ask at once get the same order.
        """
        rewrite = await self._one(actor.account_id, rewrite_id)
        is_over = rewrite.state in (RewriteState.READY, RewriteState.STOPPED)
        if rewrite.order_id or not is_over or not actor.may_change:
            return rewrite
        try:
            order = await self._orders.propose(
                actor,
                OrderKind.REWRITE,
                Terms(sequence_id=rewrite.sequence_id, rewrite_id=rewrite.id),
                conversation_id=rewrite.conversation_id,
            )
        except Conflict:  # nothing of it would change anything any more
            return rewrite
        if not await self._rewrites.set_order(rewrite.account_id, rewrite.id, order.id):
            await self._orders.cancel(actor, order.id)
        return await self._one(actor.account_id, rewrite_id)

    async def work(
        self, account_id: AccountId, rewrite_id: str, *, until: datetime | None = None
    ) -> Rewrite:
        """Write until every mail was asked about, or past `until`; return it as it is then.

        One that somebody else works on, or that is over, is only returned.
        """
        token, now = new_id(), self._clock()
        mine = await self._rewrites.claim(
            account_id, rewrite_id, token=token, now=now, until=now + LEASE
        )
        if mine is not None:
            await self._write(mine, token, until)
        return await self._one(account_id, rewrite_id)

    async def sweep(self) -> int:
        """Go on with what died half-way, in every account. Return how many that were."""
        left = await self._rewrites.orphans(now=self._clock())
        for each in left:
            await self.work(each.account_id, each.id)
        return len(left)

    async def _write(self, mine: Rewrite, token: str, until: datetime | None) -> None:
        size, done = FIRST_BATCH, mine.done
        people = await self._people(mine)
        while rows := await self._rows.waiting(mine.account_id, mine.id, limit=size):
            began = self._clock()
            try:
                await self._rows.write(await self._versions(mine, rows, people))
            except Unavailable as error:
                await self._rewrites.end(
                    mine.account_id, mine.id, RewriteState.FAILED, reason=str(error)
                )
                return
            done, now = done + len(rows), self._clock()
            size = _next_size(size, now - began)
            is_ours = await self._rewrites.beat(
                mine.account_id, mine.id, token=token, done=done, until=now + LEASE
            )
            if not is_ours:
                return
            if until is not None and now >= until and done < mine.total:
                # Let go of, so that the next one need not wait for the lease.
                await self._rewrites.beat(
                    mine.account_id, mine.id, token=token, done=done, until=now
                )
                return
        await self._rewrites.end(mine.account_id, mine.id, RewriteState.READY)

    async def _versions(
        self, mine: Rewrite, rows: list[Rewritten], people: Mapping[str, Prospect]
    ) -> list[Rewritten]:
        asked = [
            Asked(
                id=row.draft_id,
                step=row.step,
                subject=row.old.subject,
                body=row.old.body,
                facts=row.old.facts,
                missing=row.old.missing,
                person=facts_of(people[row.prospect_id]) if row.prospect_id in people else {},
            )
            for row in rows
        ]
        key = f"{mine.id}:{rows[0].place}:{len(rows)}"
        versions = await self._writer.rewrite(mine, asked, key=key)
        return [judged(mine, row, versions.get(row.draft_id), row.name) for row in rows]

    async def _people(self, mine: Rewrite) -> Mapping[str, Prospect]:
        found = await self._prospects.of_sequence(mine.account_id, mine.sequence_id)
        return {prospect.id: prospect for prospect in found}

    async def _one(self, account_id: AccountId, rewrite_id: str) -> Rewrite:
        rewrite = await self._rewrites.get(account_id, rewrite_id)
        if rewrite is None:
            raise NotFound("We could not find that change of words.")
        return rewrite


def _next_size(size: int, took: timedelta) -> int:
    """Return how many mails to ask about next: more of a quick writer, fewer of a slow one."""
    if took < QUICK:
        return min(2 * size, LARGEST_BATCH)
    return max(size // 2, 1) if took > SLOW else size
