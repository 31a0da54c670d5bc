"""What the cards of lists show, and what they may ask for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from qrev.assistant.cards import Card
from qrev.assistant.requests import Cursor, Id
from qrev.crm.repairs import Repair, Rule

Choice = Annotated[str, Field(max_length=40)]


class ImportsCard(Card):
    """The lists that were brought in, and what lists may do to people who are known."""


# --- views ---------------------------------------------------------------------------------------


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LineRow(_Shown):
    line: int
    value: str
    reason: str
    suggestion: str


class SlipRow(_Shown):
    was: str
    meant: str
    count: int


class FindingView(_Shown):
    """One kind of thing about the list. `repair` is empty where no press mends it."""

    kind: str
    words: str
    count: int
    is_refused: bool
    repair: str
    press: str
    lines: list[LineRow]
    slips: list[SlipRow]


class RepairView(_Shown):
    """A repair that is made."""

    repair: str
    words: str


class ChangeRow(_Shown):
    email: str
    field: str
    before: str
    after: str


class FieldRow(_Shown):
    field: str
    count: int


class ColumnRow(_Shown):
    """`is_sure` is whether the title itself says what the column is."""

    title: str
    sample: list[str]
    choice: str
    is_sure: bool


class ChoiceRow(_Shown):
    value: str
    words: str


class TallyView(_Shown):
    rows: int
    new: int
    known: int
    changed: int
    companies: int
    refused: int
    removed: int
    restored: int
    kept: int


class ImportView(_Shown):
    """A list as it is now. `state`: looking, open, running, done, stopped, undoing, undone,
    cancelled or failed. `refused_url` is where the refused lines are, empty without any.
    """

    id: str
    version: int
    state: str
    filename: str
    wish: str
    problem: str
    is_stopping: bool
    may_change: bool
    rows: int
    new: int
    known: int
    changed: int
    refused: int
    is_asking_columns: bool
    findings: list[FindingView]
    repairs: list[RepairView]
    fields: list[FieldRow]
    changes: list[ChangeRow]
    columns: list[ColumnRow]
    choices: list[ChoiceRow]
    tally: TallyView
    refused_url: str


class ImportRow(_Shown):
    import_id: str
    filename: str
    state: str
    created_at: datetime
    rows: int
    new: int
    known: int
    refused: int


class RuleRow(_Shown):
    field: str
    words: str
    rule: str


class ImportsView(_Shown):
    rows: list[ImportRow]
    next: str | None
    rules: list[RuleRow]
    may_change: bool
    may_manage: bool


# --- requests ------------------------------------------------------------------------------------


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ImportAsked(_Asked):
    import_id: Id


class ImportVersionAsked(_Asked):
    import_id: Id
    version: Annotated[int, Field(ge=1, le=2**31)]


class ImportRepairAsked(_Asked):
    """`repairs` are all that are to be made: what is not named is taken back."""

    import_id: Id
    version: Annotated[int, Field(ge=1, le=2**31)]
    repairs: Annotated[list[Repair], Field(max_length=len(Repair))]


class ImportColumnsAsked(_Asked):
    """`choices` say what each column is, in the order of the file."""

    import_id: Id
    version: Annotated[int, Field(ge=1, le=2**31)]
    choices: Annotated[list[Choice], Field(max_length=500)]


class ImportsAsked(_Asked):
    after: Cursor | None = None


class ImportRulesAsked(_Asked):
    rules: Annotated[dict[Choice, Rule], Field(max_length=20)]
