"""HubSpot: connecting the workspace, and what goes from and to it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from qrev.accounts.connection import Vendor
from qrev.api.connecting import AWAY, away, back
from qrev.api.documents import PUBLIC, USUAL, problems
from qrev.api.door import Asking, doorkeeper_of
from qrev.api.house import Behind
from qrev.api.integration_views import ConnectionView, PullAsked, SyncView
from qrev.api.views import ChangeView
from qrev.integrations.hubspot.webhooks import SIGNATURE, TIMESTAMP, Delivery
from qrev.kit.errors import NotFound

router = APIRouter(prefix="/hubspot", tags=["integrations"])
HUBSPOT = Vendor.HUBSPOT
WITH_SYNC = USUAL | problems(404, 409)


@router.get("/connect", response_class=Response, responses=AWAY)
async def connect(
    behind: Behind,
    actor: Asking,
    wanted: Annotated[str, Query(alias="next", max_length=500)] = "/",
) -> Response:
    """Send a browser to HubSpot, to allow us in. Owners and admins only."""
    return await away(behind, actor, HUBSPOT, wanted)


@router.get("/redirect", response_class=Response, responses=AWAY)
async def redirect(behind: Behind, actor: Asking, request: Request) -> Response:
    """Take HubSpot's answer, once, from the session that was sent there."""
    return await back(behind, actor, HUBSPOT, request)


@router.get("/is_connected", responses=USUAL)
async def is_connected(behind: Behind, actor: Asking) -> ConnectionView:
    """Tell whether the workspace is connected with HubSpot."""
    status = await behind.connections.status(actor, HUBSPOT)
    return ConnectionView.of(status, is_set_up=behind.connections.is_set_up(HUBSPOT))


@router.post("/disconnect", status_code=204, responses=USUAL)
async def disconnect(behind: Behind, actor: Asking) -> None:
    """Give the connection back at HubSpot, and keep nothing of it. People stay."""
    await behind.connections.disconnect(actor, HUBSPOT)


@router.get("/sync", responses=USUAL)
async def sync(behind: Behind, actor: Asking) -> SyncView:
    """Tell how far HubSpot and the workspace are with each other."""
    return SyncView.of(await behind.hubspot.status(actor))


@router.post("/pull", status_code=202, responses=WITH_SYNC)
async def pull(behind: Behind, actor: Asking, asked: PullAsked) -> SyncView:
    """Read HubSpot's contacts. They become an import, which is written when it is confirmed."""
    return SyncView.of(await behind.hubspot.pull(actor, list_number=asked.list_number))


@router.post("/push", status_code=201, responses=WITH_SYNC)
async def push(behind: Behind, actor: Asking) -> ChangeView:
    """Propose to write our people to HubSpot, from now on. A person confirms it."""
    return ChangeView.of(await behind.changes.propose_writing_to_hubspot(actor))


@router.post("/push/stop", responses=WITH_SYNC)
async def stop_pushing(behind: Behind, actor: Asking) -> SyncView:
    """Write nothing to HubSpot from now on."""
    return SyncView.of(await behind.hubspot.stop_pushing(actor))


@router.post("/webhook", status_code=204, responses=PUBLIC | problems(401, 404))
async def webhook(behind: Behind, request: Request) -> None:
    """Take HubSpot's events, signed in its version 3. What changed is asked for soon."""
    if not behind.connections.is_set_up(HUBSPOT):
        raise NotFound("HubSpot is not set up here.")
    base_url = doorkeeper_of(request).base_url
    query = f"?{request.url.query}" if request.url.query else ""
    delivery = Delivery(
        method="POST",
        uri=f"{base_url}/api/hubspot/webhook{query}",
        body=await request.body(),
        signature=request.headers.get(SIGNATURE, ""),
        timestamp=request.headers.get(TIMESTAMP, ""),
    )
    await behind.hubspot_events.take(delivery)
