"""Zoom: connecting one's own, booking calls, and hearing of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from qrev.accounts.connection import Vendor
from qrev.api.connecting import AWAY, away, back
from qrev.api.documents import PUBLIC, USUAL, problems
from qrev.api.door import Asking
from qrev.api.house import Behind
from qrev.api.integration_views import ConnectionView
from qrev.api.views import ChangeView
from qrev.integrations.zoom.events import SIGNATURE, TIMESTAMP, Delivery
from qrev.kit.errors import NotFound

router = APIRouter(prefix="/zoom", tags=["integrations"])
ZOOM = Vendor.ZOOM


class CallAsked(BaseModel):
    """`starts_at` with its offset; `timezone` is the one it is told in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: Annotated[str, Field(min_length=1, max_length=300)]
    starts_at: datetime
    minutes: Annotated[int, Field(ge=5, le=480)] = 30
    timezone: Annotated[str, Field(max_length=64)] = "UTC"


@router.get("/connect", response_class=Response, responses=AWAY)
async def connect(
    behind: Behind,
    actor: Asking,
    wanted: Annotated[str, Query(alias="next", max_length=500)] = "/",
) -> Response:
    """Send a browser to Zoom, to allow us in."""
    return await away(behind, actor, ZOOM, wanted)


@router.get("/redirect", response_class=Response, responses=AWAY)
async def redirect(behind: Behind, actor: Asking, request: Request) -> Response:
    """Take Zoom's answer, once, from the session that was sent there."""
    return await back(behind, actor, ZOOM, request)


@router.get("/is_connected", responses=USUAL)
async def is_connected(behind: Behind, actor: Asking) -> ConnectionView:
    """Tell whether one's own Zoom is connected."""
    status = await behind.connections.status(actor, ZOOM)
    return ConnectionView.of(status, is_set_up=behind.connections.is_set_up(ZOOM))


@router.post("/disconnect", status_code=204, responses=USUAL)
async def disconnect(behind: Behind, actor: Asking) -> None:
    """Give the connection back at Zoom, and keep nothing of it, the calls included."""
    await behind.connections.disconnect(actor, ZOOM)


@router.post("/call", status_code=201, responses=USUAL | problems(404, 409))
async def call(behind: Behind, actor: Asking, asked: CallAsked) -> ChangeView:
    """Propose a call with somebody. A person confirms it."""
    wanted = behind.booking.wanted(asked.person_id, asked.starts_at, asked.minutes, asked.timezone)
    return ChangeView.of(await behind.changes.propose_call(actor, wanted.subject))


@router.post("/events", responses=PUBLIC | problems(401, 404, 409))
async def events(behind: Behind, request: Request) -> dict[str, str]:
    """Take Zoom's events. Twice is once."""
    if not behind.connections.is_set_up(ZOOM):
        raise NotFound("Zoom is not set up here.")
    return await behind.zoom_events.take(
        Delivery(
            body=await request.body(),
            signature=request.headers.get(SIGNATURE, ""),
            timestamp=request.headers.get(TIMESTAMP, ""),
            shown=request.headers.get("authorization", ""),
        )
    )
