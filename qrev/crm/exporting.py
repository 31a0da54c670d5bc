"""People as a CSV file that an import takes back."""

from __future__ import annotations

from collections.abc import AsyncIterator

from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor
from qrev.crm.filters import Order, PeopleFilter, Place
from qrev.crm.models import Person
from qrev.crm.ports import PeopleFinder
from qrev.crm.service import BY_NAME, EVERYBODY
from qrev.kit.csv_writing import csv_of
from qrev.kit.mongo import BATCH

# Titles that an import knows again.
COLUMNS = {
    "Email": "email",
    "Name": "name",
    "Company": "company_name",
    "Company URL": "company_url",
    "Job title": "job_title",
    "LinkedIn": "linkedin_url",
    "Time zone": "timezone",
    "Phone": "phone_number",
    "Country": "country",
    "Source": "source",
}
MAX_TITLES = 500  # of fields of one's own: a table has no more columns


class PeopleExport:
    def __init__(self, *, finder: PeopleFinder, audit: Audit) -> None:
        self._finder = finder
        self._audit = audit

    async def export(
        self,
        actor: Actor,
        wanted: PeopleFilter = EVERYBODY,
        *,
        order: Order = BY_NAME,
    ) -> AsyncIterator[bytes]:
        """Return everybody who is as wanted as a CSV file, in pieces of 1,000.

        Everyone is read twice: what fields of one's own there are has to be known for the first
        line, and nobody is kept in memory for it.
        """
        await self._audit.record(actor, "people.exported", "")

        def pages() -> AsyncIterator[list[Person]]:
            return self._pages(actor, wanted, order)

        titles: dict[str, None] = {}
        async for people in pages():
            for person in people:
                titles.update(dict.fromkeys(person.fields))
        own = sorted(titles)[:MAX_TITLES]

        async def rows() -> AsyncIterator[list[list[str]]]:
            async for people in pages():
                yield [_row(person, own) for person in people]

        return csv_of([*COLUMNS, *own], rows())

    async def _pages(
        self, actor: Actor, wanted: PeopleFilter, order: Order
    ) -> AsyncIterator[list[Person]]:
        after: Place | None = None
        while True:
            found = await self._finder.page(
                actor.account_id, wanted, order=order, after=after, limit=BATCH
            )
            yield [person for _, person in found]
            if len(found) < BATCH:
                return
            after = found[-1][0]


def _row(person: Person, own: list[str]) -> list[str]:
    facts = [str(getattr(person, field)) for field in COLUMNS.values()]
    return facts + [person.fields.get(title, "") for title in own]
