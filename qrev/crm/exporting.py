"""People as a CSV file that an import takes back."""

from __future__ import annotations

from collections.abc import AsyncIterator

from qrev.accounts.audit import Audit
from qrev.accounts.models import Actor
from qrev.crm.models import Person
from qrev.crm.ports import PeopleBook, PeopleSort
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
    def __init__(self, *, people: PeopleBook, audit: Audit) -> None:
        self._people = people
        self._audit = audit

    async def export(
        self,
        actor: Actor,
        *,
        upload_id: str | None = None,
        sort: PeopleSort = "name",
        is_descending: bool = False,
    ) -> AsyncIterator[bytes]:
        """Return everybody of an upload, or all, as a CSV file in pieces of 1,000.

        Everyone is read twice: what fields of one's own there are has to be known for the first
        line, and nobody is kept in memory for it.
        """
        await self._audit.record(actor, "people.exported", "")

        def pages() -> AsyncIterator[list[Person]]:
            return self._pages(actor, upload_id, sort, is_descending)

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
        self, actor: Actor, upload_id: str | None, sort: PeopleSort, is_descending: bool
    ) -> AsyncIterator[list[Person]]:
        after: tuple[str, str] | None = None
        while True:
            found = await self._people.page(
                actor.account_id,
                upload_id=upload_id,
                sort=sort,
                is_descending=is_descending,
                after=after,
                limit=BATCH,
            )
            yield found
            if len(found) < BATCH:
                return
            after = getattr(found[-1], sort), found[-1].id


def _row(person: Person, own: list[str]) -> list[str]:
    facts = [str(getattr(person, field)) for field in COLUMNS.values()]
    return facts + [person.fields.get(title, "") for title in own]
