"""Pictures of people: seen by their colleagues, kept and removed by themselves."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from qrev.accounts.models import UserId
from qrev.accounts.profile import MEDIA_TYPES
from qrev.api.documents import USUAL, problems
from qrev.api.door import Anyone
from qrev.api.house import Behind

router = APIRouter(prefix="/user", tags=["user"], responses=USUAL)

_PICTURE = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES}
_SEEN: dict[int | str, dict[str, Any]] = {
    200: {"description": "The picture.", "content": _PICTURE},
    304: {"description": "It is still the one with that `ETag`."},
}
# It is shown and never run, and stays with whoever may see it.
_HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Disposition": "inline",
    "X-Content-Type-Options": "nosniff",
}
_TAKEN = {"requestBody": {"required": True, "content": _PICTURE}}


@router.get("/picture", response_class=Response, responses=_SEEN | problems(404))
async def picture(
    behind: Behind,
    who: Anyone,
    request: Request,
    user_id: Annotated[str | None, Query(min_length=1, max_length=300)] = None,
) -> Response:
    """Give the picture of a colleague, or one's own."""
    found = await behind.profile.picture(who, UserId(user_id or who.user_id))
    tag = f'"{hashlib.sha256(found.data).hexdigest()[:32]}"'
    headers = {**_HEADERS, "ETag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found.data, media_type=found.media_type, headers=headers)


@router.put("/picture", status_code=204, openapi_extra=_TAKEN)
async def save_picture(behind: Behind, who: Anyone, request: Request) -> None:
    """Keep one's own picture. The body is the file itself: PNG, JPEG or WebP, up to 256 KB."""
    await behind.profile.save_picture(who, await request.body())


@router.delete("/picture", status_code=204)
async def remove_picture(behind: Behind, who: Anyone) -> None:
    """Show no picture of oneself any more."""
    await behind.profile.remove_picture(who)
