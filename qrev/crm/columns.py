"""Which column of a list is what, in the words of the tools lists come from. Pure."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qrev.crm.addresses import normalised

ALIASES = {
    "email": "email emailaddress mail workemail businessemail primaryemail contactemail emailid "
    "email1 emailaddress1 email1value email1address correo courriel emailadresse eaddress "
    "personemail correoelectronico adressemail",
    "name": "name fullname contact contactname personname displayname leadname nombrecompleto",
    "first_name": "firstname givenname first forename vorname prenom contactfirstname nombre",
    "last_name": "lastname surname familyname last nachname contactlastname apellido apellidos",
    "company_name": "companyname company organization organisation account accountname employer "
    "companynameforemails associatedcompany currentcompany organizationname primarycompany "
    "organization1name firma firmenname unternehmen societe entreprise empresa",
    "company_url": "companyurl website companywebsite website1value companydomain domain url web "
    "homepage webpage websiteurl webseite companydomainname siteweb",
    "job_title": "jobtitle title position role headline currenttitle function organizationtitle "
    "organization1title poste puesto cargo berufsbezeichnung",
    "linkedin_url": "linkedinurl linkedin personlinkedinurl linkedinprofile profileurl "
    "linkedinprofileurl contactlinkedin",
    "timezone": "timezone tz zone localtimezone zeitzone",
    "phone_number": "phonenumber phone mobile mobilephone telephone workdirectphone directphone "
    "businessphone phone1value corporatephone telefon telefono",
    "country": "country countryregion countrycode contactcountry personcountry land pays pais "
    "mailingcountry businesscountryregion",
}
FIELD_OF = {alias: name for name, aliases in ALIASES.items() for alias in aliases.split()}
FIELDS = tuple(ALIASES)
KEEP, LEAVE = "keep", "leave"  # as a field of the account's own; not at all
# What we write beside a refused line, so that the mended file can be dropped again.
OURS = ("QRev: line", "QRev: why it was refused")
# A preamble above the header (LinkedIn writes three lines) is longer than this nowhere we know.
PREAMBLE = 30
MAX_TITLE = 60
CLOSE = 0.85  # how much a title must be like one we know to be taken for it
PHONE = re.compile(r"(?=.*[+() -])[+(]?\d[\d ().\-/]{6,20}")
WEB = re.compile(
    r"(https?://)?(www\.)?[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,12}(/\S*)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Columns:
    """`fields[i]` is what column i surely fills, `suggested[i]` what it may; others are kept."""

    titles: tuple[str, ...]
    fields: Mapping[int, str]
    suggested: Mapping[int, str]
    has_header: bool

    def choices(self) -> tuple[str, ...]:
        """Return what each column is if nobody says otherwise."""
        return tuple(
            self.fields.get(i) or self.suggested.get(i) or (LEAVE if title in OURS else KEEP)
            for i, title in enumerate(self.titles)
        )

    def has_email(self) -> bool:
        return "email" in self.fields.values() or "email" in self.suggested.values()


def read_header(record: Sequence[str], below: Sequence[Sequence[str]] = ()) -> Columns | None:
    """Return what the columns are if this record is a header with a column of addresses.

    Columns whose title says nothing are judged by the cells `below`: those are suggestions.
    """
    fields: dict[int, str] = {}
    for index, title in enumerate(record):
        field = FIELD_OF.get(plain_title(title))
        if field is not None and field not in fields.values():
            fields[index] = field
    suggested = _suggested(record, below, fields)
    columns = Columns(tuple(record), fields, suggested, has_header=True)
    return columns if columns.has_email() else None


def read_untitled(records: Sequence[Sequence[str]]) -> Columns | None:
    """Return what the columns of a list without a header are, judged by their cells."""
    width = max((len(record) for record in records), default=0)
    cells = [_cells(records, i) for i in range(width)]
    email = next((i for i in range(width) if _mostly(cells[i], _is_address)), None)
    if email is None:
        return None
    fields = {email: "email"}
    name = next((i for i in range(width) if i != email and _mostly(cells[i], _is_name)), None)
    if name is not None:
        fields[name] = "name"
    return Columns(tuple(f"column {i + 1}" for i in range(width)), fields, {}, has_header=False)


def kept_titles(titles: Sequence[str], choices: Sequence[str]) -> dict[int, str]:
    """Return a title for every column that is kept: unique, and safe as a name in the database."""
    kept: dict[int, str] = {}
    for index, title in enumerate(titles):
        if choices[index] != KEEP:
            continue
        plain = re.sub(r"[.$\x00-\x1f\x7f]+", "_", title).strip()[:MAX_TITLE]
        plain = plain or f"column {index + 1}"
        number, unique = 2, plain
        while unique in kept.values():
            unique, number = f"{plain} ({number})", number + 1
        kept[index] = unique
    return kept


def _suggested(
    titles: Sequence[str], below: Sequence[Sequence[str]], sure: Mapping[int, str]
) -> dict[int, str]:
    suggested: dict[int, str] = {}
    names = {"name", "first_name", "last_name"} & set(sure.values())
    for index, title in enumerate(titles):
        if index in sure or title in OURS:
            continue
        field = _alike(title) or _by_cells(_cells(below, index))
        is_taken = field in sure.values() or field in suggested.values()
        if field is not None and not is_taken and not (field == "name" and names):
            suggested[index] = field
    return suggested


def _alike(title: str) -> str | None:
    plain = plain_title(title)
    if len(plain) < 5:
        return None
    close = difflib.get_close_matches(plain, FIELD_OF, n=1, cutoff=CLOSE)
    return FIELD_OF[close[0]] if close else None


def _by_cells(cells: Sequence[str]) -> str | None:
    kinds: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("email", _is_address),
        ("linkedin_url", lambda cell: "linkedin." in cell.lower()),
        ("company_url", lambda cell: WEB.fullmatch(cell) is not None),
        ("phone_number", lambda cell: PHONE.fullmatch(cell) is not None),
    )
    return next((field for field, holds in kinds if _mostly(cells, holds)), None)


def plain_title(title: str) -> str:
    """Return a title without accents, spaces and signs."""
    letters = unicodedata.normalize("NFKD", title.lower())
    return re.sub(r"[^a-z0-9]", "", letters)


def _cells(records: Sequence[Sequence[str]], index: int) -> list[str]:
    return [record[index] for record in records if index < len(record) and record[index]]


def _mostly(cells: Sequence[str], holds: Callable[[str], bool]) -> bool:
    return sum(holds(cell) for cell in cells) * 2 > len(cells)


def _is_address(cell: str) -> bool:
    return "@" in cell and normalised(cell) is not None


def _is_name(cell: str) -> bool:
    words = cell.split()
    return 2 <= len(words) <= 4 and all(
        w.replace("-", "").replace(".", "").isalpha() for w in words
    )
