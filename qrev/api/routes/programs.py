"""API keys for programs, and the log of who changed what."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from qrev.api.asked import ApiKeyAsked, NewApiKeyAsked
from qrev.api.cursors import from_cursor, to_cursor
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.views import ApiKeyView, AuditEntryView, AuditPage, NewApiKeyView

router = APIRouter(prefix="/account", tags=["programs"], responses=USUAL | problems(404))


@router.get("/api-keys/list")
async def keys(behind: Behind, actor: Asking) -> list[ApiKeyView]:
    """List one's own keys; who manages the workspace sees everyone's."""
    return [ApiKeyView.of(key) for key in await behind.api_keys.all(actor)]


@router.post("/api-keys/create", status_code=201, responses=problems(409))
async def create_key(behind: Behind, actor: Asking, asked: NewApiKeyAsked) -> NewApiKeyView:
    """Make a key. This is the one time that its secret is shown."""
    return NewApiKeyView.of(
        await behind.api_keys.create(actor, asked.name, asked.scopes, days=asked.days)
    )


@router.post("/api-keys/revoke", status_code=204)
async def revoke_key(behind: Behind, actor: Asking, asked: ApiKeyAsked) -> None:
    """Stop a key at once."""
    await behind.api_keys.revoke(actor, asked.key_id)


@router.get("/audit")
async def audit(
    behind: Behind,
    actor: Asking,
    after: Annotated[str | None, Query(max_length=2000)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> AuditPage:
    """Tell who changed what, the newest first."""
    found = await behind.audit.page(actor, before=_place(after), limit=limit + 1)
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    return AuditPage(
        entries=[AuditEntryView.of(entry) for entry in shown],
        next=None if last is None else to_cursor(last.at, last.id),
    )


def _place(after: str | None) -> tuple[datetime, str] | None:
    return None if after is None else from_cursor(after)
