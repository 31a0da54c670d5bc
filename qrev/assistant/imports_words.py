"""What is said about lists. Pure."""

from __future__ import annotations

from qrev.crm.columns import KEEP, LEAVE
from qrev.crm.edits import CUSTOM
from qrev.crm.repairs import Finding, Repair

# Of one and of many lines.
FINDINGS: dict[Finding, tuple[str, str]] = {
    Finding.TYPO: ("address looks mistyped", "addresses look mistyped"),
    Finding.INVALID: ("line has no address that works", "lines have no address that works"),
    Finding.NO_ADDRESS: ("line has no email address", "lines have no email address"),
    Finding.DUPLICATE: ("line repeats somebody", "lines repeat somebody"),
    Finding.SUPPRESSED: (
        "person is on the suppression list",
        "people are on the suppression list",
    ),
    Finding.ROLE: (
        "address is of a function, like info@",
        "addresses are of a function, like info@",
    ),
    Finding.FREE_MAIL: ("private address, like gmail.com", "private addresses, like gmail.com"),
    Finding.NO_MAIL: ("address is where no mail arrives", "addresses are where no mail arrives"),
    Finding.UNKNOWN_ZONE: ("time zone is not known", "time zones are not known"),
    Finding.RUNNING: (
        "person is in a running campaign already",
        "people are in a running campaign already",
    ),
    Finding.LEFT_OUT: ("line is left out", "lines are left out"),
}
# What the button says, and what is said once it was pressed.
REPAIRS: dict[Repair, tuple[str, str]] = {
    Repair.FIX_TYPOS: ("Fix {count}", "Mistyped domains are fixed"),
    Repair.MEND_ADDRESSES: ("Mend {count}", "Broken addresses are mended where it is clear how"),
    Repair.FIX_ZONES: ("Fix {count}", "Time zones are fixed"),
    Repair.DROP_ROLES: ("Leave out {count}", "Addresses of a function are left out"),
    Repair.DROP_FREE_MAIL: ("Leave out {count}", "Private addresses are left out"),
    Repair.DROP_NO_MAIL: ("Leave out {count}", "Addresses where no mail arrives are left out"),
    Repair.DROP_RUNNING: ("Leave out {count}", "People in a running campaign are left out"),
}
FIELDS: dict[str, str] = {
    "email": "Email address",
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "company_name": "Company",
    "company_url": "Company website",
    "company": "Company and website",
    "job_title": "Job title",
    "linkedin_url": "LinkedIn",
    "timezone": "Time zone",
    "phone_number": "Phone number",
    "country": "Country",
    "fields": "Fields of your own",
    KEEP: "A field of your own",
    LEAVE: "Leave out",
}


def finding_words(finding: Finding, count: int) -> str:
    one, many = FINDINGS[finding]
    return f"{count:,} {one if count == 1 else many}"


def field_words(field: str) -> str:
    """Return what a field is called on a screen."""
    return FIELDS.get(field) or field.removeprefix(CUSTOM)
