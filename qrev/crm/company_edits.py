"""What members change of a company: one field at a time, each against what they saw. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from qrev.crm.edits import (
    CUSTOM,
    MAX_CUSTOM_FIELDS,
    MAX_CUSTOM_TEXT,
    MAX_TEXT,
    TITLE,
    FieldEdit,
    web_address,
)
from qrev.crm.models import Company, domain_of
from qrev.kit.errors import Conflict, InvalidInput

LINKS = frozenset({"url", "linkedin_url"})
BELONGS = ("owner_id", "team_id")
EDITABLE = frozenset({"name", "industry", "country", "phone_number", *LINKS, *BELONGS})
WORDS = {
    "name": "name",
    "url": "web site",
    "industry": "industry",
    "country": "country",
    "phone_number": "phone number",
    "linkedin_url": "LinkedIn page",
    "owner_id": "owner",
    "team_id": "team",
    "deleted": "deleted",
}


def value_of(company: Company, field: str) -> str:
    """Return what a field holds now, "" for nothing."""
    if field.startswith(CUSTOM):
        return company.fields.get(field.removeprefix(CUSTOM), "")
    return str(getattr(company, field) or "")


def field_words(field: str) -> str:
    """Return what a field is called."""
    return WORDS.get(field, field.removeprefix(CUSTOM))


def edits_of(
    company: Company, changes: Mapping[str, str], seen: Mapping[str, str]
) -> tuple[FieldEdit, ...]:
    """Return the fields that become something else, by name.

    `seen` is what the member had before them; a field that is not in it is taken as it is now.
    Raises Conflict for a field that was changed since, and InvalidInput for a field or value that
    cannot be: a company stays the one of its domain, and keeps a name or a domain.
    """
    edits = []
    for field, value in sorted(changes.items()):
        after, before = cleaned(field, value), value_of(company, field)
        if field in seen and seen[field] != before and after != before:
            raise Conflict(
                f"Somebody else changed “{field_words(field)}” to “{before[:80]}” in the "
                "meantime. Look at it again."
            )
        if after != before:
            edits.append(FieldEdit(field=field, before=before, after=after))
    _must_stay_itself(company, {edit.field: edit.after for edit in edits})
    added = {e.field for e in edits if e.field.startswith(CUSTOM) and not e.before}
    if added and len(company.fields) + len(added) > MAX_CUSTOM_FIELDS:
        raise InvalidInput(f"A company has at most {MAX_CUSTOM_FIELDS} fields of your own.")
    return tuple(edits)


def cleaned(field: str, value: str) -> str:
    """Return a value as it is kept. Raises InvalidInput for a field or value that cannot be."""
    text = " ".join(value.replace("\x00", "").split())
    if field.startswith(CUSTOM):
        if TITLE.fullmatch(field.removeprefix(CUSTOM)) is None:
            raise InvalidInput("A field's name has 1 to 60 characters, and neither a dot nor a $.")
        return _short(field, text, MAX_CUSTOM_TEXT)
    if field not in EDITABLE:
        raise InvalidInput(f"“{field[:60]}” is no field that can be changed.")
    if field in LINKS:
        return web_address(text)
    return _short(field, text, MAX_TEXT)


def _short(field: str, text: str, most: int) -> str:
    if len(text) > most:
        raise InvalidInput(f"“{field_words(field)}” has at most {most} characters.")
    return text


def _must_stay_itself(company: Company, after: Mapping[str, str]) -> None:
    if not after.get("name", company.name) and not company.domain:
        raise InvalidInput("A company without a web site needs a name.")
    if "url" in after and domain_of(after["url"]) != company.domain:
        raise InvalidInput(
            f"This is the company of {company.domain}: its web site stays there. Make a new "
            "company for another domain."
            if company.domain
            else "This company is known by its name. Make a new company for the domain, and move "
            "its people there."
        )
