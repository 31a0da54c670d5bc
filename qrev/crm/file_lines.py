"""The lines of a dropped file that speak of an address, and the file without them. Pure."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from qrev.crm.list_files import decode
from qrev.crm.workbooks import is_workbook, sheet_records
from qrev.kit.errors import InvalidInput
from qrev.kit.mentions import Mention


def lines_about(data: bytes, email: str) -> list[str]:
    """Return the lines, as they stand in the file, that speak of an address."""
    mention = Mention(email)
    return [line.strip() for line in _lines(data) if mention.is_in(line)]


def without_lines(data: bytes, email: str) -> bytes | None:
    """Return the file as CSV without the lines that speak of an address, None if none does."""
    mention = Mention(email)
    lines = list(_lines(data))
    kept = [line for line in lines if not mention.is_in(line)]
    if len(kept) == len(lines):
        return None
    return codecs.BOM_UTF8 + "".join(kept).encode("utf-8", "replace")


def _lines(data: bytes) -> Iterator[str]:
    """Yield the records of a file as text; one that has line breaks in a cell is one."""
    if is_workbook(data):
        yield from _sheet(data)
        return
    try:
        text = decode(data)
    except InvalidInput:
        text = data.decode("utf-8", "replace")
    whole: list[str] = []
    for line in io.StringIO(text, newline=None):
        whole.append(line if line.endswith("\n") else f"{line}\n")
        if sum(each.count('"') for each in whole) % 2 == 0:
            yield "".join(whole)
            whole = []
    if whole:
        # A quote that is never closed: every line by itself, so that one does not take all along.
        yield from whole


def _sheet(data: bytes) -> Iterator[str]:
    try:
        for _, cells in sheet_records(io.BytesIO(data)):
            line = io.StringIO()
            csv.writer(line, lineterminator="\n").writerow(cells)
            yield line.getvalue()
    except InvalidInput:
        return
