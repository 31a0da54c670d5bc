"""Email addresses: which are ones, and the form ids are made from. Pure."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email

# Nearly every address in a list looks like this; the rest takes the library's long way.
PLAIN = re.compile(
    r"[a-z0-9](?:[a-z0-9_+-]|\.(?=[a-z0-9_+-])){0,63}@"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)
WRAPPED = re.compile(r".*<([^<>]+)>\s*")
ROLES = frozenset(
    {
        "abuse",
        "admin",
        "billing",
        "contact",
        "enquiries",
        "hello",
        "help",
        "hr",
        "info",
        "inquiries",
        "jobs",
        "mail",
        "marketing",
        "noreply",
        "no-reply",
        "office",
        "postmaster",
        "press",
        "sales",
        "service",
        "support",
        "team",
        "webmaster",
    }
)


def normalised(text: str) -> str | None:
    """Return the address in lower case and one Unicode form, None if it is not one.

    Takes what people paste: "Ann <ann@acme.test>" and "mailto:ann@acme.test" as well.
    """
    text = text.strip().removeprefix("mailto:")
    if (wrapped := WRAPPED.fullmatch(text)) is not None:
        text = wrapped[1].strip()
    lowered = text.lower()
    if len(lowered) <= 254 and PLAIN.fullmatch(lowered):
        return lowered
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return found.normalized.lower()


def is_role(email: str) -> bool:
    """Return whether it belongs to a function rather than to a person."""
    return email.partition("@")[0] in ROLES


def domain(email: str) -> str:
    return email.rpartition("@")[2]
