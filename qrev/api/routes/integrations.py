"""What was said to other services, and about whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from qrev.accounts.connection import Vendor
from qrev.api.cursors import from_cursor, to_cursor
from qrev.api.documents import USUAL
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.integration_views import CallsView, CallView

router = APIRouter(prefix="/integrations", tags=["integrations"], responses=USUAL)


@router.get("/calls")
async def calls(
    behind: Behind,
    actor: Asking,
    vendor: Vendor | None = None,
    about: Annotated[str, Query(max_length=320)] = "",
    after: Annotated[str | None, Query(max_length=2000)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> CallsView:
    """Tell what was said to other services, the newest first, of the last 90 days."""
    before = None if after is None else from_cursor(after)
    page = await behind.call_log.page(actor, vendor=vendor, about=about, before=before, limit=limit)
    return CallsView(
        calls=[CallView.of(call) for call in page.calls],
        next=None if page.next is None else to_cursor(*page.next),
    )
