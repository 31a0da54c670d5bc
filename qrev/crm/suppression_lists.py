"""Lists of addresses and domains, as other tools export them. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qrev.kit.errors import InvalidInput

DELIMITERS = ",;\t|"
MAX_CELL = 320
VALUES = frozenset(
    {
        *("email", "emailaddress", "mail", "address", "domain", "domainname", "value"),
        *("addressordomain", "emailordomain", "recipient", "website", "suppression"),
        *("emailadresse", "correo", "courriel"),
    }
)
REASONS = frozenset({"reason", "why", "note", "comment", "grund", "motif", "motivo"})
NO_LIST = (
    "That is no list of addresses or domains. Put one on each line, as a text or CSV file, and "
    "choose it again."
)


@dataclass(frozen=True, slots=True)
class RowRead:
    """A line with something on it. Lines count from 1."""

    line: int
    value: str
    reason: str = ""


def rows_of(text: str) -> Iterator[RowRead]:
    """Yield what stands in the column of addresses, or in the first one where none is named so.

    Raises InvalidInput for text in which no line has an @ or a dot.
    """
    if not re.search(r"[@.]\w", text):
        raise InvalidInput(NO_LIST)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    value, reason = 0, None
    is_first = True
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue  # one cell of a megabyte; the reader goes on behind it
        if not any(cell.strip() for cell in record):
            continue
        if is_first:
            is_first = False
            value, reason, is_header = _columns(record)
            if is_header:
                continue
        yield RowRead(line, _cell(record, value), _cell(record, reason))


def _columns(record: Sequence[str]) -> tuple[int, int | None, bool]:
    """Return which columns hold the value and the reason, and whether this was a header."""
    names = [re.sub(r"[^a-z]", "", cell.lower()) for cell in record]
    value = next((i for i, name in enumerate(names) if name in VALUES), None)
    reason = next((i for i, name in enumerate(names) if name in REASONS), None)
    if value is None:
        found = next((i for i, cell in enumerate(record) if "@" in cell), 0)
        return found, None, False
    return value, reason, True


def _cell(record: Sequence[str], index: int | None) -> str:
    if index is None or index >= len(record):
        return ""
    # What an export of ours has defused comes back as it was.
    return record[index].strip().removeprefix("'")[:MAX_CELL]
