"""The pages behind the links of our mails: without a script, without a session, for anybody."""

from __future__ import annotations

import html
from importlib.resources import files
from string import Template
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import HTMLResponse

from qrev.api.documents import Responses, problems
from qrev.api.house import Behind
from qrev.kit.errors import NotFound

OPT_OUT: Responses = problems(413, 422) | {
    200: {"description": "A page."},
    404: {"description": "A page: this link does not work.", "content": {"text/html": {}}},
}
router = APIRouter(tags=["campaign"], default_response_class=HTMLResponse, responses=OPT_OUT)

PAGE = Template(files("qrev.api").joinpath("opt_out.html").read_text("utf-8"))
LONGEST = 1000  # letters of a token; ours have at most a few hundred
BROKEN = (
    "It may have been cut in two on its way, as mail programs do. Open the mail again and press "
    "the whole link, or reply “stop” to the mail: that works as well."
)
InPath = Annotated[str, Path(max_length=LONGEST, description="As it stands in the mail.")]
InQuery = Annotated[str, Query(alias="t", max_length=LONGEST, description="As in the mail.")]


@router.get("/u/{token}")
async def ask_opt_out(behind: Behind, token: InPath) -> HTMLResponse:
    """Show the page. Looking at a link changes nothing: mail scanners follow them all."""
    try:
        asked = await behind.stopping.asked(token)
    except NotFound:
        return _broken()
    text = f"Shall {asked.sender} stop writing to {asked.email}? It is one press."
    return _page("Unsubscribe", text, sender=asked.sender, is_asking=True)


@router.post("/u/{token}")
async def opt_out(behind: Behind, request: Request, token: InPath) -> HTMLResponse:
    """Act, at once: pressed on the page, or by the reader's own button (RFC 8058)."""
    await request.body()
    try:
        asked = await behind.stopping.asked(token)
        await behind.stopping.opt_out(token)
    except NotFound:
        return _broken()
    text = f"{asked.sender} will not write to {asked.email} again. You can close this page."
    return _page("Unsubscribed", text, sender=asked.sender)


@router.get("/campaign/unsubscribe")
async def ask_opt_out_of_old(behind: Behind, token: InQuery = "") -> HTMLResponse:
    """Show the page, for a link as the mails of the first versions have it."""
    return await ask_opt_out(behind, token)


@router.post("/campaign/unsubscribe")
async def opt_out_of_old(behind: Behind, request: Request, token: InQuery = "") -> HTMLResponse:
    """Act, for a link as the mails of the first versions have it."""
    return await opt_out(behind, request, token)


def _broken() -> HTMLResponse:
    return _page("This link does not work", BROKEN, status=404)


def _page(
    title: str, text: str, *, sender: str = "", is_asking: bool = False, status: int = 200
) -> HTMLResponse:
    page = PAGE.substitute(
        title=html.escape(title),
        text=html.escape(text),
        sender=html.escape(sender),
        hidden="" if is_asking else "hidden",
    )
    # The address of the page is a key: no other site may be told it.
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return HTMLResponse(page, status, headers)
