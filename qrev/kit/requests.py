"""What every door asks of a request, and says to one that is not let in."""

from __future__ import annotations

from starlette.requests import Request

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})  # methods that change nothing
FOREIGN = "This came from a page that is not QRev's own. Nothing was changed."


def address_of(request: Request) -> str:
    """Return the network address a request came from, empty if it has none."""
    return request.client.host if request.client else ""
