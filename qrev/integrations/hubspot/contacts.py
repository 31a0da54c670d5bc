"""Between HubSpot's properties and ours. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qrev.crm.addresses import normalised
from qrev.crm.models import Person

# What a contact is asked for; the titles are those a list dropped into the chat has.
TITLES = {
    "email": "Email",
    "firstname": "First name",
    "lastname": "Last name",
    "company": "Company",
    "website": "Website",
    "jobtitle": "Job title",
    "phone": "Phone",
    "country": "Country",
    "hs_timezone": "Time zone",
    "hs_linkedin_url": "LinkedIn",
}
OPT_OUT = "hs_email_optout"
OWNER = "hubspot_owner_id"
CHANGED = "lastmodifieddate"
PROPERTIES = (*TITLES, OPT_OUT, OWNER, CHANGED)
COMPANY_PROPERTIES = ("name", "domain", "industry", "country", "phone", "linkedin_company_page")
MAX_CELL = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """One of HubSpot's contacts, as we read it. `cells` are by HubSpot's names."""

    id: str
    email: str
    cells: Mapping[str, str]
    owner_id: str
    has_opted_out: bool

    @property
    def row(self) -> list[str]:
        """Return it as a line of a list with `TITLES` above it."""
        return [self.cells.get(name, "") for name in TITLES]


def contact_of(document: Mapping[str, Any]) -> Contact | None:
    """Return a contact, None for one without an address that can be written to."""
    found = document.get("properties")
    said = found if isinstance(found, Mapping) else {}
    email = normalised(_cell(said.get("email")))
    id_ = _cell(document.get("id"))
    if email is None or not id_:
        return None
    cells = {name: _cell(said.get(name)) for name in TITLES} | {"email": email}
    zone = cells["hs_timezone"].replace("_slash_", "/").replace("_hyphen_", "-")
    return Contact(
        id=id_,
        email=email,
        cells={name: text for name, text in (cells | {"hs_timezone": zone}).items() if text},
        owner_id=_cell(said.get(OWNER)),
        has_opted_out=_cell(said.get(OPT_OUT)).lower() == "true",
    )


def properties_of(person: Person, owner_id: str = "") -> dict[str, str]:
    """Return what HubSpot is told of a person: nothing empty, so that nothing there is emptied."""
    first, _, last = person.name.strip().partition(" ")
    told = {
        "email": person.email,
        "firstname": first,
        "lastname": last.strip(),
        "company": person.company_name,
        "website": person.company_url,
        "jobtitle": person.job_title,
        "phone": person.phone_number,
        "country": person.country,
        OWNER: owner_id,
    }
    return {name: text for name, text in told.items() if text}


def _cell(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return "true" if value is True else ""
    return " ".join(str(value).replace("\x00", "").split())[:MAX_CELL]
