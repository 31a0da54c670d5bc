"""Bringing people in from the files members drop."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace

from qrev.accounts.models import AccountId, Actor
from qrev.crm.models import Company, Person, Upload, company_id, person_id
from qrev.crm.ports import CompanyBook, PeopleBook, Uploads
from qrev.crm.reading import PeopleImport, PersonRow, Problem, read_people
from qrev.crm.suppressions import SuppressionList
from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput, NotFound
from qrev.kit.ids import stable_id
from qrev.kit.mongo import BATCH, batches

ERASED = "this person had everything about them erased, and is kept out"
Progress = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportSummary:
    """What became of an upload: `read` has the refused lines and the recognised columns."""

    upload: Upload
    new: int
    known: int
    companies: int
    read: PeopleImport


class Importing:
    def __init__(
        self,
        *,
        people: PeopleBook,
        companies: CompanyBook,
        uploads: Uploads,
        suppressions: SuppressionList,
        clock: Clock,
    ) -> None:
        self._people = people
        self._companies = companies
        self._uploads = uploads
        self._suppressions = suppressions
        self._clock = clock

    async def keep_upload(self, actor: Actor, filename: str, data: bytes) -> Upload:
        """Return the upload these bytes are; dropped a second time it is the same one."""
        actor.must_be_able_to_change()
        upload = Upload(
            id=stable_id("upl", actor.account_id, hashlib.sha256(data).hexdigest()),
            account_id=actor.account_id,
            created_by=actor.user_id,
            filename=" ".join(filename.split())[:200] or "people.csv",
            size=len(data),
            created_at=self._clock(),
        )
        await self._uploads.add_if_new(upload, data)
        return upload

    async def import_upload(
        self, actor: Actor, upload_id: str, *, progress: Progress | None = None
    ) -> ImportSummary:
        """Bring in everyone in an upload. Doing it twice brings in nobody twice.

        Two database operations per 1,000 rows. Raises InvalidInput for a file without people.
        """
        actor.must_be_able_to_change()
        upload, read = await self._read(actor, upload_id)
        read = await self._without_erased(actor.account_id, read)
        companies: dict[str, Company] = {}
        for row in read.rows:
            if company := _company(actor.account_id, row):
                companies.setdefault(company.id, company)
        await self._companies.add_if_new(companies.values())
        new = done = 0
        for batch in batches(read.rows):
            people = [self._person(actor.account_id, row, upload.filename) for row in batch]
            new += await self._people.upsert(people, upload_id=upload.id)
            done += len(batch)
            if progress is not None and len(read.rows) > BATCH:
                await progress(done, len(read.rows))
        return ImportSummary(
            upload=upload,
            new=new,
            known=len(read.rows) - new,
            companies=len(companies),
            read=read,
        )

    async def read_upload(self, actor: Actor, upload_id: str) -> tuple[Upload, bytes]:
        """Return a file as it was dropped. Raises NotFound."""
        upload = await self._uploads.get(actor.account_id, upload_id)
        data = await self._uploads.read(actor.account_id, upload_id)
        if upload is None or data is None:
            raise NotFound("We could not find that file. Drop it into the chat again.")
        return upload, data

    async def rows_of(self, actor: Actor, upload_id: str) -> tuple[PersonRow, ...]:
        """Return the good lines of an upload, in the order of the file."""
        return (await self._read(actor, upload_id))[1].rows

    async def rows_for(self, account_id: AccountId, upload_id: str) -> tuple[PersonRow, ...]:
        """As `rows_of`, for a sequence of the account that is being made from it."""
        data = await self._uploads.read(account_id, upload_id)
        if data is None:
            return ()
        return (await asyncio.to_thread(read_people, data)).rows

    async def erased(self, account_id: AccountId, emails: Collection[str]) -> set[str]:
        """Return those of whom nothing may be kept, because they had themselves erased."""
        return await self._suppressions.erased(account_id, emails)

    async def _without_erased(self, account_id: AccountId, read: PeopleImport) -> PeopleImport:
        """Return what was read with everyone who was erased among the problems."""
        erased = await self.erased(account_id, [row.email for row in read.rows])
        if not erased:
            return read
        kept_out = [Problem(row.line, ERASED) for row in read.rows if row.email in erased]
        problems = sorted([*read.problems, *kept_out], key=lambda problem: problem.line)
        rows = tuple(row for row in read.rows if row.email not in erased)
        return replace(read, rows=rows, problems=tuple(problems))

    async def _read(self, actor: Actor, upload_id: str) -> tuple[Upload, PeopleImport]:
        upload, data = await self.read_upload(actor, upload_id)
        read = await asyncio.to_thread(read_people, data)
        if not read.rows:
            first = read.problems[0]
            raise InvalidInput(
                f"Nobody in {upload.filename} has an email address that can be used. Line "
                f"{first.line}: {first.reason}."
            )
        return upload, read

    def _person(self, account_id: AccountId, row: PersonRow, source: str) -> Person:
        return Person(
            id=person_id(account_id, row.email),
            account_id=account_id,
            email=row.email,
            name=row.name,
            company_id=company_id(account_id, row.company_name, row.company_url),
            company_name=row.company_name,
            company_url=row.company_url,
            job_title=row.job_title,
            linkedin_url=row.linkedin_url,
            timezone=row.timezone,
            phone_number=row.phone_number,
            country=row.country,
            fields=row.fields,
            source=source,
            created_at=self._clock(),
        )


def _company(account_id: AccountId, row: PersonRow) -> Company | None:
    known_as = company_id(account_id, row.company_name, row.company_url)
    if known_as is None:
        return None
    return Company(id=known_as, account_id=account_id, name=row.company_name, url=row.company_url)
