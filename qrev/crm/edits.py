"""What members change of a person: one field at a time, each against what they saw. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from qrev.accounts.models import AccountId, UserId
from qrev.crm.columns import MAX_TITLE
from qrev.crm.models import Person, company_id
from qrev.crm.timezones import zone_of
from qrev.kit.errors import Conflict, InvalidInput

CUSTOM = "fields."  # before the title of a field that only this account has
MAX_TEXT = 300
MAX_CUSTOM_TEXT = 2000
MAX_CUSTOM_FIELDS = 500
LINKS = frozenset({"company_url", "linkedin_url"})
COMPANY = ("company_name", "company_url")
EDITABLE = frozenset({"name", "job_title", "timezone", "phone_number", "country", *LINKS, *COMPANY})
TITLE = re.compile(rf"[^.$\x00-\x1f\x7f]{{1,{MAX_TITLE}}}")


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldEdit:
    """One field before and after. `field` is a name of Person, or `fields.` and a title."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonEdit:
    """What one member changes of one person at once.

    `unchanged` are fields that must still be as they were, because `company_id` was made of them.
    """

    account_id: AccountId
    person_id: str
    by: UserId
    at: datetime
    edits: tuple[FieldEdit, ...]
    unchanged: tuple[tuple[str, str], ...] = ()
    company_id: str | None = None

    @property
    def moves_company(self) -> bool:
        return any(edit.field in COMPANY for edit in self.edits)


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryEntry:
    """Who changed which fields of a person, and when."""

    at: datetime
    by: UserId
    edits: tuple[FieldEdit, ...]


def value_of(person: Person, field: str) -> str:
    """Return what a field holds now, "" for a custom one the person does not have."""
    if field.startswith(CUSTOM):
        return person.fields.get(field.removeprefix(CUSTOM), "")
    return str(getattr(person, field))


def edits_of(
    person: Person, changes: Mapping[str, str], seen: Mapping[str, str]
) -> tuple[FieldEdit, ...]:
    """Return the fields that become something else, by name.

    `seen` is what the member had before them; a field that is not in it is taken as it is now.
    Raises Conflict for a field that was changed since, and InvalidInput for a field or value that
    cannot be.
    """
    edits = []
    for field, value in sorted(changes.items()):
        after = cleaned(field, value)
        before = value_of(person, field)
        if field in seen and seen[field] != before and after != before:
            raise Conflict(
                f"Somebody else changed “{_title(field)}” to “{before[:80]}” in the meantime. "
                "Look at it again."
            )
        if after != before:
            edits.append(FieldEdit(field=field, before=before, after=after))
    added = {e.field for e in edits if e.field.startswith(CUSTOM) and not e.before}
    if added and len(person.fields) + len(added) > MAX_CUSTOM_FIELDS:
        raise InvalidInput(f"A person has at most {MAX_CUSTOM_FIELDS} fields of your own.")
    return tuple(edits)


def company_after(person: Person, edits: tuple[FieldEdit, ...]) -> tuple[str, str, str | None]:
    """Return the name, address and id of the company the person is of after the edits."""
    after = {edit.field: edit.after for edit in edits}
    name = after.get("company_name", person.company_name)
    url = after.get("company_url", person.company_url)
    return name, url, company_id(person.account_id, name, url)


def cleaned(field: str, value: str) -> str:
    """Return what a field will hold. Raises InvalidInput for what it cannot."""
    text = " ".join(value.replace("\x00", "").split())
    if field.startswith(CUSTOM):
        if TITLE.fullmatch(field.removeprefix(CUSTOM)) is None:
            raise InvalidInput(
                f"A field's name has 1 to {MAX_TITLE} characters, and neither a dot nor a $."
            )
        return _short(field, text, MAX_CUSTOM_TEXT)
    if field not in EDITABLE:
        raise InvalidInput(f"“{field[:60]}” is no field that can be changed.")
    if field in LINKS:
        return web_address(text)
    if field == "timezone" and text:
        if (zone := zone_of(text)) is None:
            raise InvalidInput(f"“{text[:60]}” is not a time zone we know. Try “Europe/Berlin”.")
        return zone
    return _short(field, text, MAX_TEXT)


def _short(field: str, text: str, most: int) -> str:
    # Refused and not cut: half a sentence reads as if somebody had meant it.
    if len(text) > most:
        raise InvalidInput(
            f"“{_title(field)}” has at most {most:,} characters. This has {len(text):,}."
        )
    return text


def web_address(text: str) -> str:
    """Return a web address with its scheme, "" for none. Raises InvalidInput."""
    if not text:
        return ""
    link = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(link)
        is_web = parts.scheme in {"http", "https"} and "." in (parts.hostname or "")
    except ValueError:
        is_web = False
    if not is_web or " " in link or len(link) > MAX_CUSTOM_TEXT:
        raise InvalidInput(f"“{text[:80]}” is not a web address. Try “https://acme.com”.")
    return link


def _title(field: str) -> str:
    return field.removeprefix(CUSTOM).replace("_", " ")[:MAX_TITLE]
