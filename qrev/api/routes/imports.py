"""Lists of people: looked at, decided on, brought in and taken back, by programs."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Query, Request
from starlette.responses import StreamingResponse

from qrev.accounts.models import Actor
from qrev.api.asked import IdAsked
from qrev.api.cursors import from_cursor, to_cursor
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.import_views import (
    ImportAsked,
    ImportColumnsAsked,
    ImportConfirmAsked,
    ImportRepairAsked,
    ImportsPage,
    ImportStatus,
    RulesAsked,
    RulesView,
)
from qrev.api.lists_taken import FILE, LIST_TAKEN, kept_upload
from qrev.bootstrap import Services
from qrev.crm.imports import Import
from qrev.kit.csv_writing import begun

router = APIRouter(prefix="/crm/contact/import", tags=["imports"], responses=USUAL)

SOON = 2.0  # seconds a request waits for the list to be looked at
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"description": "The lines, UTF-8 with a byte order mark.", "content": {"text/csv": FILE}}
}


@router.post("", status_code=201, openapi_extra=LIST_TAKEN, responses=problems(413))
async def begin(
    behind: Behind,
    actor: Asking,
    request: Request,
    later: BackgroundTasks,
    filename: Annotated[str, Query(max_length=200)] = "",
) -> ImportStatus:
    """Hand over a list. The body is the file itself: CSV, TSV or Excel.

    Nothing is written: it is looked at, and waits to be confirmed. While its state is `looking`,
    ask for its status.
    """
    upload = await kept_upload(behind, actor, request, filename)
    made = await behind.importing.begin(actor, upload.id)
    return await _worked_on(behind, actor, made, later)


@router.get("/status", responses=problems(404))
async def status(behind: Behind, actor: Asking, import_id: IdAsked) -> ImportStatus:
    """Tell what a list is, and how far it is."""
    return ImportStatus.of(await behind.importing.get(actor, import_id))


@router.get("/list")
async def imports(
    behind: Behind,
    actor: Asking,
    after: Annotated[str | None, Query(max_length=2000)] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> ImportsPage:
    """List what was handed over, the newest first."""
    before = None if after is None else from_cursor(after)
    page = await behind.importing.page(actor, before=before, limit=limit)
    return ImportsPage(
        imports=[ImportStatus.of(each) for each in page.imports],
        next=None if page.next is None else to_cursor(*page.next),
    )


@router.post("/repair", responses=problems(404, 409))
async def repair(
    behind: Behind, actor: Asking, asked: ImportRepairAsked, later: BackgroundTasks
) -> ImportStatus:
    """Make exactly these repairs, and look at the list again."""
    made = await behind.importing.repair(actor, asked.import_id, asked.version, asked.repairs)
    return await _worked_on(behind, actor, made, later)


@router.post("/columns", responses=problems(404, 409))
async def columns(
    behind: Behind, actor: Asking, asked: ImportColumnsAsked, later: BackgroundTasks
) -> ImportStatus:
    """Say what each column is, and look at the list again."""
    made = await behind.importing.choose(actor, asked.import_id, asked.version, asked.choices)
    return await _worked_on(behind, actor, made, later)


@router.post("/confirm", responses=problems(404, 409))
async def confirm(
    behind: Behind, actor: Asking, asked: ImportConfirmAsked, later: BackgroundTasks
) -> ImportStatus:
    """Bring the list in as it was shown."""
    made = await behind.importing.confirm(actor, asked.import_id, asked.version)
    return await _worked_on(behind, actor, made, later)


@router.post("/stop", responses=problems(404))
async def stop(behind: Behind, actor: Asking, asked: ImportAsked) -> ImportStatus:
    """Stop bringing a list in. What is written stays."""
    return ImportStatus.of(await behind.importing.stop(actor, asked.import_id))


@router.post("/go-on", responses=problems(404, 409))
async def go_on(
    behind: Behind, actor: Asking, asked: ImportAsked, later: BackgroundTasks
) -> ImportStatus:
    """Go on with a list that was stopped."""
    made = await behind.importing.go_on(actor, asked.import_id)
    return await _worked_on(behind, actor, made, later)


@router.post("/cancel", responses=problems(404))
async def cancel(behind: Behind, actor: Asking, asked: ImportAsked) -> ImportStatus:
    """Let a list be that was not confirmed."""
    return ImportStatus.of(await behind.importing.cancel(actor, asked.import_id))


@router.post("/undo", responses=problems(404, 409))
async def undo(
    behind: Behind, actor: Asking, asked: ImportAsked, later: BackgroundTasks
) -> ImportStatus:
    """Take back everything a list brought, but for whom was written to since."""
    made = await behind.importing.undo(actor, asked.import_id)
    return await _worked_on(behind, actor, made, later)


@router.get("/refused", response_class=StreamingResponse, responses=_CSV | problems(404))
async def refused(behind: Behind, actor: Asking, import_id: IdAsked) -> StreamingResponse:
    """Give every refused line with its reason as CSV. Mended, it can be handed over again."""
    await behind.importing.get(actor, import_id)
    return StreamingResponse(
        await begun(behind.importing.refused(actor, import_id)),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="refused.csv"',
            "Cache-Control": "no-store",
        },
    )


@router.get("/rules")
async def rules(behind: Behind, actor: Asking) -> RulesView:
    """Tell what lists may do to people who are known."""
    return RulesView.of(await behind.importing.rules(actor))


@router.post("/rules")
async def set_rules(behind: Behind, actor: Asking, asked: RulesAsked) -> RulesView:
    """Decide what lists may do to people who are known. A blank never takes anything away."""
    return RulesView.of(await behind.importing.set_rules(actor, asked.rules))


async def _worked_on(
    behind: Services, actor: Actor, made: Import, later: BackgroundTasks
) -> ImportStatus:
    """Return what came of it, or how far it is: then the work goes on behind the answer."""
    task = asyncio.create_task(behind.import_work.work(actor.account_id, made.id))
    done, _ = await asyncio.wait([task], timeout=SOON)
    if done:
        return ImportStatus.of(task.result())
    later.add_task(_finish, task)
    return ImportStatus.of(await behind.importing.get(actor, made.id))


async def _finish(task: asyncio.Task[Import]) -> None:
    await task
