"""Lists of companies, as other tools export them. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from qrev.crm.columns import KEEP, LEAVE, PREAMBLE, kept_titles, plain_title
from qrev.crm.company_edits import cleaned
from qrev.crm.edits import CUSTOM
from qrev.crm.list_files import EMPTY, Problem, Record, records_of
from qrev.kit.csv_writing import undefused
from qrev.kit.errors import InvalidInput

MAX_COMPANIES = 50_000  # they are read while somebody waits
ALIASES = {
    "name": "name company companyname account accountname organization organisation "
    "organizationname firma unternehmen societe entreprise empresa companynameforemails",
    "url": "url website websiteurl web homepage webpage webseite siteweb companywebsite companyurl "
    "domain companydomain companydomainname domainname emaildomain",
    "industry": "industry sector branche secteur sectoractivity industrie",
    "country": "country countryregion countrycode companycountry hqcountry land pays pais "
    "billingcountry",
    "phone_number": "phone phonenumber companyphone telephone telefon telefono",
    "linkedin_url": "linkedin linkedinurl companylinkedinurl linkedincompanypage linkedinpage "
    "linkedinbio",
    # Of an export of ours: what members decide, and what is counted.
    LEAVE: "owner source added people lastwritten",
}
FIELD_OF = {alias: field for field, aliases in ALIASES.items() for alias in aliases.split()}
NO_COMPANIES = (
    "No column of company names or web sites was found. Name one of the columns “name” or "
    "“domain” and choose the file again."
)


class CompanyRow(NamedTuple):
    """One good line. `facts` are values by field, our own as `fields.Title`; none is empty."""

    line: int
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class CompanyList:
    """A list of companies. `columns` says what each title is taken for; `rows` are read once."""

    columns: tuple[tuple[str, str], ...]
    rows: Iterator[CompanyRow | Problem]


def open_companies(file: BinaryIO) -> CompanyList:
    """Find what the columns of a file are. Raises InvalidInput where no company is in it."""
    records = records_of(file)
    head = list(itertools.islice(records, PREAMBLE))
    if not head:
        raise InvalidInput(EMPTY)
    found = ((i, fields) for i, (_, cells) in enumerate(head) if (fields := _fields(cells)))
    first, fields = next(found, (0, None))
    if fields is None:
        raise InvalidInput(NO_COMPANIES)
    titles = head[first][1]
    columns = _named(titles, fields)
    rows = _rows(columns, itertools.chain(head[first + 1 :], records))
    return CompanyList(tuple(zip(titles, columns, strict=True)), rows)


def _fields(titles: Sequence[str]) -> tuple[str, ...] | None:
    """Return what each column is if this is a header with a name or a web site."""
    fields: list[str] = []
    for title in titles:
        field = FIELD_OF.get(plain_title(title), KEEP)
        # The second of two, a domain beside a web site, says the same in other words.
        fields.append(LEAVE if field in fields and field != KEEP else field)
    return tuple(fields) if {"name", "url"} & set(fields) else None


def _named(titles: Sequence[str], fields: Sequence[str]) -> tuple[str, ...]:
    own = kept_titles(titles, fields)
    return tuple(f"{CUSTOM}{own[i]}" if i in own else field for i, field in enumerate(fields))


def _rows(columns: Sequence[str], records: Iterator[Record]) -> Iterator[CompanyRow | Problem]:
    for count, (line, cells) in enumerate(records, start=1):
        if count > MAX_COMPANIES:
            raise InvalidInput(
                f"That list has more than {MAX_COMPANIES:,} companies. Split it and bring in the "
                "parts."
            )
        said = {
            field: undefused(cell)
            for field, cell in zip(columns, cells, strict=False)
            if cell and field != LEAVE
        }
        yield _row(line, said)


def _row(line: int, said: Mapping[str, str]) -> CompanyRow | Problem:
    facts: dict[str, str] = {}
    for field, value in said.items():
        try:
            facts[field] = cleaned(field, value)
        except InvalidInput as error:
            return Problem(line, str(error), value[:80])
    if not (facts.get("name") or facts.get("url")):
        return Problem(line, "There is neither a name nor a web site.")
    return CompanyRow(line, {field: value for field, value in facts.items() if value})
