"""Connecting another service, as a browser sees it: away to it, and back with an answer."""

from __future__ import annotations

import html
from importlib.resources import files
from string import Template
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from qrev.accounts.connection import Vendor
from qrev.accounts.models import Actor
from qrev.api.documents import USUAL, Responses, problems
from qrev.api.problems import STATUS
from qrev.bootstrap import Services
from qrev.kit.errors import QrevError
from qrev.kit.requests import own_path

PAGE_SEEN: dict[str, Any] = {"text/html": {"schema": {"type": "string"}}}
# How a browser is answered: on its way, or by a page; before it is known who asks, by a problem.
AWAY: Responses = {
    303: {"description": "The way to the service, or back."},
    **{
        status: {**told, "content": {**told["content"], **PAGE_SEEN}}
        for status, told in (USUAL | problems(404, 409)).items()
    },
}
PAGE = Template(files("qrev.api").joinpath("connecting.html").read_text("utf-8"))
NO_STORE = {"Cache-Control": "no-store"}


async def away(services: Services, actor: Actor, vendor: Vendor, wanted: str) -> Response:
    """Send the browser to the service, or say why not."""
    try:
        url = await services.connections.begin(actor, vendor, wanted=own_path(wanted))
    except QrevError as error:
        return _said(vendor, error)
    return RedirectResponse(url, 303, headers=NO_STORE)


async def back(services: Services, actor: Actor, vendor: Vendor, request: Request) -> Response:
    """Take the service's answer, once, from the session that was sent there."""
    asked = request.query_params
    if "error" in asked:
        return _page(
            f"{vendor.product} is not connected",
            f"{vendor.product} says that it was not allowed. Nothing was changed here.",
            403,
        )
    try:
        done = await services.connections.finish(
            actor, vendor, state=asked.get("state", ""), code=asked.get("code", "")
        )
    except QrevError as error:
        return _said(vendor, error)
    return RedirectResponse(done.wanted, 303, headers=NO_STORE)


def _said(vendor: Vendor, error: QrevError) -> HTMLResponse:
    status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), 400)
    return _page(f"{vendor.product} is not connected", str(error), status)


def _page(title: str, text: str, status: int) -> HTMLResponse:
    page = PAGE.substitute(title=html.escape(title), text=html.escape(text))
    return HTMLResponse(page, status, headers=NO_STORE)
