"""Working on an import until it rests: looking at a list, bringing it in, taking it back.

Whoever works holds a lease; when they die, the next one goes on where they were.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta

from qrev.accounts.models import AccountId
from qrev.crm.doctor import Diagnosis, Examining
from qrev.crm.import_ports import (
    ImportBook,
    ImportChange,
    ImportedPeople,
    ImportLeases,
    ImportSettings,
    Outreach,
)
from qrev.crm.import_writing import Writing
from qrev.crm.imports import WRITTEN, Import, ImportState, Mark, Tally
from qrev.crm.judging import Judged, Judging
from qrev.crm.models import person_id
from qrev.crm.reading import OpenList
from qrev.crm.remembering import choices_with, header_key
from qrev.crm.repairs import Plan, Repair
from qrev.crm.rules import change_of
from qrev.crm.walking import Walking
from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput, NotFound
from qrev.kit.ids import new_id

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # renewed with every thousand lines
Progress = Callable[[int, int], Awaitable[None]]


class ImportWork:
    def __init__(
        self,
        *,
        imports: ImportBook,
        leases: ImportLeases,
        settings: ImportSettings,
        walking: Walking,
        judging: Judging,
        writing: Writing,
        people: ImportedPeople,
        outreach: Outreach,
        clock: Clock,
    ) -> None:
        self._imports = imports
        self._leases = leases
        self._settings = settings
        self._walking = walking
        self._judging = judging
        self._writing = writing
        self._people = people
        self._outreach = outreach
        self._clock = clock

    async def work(
        self, account_id: AccountId, import_id: str, *, progress: Progress | None = None
    ) -> Import:
        """Work on an import until it rests, and return it as it is then.

        One that rests already, or that somebody else works on, is only returned. Raises NotFound.
        """
        token, now = new_id(), self._clock()
        mine = await self._leases.claim(
            account_id, import_id, token=token, now=now, until=now + LEASE
        )
        if mine is not None:
            ways = {
                ImportState.LOOKING: self._look,
                ImportState.RUNNING: self._bring_in,
                ImportState.UNDOING: self._take_back,
            }
            await ways[mine.state](mine, _Beat(self._leases, self._clock, mine, token, progress))
        found = await self._imports.get(account_id, import_id)
        if found is None:
            raise NotFound("We could not find that import.")
        return found

    async def sweep(self) -> list[Import]:
        """Go on with what died half-way, in every account. Return what came to rest."""
        ended = []
        for each in await self._leases.orphans(now=self._clock()):
            log.info("going on with the import %s of %s", each.id, each.account_id)
            found = await self.work(each.account_id, each.id)
            if not found.is_at_work:
                ended.append(found)
        return ended

    async def _look(self, mine: Import, beat: _Beat) -> None:
        try:
            diagnosis, plan = await self._examined(mine, beat)
        except (InvalidInput, NotFound) as error:
            await self._end(mine, ImportState.FAILED, ImportChange(problem=str(error)))
            return
        if diagnosis is not None:
            # Nothing is written yet: how far it was looked at is not how far it is in.
            change = ImportChange(diagnosis=diagnosis, plan=plan, tally=Tally())
            await self._end(mine, ImportState.OPEN, change)

    async def _examined(self, mine: Import, beat: _Beat) -> tuple[Diagnosis | None, Plan]:
        """Return what a list is and how it is read; None if somebody else looks at it now."""
        plan, is_unsure = mine.plan, False
        if not plan.choices:
            plan, is_unsure = await self._first_plan(mine)
        elif mine.diagnosis is not None:
            is_unsure = mine.diagnosis.are_columns_unsure
        walk = self._walking.listed(mine.account_id, mine.upload_id, plan)
        async with walk as (found, _, batches):
            examining = Examining(sample=_sample(found), are_columns_unsure=is_unsure)
            judging = self._judging.judged(mine.account_id, mine.upload_id, batches, plan)
            async with aclosing(judging) as judged_ones:
                async for judged in judged_ones:
                    _examine(examining, judged, plan)
                    if await beat(Tally(rows=judged.batch.end)) is None:
                        return None, plan
            return examining.diagnosis(), plan

    async def _first_plan(self, mine: Import) -> tuple[Plan, bool]:
        """Return how a new file is read, and whether somebody should look at its columns."""
        walk = self._walking.listed(mine.account_id, mine.upload_id, mine.plan)
        async with walk as (found, plan, _):
            key = header_key(found.columns.titles)
            remembered = None
            if found.columns.has_header:
                remembered = await self._settings.columns(mine.account_id, key)
            plan = replace(plan, rules=await self._settings.rules(mine.account_id))
            if remembered is not None:
                return replace(plan, choices=choices_with(plan, remembered)), False
            return plan, bool(found.columns.suggested) or not found.columns.has_header

    async def _bring_in(self, mine: Import, beat: _Beat) -> None:
        mark = _mark(mine, self._clock())
        tally = mine.tally
        async with self._walking.listed(mine.account_id, mine.upload_id, mine.plan) as walk:
            _, plan, batches = walk
            # Written before whoever worked on it died, or was stopped.
            unwritten = (batch async for batch in batches if batch.end > mine.tally.rows)
            judging = self._judging.judged(
                mine.account_id,
                mine.upload_id,
                unwritten,
                plan,
                is_anybody_known=_is_anybody_known(mine),
            )
            async with aclosing(judging) as judged_ones:
                async for judged in judged_ones:
                    tally = await self._writing.write(judged, plan, mark, tally)
                    tally = replace(tally, rows=judged.batch.end)
                    is_stopping = await beat(tally)
                    if is_stopping is None:
                        return
                    if is_stopping and tally.rows < mine.total:
                        await self._end(mine, ImportState.STOPPED, ImportChange(tally=tally))
                        return
        await self._end(mine, ImportState.DONE, ImportChange(tally=tally))

    async def _take_back(self, mine: Import, beat: _Beat) -> None:
        mark, tally = _mark(mine, self._clock()), replace(mine.tally, removed=0, restored=0, kept=0)
        others = await self._imports.of_upload(mine.account_id, mine.upload_id)
        is_elsewhere = any(o.state in WRITTEN for o in others if o.id != mine.id)
        async with self._walking.listed(mine.account_id, mine.upload_id, mine.plan) as walk:
            async for batch in walk[2]:
                if batch.end - len(batch.lines) >= tally.rows:
                    break  # it was stopped here
                ids = [person_id(mine.account_id, line.row.email) for line in batch.taken]
                known = await self._people.known(mine.account_id, ids, upload_id=mine.upload_id)
                written_to = await self._outreach.written_to(mine.account_id, list(known))
                made = [i for i in known if known[i].made_by == mine.id and i not in written_to]
                await self._outreach.withdraw(mine.account_id, made)
                removed = await self._people.remove(made, mark)
                others_ids = [i for i in known if known[i].made_by != mine.id]
                restored = await self._people.take_back(
                    others_ids, mark, is_listed_elsewhere=is_elsewhere
                )
                await self._writing.take_companies_back(batch.taken, mark)
                mine_all = sum(known[i].made_by == mine.id for i in known)
                tally = replace(
                    tally,
                    removed=tally.removed + removed,
                    restored=tally.restored + restored,
                    kept=tally.kept + mine_all - removed,
                )
                if await beat(tally) is None:
                    return
        await self._end(mine, ImportState.UNDONE, ImportChange(tally=tally))

    async def _end(self, mine: Import, state: ImportState, change: ImportChange) -> None:
        ended = replace(change, state=state, ended_at=self._clock(), is_stopping=False)
        if mine.diagnosis is not None and state is not ImportState.OPEN:
            ended = replace(ended, diagnosis=mine.diagnosis.counts_only())
        await self._imports.change(mine.account_id, mine.id, ended, among=[mine.state])


class _Beat:
    """Renews the lease, writes how far the work is, and says so to whoever waits."""

    def __init__(
        self,
        leases: ImportLeases,
        clock: Clock,
        mine: Import,
        token: str,
        progress: Progress | None,
    ) -> None:
        self._leases = leases
        self._clock = clock
        self._mine = mine
        self._token = token
        self._progress = progress

    async def __call__(self, tally: Tally) -> bool | None:
        """Return whether to stop, None if the import is not ours any more."""
        until = self._clock() + LEASE
        is_stopping = await self._leases.beat(
            self._mine.account_id, self._mine.id, tally, token=self._token, until=until
        )
        if self._progress is not None and self._mine.state is not ImportState.UNDOING:
            await self._progress(tally.rows, self._mine.total)
        return is_stopping


def _examine(examining: Examining, judged: Judged, plan: Plan) -> None:
    """Add a batch up."""
    for refused in judged.refused:
        examining.refuse(refused)
    for id_, line in judged.taken.items():
        known = judged.known.get(id_)
        examining.take(line.row.line, line.notes, is_known=known is not None)
        if known and (change := change_of(known.person, line.row, plan.rules)):
            examining.change(line.row.email, change.edits)


def _is_anybody_known(mine: Import) -> bool:
    """Return whether people must be looked up: some were known, or were left out for that."""
    is_known = mine.diagnosis is None or mine.diagnosis.known > 0
    return is_known or Repair.DROP_RUNNING in mine.plan.repairs


def _mark(mine: Import, at: datetime) -> Mark:
    return Mark(
        account_id=mine.account_id,
        import_id=mine.id,
        upload_id=mine.upload_id,
        source=mine.filename,
        by=mine.created_by,
        at=at,
    )


def _sample(found: OpenList) -> list[list[str]]:
    """Return what the first lines say, a list for each column: enough to know it by."""
    width = len(found.columns.titles)
    return [[r[i][:60] for r in found.sample if i < len(r) and r[i]][:3] for i in range(width)]
