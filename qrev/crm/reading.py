"""Reading people from the files that exist, not those that should. Pure."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from qrev.crm.addresses import is_role, normalised
from qrev.crm.columns import PREAMBLE, Columns, guess, read_header
from qrev.crm.timezones import zone_of
from qrev.crm.workbooks import is_workbook, sheet_records
from qrev.kit.errors import InvalidInput

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 500
MAX_CELL = 2000  # characters; a longer one is cut, and nothing we write needs more
DELIMITERS = ",;\t|"
SAMPLE = 20
NOT_WINDOWS = re.compile("[a-z][ŠŽŒ]|Ÿ|[A-Za-z][ƒ„†‡ˆ‰‹\ufffd]")
WINDOWS_LETTER = re.compile("[À-ÖØ-öø-ÿ]")

csv.field_size_limit(1024 * 1024)


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that could not be taken, or one that could but is odd. Lines count from 1."""

    line: int
    reason: str
    value: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    """One good line. `email` is normalised; `fields` are the columns we have no name for."""

    line: int
    email: str
    name: str = ""
    company_name: str = ""
    company_url: str = ""
    job_title: str = ""
    linkedin_url: str = ""
    timezone: str = ""
    phone_number: str = ""
    country: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PeopleImport:
    """The people of a file and what was wrong with the rest.

    `columns` pairs each recognised title with what it fills; `kept` are the other titles.
    """

    rows: tuple[PersonRow, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    duplicates: int
    columns: tuple[tuple[str, str], ...]
    kept: tuple[str, ...]


def read_people(data: bytes) -> PeopleImport:
    """Return the people in a CSV file or an Excel workbook.

    A bad line becomes a problem and the reading goes on. Raises InvalidInput, saying what to do,
    only for a file that has no people at all, no column of addresses, or is neither. About 15 µs
    a row.
    """
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"That file is over {MAX_BYTES >> 20} MB. Split it and drop the parts.")
    if is_workbook(data):
        records = _cut(sheet_records(data), "workbook")
    else:
        text = decode(data)
        records = _cut(_records(text, _delimiter(text)), "CSV file")
    head: list[tuple[int, list[str]]] = []
    columns = None
    for line, record in records:
        head.append((line, record))
        columns = read_header(record)
        if columns is not None or len(head) >= PREAMBLE:
            break
    if columns is not None:
        head = []
    else:
        columns = guess([record for _, record in head])
    if columns is None:
        first = ", ".join(cell for cell in (head[0][1] if head else []) if cell)[:120]
        raise InvalidInput(
            "No column of email addresses was found. Name one of the columns “email” and drop the "
            f"file again. Its first line reads: {first or 'nothing'}"
        )
    return _collect(columns, head, records)


def decode(data: bytes) -> str:
    """Return the file as text, in whichever encoding it is. Raises InvalidInput for other files."""
    if not data.strip():
        raise InvalidInput("That file is empty.")
    if data.startswith(b"%PDF"):
        raise InvalidInput("That is a PDF, not a list. Export the list as CSV and drop that.")
    return _text(data).replace("\x00", "")


def _text(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    sample = data[:2000]
    if sample.count(0) * 3 > len(sample):
        return data.decode("utf-16-le" if sample[1:2] == b"\x00" else "utf-16-be", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    # Old Macs wrote letters where Windows has capitals and daggers: “Ren\x8e” is René, not RenŽ.
    if len(NOT_WINDOWS.findall(text)) > len(WINDOWS_LETTER.findall(text)):
        return data.decode("mac-roman")
    return data.decode("latin-1") if "\ufffd" in text else text


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts the first lines into the most even columns."""
    lines = text[:20_000].splitlines()[: SAMPLE + PREAMBLE]

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


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line it begins on, cells) for every record."""
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    while True:
        begins = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue  # one cell of a megabyte; the reader goes on behind it
        yield begins, record


def _cut(records: Iterator[tuple[int, list[str]]], kind: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records that are not empty, their cells trimmed."""
    for line, record in records:
        if len(record) > MAX_COLUMNS:
            raise InvalidInput(f"Line {line} has over {MAX_COLUMNS} columns. Is it a {kind}?")
        cells = [cell.strip()[:MAX_CELL] for cell in record]
        if any(cells):
            yield line, cells


def _collect(
    columns: Columns, head: list[tuple[int, list[str]]], records: Iterator[tuple[int, list[str]]]
) -> PeopleImport:
    rows: dict[str, PersonRow] = {}
    problems: list[Problem] = []
    warnings: list[Problem] = []
    duplicates = seen = 0
    for line, record in _chained(head, records):
        seen += 1
        if seen > MAX_ROWS:
            raise InvalidInput(
                f"That list has more than {MAX_ROWS:,} rows. Split it and drop the parts."
            )
        cells = {name: record[i] for i, name in columns.fields.items() if i < len(record)}
        email = normalised(cells["email"]) if cells.get("email") else None
        if email is None:
            problems.append(_no_address(line, cells.get("email", "")))
        elif email in rows:
            duplicates += 1
            warnings.append(Problem(line, f"the same person as line {rows[email].line}", email))
        else:
            rows[email] = _row(line, email, cells, record, columns, warnings)
    if not seen:
        raise InvalidInput("That file has a header and no people under it.")
    return PeopleImport(
        rows=tuple(rows.values()),
        problems=tuple(problems),
        warnings=tuple(warnings),
        duplicates=duplicates,
        columns=tuple(
            (columns.titles[i] if columns.has_header else f"column {i + 1}", name)
            for i, name in columns.fields.items()
        ),
        kept=tuple(columns.kept.values()),
    )


def _chained(
    head: list[tuple[int, list[str]]], records: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    yield from head
    yield from records


def _no_address(line: int, value: str) -> Problem:
    if not value:
        return Problem(line, "there is no email address")
    return Problem(line, f"“{value[:80]}” is not an email address", value[:80])


def _row(
    line: int,
    email: str,
    cells: dict[str, str],
    record: list[str],
    columns: Columns,
    warnings: list[Problem],
) -> PersonRow:
    fields = {
        title: record[i] for i, title in columns.kept.items() if i < len(record) and record[i]
    }
    zone = cells.get("timezone", "")
    known = zone_of(zone) or ""
    if zone and not known:
        warnings.append(Problem(line, f"“{zone[:60]}” is not a time zone we know", zone[:60]))
        fields["timezone"] = zone
    if is_role(email):
        warnings.append(Problem(line, "an address of a function, not of a person", email))
    first, last = cells.get("first_name", ""), cells.get("last_name", "")
    return PersonRow(
        line=line,
        email=email,
        name=_one_line(cells.get("name", "") or f"{first} {last}"),
        company_name=_one_line(cells.get("company_name", "")),
        company_url=_address_of(cells.get("company_url", "")),
        job_title=_one_line(cells.get("job_title", "")),
        linkedin_url=_address_of(cells.get("linkedin_url", "")),
        timezone=known,
        phone_number=_one_line(cells.get("phone_number", "")),
        country=_one_line(cells.get("country", "")),
        fields=fields,
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


def _address_of(text: str) -> str:
    """Return a web address with its scheme; what is none (javascript:, spaces) is left out."""
    text = text.strip()
    if not text or any(c.isspace() for c in text) or "." not in text:
        return ""
    if text.lower().startswith(("http://", "https://")):
        return text
    return "" if ":" in text.partition("/")[0] else f"https://{text}"
