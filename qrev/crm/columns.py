"""Which column of a list is what, in the words of the tools lists come from. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qrev.crm.addresses import normalised

ALIASES = {
    "email": "email emailaddress mail workemail businessemail primaryemail contactemail emailid "
    "email1 emailaddress1 email1value email1address correo courriel emailadresse eaddress "
    "personemail",
    "name": "name fullname contact contactname personname displayname leadname",
    "first_name": "firstname givenname first forename vorname prenom contactfirstname",
    "last_name": "lastname surname familyname last nachname contactlastname",
    "company_name": "companyname company organization organisation account accountname employer "
    "companynameforemails associatedcompany currentcompany organizationname "
    "organization1name firma",
    "company_url": "companyurl website companywebsite website1value companydomain domain url web "
    "homepage "
    "companydomainname",
    "job_title": "jobtitle title position role headline currenttitle function organizationtitle "
    "organization1title",
    "linkedin_url": "linkedinurl linkedin personlinkedinurl linkedinprofile profileurl "
    "linkedinprofileurl contactlinkedin",
    "timezone": "timezone tz zone localtimezone",
    "phone_number": "phonenumber phone mobile mobilephone telephone workdirectphone directphone "
    "businessphone phone1value corporatephone",
    "country": "country countryregion countrycode contactcountry personcountry",
}
FIELD_OF = {alias: name for name, aliases in ALIASES.items() for alias in aliases.split()}
# A preamble above the header (LinkedIn writes three lines) is longer than this nowhere we know.
PREAMBLE = 30
MAX_TITLE = 60


@dataclass(frozen=True, slots=True)
class Columns:
    """`fields[i]` is what column i fills; `kept[i]` is the title of one kept as a custom field."""

    fields: dict[int, str]
    kept: dict[int, str]
    titles: tuple[str, ...]
    has_header: bool


def read_header(record: Sequence[str]) -> Columns | None:
    """Return what the columns are if this record is a header with a column of addresses."""
    fields: dict[int, str] = {}
    for index, title in enumerate(record):
        field = FIELD_OF.get(re.sub(r"[^a-z0-9]", "", title.lower()))
        if field is not None and field not in fields.values():
            fields[index] = field
    if "email" not in fields.values():
        return None
    return Columns(fields, _kept(record, fields), tuple(record), has_header=True)


def guess(records: Sequence[Sequence[str]]) -> Columns | None:
    """Return what the columns of a list without a header are, judged by their cells."""
    width = max((len(record) for record in records), default=0)
    columns = [[r[i] for r in records if i < len(r)] for i in range(width)]
    email = next((i for i, cells in enumerate(columns) if _mostly(cells, _is_address)), None)
    if email is None:
        return None
    fields = {email: "email"}
    name = next(
        (i for i, cells in enumerate(columns) if i != email and _mostly(cells, _is_name)), None
    )
    if name is not None:
        fields[name] = "name"
    return Columns(fields, _kept([""] * width, fields), (), has_header=False)


def _kept(titles: Sequence[str], fields: dict[int, str]) -> dict[int, str]:
    """Return a title for every other column: unique, and safe as a name in the database."""
    kept: dict[int, str] = {}
    for index, title in enumerate(titles):
        if index in fields:
            continue
        plain = re.sub(r"[.$\x00-\x1f\x7f]+", "_", title).strip()[:MAX_TITLE]
        plain = plain or f"column {index + 1}"
        number, unique = 2, plain
        while unique in kept.values():
            unique, number = f"{plain} ({number})", number + 1
        kept[index] = unique
    return kept


def _mostly(cells: Sequence[str], holds: object) -> bool:
    assert callable(holds)
    return bool(cells) and sum(bool(holds(cell)) for cell in cells) * 2 > len(cells)


def _is_address(cell: str) -> bool:
    return "@" in cell and normalised(cell) is not None


def _is_name(cell: str) -> bool:
    words = cell.split()
    return 2 <= len(words) <= 4 and all(
        w.replace("-", "").replace(".", "").isalpha() for w in words
    )
