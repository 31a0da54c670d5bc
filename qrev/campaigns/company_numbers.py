"""What came of companies: how many people we know there, and when one was last written to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from qrev.accounts.models import AccountId, Actor
from qrev.crm.company_ports import CompanyPeople
from qrev.kit.mongo import batches


class LastWritten(Protocol):
    async def last_sent(
        self, account_id: AccountId, person_ids: Collection[str]
    ) -> Mapping[str, datetime]:
        """Return when each of these people was last written to, without those who never were."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyNumbers:
    people: int = 0
    last_written_at: datetime | None = None


class CompanyCounting:
    def __init__(self, *, staff: CompanyPeople, written: LastWritten) -> None:
        self._staff = staff
        self._written = written

    async def of(self, actor: Actor, company_ids: Collection[str]) -> Mapping[str, CompanyNumbers]:
        """Return the numbers of every company asked for. One query, and one per 1,000 people."""
        staff = await self._staff.of(actor.account_id, company_ids)
        written: dict[str, datetime] = {}
        for batch in batches(id_ for ids in staff.values() for id_ in ids):
            written.update(await self._written.last_sent(actor.account_id, batch))
        return {
            company_id: _numbers(staff.get(company_id, []), written) for company_id in company_ids
        }


def _numbers(people: list[str], written: Mapping[str, datetime]) -> CompanyNumbers:
    moments = [written[id_] for id_ in people if id_ in written]
    return CompanyNumbers(people=len(people), last_written_at=max(moments, default=None))
