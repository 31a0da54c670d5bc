"""Lists that are dropped into the chat: brought in, and told to the AI server."""

from __future__ import annotations

import asyncio

from qrev.accounts.models import AccountId, Actor
from qrev.assistant.contract import MAX_INLINE_ROWS, SAMPLE_ROWS, UploadSummary
from qrev.assistant.ports import DropBox
from qrev.crm.import_work import ImportWork, Progress
from qrev.crm.importing import Importing
from qrev.crm.imports import Import, ImportState, Wish
from qrev.crm.models import Upload
from qrev.crm.reading import PersonRow
from qrev.kit.errors import InvalidInput

COLUMNS = (
    "name",
    "email",
    "company_name",
    "company_url",
    "job_title",
    "linkedin_url",
    "timezone",
    "phone_number",
)


class Lists:
    def __init__(self, *, importing: Importing, work: ImportWork, dropbox: DropBox) -> None:
        self._importing = importing
        self._work = work
        self._dropbox = dropbox

    async def look(
        self, actor: Actor, upload: Upload, wish: Wish, progress: Progress | None
    ) -> Import:
        """Look at a list. Raises InvalidInput for a file without anybody who could come in."""
        made = await self._importing.begin(actor, upload.id, wish=wish)
        made = await self._work.work(actor.account_id, made.id, progress=progress)
        if made.state is not ImportState.OPEN or made.diagnosis is None:
            raise InvalidInput(made.problem)
        seen = made.diagnosis
        if not seen.new + seen.known and not seen.repairs() and not seen.are_columns_unsure:
            await self._importing.cancel(actor, made.id)
            raise InvalidInput(_nobody(made))
        return made

    async def confirm(self, actor: Actor, made: Import) -> Import:
        """Bring in a list in which there is nothing to decide: the wish with it says enough.

        Whoever stops the turn stops it too, and may go on with it later.
        """
        await self._importing.confirm(actor, made.id, made.version)
        try:
            return await self.work(actor, made.id)
        except asyncio.CancelledError:
            await self._importing.halt(actor, made.id)
            raise

    async def work(self, actor: Actor, import_id: str) -> Import:
        """Work on an import until it rests, and return it as it is then."""
        return await self._work.work(actor.account_id, import_id)

    async def told(
        self, account_id: AccountId, upload_id: str
    ) -> list[dict[str, str]] | UploadSummary:
        """Return the rows of a list, or a summary of a big one whose rows are in the drop box.

        There they go by the import's id: the same file may be read in another way next time.
        """
        made = await self._importing.latest(account_id, upload_id)
        key = upload_id if made is None else made.id
        first: list[dict[str, str]] = []
        waiting: list[dict[str, str]] = []
        count = 0
        async for people in self._importing.rows(account_id, upload_id):
            rows = [row_of(person) for person in people]
            first += rows[: MAX_INLINE_ROWS - len(first)]
            waiting += rows
            if count + len(waiting) > MAX_INLINE_ROWS:
                await self._dropbox.put_upload(key, waiting, first=count)
                count, waiting = count + len(waiting), []
        count += len(waiting)
        if count <= MAX_INLINE_ROWS:
            return first
        if waiting:
            await self._dropbox.put_upload(key, waiting, first=count - len(waiting))
        return UploadSummary(
            header=list(COLUMNS), sample=first[:SAMPLE_ROWS], count=count, upload_id=key
        )


def row_of(row: PersonRow) -> dict[str, str]:
    """Return a row in our own column names; other columns beside them."""
    own = {name: getattr(row, name) for name in COLUMNS if getattr(row, name)}
    return {**{title: cell for title, cell in row.fields.items() if title not in COLUMNS}, **own}


def _nobody(made: Import) -> str:
    assert made.diagnosis is not None
    lines = [line for lines in made.diagnosis.lines.values() for line in lines if line.reason]
    first = min(lines, key=lambda each: each.line)
    return f"Nobody in {made.filename} can be brought in. Line {first.line:,}: {first.reason}."
