"""Bringing HubSpot's contacts here: read by the page, shown as an import, then written."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from qrev.accounts.behalf import Behalf
from qrev.accounts.models import Actor, UserId
from qrev.campaigns.stopping import Stopping
from qrev.crm.edits import web_address
from qrev.crm.grouping import Grouping
from qrev.crm.import_work import ImportWork
from qrev.crm.importing import Importing
from qrev.crm.imports import Import, ImportState
from qrev.crm.models import Company, company_id, person_id
from qrev.crm.ports import CompanyBook
from qrev.crm.service import People
from qrev.integrations.hubspot.client import FOUND_AT_MOST, PAGE, HubSpot, Page
from qrev.integrations.hubspot.contacts import CHANGED, TITLES, contact_of, properties_of
from qrev.integrations.hubspot.digests import digest_of
from qrev.integrations.hubspot.models import ALL, CHANGES, EVERY, LIST, Link, Row, Sync, SyncState
from qrev.integrations.hubspot.ports import LinkBook, RowBook
from qrev.kit.clock import Clock
from qrev.kit.errors import InvalidInput
from qrev.kit.mongo import batches

NAME = "HubSpot"
OPTED_OUT = "opted out in HubSpot"
# HubSpot's clock is not ours, and what is written shows in a search only after a while.
OVERLAP = timedelta(minutes=2)
SOON = timedelta(seconds=20)  # between two looks whether somebody confirmed
MAX_GIVEN = 500  # people whose owner is written at once


@dataclass(frozen=True, kw_only=True, slots=True)
class Crm:
    """Where what is pulled goes."""

    importing: Importing
    import_work: ImportWork
    people: People
    companies: CompanyBook
    grouping: Grouping
    stopping: Stopping


class Pulling:
    def __init__(
        self,
        *,
        hubspot: HubSpot,
        crm: Crm,
        rows: RowBook,
        links: LinkBook,
        behalf: Behalf,
        clock: Clock,
    ) -> None:
        self._hubspot = hubspot
        self._crm = crm
        self._rows = rows
        self._links = links
        self._behalf = behalf
        self._clock = clock

    async def step(self, actor: Actor, sync: Sync) -> Sync:
        """Do a little of a pull, and return how far it is then. Done twice, it does it once."""
        if sync.state is SyncState.PULLING:
            return await self._pull(actor, sync)
        if sync.state is SyncState.PROPOSED:
            return await self._look(actor, sync)
        return await self._companies(actor, sync)

    async def _pull(self, actor: Actor, sync: Sync) -> Sync:
        """Read one page of contacts. Who opted out is stopped at once: that waits for nobody."""
        page = await self._page(sync)
        contacts = [c for d in page.documents if (c := contact_of(d)) is not None]
        for each in contacts:
            if each.has_opted_out:
                await self._crm.stopping.stop_address(sync.account_id, each.email, OPTED_OUT)
        rows = [
            Row(contact_id=each.id, email=each.email, cells=tuple(each.row), owner_id=each.owner_id)
            for each in contacts
            if not each.has_opted_out
        ]
        await self._rows.put(sync.account_id, sync.run_id, sync.pages, rows, at=self._clock())
        moved = replace(
            sync, after=page.after, pages=sync.pages + 1, rows=sync.rows + len(rows), problem=""
        )
        if page.after and moved.scope == CHANGES and _is_at_the_end(page.after):
            last = _moment(page.documents[-1])
            moved = replace(moved, after="", floor=last)
            if last is not None and last != sync.floor:
                return moved
        return moved if moved.after else await self._propose(actor, moved)

    async def _page(self, sync: Sync) -> Page:
        if sync.scope == CHANGES:
            since = sync.floor or sync.since or self._clock() - EVERY
            return await self._hubspot.changed_since(sync.account_id, since, sync.after)
        if sync.scope.startswith(LIST):
            list_id = sync.scope.removeprefix(LIST)
            return await self._hubspot.in_list(sync.account_id, list_id, sync.after)
        return await self._hubspot.contacts(sync.account_id, sync.after)

    async def _propose(self, actor: Actor, sync: Sync) -> Sync:
        """Make an import of what was pulled. Later ones, of changes, were agreed to before."""
        rows = await self._rows.of_run(sync.account_id, sync.run_id)
        if not rows:
            return await self._ended(sync, is_confirmed=sync.since is not None)
        file = _file_of(rows)
        upload = await self._crm.importing.keep_upload(actor, _filename(sync), file)
        made = await self._crm.importing.begin(actor, upload.id)
        made = await self._crm.import_work.work(sync.account_id, made.id)
        if made.state is not ImportState.OPEN:
            raise InvalidInput(made.problem or "What HubSpot sent could not be read.")
        proposed = replace(sync, state=SyncState.PROPOSED, import_id=made.id)
        if sync.scope != CHANGES:
            return replace(proposed, due_at=self._clock() + SOON)
        await self._crm.importing.confirm(actor, made.id, made.version)
        await self._crm.import_work.work(sync.account_id, made.id)
        return proposed

    async def _look(self, actor: Actor, sync: Sync) -> Sync:
        """See what became of the import: confirmed by somebody, dropped, or still open."""
        made = await self._crm.importing.get(actor, sync.import_id)
        if made.state is ImportState.DONE:
            await self._settle(actor, sync, made)
            return replace(sync, state=SyncState.COMPANIES, after="")
        if made.state in (ImportState.CANCELLED, ImportState.FAILED, ImportState.UNDONE):
            return await self._ended(sync, is_confirmed=False)
        return replace(sync, due_at=self._clock() + SOON)

    async def _settle(self, actor: Actor, sync: Sync, made: Import) -> None:
        """Remember who is who there, and give people to the members who own them there."""
        rows = await self._rows.of_run(sync.account_id, sync.run_id)
        owners = await self._owners(sync) if any(row.owner_id for row in rows) else {}
        owned: dict[UserId, list[str]] = defaultdict(list)
        for some in batches(rows):
            known = await self._crm.people.known(sync.account_id, [row.email for row in some])
            contacts = {row.email: row for row in some if row.email in known}
            await self._links.put(
                sync.account_id,
                [
                    Link(
                        person_id=person_id(sync.account_id, email),
                        contact_id=row.contact_id,
                        digest=digest_of(properties_of(known[email])),
                    )
                    for email, row in contacts.items()
                ],
            )
            for email, row in contacts.items():
                user_id = owners.get(row.owner_id)
                if user_id is not None and known[email].owner_id is None:
                    owned[user_id].append(known[email].id)
        for user_id, ids in owned.items():
            for few in batches(ids, MAX_GIVEN):
                await self._crm.grouping.give(actor, few, user_id)

    async def _owners(self, sync: Sync) -> dict[str, UserId]:
        """Return our members by the ids HubSpot has for them: they have the same address."""
        members = await self._behalf.by_address(sync.account_id)
        theirs = await self._hubspot.owners(sync.account_id)
        found = {id_: members.get(address.lower()) for id_, address in theirs.items()}
        return {id_: user_id for id_, user_id in found.items() if user_id is not None}

    async def _companies(self, actor: Actor, sync: Sync) -> Sync:
        """Add a page of the companies we do not have yet; only with a pull of everything."""
        if sync.scope != ALL:
            return await self._ended(sync, is_confirmed=True)
        page = await self._hubspot.companies(sync.account_id, sync.after)
        found = [_company(actor, d.get("properties") or {}, self._clock()) for d in page.documents]
        await self._crm.companies.add_if_new([each for each in found if each is not None])
        moved = replace(sync, after=page.after)
        return moved if page.after else await self._ended(moved, is_confirmed=True)

    async def _ended(self, sync: Sync, *, is_confirmed: bool) -> Sync:
        await self._rows.forget(sync.account_id)
        now = self._clock()
        since = sync.since
        if is_confirmed and sync.began_at is not None:
            since = sync.began_at - OVERLAP
        return replace(
            sync,
            state=SyncState.IDLE,
            run_id="",
            after="",
            pages=0,
            floor=None,
            since=since,
            last_at=now,
            due_at=now + EVERY,
        )


def _is_at_the_end(after: str) -> bool:
    """Return whether a search gives nothing more behind that place."""
    return not after.isdigit() or int(after) + PAGE > FOUND_AT_MOST


def _moment(document: object) -> datetime | None:
    properties = document.get("properties") if isinstance(document, dict) else None
    said = properties.get(CHANGED) if isinstance(properties, dict) else None
    try:
        return datetime.fromisoformat(str(said).replace("Z", "+00:00"))
    except ValueError:
        return None


def _filename(sync: Sync) -> str:
    what = {ALL: "all contacts", CHANGES: "changes"}.get(sync.scope, "a list")
    return f"{NAME}, {what}, {sync.began_at:%d %b %Y %H:%M}"


def _file_of(rows: Sequence[Row]) -> bytes:
    """Return what was pulled as a list like one that is dropped. Of two with one address one."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(TITLES.values())
    writer.writerows({row.email: row.cells for row in rows}.values())
    return text.getvalue().encode("utf-8", "replace")


def _company(actor: Actor, said: object, now: datetime) -> Company | None:
    if not isinstance(said, dict):
        return None
    told = {name: " ".join(str(value or "").split())[:300] for name, value in said.items()}
    try:
        url = web_address(told.get("domain", ""))
        linkedin = web_address(told.get("linkedin_company_page", ""))
    except InvalidInput:
        url, linkedin = "", ""
    name = told.get("name", "") or told.get("domain", "")
    id_ = company_id(actor.account_id, name, url)
    if id_ is None:
        return None
    return Company(
        id=id_,
        account_id=actor.account_id,
        name=name,
        url=url,
        linkedin_url=linkedin,
        industry=told.get("industry", "").replace("_", " ").capitalize(),
        country=told.get("country", ""),
        phone_number=told.get("phone", ""),
        source=NAME,
        created_at=now,
    )
