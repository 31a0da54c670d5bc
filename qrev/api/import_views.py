"""What programs are told about lists, and what they may say about them, as types."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from qrev.api.asked import Id
from qrev.crm.doctor import Diagnosis
from qrev.crm.imports import Import, ImportState
from qrev.crm.repairs import Finding, Repair, Rule, Rules

Choice = Annotated[str, StringConstraints(max_length=40)]
Version = Annotated[int, Field(ge=1, le=2**31, description="What you saw: a later one is a 409.")]


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LineView(_View):
    line: int
    value: str
    reason: str
    suggestion: str


class ChangeView(_View):
    email: str
    field: str
    before: str
    after: str


class ColumnView(_View):
    """`choice` is a field, `keep` for one of your own, or `leave` for none."""

    title: str
    sample: list[str]
    choice: str


class DiagnosisView(_View):
    """`rows` = `new` + `known` + `refused`. `lines` are the first fifty of each finding.

    `repairs` says of how many lines each repair is about; `changes` are the first fifty.
    """

    rows: int
    new: int
    known: int
    changed: int
    refused: int
    found: dict[Finding, int]
    lines: dict[Finding, list[LineView]]
    repairs: dict[Repair, int]
    changes: list[ChangeView]
    are_columns_unsure: bool

    @classmethod
    def of(cls, seen: Diagnosis) -> DiagnosisView:
        return cls(
            rows=seen.rows,
            new=seen.new,
            known=seen.known,
            changed=seen.changed,
            refused=seen.refused,
            found={Finding(kind): count for kind, count in seen.found.items()},
            lines={
                Finding(kind): [LineView(**asdict(line)) for line in lines]
                for kind, lines in seen.lines.items()
            },
            repairs=dict(seen.repairs()),
            changes=[ChangeView(**asdict(each)) for each in seen.changes],
            are_columns_unsure=seen.are_columns_unsure,
        )


class TallyView(_View):
    """What was written so far, and what was taken back."""

    rows: int
    new: int
    known: int
    changed: int
    companies: int
    refused: int
    removed: int
    restored: int
    kept: int


class ImportStatus(_View):
    """A list and how far it is. It is worked on while `looking`, `running` or `undoing`."""

    import_id: str
    state: ImportState
    version: int
    filename: str
    created_at: datetime
    ended_at: datetime | None
    problem: str
    repairs: list[Repair]
    columns: list[ColumnView]
    diagnosis: DiagnosisView | None
    tally: TallyView

    @classmethod
    def of(cls, made: Import) -> ImportStatus:
        sample = made.diagnosis.sample if made.diagnosis else []
        return cls(
            import_id=made.id,
            state=made.state,
            version=made.version,
            filename=made.filename,
            created_at=made.created_at,
            ended_at=made.ended_at,
            problem=made.problem,
            repairs=sorted(made.plan.repairs),
            columns=[
                ColumnView(title=title, sample=sample[i] if i < len(sample) else [], choice=choice)
                for i, (title, choice) in enumerate(
                    zip(made.plan.titles, made.plan.choices, strict=True)
                )
            ],
            diagnosis=None if made.diagnosis is None else DiagnosisView.of(made.diagnosis),
            tally=TallyView(**asdict(made.tally)),
        )


class ImportsPage(_View):
    """`next` goes into `after` for the page behind this one; null on the last."""

    imports: list[ImportStatus]
    next: str | None


class RulesView(_View):
    """What a list may do to each field of somebody who is known."""

    rules: dict[str, Rule]

    @classmethod
    def of(cls, rules: Rules) -> RulesView:
        return cls(rules=dict(rules))


class ImportAsked(_Asked):
    import_id: Id


class ImportConfirmAsked(_Asked):
    import_id: Id
    version: Version


class ImportRepairAsked(_Asked):
    """`repairs` are all that are to be made: what is not named is taken back."""

    import_id: Id
    version: Version
    repairs: Annotated[list[Repair], Field(max_length=len(Repair))]


class ImportColumnsAsked(_Asked):
    """`choices` say what each column is, in the order of the file."""

    import_id: Id
    version: Version
    choices: Annotated[list[Choice], Field(max_length=500)]


class RulesAsked(_Asked):
    """What is left out stays as it is."""

    rules: Annotated[dict[Choice, Rule], Field(max_length=20, examples=[{"name": "keep"}])]
