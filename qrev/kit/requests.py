"""What every door asks of a request, and says to one that is not let in."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})  # methods that change nothing
FOREIGN = "This came from a page that is not QRev's own. Nothing was changed."


def address_of(request: Request) -> str:
    """Return the network address a request came from, empty if it has none."""
    return request.client.host if request.client else ""


def own_path(text: str) -> str:
    """Return a place of ours that someone wanted to go to; “/” for anything else.

    Browsers read “//host” and “/\\host” as another host, and drop control characters.
    """
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\"))
    if not is_ours or len(text) > 500 or not text.isascii() or not text.isprintable():
        return "/"
    parts = urlsplit(text)
    return "/" if parts.scheme or parts.netloc or "\\" in text else text
