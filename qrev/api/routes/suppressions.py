"""Whom a workspace must never write to again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from qrev.api.asked import SuppressionAsked
from qrev.api.cursors import from_word_cursor, to_word_cursor
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.people_views import SuppressionsView, SuppressionView

ORDER = "suppressions"
router = APIRouter(prefix="/suppressions", tags=["suppressions"], responses=USUAL)


@router.get("/list")
async def suppressions(
    behind: Behind,
    actor: Asking,
    after: Annotated[str | None, Query(max_length=2000)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> SuppressionsView:
    """List addresses and domains in alphabetical order."""
    place = None if after is None else from_word_cursor(after, ORDER)[0]
    page = await behind.suppressing.page(actor, after=place, limit=limit)
    return SuppressionsView(
        suppressions=[SuppressionView.of(each) for each in page.suppressions],
        total=page.total,
        next=None if page.next is None else to_word_cursor((page.next, ""), ORDER),
    )


@router.post("/add")
async def add(behind: Behind, actor: Asking, asked: SuppressionAsked) -> SuppressionView:
    """Never write to an address or a domain again. One that is on the list stays as it is."""
    return SuppressionView.of(await behind.suppressing.add(actor, asked.value, asked.reason))


@router.post("/remove", status_code=204, responses=problems(404))
async def remove(behind: Behind, actor: Asking, asked: SuppressionAsked) -> None:
    """Let it be written to again. Owners and admins only; the reason goes into the log."""
    await behind.suppressing.remove(actor, asked.value, asked.reason)
