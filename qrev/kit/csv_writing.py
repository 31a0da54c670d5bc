"""Tables as CSV, piece by piece: as large as it likes to be, in the memory of one batch."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence

# Spreadsheets run what begins so (OWASP: CSV injection); a full-width sign is read as a plain one.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defused(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def undefused(cell: str) -> str:
    """Return a cell as it was before it was defused: what we gave out comes back as it was."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


async def csv_of(
    titles: Sequence[str], batches: AsyncIterator[Iterable[Sequence[str]]]
) -> AsyncIterator[bytes]:
    """Yield a CSV file (RFC 4180), one piece a batch. It begins with a mark for Excel (BOM)."""
    yield codecs.BOM_UTF8 + _lines([titles])
    async for rows in batches:
        if piece := _lines(rows):
            yield piece


async def begun(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Return the same pieces, the first made already: what is refused is refused here."""
    first = await anext(pieces, b"")

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return all_of_it()


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    # Half a surrogate pair is no character, and a file must not end at one.
    writer.writerows([[defused(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8", "replace")
