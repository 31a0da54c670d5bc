"""The addresses people sign in with, and the few other words they give us."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, available_timezones

from email_validator import EmailNotValidError, validate_email

from qrev.accounts.models import UserId
from qrev.kit.errors import InvalidInput
from qrev.kit.ids import stable_id

MAX_NAME = 100
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def normalised(email: str) -> str:
    """Return the address as ids are made from it: lower case, one Unicode form.

    Raises InvalidInput for what is not an address.
    """
    try:
        found = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise InvalidInput(f"“{email.strip()[:80]}” is not an email address.") from error
    return found.normalized.lower()


def user_id_of(address: str) -> UserId:
    """Return the id of whoever signs in with that normalised address."""
    return UserId(stable_id("usr", address))


def on_one_line(text: str) -> str:
    """Return text without what cannot be seen: it may end up in the header of a mail."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def a_name(text: str, what: str) -> str:
    """Return a name on one line. Raises InvalidInput, naming `what` it is of."""
    name = on_one_line(text)
    if not 1 <= len(name) <= MAX_NAME:
        raise InvalidInput(f"The name of {what} has 1 to {MAX_NAME} characters.")
    return name


def a_domain(text: str) -> str:
    """Return a domain in lower case, or nothing for nothing. Raises InvalidInput."""
    domain = text.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/")
    domain = domain.removeprefix("www.")
    if domain and (len(domain) > 253 or DOMAIN.fullmatch(domain) is None):
        raise InvalidInput(f"“{text.strip()[:80]}” is not a domain. One is “acme.com”.")
    return domain


def a_timezone(zone: str) -> str:
    """Return the time zone, an IANA name. Raises InvalidInput."""
    if zone not in available_timezones():
        raise InvalidInput(f"“{zone[:50]}” is not a time zone. One is “Europe/Berlin”.")
    return ZoneInfo(zone).key
