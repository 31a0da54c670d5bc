"""Bringing in lists of companies: looked at first, then written, and taken back if need be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from qrev.accounts.audit import Audit
from qrev.accounts.models import AccountId, Actor
from qrev.crm.company_edits import value_of
from qrev.crm.company_lists import CompanyList, CompanyRow, open_companies
from qrev.crm.company_ports import CompanyEdit, CompanyPeople, CompanyRegister, ListedCompanies
from qrev.crm.edits import CUSTOM, FieldEdit
from qrev.crm.list_files import Problem
from qrev.crm.models import Company, Upload, company_id
from qrev.crm.ports import CompanyBook
from qrev.crm.walking import Walking
from qrev.kit.clock import Clock
from qrev.kit.mongo import BATCH

MAX_REFUSED = 1000  # told line by line; the rest is counted
NAMED = ("name", "url", "industry", "country", "phone_number", "linkedin_url")


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyListed:
    """What a list of companies is, or what became of it once it `is_written`.

    `columns` are titles with what each is taken for. `filled` of the `known` get a fact they lack.
    `refused` are the first thousand of `refused_count` lines.
    """

    upload_id: str
    filename: str
    is_written: bool = False
    columns: tuple[tuple[str, str], ...] = ()
    new: int = 0
    known: int = 0
    filled: int = 0
    refused_count: int = 0
    refused: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CompaniesTakenBack:
    """`kept` are those of the list that stay: changed since, with people, or there before."""

    removed: int
    kept: int


@dataclass(kw_only=True, slots=True)
class _Batch:
    """Up to a thousand lines, each company once."""

    companies: dict[str, CompanyRow] = field(default_factory=dict)
    refused: list[Problem] = field(default_factory=list)


class CompanyImporting:
    def __init__(
        self,
        *,
        walking: Walking,
        book: CompanyBook,
        register: CompanyRegister,
        listed: ListedCompanies,
        staff: CompanyPeople,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._walking = walking
        self._book = book
        self._register = register
        self._listed = listed
        self._staff = staff
        self._audit = audit
        self._clock = clock

    async def look(self, actor: Actor, upload: Upload) -> CompanyListed:
        """Return what a list of companies is. Nothing is written. Raises InvalidInput, NotFound."""
        actor.must_be_able_to_change()
        return await self._gone_through(actor, upload, writes=False)

    async def bring_in(self, actor: Actor, upload: Upload) -> CompanyListed:
        """Write a list: new companies, and facts that known ones lack; nothing is replaced.

        Twice is harmless. Two database operations per 1,000 lines, and one for each that is filled.
        """
        actor.must_be_able_to_change()
        done = await self._gone_through(actor, upload, writes=True)
        facts = {"filename": upload.filename, "new": str(done.new), "filled": str(done.filled)}
        await self._audit.record(actor, "company.imported", upload.id, after=facts)
        return done

    async def undo(self, actor: Actor, upload: Upload) -> CompaniesTakenBack:
        """Remove the companies a list brought, but for those changed since or with people."""
        actor.must_be_able_to_change()
        removed = total = 0
        async with self._opened(actor.account_id, upload) as (_, batches):
            async for batch in batches:
                total += len(batch.companies)
                removed += await unmade(
                    self._listed,
                    self._staff,
                    actor.account_id,
                    batch.companies,
                    made_by=upload.id,
                )
        facts = {"filename": upload.filename, "removed": str(removed)}
        await self._audit.record(actor, "company.import_undone", upload.id, after=facts)
        return CompaniesTakenBack(removed=removed, kept=total - removed)

    async def _gone_through(self, actor: Actor, upload: Upload, *, writes: bool) -> CompanyListed:
        found = CompanyListed(upload_id=upload.id, filename=upload.filename, is_written=writes)
        async with self._opened(actor.account_id, upload) as (list_, batches):
            found = replace(found, columns=list_.columns)
            async for batch in batches:
                known = await self._listed.known(actor.account_id, list(batch.companies))
                edits = _fills(batch.companies, known)
                filled = await self._write(actor, upload, batch, known, edits) if writes else None
                told = batch.refused[: MAX_REFUSED - len(found.refused)]
                found = replace(
                    found,
                    new=found.new + len(batch.companies) - len(known),
                    known=found.known + len(known),
                    filled=found.filled + (len(edits) if filled is None else filled),
                    refused_count=found.refused_count + len(batch.refused),
                    refused=(*found.refused, *told),
                )
        return found

    async def _write(
        self,
        actor: Actor,
        upload: Upload,
        batch: _Batch,
        known: Mapping[str, Company],
        edits: Mapping[str, tuple[FieldEdit, ...]],
    ) -> int:
        """Add the new ones, and return how many known ones got something new."""
        now = self._clock()
        fresh = {id_: row for id_, row in batch.companies.items() if id_ not in known}
        await self._book.add_if_new(
            [
                replace(_company(actor.account_id, id_, row, upload), created_at=now)
                for id_, row in fresh.items()
            ]
        )
        changes = [
            CompanyEdit(
                account_id=actor.account_id, company_id=id_, by=actor.user_id, at=now, edits=each
            )
            for id_, each in edits.items()
        ]
        return sum([await self._register.change(each) for each in changes])

    @asynccontextmanager
    async def _opened(
        self, account_id: AccountId, upload: Upload
    ) -> AsyncIterator[tuple[CompanyList, AsyncIterator[_Batch]]]:
        async with self._walking.opened(account_id, upload.id) as file:
            found = await asyncio.to_thread(open_companies, file)
            async with aclosing(_batches(account_id, found)) as batches:
                yield found, batches


async def unmade(
    listed: ListedCompanies,
    staff: CompanyPeople,
    account_id: AccountId,
    ids: Collection[str],
    *,
    made_by: str,
) -> int:
    """Remove those of the companies that a list brought and that nobody is in or changed since."""
    busy = await staff.of(account_id, ids)
    return await listed.unmake(account_id, [i for i in ids if i not in busy], made_by=made_by)


async def _batches(account_id: AccountId, found: CompanyList) -> AsyncGenerator[_Batch, None]:
    first_lines: dict[str, int] = {}
    while rows := await asyncio.to_thread(lambda: tuple(islice(found.rows, BATCH))):
        batch = _Batch()
        for row in rows:
            if isinstance(row, Problem):
                batch.refused.append(row)
                continue
            facts = row.facts
            id_ = company_id(account_id, facts.get("name", ""), facts.get("url", ""))
            if id_ is None:
                batch.refused.append(Problem(row.line, "There is neither a name nor a web site."))
            elif (before := first_lines.setdefault(id_, row.line)) != row.line:
                reason = f"The same company as line {before:,}."
                batch.refused.append(Problem(row.line, reason, facts.get("name", "")[:80]))
            else:
                batch.companies[id_] = row
        yield batch


def _fills(
    rows: Mapping[str, CompanyRow], known: Mapping[str, Company]
) -> dict[str, tuple[FieldEdit, ...]]:
    """Return what the known companies that are not deleted lack, by id."""
    found = {}
    for id_, company in known.items():
        if company.deleted_at is not None:
            continue
        edits = tuple(
            FieldEdit(field=name, before="", after=value)
            for name, value in rows[id_].facts.items()
            if not value_of(company, name)
        )
        if edits:
            found[id_] = edits
    return found


def _company(account_id: AccountId, id_: str, row: CompanyRow, upload: Upload) -> Company:
    named: dict[str, Any] = {name: row.facts.get(name, "") for name in NAMED}
    return Company(
        id=id_,
        account_id=account_id,
        **named,
        fields={
            name.removeprefix(CUSTOM): value
            for name, value in row.facts.items()
            if name.startswith(CUSTOM)
        },
        source=upload.filename,
        made_by=upload.id,
    )
