"""Reading people from the files that exist, not those that should. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, NamedTuple

from qrev.crm.addresses import domain, is_role, meant_domain, mended, normalised
from qrev.crm.columns import PREAMBLE, Columns, kept_titles, read_header, read_untitled
from qrev.crm.list_files import EMPTY, Record, records_of
from qrev.crm.repairs import Finding, Plan, Repair
from qrev.crm.timezones import suggested_zone, zone_of
from qrev.kit.csv_writing import undefused
from qrev.kit.errors import InvalidInput
from qrev.kit.free_mail import company_domain

MAX_ROWS = 1_000_000
LOOKED_AT = 20  # records below a header, by which columns are judged
NO_FIELDS: dict[str, str] = {}


class PersonRow(NamedTuple):
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
    fields: dict[str, str] = NO_FIELDS


class Note(NamedTuple):
    """Something odd about a line that is taken: what it says, and what may be meant by it."""

    finding: Finding
    value: str
    suggestion: str = ""


class Taken(NamedTuple):
    """A line that can be taken, with its cells as they are in the file."""

    row: PersonRow
    cells: list[str]
    notes: tuple[Note, ...] = ()


class Refused(NamedTuple):
    """A line that cannot be taken, and why in words."""

    line: int
    cells: list[str]
    finding: Finding
    reason: str
    value: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class OpenList:
    """A file whose columns are known. `records` are read once; `sample` are the first of them."""

    columns: Columns
    sample: tuple[tuple[str, ...], ...]
    records: Iterator[Record]


def open_list(file: BinaryIO) -> OpenList:
    """Find what the columns of a file are. Raises InvalidInput where there is no list in it."""
    records = records_of(file)
    head = list(itertools.islice(records, PREAMBLE))
    if not head:
        raise InvalidInput(EMPTY)
    columns, first = _columns(head)
    if columns is None:
        said = ", ".join(cell for cell in head[0][1] if cell)[:120]
        raise InvalidInput(
            "No column of email addresses was found. Name one of the columns “email” and drop the "
            f"file again. Its first line reads: {said or 'nothing'}"
        )
    below = head[first:]
    sample = tuple(tuple(cells) for _, cells in below[:LOOKED_AT])
    return OpenList(columns, sample, itertools.chain(below, records))


def _columns(head: Sequence[Record]) -> tuple[Columns | None, int]:
    """Return what the columns are, and where the people begin."""
    cells = [record for _, record in head]
    sure = [read_header(record) for record in cells]
    first = next((i for i, c in enumerate(sure) if c and "email" in c.fields.values()), None)
    if first is not None:
        return read_header(cells[first], cells[first + 1 :][:LOOKED_AT]), first + 1
    alike = next((i for i, c in enumerate(sure) if c), None)
    if alike is not None:
        return read_header(cells[alike], cells[alike + 1 :][:LOOKED_AT]), alike + 1
    untitled = read_untitled(cells)
    if untitled is None:
        return None, 0
    email = next(iter(untitled.fields))
    first = next(
        i for i, r in enumerate(cells) if email < len(r) and normalised(r[email]) is not None
    )
    if first and (titled := read_header(cells[first - 1], cells[first:][:LOOKED_AT])):
        return titled, first
    return untitled, 0


def planned(columns: Columns, plan: Plan) -> Plan:
    """Return a plan that says what each column is, as the file itself says it."""
    return replace(
        plan, titles=columns.titles, choices=columns.choices(), has_header=columns.has_header
    )


class Reading:
    """Reads records by a plan, one after the other: duplicates are found across all of them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._kept = kept_titles(plan.titles, plan.choices)
        self._fields = {choice: i for i, choice in enumerate(plan.choices) if i not in self._kept}
        # Of each address only its hash: a million of them would take ten times as much.
        self._seen: dict[int, int] = {}
        self._count = 0

    def read(self, record: Record) -> Taken | Refused:
        """Return a line as a person, or why it is none. Raises InvalidInput for one too many."""
        self._count += 1
        if self._count > MAX_ROWS:
            raise InvalidInput(
                f"That list has more than {MAX_ROWS:,} rows. Split it and drop the parts."
            )
        line, cells = record
        said = self._cell(cells, "email")
        email = normalised(said) if said else None
        if email is None:
            email = meant = mended(said) if said else None
            if meant is None or Repair.MEND_ADDRESSES not in self._plan.repairs:
                return _no_address(line, cells, said, meant or "")
        assert email is not None
        return self._with_address(line, cells, email)

    def _with_address(self, line: int, cells: list[str], email: str) -> Taken | Refused:
        notes: list[Note] = []
        host = domain(email)
        if (meant := meant_domain(host)) is not None:
            better = f"{email.rpartition('@')[0]}@{meant}"
            if Repair.FIX_TYPOS in self._plan.repairs:
                email, host = better, meant
            else:
                notes.append(Note(Finding.TYPO, host, meant))
        before = self._seen.setdefault(hash(email), line)
        if before != line:
            reason = f"the same person as line {before:,}"
            return Refused(line, cells, Finding.DUPLICATE, reason, email)
        if is_role(email):
            if Repair.DROP_ROLES in self._plan.repairs:
                return _left_out(line, cells, email, "an address of a function, not of a person")
            notes.append(Note(Finding.ROLE, email))
        if not company_domain(email):
            if Repair.DROP_FREE_MAIL in self._plan.repairs:
                return _left_out(line, cells, email, "a private address")
            notes.append(Note(Finding.FREE_MAIL, host))
        return Taken(self._row(line, email, cells, notes), cells, tuple(notes))

    def _row(self, line: int, email: str, cells: list[str], notes: list[Note]) -> PersonRow:
        cell = self._cell
        fields = {
            title: undefused(cells[i])
            for i, title in self._kept.items()
            if i < len(cells) and cells[i]
        }
        name = cell(cells, "name") or f"{cell(cells, 'first_name')} {cell(cells, 'last_name')}"
        return PersonRow(
            line,
            email,
            _one_line(name),
            _one_line(cell(cells, "company_name")),
            _address_of(cell(cells, "company_url")),
            _one_line(cell(cells, "job_title")),
            _address_of(cell(cells, "linkedin_url")),
            self._zone(cell(cells, "timezone"), fields, notes),
            _one_line(cell(cells, "phone_number")),
            _one_line(cell(cells, "country")),
            fields,
        )

    def _zone(self, said: str, fields: dict[str, str], notes: list[Note]) -> str:
        """Return the zone a cell names; one nobody knows is kept beside, as a field."""
        if not said:
            return ""
        zone = zone_of(said)
        if zone is None:
            meant = suggested_zone(said)
            if meant is not None and Repair.FIX_ZONES in self._plan.repairs:
                return meant
            notes.append(Note(Finding.UNKNOWN_ZONE, said[:60], meant or ""))
            fields["timezone"] = said
        return zone or ""

    def _cell(self, cells: list[str], name: str) -> str:
        index = self._fields.get(name)
        return undefused(cells[index]) if index is not None and index < len(cells) else ""


def _no_address(line: int, cells: list[str], said: str, meant: str) -> Refused:
    if not said:
        return Refused(line, cells, Finding.NO_ADDRESS, "there is no email address")
    reason = f"“{said[:80]}” is not an email address"
    return Refused(line, cells, Finding.INVALID, reason, said[:80], meant)


def _left_out(line: int, cells: list[str], email: str, reason: str) -> Refused:
    return Refused(line, cells, Finding.LEFT_OUT, f"left out: {reason}", email)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300] if text else ""


def _address_of(text: str) -> str:
    """Return a web address with its scheme; what is none (javascript:, spaces) is left out."""
    text = text.strip()
    if "." not in text or len(text.split()) != 1:
        return ""
    if text.lower().startswith(("http://", "https://")):
        return text
    return "" if ":" in text.partition("/")[0] else f"https://{text}"
