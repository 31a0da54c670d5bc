"""Opening the files that exist: which encoding, which delimiter, and record after record. Pure."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from qrev.crm.workbooks import is_workbook, sheet_records
from qrev.kit.errors import InvalidInput

MAX_BYTES = 200 * 1024 * 1024
MAX_COLUMNS = 500
MAX_CELL = 2000  # characters; a longer one is cut, and nothing we write needs more
DELIMITERS = ",;\t|"
SAMPLE = 50  # lines that say how a file is cut into columns
PIECE = 1 << 20
NOT_WINDOWS = re.compile("[a-z][ŠŽŒ]|Ÿ|[A-Za-z][ƒ„†‡ˆ‰‹\ufffd]")
WINDOWS_LETTER = re.compile("[À-ÖØ-öø-ÿ]")
EMPTY = "That file is empty."
PDF = "That is a PDF, not a list. Export the list as CSV and drop that."

csv.field_size_limit(1024 * 1024)

Record = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that could not be taken, and why. Lines count from 1."""

    line: int
    reason: str
    value: str = ""


def decode(data: bytes) -> str:
    """Return a small file as text, in whichever encoding it is. Raises InvalidInput."""
    if not data.strip():
        raise InvalidInput(EMPTY)
    if data.startswith(b"%PDF"):
        raise InvalidInput(PDF)
    return data.decode(encoding_of(io.BytesIO(data)), "replace").replace("\x00", "")


def records_of(file: BinaryIO) -> Iterator[Record]:
    """Yield (line it begins on, cells) for every record that is not empty, whatever the file is.

    Reads as it goes: a list of a million people takes no more memory than one of ten, but for
    a workbook. Raises InvalidInput, saying what to do, for what is no list.
    """
    size = file.seek(0, io.SEEK_END)
    if size > MAX_BYTES:
        raise InvalidInput(f"That file is over {MAX_BYTES >> 20} MB. Split it and drop the parts.")
    file.seek(0)
    start = file.read(2000)
    if is_workbook(start):
        yield from _trimmed(sheet_records(file), "workbook")
        return
    if start.startswith(b"%PDF"):
        raise InvalidInput(PDF)
    encoding = encoding_of(file)
    delimiter = _delimiter(_first_lines(file, encoding))
    yield from _trimmed(_records(file, encoding, delimiter), "CSV file")


def encoding_of(file: BinaryIO) -> str:
    """Return the encoding the text of a file is in, by all of it."""
    file.seek(0)
    sample = file.read(2000)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample.count(0) * 3 > len(sample):
        return "utf-16-le" if sample[1:2] == b"\x00" else "utf-16-be"
    return "utf-8-sig" if _is_utf8(file) else _older(file)


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in _pieces(file):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _older(file: BinaryIO) -> str:
    """Return which of the encodings of one byte a letter it is.

    Old Macs wrote letters where Windows has capitals and daggers: “Ren\x8e” is René, not RenŽ.
    """
    odd = usual = 0
    is_windows = True
    for piece in _pieces(file):
        text = piece.decode("cp1252", errors="replace")
        odd += len(NOT_WINDOWS.findall(text))
        usual += len(WINDOWS_LETTER.findall(text))
        is_windows = is_windows and "\ufffd" not in text
    if odd > usual:
        return "mac-roman"
    return "cp1252" if is_windows else "latin-1"


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def _first_lines(file: BinaryIO, encoding: str) -> list[str]:
    file.seek(0)
    start = codecs.getincrementaldecoder(encoding)("replace").decode(file.read(100_000))
    return start.replace("\x00", "")[:20_000].splitlines()[:SAMPLE]


def _delimiter(lines: list[str]) -> str:
    """Return the delimiter that cuts the first lines into the most even columns."""

    def evenness(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(record) for record in csv.reader(lines, delimiter=delimiter))
        widths.pop(1, None)
        if not widths:
            return (0, 0)
        width, count = widths.most_common(1)[0]
        return (count, width)

    try:
        return max(DELIMITERS, key=evenness)
    except csv.Error:
        return ","


def _records(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[Record]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline=None)
    try:
        reader = csv.reader((line.replace("\x00", "") for line in text), delimiter=delimiter)
        while True:
            begins = reader.line_num + 1
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error:
                continue  # one cell of a megabyte; the reader goes on behind it
            yield begins, record
    finally:
        if not file.closed:
            text.detach()  # or it would close the file, which is not ours


def _trimmed(records: Iterator[Record], kind: str) -> Iterator[Record]:
    """Yield the records that are not empty, their cells trimmed."""
    for line, record in records:
        if len(record) > MAX_COLUMNS:
            raise InvalidInput(f"Line {line} has over {MAX_COLUMNS} columns. Is it a {kind}?")
        cells = [cell.strip()[:MAX_CELL] for cell in record]
        if any(cells):
            yield line, cells
