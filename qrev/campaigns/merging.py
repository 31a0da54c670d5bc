"""Words with fields in them, filled in from what is known of each person. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from qrev.campaigns.models import Prospect
from qrev.kit.errors import InvalidInput

FIELD = re.compile(r"\{\{\s*([a-z_ ]{1,40}?)\s*(?:\|\s*([^{}|]{0,60}?)\s*)?\}\}", re.IGNORECASE)
FIELDS = ("first_name", "name", "company_name", "job_title", "email")
OTHERWISE_CALLED = {"company": "company_name", "title": "job_title", "full_name": "name"}
MAX_VARIANTS = 4
SHORTEST = 3  # letters; a shorter fact is found in words that are not about it
Words = tuple[str, str]  # subject and body


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """A mail's words. `missing` names the fields nothing is known for."""

    subject: str
    body: str
    missing: tuple[str, ...]


def must_be_fields(*texts: str) -> None:
    """Raise InvalidInput for a field that does not exist."""
    for text in texts:
        for found in FIELD.finditer(text):
            if _field(found[1]) not in FIELDS:
                known = ", ".join("{{" + field + "}}" for field in FIELDS)
                raise InvalidInput(
                    f"There is no field “{found[1].strip()}”. These are known: {known}."
                )


def filled(words: Words, prospect: Prospect) -> Filled:
    """Return the words for one person. `{{first_name | there}}` says what to put for nothing."""
    facts = facts_of(prospect)
    missing: list[str] = []

    def value(found: re.Match[str]) -> str:
        field = _field(found[1])
        known = facts.get(field, "") or (found[2] or "")
        if not known and field not in missing:
            missing.append(field)
        return known

    subject, body = (FIELD.sub(value, text) for text in words)
    return Filled(subject=subject, body=body, missing=tuple(missing))


def template_of(words: Words, prospect: Prospect) -> Words:
    """Return words that were written for one person with fields in the place of their facts."""
    facts = {field: value for field, value in facts_of(prospect).items() if len(value) >= SHORTEST}
    # The longest first: the whole name before the first one.
    ordered = sorted(facts.items(), key=lambda fact: -len(fact[1]))
    subject, body = words
    for field, value in ordered:
        pattern = re.compile(rf"(?<![\w{{]){re.escape(value)}(?![\w}}])")
        subject, body = (pattern.sub("{{" + field + "}}", text) for text in (subject, body))
    return subject, body


def variant_of(prospect_id: str, step: int, count: int) -> int:
    """Return which of `count` variants someone gets, from 0: always the same one for them."""
    digest = hashlib.sha256(f"{prospect_id}:{step}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % count


def for_person(variants: Sequence[Words], prospect: Prospect, step: int) -> Filled:
    """Return the words of that person's variant."""
    return filled(variants[variant_of(prospect.id, step, len(variants))], prospect)


def facts_of(prospect: Prospect) -> dict[str, str]:
    """Return what each field is for that person, "" for what is not known."""
    return {
        "first_name": prospect.name.split()[0] if prospect.name.strip() else "",
        "name": prospect.name,
        "company_name": prospect.company_name,
        "job_title": prospect.job_title,
        "email": prospect.email,
    }


def _field(name: str) -> str:
    name = name.strip().lower().replace(" ", "_")
    return OTHERWISE_CALLED.get(name, name)
