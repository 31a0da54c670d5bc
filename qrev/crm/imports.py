"""An import: a list somebody dropped, what it is, and what became of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qrev.accounts.models import AccountId, UserId
from qrev.crm.doctor import Diagnosis
from qrev.crm.edits import FieldEdit
from qrev.crm.models import Person
from qrev.crm.repairs import Plan


class ImportState(StrEnum):
    LOOKING = "looking"  # being read, nothing is written
    OPEN = "open"  # waits for somebody to confirm it
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by a member, half-way; may go on
    UNDOING = "undoing"
    UNDONE = "undone"
    CANCELLED = "cancelled"
    FAILED = "failed"  # could not be read; `problem` says why


AT_WORK = (ImportState.LOOKING, ImportState.RUNNING, ImportState.UNDOING)
WRITTEN = (ImportState.DONE, ImportState.STOPPED)  # what may be undone


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What was said with a list, to be answered once it is in; nothing for one from a program."""

    conversation_id: str = ""
    turn_id: str = ""
    words: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What an import wrote so far. `rows` is how far in the file it is.

    `removed`, `restored` and `kept` are of the undoing: people who went, who are as they were
    before, and who stayed because somebody else has changed or brought them since.
    """

    rows: int = 0
    new: int = 0
    known: int = 0
    changed: int = 0
    companies: int = 0
    refused: int = 0
    removed: int = 0
    restored: int = 0
    kept: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Import:
    """`version` grows with every decision: only what was seen can be confirmed."""

    id: str
    account_id: AccountId
    upload_id: str
    filename: str
    created_by: UserId
    created_at: datetime
    state: ImportState = ImportState.LOOKING
    version: int = 1
    plan: Plan = field(default_factory=Plan)
    diagnosis: Diagnosis | None = None
    tally: Tally = field(default_factory=Tally)
    wish: Wish = field(default_factory=Wish)
    problem: str = ""
    is_stopping: bool = False
    ended_at: datetime | None = None

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def total(self) -> int:
        return self.diagnosis.rows if self.diagnosis is not None else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """What an import leaves on everything it writes, so that it can be told and taken back."""

    account_id: AccountId
    import_id: str
    upload_id: str
    source: str  # the name of the file
    by: UserId
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """Somebody who is there already. `made_by` is the import that brought them, if one did."""

    person: Person
    made_by: str = ""
    is_in_list: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonChange:
    """What a list changes of somebody known: each field from what it was."""

    person_id: str
    edits: tuple[FieldEdit, ...]
    company_id: str | None
    moves_company: bool
