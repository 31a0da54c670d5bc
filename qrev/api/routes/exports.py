"""Lists and tables as files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from qrev.api.asked import IdAsked
from qrev.api.documents import USUAL, problems
from qrev.api.door import Asking
from qrev.api.downloads import CSV_SEEN, LINES_SEEN, csv_download, lines_download
from qrev.api.house import Behind
from qrev.api.people_asked import PeopleExportAsked

router = APIRouter(tags=["downloads"], responses=USUAL)
Chosen = Annotated[str | None, Query(min_length=1, max_length=300)]


@router.get("/crm/contact/export", response_class=Response, responses=CSV_SEEN)
async def people(
    behind: Behind,
    actor: Asking,
    asked: Annotated[PeopleExportAsked, Query()],
) -> Response:
    """Give people as a CSV file that can be dropped into the chat again.

    Those who are as asked for, in that order. Fields of your own have a column each.
    """
    pieces = await behind.people_export.export(actor, asked.wanted, order=asked.order)
    return await csv_download(pieces, "people")


@router.get(
    "/campaign/sequence/people/export",
    response_class=Response,
    responses={**CSV_SEEN, **problems(404)},
)
async def campaign_people(behind: Behind, actor: Asking, sequence_id: IdAsked) -> Response:
    """Give who is in a campaign and how far each of them got, as a CSV file."""
    pieces = await behind.campaign_export.people(actor, sequence_id)
    return await csv_download(pieces, "campaign-people")


@router.get(
    "/campaign/outbox/export", response_class=Response, responses={**CSV_SEEN, **problems(404)}
)
async def mails(behind: Behind, actor: Asking, sequence_id: Chosen = None) -> Response:
    """Give the mails that left as a CSV file, those of one campaign or of all."""
    pieces = await behind.campaign_export.mails(actor, sequence_id)
    return await csv_download(pieces, "outbox")


@router.get("/campaign/receipt", response_class=Response, responses=LINES_SEEN)
async def receipt(behind: Behind, actor: Asking) -> Response:
    """Give all that was tried to be sent, as lines of JSON that hold each other.

    `python -m qrev receipt verify FILE` says whether the file is whole, and that nobody got a
    step twice.
    """
    return await lines_download(await behind.receipts.export(actor), "receipt")
