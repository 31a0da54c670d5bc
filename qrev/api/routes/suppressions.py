"""Whom a workspace must never write to again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from qrev.api.asked import SuppressionAsked, UnsuppressionAsked
from qrev.api.cursors import from_word_cursor, to_word_cursor
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.downloads import CSV_SEEN, csv_download
from qrev.api.house import Behind
from qrev.api.lists_taken import LIST_TAKEN
from qrev.api.people_views import SuppressionImportView, SuppressionsView, SuppressionView

ORDER = "suppressions"
router = APIRouter(prefix="/suppressions", tags=["suppressions"], responses=USUAL)


@router.get("/list")
async def suppressions(
    behind: Behind,
    actor: Asking,
    search: Annotated[str, Query(max_length=300)] = "",
    after: Annotated[str | None, Query(max_length=2000)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> SuppressionsView:
    """List addresses and domains in alphabetical order; with `search` what holds these letters.

    Whose data was erased is on the list as a hash, which a search for the whole address finds.
    """
    place = None if after is None else from_word_cursor(after, ORDER)[0]
    page = await behind.suppressing.page(actor, search=search, after=place, limit=limit)
    return SuppressionsView(
        suppressions=[SuppressionView.of(each) for each in page.suppressions],
        total=page.total,
        next=None if page.next is None else to_word_cursor((page.next, ""), ORDER),
    )


@router.post("/add")
async def add(behind: Behind, actor: Asking, asked: SuppressionAsked) -> SuppressionView:
    """Never write to an address or a domain again. One that is on the list stays as it is."""
    return SuppressionView.of(await behind.suppressing.add(actor, asked.value, asked.reason))


@router.post("/remove", status_code=204, responses=problems(404, 409))
async def remove(behind: Behind, actor: Asking, asked: UnsuppressionAsked) -> None:
    """Let it be written to again. Owners and admins only; the reason goes into the log.

    Who asked not to be written to, or to be erased, is taken off only with `is_meaning_known`: 409
    says what it means.
    """
    await behind.suppressing.remove(
        actor, asked.value, asked.reason, is_meaning_known=asked.is_meaning_known
    )


@router.post("/import", openapi_extra=LIST_TAKEN)
async def bring_in(
    behind: Behind,
    actor: Asking,
    request: Request,
    reason: Annotated[str, Query(min_length=1, max_length=200)] = "imported from a list",
) -> SuppressionImportView:
    """Add every address and domain of a list. The body is the file itself: CSV, up to 10 MB.

    A column “reason” goes before `reason`. Refused lines are told; twice is harmless.
    """
    done = await behind.suppressing.bring_in(actor, await request.body(), reason=reason)
    return SuppressionImportView.of(done)


@router.get("/export", response_class=Response, responses=CSV_SEEN)
async def export(behind: Behind, actor: Asking) -> Response:
    """Give the whole list as a CSV file, which `import` takes back."""
    return await csv_download(await behind.suppressing.export(actor), "suppressions")
