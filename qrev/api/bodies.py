"""Reading what was posted: no more of it than a limit, and only as what it should be."""

from __future__ import annotations

import json

from starlette.exceptions import HTTPException
from starlette.requests import Request

from qrev.kit.errors import InvalidInput


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body. Raises 413 beyond `limit` bytes, before reading on."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise HTTPException(413, f"A body here has at most {limit >> 20} MB.")
    return bytes(body)


async def read_object(request: Request, limit: int) -> dict[str, object]:
    """Return a JSON object, {} for no body at all. Raises InvalidInput for anything else."""
    raw = await read_body(request, limit)
    if not raw.strip():
        return {}
    try:
        read = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The body is no JSON.") from error
    if not isinstance(read, dict):
        raise InvalidInput("The body is no JSON object.")
    return read
