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
LINES_SEEN: dict[int | str, dict[str, Any]] = {
    200: {"description": "Lines of JSON.", "content": {"application/jsonl": _FILE}}
}


async def csv_download(pieces: AsyncIterator[bytes], name: str) -> StreamingResponse:
    """Return the pieces as a download. What is refused before the first of them is raised here."""
    return await _download(pieces, f"{name}.csv", "text/csv; charset=utf-8")


async def lines_download(pieces: AsyncIterator[bytes], name: str) -> StreamingResponse:
    """As `csv_download`, of lines of JSON."""
    return await _download(pieces, f"{name}.jsonl", "application/jsonl")


async def _download(pieces: AsyncIterator[bytes], name: str, kind: str) -> StreamingResponse:
    return StreamingResponse(
        await begun(pieces),
        media_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
