"""Which lines of a list may come in, as the account is now: two or three questions a thousand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping
from dataclasses import dataclass

from qrev.accounts.models import AccountId
from qrev.crm.addresses import domain
from qrev.crm.import_ports import ImportedPeople, MailDomains, Outreach
from qrev.crm.imports import Known
from qrev.crm.models import person_id
from qrev.crm.reading import Note, Refused, Taken
from qrev.crm.repairs import Finding, Plan, Repair
from qrev.crm.suppressions import SuppressionList
from qrev.crm.walking import Batch


@dataclass(frozen=True, slots=True)
class Judged:
    """The lines of a batch: who may come in, by id, whom of them we know, and who may not."""

    batch: Batch
    taken: Mapping[str, Taken]
    known: Mapping[str, Known]
    refused: list[Refused]


class Judging:
    def __init__(
        self,
        *,
        people: ImportedPeople,
        suppressions: SuppressionList,
        outreach: Outreach,
        domains: MailDomains,
    ) -> None:
        self._people = people
        self._suppressions = suppressions
        self._outreach = outreach
        self._domains = domains

    async def judge(
        self,
        account_id: AccountId,
        upload_id: str,
        batch: Batch,
        plan: Plan,
        *,
        is_anybody_known: bool = True,
    ) -> Judged:
        """Return who of a batch may come in. Those on the suppression list never may.

        Where nobody was known a moment ago nobody is looked up: who is by now is met in writing.
        """
        lines = {person_id(account_id, line.row.email): line for line in batch.taken}
        emails = [line.row.email for line in lines.values()]
        asked = list(lines) if is_anybody_known else []
        known, unreachable, dead = await asyncio.gather(
            self._known(account_id, upload_id, asked),
            self._unreachable(account_id, emails),
            self._domains.without_mail({domain(email) for email in emails}),
        )
        running = await self._outreach.running(account_id, list(known)) if known else {}
        taken: dict[str, Taken] = {}
        refused = batch.refused
        for id_, line in lines.items():
            judged = _judged(line, plan, unreachable, running.get(id_), dead)
            if isinstance(judged, Refused):
                refused.append(judged)
            else:
                taken[id_] = judged
        return Judged(batch, taken, {id_: known[id_] for id_ in known if id_ in taken}, refused)

    async def judged(
        self,
        account_id: AccountId,
        upload_id: str,
        batches: AsyncIterator[Batch],
        plan: Plan,
        *,
        is_anybody_known: bool = True,
    ) -> AsyncGenerator[Judged, None]:
        """Yield batch after batch, judged; the next one while one is worked on.

        Nobody is in two of them, so that is the same as one after the other.
        """

        async def following() -> Judged | None:
            batch = await anext(batches, None)
            if batch is None:
                return None
            return await self.judge(
                account_id, upload_id, batch, plan, is_anybody_known=is_anybody_known
            )

        upcoming = asyncio.create_task(following())
        try:
            while (judged := await upcoming) is not None:
                upcoming = asyncio.create_task(following())
                yield judged
        finally:
            upcoming.cancel()
            await asyncio.gather(upcoming, return_exceptions=True)

    async def erased(self, account_id: AccountId, emails: Collection[str]) -> set[str]:
        """Return those who had themselves erased."""
        return await self._suppressions.erased(account_id, emails)

    async def _known(
        self, account_id: AccountId, upload_id: str, person_ids: list[str]
    ) -> Mapping[str, Known]:
        if not person_ids:
            return {}
        return await self._people.known(account_id, person_ids, upload_id=upload_id)

    async def _unreachable(
        self, account_id: AccountId, emails: Collection[str]
    ) -> Mapping[str, str]:
        if await self._suppressions.is_empty(account_id):
            return {}
        return await self._suppressions.unreachable(account_id, emails)


def _judged(
    line: Taken, plan: Plan, unreachable: Mapping[str, str], running: str | None, dead: set[str]
) -> Taken | Refused:
    row, notes = line.row, line.notes
    if (reason := unreachable.get(row.email)) is not None:
        return _refused(line, Finding.SUPPRESSED, _small(reason))
    if (host := domain(row.email)) in dead:
        if Repair.DROP_NO_MAIL in plan.repairs:
            return _refused(line, Finding.LEFT_OUT, f"left out: {host} takes no mail")
        notes = (*notes, Note(Finding.NO_MAIL, host))
    if running is not None:
        if Repair.DROP_RUNNING in plan.repairs:
            return _refused(line, Finding.LEFT_OUT, f"left out: already in “{running}”")
        notes = (*notes, Note(Finding.RUNNING, f"{row.email}: {running}"))
    return line if notes is line.notes else line._replace(notes=notes)


def _refused(line: Taken, finding: Finding, reason: str) -> Refused:
    return Refused(line.row.line, line.cells, finding, reason, line.row.email)


def _small(reason: str) -> str:
    """Return a sentence as the reasons of other lines are written."""
    return reason[:1].lower() + reason[1:].rstrip(".")
