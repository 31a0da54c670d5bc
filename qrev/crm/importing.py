"""Bringing in lists: looked at first, decided on, written, and taken back if need be."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from qrev.accounts.audit import Audit
from qrev.accounts.models import AccountId, Actor
from qrev.crm.columns import OURS
from qrev.crm.import_ports import ImportBook, ImportChange, ImportSettings
from qrev.crm.imports import WRITTEN, Import, ImportState, Wish
from qrev.crm.judging import Judging
from qrev.crm.models import Upload
from qrev.crm.ports import Uploads
from qrev.crm.reading import PersonRow
from qrev.crm.remembering import checked, header_key
from qrev.crm.repairs import RULED, Plan, Repair, Rule, Rules
from qrev.crm.walking import GONE, Walking
from qrev.kit.clock import Clock
from qrev.kit.csv_writing import csv_of
from qrev.kit.errors import Conflict, InvalidInput, NotFound
from qrev.kit.ids import new_id, stable_id

MAX_PAGE = 50
UNNAMED = "a list.csv"
PIECE = 1 << 20
MOVED_ON = "This import has moved on in the meantime. Look at it again."
NO_WISH = Wish()


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportPage:
    """`next` continues behind the last import; None at the end."""

    imports: tuple[Import, ...]
    next: tuple[datetime, str] | None


class Importing:
    def __init__(
        self,
        *,
        imports: ImportBook,
        settings: ImportSettings,
        uploads: Uploads,
        walking: Walking,
        judging: Judging,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._imports = imports
        self._settings = settings
        self._uploads = uploads
        self._walking = walking
        self._judging = judging
        self._audit = audit
        self._clock = clock

    # --- files -----------------------------------------------------------------------------------

    async def keep_upload(self, actor: Actor, filename: str, data: bytes | BinaryIO) -> Upload:
        """Return the upload these bytes are; dropped a second time it is the same one."""
        actor.must_be_able_to_change()
        file = io.BytesIO(data) if isinstance(data, bytes) else data
        digest, size = await asyncio.to_thread(_digest, file)
        upload = Upload(
            id=stable_id("upl", actor.account_id, digest),
            account_id=actor.account_id,
            created_by=actor.user_id,
            filename=" ".join(filename.split())[:200] or UNNAMED,
            size=size,
            created_at=self._clock(),
        )
        await self._uploads.add_if_new(upload, file)
        return upload

    async def upload(self, actor: Actor, upload_id: str) -> Upload:
        """Return what is known of a file. Raises NotFound."""
        found = await self._uploads.get(actor.account_id, upload_id)
        if found is None:
            raise NotFound(GONE)
        return found

    async def pieces_of(self, actor: Actor, upload_id: str) -> AsyncIterator[bytes]:
        """Yield a file as it was dropped, a megabyte at a time. Raises NotFound."""
        async with self._walking.opened(actor.account_id, upload_id) as file:
            file.seek(0)
            while piece := file.read(PIECE):
                yield piece

    async def rows(self, account_id: AccountId, upload_id: str) -> AsyncIterator[list[PersonRow]]:
        """Yield who of a file came in, in its order, a thousand at a time."""
        made = await self.latest(account_id, upload_id)
        plan = Plan() if made is None else made.plan
        async with self._walking.listed(account_id, upload_id, plan) as (_, whole, batches):
            async for batch in batches:
                judged = await self._judging.judge(account_id, upload_id, batch, whole)
                yield [line.row for line in judged.taken.values()]

    async def erased(self, account_id: AccountId, emails: Collection[str]) -> set[str]:
        """Return those of whom nothing may be kept, because they had themselves erased."""
        return await self._judging.erased(account_id, emails)

    async def latest(self, account_id: AccountId, upload_id: str) -> Import | None:
        """Return the last import of a file that wrote anything: it says how the file is read."""
        made = await self._imports.of_upload(account_id, upload_id)
        return next((each for each in made if each.state in WRITTEN), None)

    # --- imports ---------------------------------------------------------------------------------

    async def begin(self, actor: Actor, upload_id: str, *, wish: Wish = NO_WISH) -> Import:
        """Return a new import of a file, to be looked at first. Nothing of it is written.

        Raises NotFound.
        """
        actor.must_be_able_to_change()
        upload = await self.upload(actor, upload_id)
        made = Import(
            id=f"imp_{new_id()}",
            account_id=actor.account_id,
            upload_id=upload.id,
            filename=upload.filename,
            created_by=actor.user_id,
            created_at=self._clock(),
            wish=wish,
        )
        await self._imports.add(made)
        return made

    async def get(self, actor: Actor, import_id: str) -> Import:
        """Return one of the account's imports. Raises NotFound."""
        found = await self._imports.get(actor.account_id, import_id)
        if found is None:
            raise NotFound("We could not find that import.")
        return found

    async def page(
        self, actor: Actor, *, before: tuple[datetime, str] | None = None, limit: int = 10
    ) -> ImportPage:
        """Return the newest imports first."""
        limit = max(1, min(limit, MAX_PAGE))
        found = await self._imports.page(actor.account_id, before=before, limit=limit + 1)
        shown = found[:limit]
        last = (shown[-1].created_at, shown[-1].id) if len(found) > limit else None
        return ImportPage(imports=tuple(shown), next=last)

    async def choose(
        self, actor: Actor, import_id: str, version: int, choices: Sequence[str]
    ) -> Import:
        """Say what each column is, and have the list looked at again.

        Raises Conflict if it is not what was seen any more, InvalidInput for what cannot be.
        """
        actor.must_be_able_to_change()
        found = await self.get(actor, import_id)
        plan = replace(found.plan, choices=checked(found.plan, choices))
        return await self._decide(actor, found, version, plan)

    async def repair(
        self, actor: Actor, import_id: str, version: int, repairs: Collection[Repair]
    ) -> Import:
        """Make exactly these repairs, and have the list looked at again. Raises Conflict."""
        actor.must_be_able_to_change()
        found = await self.get(actor, import_id)
        return await self._decide(
            actor, found, version, replace(found.plan, repairs=frozenset(repairs))
        )

    async def confirm(self, actor: Actor, import_id: str, version: int) -> Import:
        """Let the list be written as it was shown, once. Raises Conflict."""
        actor.must_be_able_to_change()
        found = await self.get(actor, import_id)
        await self._move(found, ImportState.RUNNING, [ImportState.OPEN], version=version)
        if found.plan.has_header and found.diagnosis and found.diagnosis.are_columns_unsure:
            columns = dict(zip(found.plan.titles, found.plan.choices, strict=True))
            key = header_key(found.plan.titles)
            await self._settings.set_columns(actor.account_id, key, columns)
        facts = {"filename": found.filename, "rows": str(found.total)}
        await self._audit.record(actor, "import.confirmed", import_id, after=facts)
        return await self.get(actor, import_id)

    async def cancel(self, actor: Actor, import_id: str) -> Import:
        """Let a list be. One that is being written, or was, stays as it is."""
        actor.must_be_able_to_change()
        found = await self.get(actor, import_id)
        among = [ImportState.OPEN, ImportState.LOOKING]
        change = ImportChange(state=ImportState.CANCELLED, ended_at=self._clock())
        await self._imports.change(actor.account_id, found.id, change, among=among)
        return await self.get(actor, import_id)

    async def stop(self, actor: Actor, import_id: str) -> Import:
        """Have the writing end after the thousand lines it is at. What is written stays."""
        actor.must_be_able_to_change()
        found = await self.get(actor, import_id)
        await self._imports.change(
            actor.account_id,
            found.id,
            ImportChange(is_stopping=True),
            among=[ImportState.RUNNING],
        )
        return await self.get(actor, import_id)

    async def halt(self, actor: Actor, import_id: str) -> None:
        """End an import whose work was cut off, where it was."""
        change = ImportChange(state=ImportState.STOPPED, ended_at=self._clock())
        running = [ImportState.RUNNING]
        await self._imports.change(actor.account_id, import_id, change, among=running)

    async def go_on(self, actor: Actor, import_id: str) -> Import:
        """Let a stopped import go on where it was. Raises Conflict."""
        actor.must_be_able_to_change()
        found = await self.get(actor, import_id)
        await self._move(found, ImportState.RUNNING, [ImportState.STOPPED])
        return await self.get(actor, import_id)

    async def undo(self, actor: Actor, import_id: str) -> Import:
        """Have everything the import wrote taken back. Undone twice is undone once.

        Raises Conflict for one that wrote nothing, or is being written.
        """
        actor.must_be_able_to_change()
        found = await self.get(actor, import_id)
        change = ImportChange(state=ImportState.UNDOING, is_stopping=False)
        if await self._imports.change(actor.account_id, found.id, change, among=WRITTEN):
            facts = {"filename": found.filename}
            await self._audit.record(actor, "import.undone", import_id, after=facts)
        found = await self.get(actor, import_id)
        if found.state not in (ImportState.UNDOING, ImportState.UNDONE):
            raise Conflict(MOVED_ON)
        return found

    async def refused(self, actor: Actor, import_id: str) -> AsyncIterator[bytes]:
        """Yield every refused line as a CSV file, with its line and why.

        Mended and dropped again, what we wrote beside them is left out by itself. Raises NotFound,
        for a list that could not be read, too.
        """
        found = await self.get(actor, import_id)
        if found.diagnosis is None:
            raise NotFound("No line of that list was refused: it was not read yet.")
        async for piece in csv_of([*found.plan.titles, *OURS], self._refused(found)):
            yield piece

    async def _refused(self, found: Import) -> AsyncIterator[list[list[str]]]:
        width = len(found.plan.titles)
        walk = self._walking.listed(found.account_id, found.upload_id, found.plan)
        async with walk as (_, plan, batches):
            async for batch in batches:
                judged = await self._judging.judge(found.account_id, found.upload_id, batch, plan)
                yield [
                    [*(each.cells + [""] * width)[:width], str(each.line), each.reason]
                    for each in sorted(judged.refused, key=lambda each: each.line)
                ]

    # --- what is decided once --------------------------------------------------------------------

    async def rules(self, actor: Actor) -> Rules:
        """Return what lists may do to people who are known."""
        return await self._settings.rules(actor.account_id)

    async def set_rules(self, actor: Actor, rules: Mapping[str, str]) -> Rules:
        """Decide what lists may do to people who are known. Owners and admins only."""
        actor.must_be_able_to_manage()
        before = await self._settings.rules(actor.account_id)
        try:
            after = {**before, **{field: Rule(rule) for field, rule in rules.items()}}
        except ValueError as error:
            raise InvalidInput("A rule is “fill”, “replace” or “keep”.") from error
        if not set(after) <= set(RULED):
            raise InvalidInput(f"Rules are for {', '.join(RULED)}.")
        await self._settings.set_rules(actor.account_id, after)
        was = {field: before[field].value for field in RULED if before[field] != after[field]}
        now = {field: after[field].value for field in was}
        await self._audit.record(actor, "import.rules", "rules", before=was, after=now)
        return after

    async def _decide(self, actor: Actor, found: Import, version: int, plan: Plan) -> Import:
        await self._move(found, ImportState.LOOKING, [ImportState.OPEN], version=version, plan=plan)
        return await self.get(actor, found.id)

    async def _move(
        self,
        found: Import,
        state: ImportState,
        among: Collection[ImportState],
        *,
        version: int | None = None,
        plan: Plan | None = None,
    ) -> None:
        change = ImportChange(state=state, plan=plan, is_stopping=False)
        if not await self._imports.change(
            found.account_id, found.id, change, among=among, version=version
        ):
            raise Conflict(MOVED_ON)


def _digest(file: BinaryIO) -> tuple[str, int]:
    """Return the hash of all there is in a file, and how long it is. The file is at its start."""
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := file.read(PIECE):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    return digest.hexdigest(), size
