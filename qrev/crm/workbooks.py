"""Reading the first sheet of a workbook that has people in it. Pure."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from qrev.kit.errors import InvalidInput

STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# A workbook is a packed file: ten thousand rows take a few MB, a trap takes gigabytes.
MAX_UNPACKED = 300 * 1024 * 1024  # bytes
UNREADABLE = (
    "That looks like an Excel workbook, but it could not be opened. Open it yourself, choose "
    "“Save as”, then “CSV UTF-8”, and drop that file."
)


def is_workbook(data: bytes) -> bool:
    """Return whether these bytes are an Excel file, whatever its name says."""
    return data.startswith(STARTS)


def sheet_records(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells as text) of the first sheet that is not empty.

    Raises InvalidInput for a file that is no workbook or unpacks to more than 300 MB.
    """
    _must_be_small(file)
    file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(file)
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height:
                for number, row in enumerate(sheet.iter_rows(), 1):
                    yield number, [_text(cell) for cell in row]
                return
    except (CalamineError, ValueError, OSError) as error:
        raise InvalidInput(UNREADABLE) from error


def _must_be_small(file: BinaryIO) -> None:
    file.seek(0)
    if file.read(2) != b"PK":
        return  # the old format is not packed
    try:
        with zipfile.ZipFile(file) as packed:
            unpacked = sum(each.file_size for each in packed.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise InvalidInput(UNREADABLE) from error
    if unpacked > MAX_UNPACKED:
        raise InvalidInput(
            "That workbook is too big once unpacked. Save the sheet with the people as “CSV UTF-8” "
            "and drop that file."
        )


def _text(cell: object) -> str:
    """Return a cell as its sheet shows it: whole numbers without a point, days as ISO dates."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, (date, datetime, time)):
        return cell.isoformat()
    return str(cell)
