"""Files that are made while they are sent: answered as downloads and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import StreamingResponse

from qrev.kit.csv_writing import begun

_FILE = {"schema": {"type": "string", "format": "binary"}}
CSV_SEEN: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file, UTF-8 with a byte order mark.", "content": {"text/csv": _FILE}}
}


async def csv_download(pieces: AsyncIterator[bytes], name: str) -> StreamingResponse:
    """Return the pieces as a download. What is refused before the first of them is raised here."""
    return StreamingResponse(
        await begun(pieces),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
