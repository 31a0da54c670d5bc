"""Imports as cards show them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from qrev.accounts.models import Actor
from qrev.assistant import imports_cards as shown
from qrev.assistant.imports_words import FIELDS, REPAIRS, field_words, finding_words
from qrev.crm.columns import FIELD_OF, plain_title
from qrev.crm.doctor import MENDING, Diagnosis, FieldChange
from qrev.crm.imports import Import
from qrev.crm.remembering import CHOICES
from qrev.crm.repairs import REFUSED, REPAIR_OF, RULED, Finding, Rules

NOTHING = Diagnosis()


def import_view(actor: Actor, made: Import) -> shown.ImportView:
    """Return an import as the actor sees it."""
    seen = made.diagnosis or NOTHING
    refused = made.tally.refused or seen.refused
    return shown.ImportView(
        id=made.id,
        version=made.version,
        state=made.state.value,
        filename=made.filename,
        wish=made.wish.words,
        problem=made.problem,
        is_stopping=made.is_stopping,
        may_change=actor.may_change,
        rows=seen.rows,
        new=seen.new,
        known=seen.known,
        changed=seen.changed,
        refused=seen.refused,
        is_asking_columns=seen.are_columns_unsure,
        findings=list(_findings(seen)),
        repairs=[
            shown.RepairView(repair=repair.value, words=words)
            for repair, (_, words) in REPAIRS.items()
            if repair in made.plan.repairs
        ],
        fields=[
            shown.FieldRow(field=field_words(field), count=count)
            for field, count in seen.fields.items()
        ][:50],
        changes=[_change(each) for each in seen.changes],
        columns=list(_columns(made, seen)),
        choices=[shown.ChoiceRow(value=each, words=FIELDS[each]) for each in CHOICES],
        tally=shown.TallyView(**asdict(made.tally)),
        refused_url=f"/files/refused/{made.id}" if refused else "",
    )


def _change(each: FieldChange) -> shown.ChangeRow:
    return shown.ChangeRow(
        email=each.email, field=field_words(each.field), before=each.before, after=each.after
    )


def import_row(made: Import) -> shown.ImportRow:
    seen, tally = made.diagnosis or NOTHING, made.tally
    return shown.ImportRow(
        import_id=made.id,
        filename=made.filename,
        state=made.state.value,
        created_at=made.created_at,
        rows=seen.rows,
        new=tally.new,
        known=tally.known,
        refused=tally.refused,
    )


def rule_rows(rules: Rules) -> list[shown.RuleRow]:
    return [
        shown.RuleRow(field=field, words=field_words(field), rule=rules[field].value)
        for field in RULED
    ]


def _findings(seen: Diagnosis) -> Iterator[shown.FindingView]:
    offered = dict(seen.repairs())
    for finding in Finding:
        count = seen.found.get(finding, 0)
        if not count:
            continue
        repair = REPAIR_OF.get(finding)
        many = offered.get(repair, 0) if repair is not None else 0
        yield shown.FindingView(
            kind=finding.value,
            words=finding_words(finding, count),
            count=count,
            is_refused=finding in REFUSED,
            repair=repair.value if repair and many else "",
            press=REPAIRS[repair][0].format(count=f"{many:,}") if repair and many else "",
            lines=[shown.LineRow(**asdict(line)) for line in seen.lines.get(finding, ())],
            slips=_slips(seen.meant, finding),
        )


def _slips(
    meant: Mapping[str, list[tuple[str, str, int]]], finding: Finding
) -> list[shown.SlipRow]:
    if REPAIR_OF.get(finding) not in MENDING:
        return []
    return [
        shown.SlipRow(was=was, meant=better, count=count)
        for was, better, count in meant.get(finding, ())
    ][:20]


def _columns(made: Import, seen: Diagnosis) -> Iterator[shown.ColumnRow]:
    for index, title in enumerate(made.plan.titles):
        yield shown.ColumnRow(
            title=title,
            sample=seen.sample[index] if index < len(seen.sample) else [],
            choice=made.plan.choices[index],
            is_sure=FIELD_OF.get(plain_title(title)) == made.plan.choices[index],
        )
