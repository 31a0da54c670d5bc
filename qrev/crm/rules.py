"""What a list changes of somebody who is known, by the rules of the account. Pure."""

from __future__ import annotations

from qrev.crm.edits import COMPANY, CUSTOM, MAX_CUSTOM_FIELDS, FieldEdit, company_after
from qrev.crm.imports import PersonChange
from qrev.crm.models import Person
from qrev.crm.reading import PersonRow
from qrev.crm.repairs import Rule, Rules

PLAIN = ("name", "job_title", "linkedin_url", "timezone", "phone_number", "country")
FIELDS_OF = {**{name: name for name in PLAIN}, **dict.fromkeys(COMPANY, "company")}


def change_of(known: Person, row: PersonRow, rules: Rules) -> PersonChange | None:
    """Return what the row changes of a person, None for nothing. A blank changes nothing."""
    edits = [
        FieldEdit(field=name, before=before, after=after)
        for name, ruled in FIELDS_OF.items()
        if (after := getattr(row, name))
        and (before := getattr(known, name)) != after
        and _may(rules[ruled], before)
    ]
    edits += _custom(known, row, rules["fields"])
    if not edits:
        return None
    moves = any(edit.field in COMPANY for edit in edits)
    return PersonChange(
        person_id=known.id,
        edits=tuple(edits),
        company_id=company_after(known, tuple(edits))[2] if moves else known.company_id,
        moves_company=moves,
    )


def _custom(known: Person, row: PersonRow, rule: Rule) -> list[FieldEdit]:
    room = MAX_CUSTOM_FIELDS - len(known.fields)
    edits = []
    for title, after in row.fields.items():
        before = known.fields.get(title, "")
        if before == after or not _may(rule, before):
            continue
        if not before:
            room -= 1
        if before or room >= 0:
            edits.append(FieldEdit(field=f"{CUSTOM}{title}", before=before, after=after))
    return edits


def _may(rule: Rule, before: str) -> bool:
    return rule is Rule.REPLACE or (rule is Rule.FILL and not before)
