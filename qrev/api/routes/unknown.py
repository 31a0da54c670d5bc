"""Mails of which nobody knows whether they left."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from qrev.api.cursors import from_cursor, to_cursor
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.views import ChangeView
from qrev.assistant.unknown_cards import UnknownRow
from qrev.assistant.unknown_desk import unknown_row

router = APIRouter(prefix="/campaign/unknown", tags=["campaign"], responses=USUAL)
Limit = Annotated[int, Query(ge=1, le=200)]
After = Annotated[str | None, Query(max_length=1000)]


class UnknownPage(BaseModel):
    model_config = ConfigDict(frozen=True)

    mails: list[UnknownRow]
    next: str | None


class SaidAsked(BaseModel):
    """`has_left` is what is known of the mail from elsewhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    message_id: Annotated[str, Field(min_length=1, max_length=300)]
    has_left: bool


@router.get("/list")
async def page(
    behind: Behind, actor: Asking, limit: Limit = 50, after: After = None
) -> UnknownPage:
    """Give the mails in doubt with what is known of each, what was tried last first."""
    before = None if after is None else from_cursor(after)
    found = await behind.deciding.page(actor, before=before, limit=limit + 1)
    shown = found[:limit]
    more = len(found) > limit
    return UnknownPage(
        mails=[unknown_row(each) for each in shown],
        next=to_cursor(shown[-1].tried_at, shown[-1].message.id) if more else None,
    )


@router.post("/settle", responses=problems(404, 409))
async def settle(behind: Behind, actor: Asking, asked: SaidAsked) -> ChangeView:
    """Propose to settle one as you say. Confirming counts it as sent, or has it leave again."""
    change = await behind.changes.propose_settling(actor, asked.message_id, has_left=asked.has_left)
    return ChangeView.of(change)
